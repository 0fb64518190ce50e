// Older versions of the library, for the way of a task.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Desktop } from './desktop'
import { Gate } from './gate'
import { Scene } from './scene'
import { serverURL, signIn, Staff } from './staff'

describe.skipIf(!serverURL)('an older host library', () => {
  let scene: Scene
  let staff: Staff
  let gate: Gate
  let host: Gate
  let browser: Browser

  beforeAll(async () => {
    scene = await Scene.open()
    ;({ staff, gate, host, browser } = scene)
  })

  afterAll(() => scene?.close())

  it.each(['2.14', '2.18'])('C64 of version %s works a task', async (version) => {
    const context = await browser.newContext()
    const agent = await staff.hire(`v${version}`)
    await signIn(context, gate.url, agent)
    const params = { storageAccess: { canRequest: false } } // what 2.14.1 would ask for on localhost
    const desk = await Desktop.open(context, host.url, gate.url, params, version)
    expect(await desk.get<string>('connect.version')).toMatch(version)
    await desk.hears('onInitialized')
    await desk.ready()
    await desk.setState('Available')
    const id = await staff.task(agent, 'Old')
    await desk.hears('onConnecting', id)
    await desk.succeeds(`contactOf('${id}').accept(cb)`)
    for (const name of ['onAccepted', 'onConnected']) await desk.hears(name, id)
    await desk.succeeds(`contactOf('${id}').getAgentConnection().destroy(cb)`)
    await desk.hears('onACW', id)
    await desk.succeeds(`contactOf('${id}').clear(cb)`)
    await desk.hears('onDestroy', id)
    await context.close()
  })
})
