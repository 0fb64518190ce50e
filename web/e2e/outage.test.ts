// A server that dies and comes back, and an agent with the panel open twice, at the built program.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AgentScreen, openBrowser } from './browser'
import { program, Program } from './program'

/** Runs in the page before anything else: notes when it sounds, and what notices it shows. */
function listen() {
  const heard: number[] = []
  const shown: string[] = []
  const make = AudioContext.prototype.createOscillator
  AudioContext.prototype.createOscillator = function () {
    heard.push(Date.now())
    return make.call(this)
  }
  class Notice {
    static permission = 'default'
    static asked = 0
    static requestPermission() {
      Notice.asked++
      Notice.permission = 'granted'
      return Promise.resolve('granted')
    }
    constructor(title: string) {
      shown.push(title)
    }
    close() {}
  }
  Object.assign(window, { heard, shown, Notification: Notice })
}

type Watched = { heard: number[]; shown: string[]; Notification: { asked: number; permission: string } }
const watched = (page: Page) =>
  page.evaluate(() => {
    const { heard, shown, Notification } = window as unknown as Watched
    return { heard, shown, asked: Notification.asked }
  })

describe.skipIf(!program)('an outage, and two tabs', () => {
  const server = new Program()
  let browser: Browser
  let context: BrowserContext
  let first: AgentScreen
  let second: AgentScreen

  beforeAll(async () => {
    await server.start()
    browser = await openBrowser()
    context = await browser.newContext()
    await context.addInitScript(listen)
    first = new AgentScreen(await context.newPage(), server.agent)
    await first.signIn()
    await first.setStatus('Available')
    await first.hasStatus('Available')
    second = new AgentScreen(await context.newPage(), server.agent)
    await second.page.goto(`${server.url}/ccp-v2/`)
    await second.hasStatus('Available')
    // A page may sound after a click on it.
    await second.page.locator('.bar').click({ position: { x: 5, y: 5 } })
  })

  afterAll(async () => {
    await browser?.close()
    await server.remove()
  })

  it('rings in both tabs, and sounds in one', async () => {
    await server.startTask('Refund')
    await first.task('Refund').waitFor()
    await second.task('Refund').waitFor()
    const all = async () => [await watched(first.page), await watched(second.page)].map(({ heard }) => heard)
    // Each time is two notes: wait for the second time.
    await expect
      .poll(async () => (await all()).flat().length, { interval: 100 })
      .toBeGreaterThanOrEqual(4)
    const times = (await all()).flat().sort()
    const beats = times.filter((at, i) => i === 0 || at - times[i - 1]! > 1000)
    expect(times.length).toBe(2 * beats.length)
  })

  it('is silent in both once it is muted in one, and asks for notices by a click only', async () => {
    await first.page.keyboard.press('Alt+KeyM')
    await second.button('Menu of Alex Agent').click()
    const sound = second.page.getByRole('menuitemcheckbox', { name: /^Sound/ })
    await sound.waitFor()
    expect(await sound.getAttribute('aria-checked')).toBe('false')
    expect((await watched(second.page)).asked).toBe(0)
    await second.page.getByRole('menuitem', { name: 'Notify me of new tasks' }).click()
    await expect.poll(async () => (await watched(second.page)).asked).toBe(1)
  })

  it('keeps both tabs in one state', async () => {
    await second.button('Accept').click()
    await first.task('Refund').getByText('Connected').waitFor()
    await first.button('Pause').click()
    await second.task('Refund').getByText('Paused').waitFor()
    await second.button('Resume').click()
    await first.task('Refund').getByText('Connected').waitFor()
  })

  it('shows one notice while both are out of sight', async () => {
    for (const { page } of [first, second])
      await page.evaluate(() => {
        ;(window as unknown as Watched).Notification.permission = 'granted'
        Object.defineProperty(document, 'hidden', { get: () => true })
      })
    await server.startTask('Out of sight')
    const shown = async () => [...(await watched(first.page)).shown, ...(await watched(second.page)).shown]
    await expect.poll(shown).toEqual(['Out of sight'])
    // Once it is to be offline, the task that is declined does not come back.
    await first.setStatus('Offline')
    await second.page.getByText('Next: Offline').waitFor()
    await first.button('Decline Out of sight').click()
    await second.task('Out of sight').waitFor({ state: 'detached' })
    expect(await shown()).toEqual(['Out of sight'])
  })

  it('survives the death of the server in the middle of a task: the click of that time is sent later', async () => {
    await first.choose('Refund')
    await server.kill()
    await first.message('Connection lost, reconnecting').waitFor()
    await first.end()
    await first.message('Waiting to end “Refund”').waitFor()
    await server.start()
    for (const screen of [first, second]) {
      await screen.message('Connection lost').waitFor({ state: 'detached' })
      await screen.task('Refund').getByText('After contact work').waitFor()
      expect(await screen.message('Could not').count()).toBe(0)
    }
  })

  it('goes on as before', async () => {
    await second.choose('Refund')
    await second.button('Close task').click()
    await first.task('Refund').waitFor({ state: 'detached' })
    await first.hasStatus('Offline')
    await first.setStatus('Available')
    await second.hasStatus('Available')
  })
})
