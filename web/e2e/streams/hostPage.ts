// The page of a customer: it loads amazon-connect-streams as it is on npm, shows the panel in a frame, and notes what
// it hears.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page as Served } from './gate'

const find = createRequire(import.meta.url)
const packages: Record<string, string> = {
  '2.28': 'amazon-connect-streams/release/connect-streams-min.js',
  '2.18': 'amazon-connect-streams-2-18/release/connect-streams-min.js',
  '2.14': 'amazon-connect-streams-2-14/release/connect-streams-min.js',
  taskjs: 'amazon-connect-taskjs/dist/amazon-connect-task.js',
}

export const library = (name: string): Served => ({
  type: 'text/javascript',
  body: readFileSync(find.resolve(packages[name]!)),
})

const script = `
var events = []
var note = (name, detail) => { events.push({ name, detail }) }
var call = (start) => new Promise((resolve) => start({
  success: (data) => resolve({ ok: data === undefined ? null : JSON.parse(JSON.stringify(data)) }),
  failure: (err, data) => resolve({ err, data }),
}))
var contactOf = (id) => agent.getContacts().find((c) => c.getContactId() === id)
function watchContact(contact) {
  const id = contact.getContactId()
  note('contact', id)
  for (const on of ['onIncoming', 'onPending', 'onConnecting', 'onAccepted', 'onMissed', 'onEnded', 'onDestroy', 'onACW', 'onConnected', 'onError']) {
    contact[on] && contact[on](() => note(on, id))
  }
  contact.onRefresh((c) => note('contact.onRefresh', id))
}
function boot(params) {
  connect.core.initCCP(document.getElementById('ccp'), params)
  const bus = connect.core.getEventBus()
  for (const name of ['ack_timeout', 'auth_fail', 'terminated', 'iframe_retries_exhausted']) bus.subscribe(name, () => note(name))
  const started = connect.core.onInitialized ? connect.core.onInitialized.bind(connect.core) : (f) => bus.subscribe('init', f)
  started(() => note('onInitialized'))
  connect.core.onViewContact((e) => note('onViewContact', e.contactId))
  connect.agent((a) => {
    window.agent = a
    note('agent', a.getName())
    for (const on of ['onRefresh', 'onRoutable', 'onNotRoutable', 'onOffline', 'onError', 'onWebSocketConnectionLost', 'onWebSocketConnectionGained']) {
      a[on](() => note(on))
    }
    a.onStateChange((e) => note('onStateChange', e.oldState + '>' + e.newState))
    a.onEnqueuedNextState(() => note('onEnqueuedNextState'))
    a.onClearedNextState && a.onClearedNextState(() => note('onClearedNextState'))
  })
  connect.contact(watchContact)
}
`

/** What the host's server serves. The path names the library's version: /2.28 */
export function hostPages(path: string): Served | undefined {
  const [, first = '', second] = path.split('/')
  if (first === 'lib' && second !== undefined && packages[second]) return library(second)
  if (!packages[first]) return undefined
  return {
    type: 'text/html',
    body: `<!doctype html><meta charset="utf-8"><title>Customer's desk</title>
<div id="ccp" style="width: 420px; height: 640px"></div>
<script src="/lib/${first}"></script><script src="/lib/taskjs"></script><script>${script}</script>`,
  }
}
