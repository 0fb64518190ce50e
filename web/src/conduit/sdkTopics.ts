// What the newer SDK publishes when the agent's desk changes: pure.
import type { Desk } from '../ccp/session'
import type { AgentState, Contact } from '../ccp/wire'

export interface Topic {
  namespace: string
  key: string
  parameter?: string
}

interface Known {
  desk: Desk | undefined
  up: boolean
  /** When the session is about to end for want of activity. */
  ending?: number | undefined
}

export interface Published {
  topic: Topic
  data: object
}

const namespace = 'aws.connect.contact'

/** The topics of a contact that has come into a state. */
const stateTopics: Record<string, string> = {
  incoming: 'contact/incoming',
  pending: 'contact/pending',
  connecting: 'contact/connecting',
  connected: 'contact/connected',
  ended: 'contact/acw',
  missed: 'contact/missed',
  rejected: 'contact/missed',
  error: 'contact/error',
}

const activity = (key: string, data: object): Published => ({
  topic: { namespace: 'aws.connect.activity', key },
  data,
})

/** The agent could not be kept signed in. */
export const notExtended = (error: unknown, isWarningActive: boolean): Published =>
  activity('session-extension-error', {
    isWarningActive,
    errorDetails: { message: error instanceof Error ? error.message : String(error) },
  })

const on = (key: string, data: object): Published => ({ topic: { namespace, key }, data })

/** A contact as lifecycle events name it. */
export function lifecycle(contact: Contact): object {
  return {
    contactId: contact.contactId,
    initialContactId: contact.initialContactId,
    type: 'task',
    subtype: 'connect:Task',
  }
}

/** A status as the SDK tells it. */
export function stateOf(state: AgentState): object {
  const { startTimestamp, ...rest } = state
  return { ...rest, ...(startTimestamp && { startTimestamp: new Date(startTimestamp * 1000) }) }
}

export function published(was: Known, now: Known): Published[] {
  const out: Published[] = []
  if (was.up !== now.up) {
    out.push(on('agent/networkConnectionStatusChanged', { status: networkStatus(now.up), timestamp: Date.now() }))
  }
  if (was.ending !== now.ending) {
    out.push(
      now.ending === undefined
        ? activity('expiration-warning-cleared', {})
        : activity('expiration-warning', { expiration: now.ending }),
    )
  }
  if (!was.desk || !now.desk || was.desk === now.desk) return out
  return [...out, ...agentTopics(was.desk, now.desk), ...contactTopics(was.desk, now.desk)]
}

export const networkStatus = (up: boolean) => (up ? 'connected' : 'connecting')

function agentTopics({ snapshot: was }: Desk, { snapshot: now }: Desk): Published[] {
  const out: Published[] = []
  if (was.state.name !== now.state.name) {
    out.push(on('agent/stateChange', { state: now.state.name, previous: { state: was.state.name } }))
    out.push(
      on('agent/availabilityStateChanged', { state: stateOf(now.state), previous: { state: stateOf(was.state) } }),
    )
  }
  if (was.nextState?.name !== now.nextState?.name) {
    const previous = was.nextState && { previous: { nextState: stateOf(was.nextState) } }
    out.push(
      on('agent/nextAvailabilityStateChanged', { nextState: now.nextState && stateOf(now.nextState), ...previous }),
    )
  }
  return out
}

function contactTopics({ snapshot: was }: Desk, { snapshot: now }: Desk): Published[] {
  const out: Published[] = []
  for (const contact of now.contacts) {
    const before = was.contacts.find((c) => c.contactId === contact.contactId)
    const key = stateTopics[contact.state.type]
    if (key && before?.state.type !== contact.state.type) out.push(on(key, lifecycle(contact)))
  }
  for (const contact of was.contacts) {
    if (now.contacts.some((c) => c.contactId === contact.contactId)) continue
    out.push(on('contact/cleared', lifecycle(contact)), on('contact/destroy', lifecycle(contact)))
  }
  return out
}
