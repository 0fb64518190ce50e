// The sounds that a host page gives the panel, in its frame.
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Desktop } from './desktop'
import { Gate, type Page } from './gate'
import { hostPages } from './hostPage'
import { Scene } from './scene'
import { serverURL, signIn, Staff, type Agent } from './staff'

/** A quarter of a second of silence. */
function wave(): Buffer {
  const rate = 8000
  const sound = Buffer.alloc(44 + rate / 4, 128)
  sound.write('RIFF', 0)
  sound.writeUInt32LE(sound.length - 8, 4)
  sound.write('WAVEfmt ', 8)
  for (const [at, value] of [[16, 16], [24, rate], [28, rate], [40, rate / 4]] as const) sound.writeUInt32LE(value, at)
  for (const [at, value] of [[20, 1], [22, 1], [32, 1], [34, 8]] as const) sound.writeUInt16LE(value, at)
  sound.write('data', 36)
  return sound
}

const pages = (path: string): Page | undefined => {
  if (path === '/tone.wav') return { type: 'audio/wav', body: wave() }
  if (path === '/broken.wav') return { type: 'audio/wav', body: 'no sound' }
  return hostPages(path)
}

/** Runs in every frame before anything else: notes what sounds. */
function listen() {
  const heard: string[] = []
  const play = HTMLMediaElement.prototype.play
  HTMLMediaElement.prototype.play = function () {
    return play.call(this).then(() => void heard.push(this.src))
  }
  const make = AudioContext.prototype.createOscillator
  AudioContext.prototype.createOscillator = function () {
    heard.push('own')
    return make.call(this)
  }
  Object.assign(window, { heard })
}

describe.skipIf(!serverURL)('the sounds of a host page', () => {
  let scene: Scene
  let staff: Staff
  let gate: Gate
  let host: Gate
  let browser: Browser
  let context: BrowserContext
  let desk: Desktop
  let ann: Agent
  let id: string

  const heard = () => desk.frame().evaluate(() => (window as unknown as { heard: string[] }).heard)
  const soon = (what: string) => expect.poll(heard).toContain(what)
  /** Shows the panel anew; it sounds once it has waited for the browser to allow it. */
  const open = async (params: object) => {
    desk = await Desktop.open(context, host.url, gate.url, params)
    await desk.ready()
    await desk.page.waitForTimeout(1_500)
  }
  const ring = async () => {
    id = await staff.task(ann, 'Heard')
    await desk.hears('onConnecting', id)
  }
  const arrive = async () => {
    const { ContactId } = await staff.api<{ ContactId: string }>('PUT', '/contact/create-contact', {
      ...{ InstanceId: staff.boot.instanceId, Channel: 'TASK', InitiationMethod: 'API' },
      ...{ InitiateAs: 'CONNECTED_TO_USER', UserInfo: { UserId: ann.userId }, Name: 'At once' },
    })
    id = ContactId
    await desk.hears('onConnected', id)
  }

  beforeAll(async () => {
    scene = await Scene.open({ page: { pages }, flags: ['--autoplay-policy=no-user-gesture-required'] })
    ;({ staff, gate, host, browser } = scene)
    context = await browser.newContext()
    await context.addInitScript(listen)
    ann = await staff.hire('ann')
    await signIn(context, gate.url, ann)
    await open({})
    await desk.setState('Available')
    await desk.close()
  })

  afterEach(async () => {
    await staff.api('POST', '/contact/stop', { InstanceId: staff.boot.instanceId, ContactId: id })
    await desk.call(`contactOf('${id}') ? contactOf('${id}').clear(cb) : cb.success()`) // what rang has gone by itself
    await desk.close()
  })

  afterAll(() => scene?.close())

  it('ring instead of the own one, again and again until the task is accepted', async () => {
    await open({ task: { ringtoneUrl: `${host.url}/tone.wav` } })
    const tone = `${host.url}/tone.wav`
    await ring()
    await expect.poll(async () => (await heard()).filter((e) => e === tone).length).toBe(2)
    await desk.succeeds(`contactOf('${id}').accept(cb)`)
    await desk.hears('onConnected', id)
    const until = (await heard()).length
    await desk.page.waitForTimeout(3_200)
    expect((await heard()).slice(until)).toEqual([])
    expect(await heard()).not.toContain('own')
  })

  it('that cannot be played leave the own one', async () => {
    await open({ task: { ringtoneUrl: `${host.url}/broken.wav` } })
    await ring()
    await soon('own')
  })

  it('can be turned off, for this frame', async () => {
    await open({ task: { disableRingtone: true, ringtoneUrl: `${host.url}/tone.wav` } })
    await ring()
    await desk.page.waitForTimeout(3_200)
    expect(await heard()).toEqual([])
    await desk.panel().getByRole('button', { name: /^Menu of / }).click()
    await desk.panel().getByText('Turned off by the page around').waitFor()
  })

  it('tell of tasks that nobody had to accept, within their address', async () => {
    const tone = `data:audio/wav;base64,${wave().toString('base64')}`
    await open({ task: {}, autoAcceptTone: { ringtoneUrl: tone } })
    await arrive()
    await soon(tone)
    expect(await heard()).toEqual([tone])
  })

  it('do so in their own way without one', async () => {
    await open({ task: {} })
    await arrive()
    await soon('own')
  })

  it('do not when they are turned off', async () => {
    await open({ task: {}, autoAcceptTone: { disableRingtone: true } })
    await arrive()
    await desk.page.waitForTimeout(1_000)
    expect(await heard()).toEqual([])
  })
})
