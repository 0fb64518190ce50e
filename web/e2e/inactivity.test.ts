// A session that ends because nobody does anything, at the built program: announced, put off, and over; in a window, and
// in a frame of a host page that announces it itself.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AgentScreen, openBrowser } from './browser'
import { program, Program } from './program'
import { Desktop } from './streams/desktop'
import { Gate } from './streams/gate'
import { hostPages } from './streams/hostPage'

const minutes = 60

describe.skipIf(!program)('an agent who does nothing', () => {
  const server = new Program(['--session-inactivity', '30m'])
  let browser: Browser
  let screen: AgentScreen
  let page: Page
  let task: string

  const dialog = () => page.getByRole('dialog', { name: 'Are you still there?' })

  beforeAll(async () => {
    await server.start()
    browser = await openBrowser()
    screen = new AgentScreen(await (await browser.newContext()).newPage(), server.agent)
    page = screen.page
    await screen.signIn()
    await screen.setStatus('Available')
    await screen.hasStatus('Available')
    task = await server.startTask('Refund')
    await screen.button('Accept').click()
    await screen.task('Refund').getByText('Connected').waitFor()
  })

  afterAll(async () => {
    await browser?.close()
    await server.remove()
  })

  it('is asked shortly before, and stays', async () => {
    await server.advanceSessions(29 * minutes + 5)
    await dialog().getByText(/In 0:\d\d you will be signed out/).waitFor()
    expect(await page.title()).toMatch(/^Signing out soon/)
    await dialog().getByRole('button', { name: 'Stay signed in' }).last().click()
    await dialog().waitFor({ state: 'detached' })
    expect(await page.title()).not.toMatch(/Signing out/)
  })

  it('stays by a key, too, in this tab or another', async () => {
    const other = new AgentScreen(await page.context().newPage(), server.agent)
    await other.page.goto(`${server.url}/ccp-v2/`)
    await other.hasStatus('Available')
    for (const active of [page, other.page]) {
      await server.advanceSessions(29 * minutes + 5)
      await dialog().waitFor()
      await other.page.getByRole('dialog').waitFor()
      await active.keyboard.press('Escape')
      await dialog().waitFor({ state: 'detached' })
      await other.page.getByRole('dialog').waitFor({ state: 'detached' })
    }
    await other.page.close()
  })

  it('is signed out and offline otherwise, and keeps the task', async () => {
    await server.advanceSessions(29 * minutes + 5)
    await dialog().waitFor()
    await server.advanceSessions(2 * minutes)
    await page.waitForURL('**/login')
    await page.getByRole('status').getByText('You were signed out because nothing was done for a while.').waitFor()
    const { Contact } = await server.api<{ Contact: { DisconnectTimestamp?: number } }>(
      'GET',
      `/contacts/${server.boot.instanceId}/${task}`,
    )
    expect(Contact.DisconnectTimestamp).toBeUndefined()
    await screen.signIn()
    await page.getByText('Next: Offline').waitFor()
    await screen.task('Refund').getByText('Connected').waitFor()
  })

  it('hears of it from the page that shows the panel, where that says so itself', async () => {
    const gate = await new Gate(server.url).open()
    const host = await new Gate(server.url, { pages: hostPages }).open()
    try {
      const context = await browser.newContext()
      const window = new AgentScreen(await context.newPage(), { ...server.agent, url: gate.url })
      await window.signIn()
      await window.hasStatus('Available, next Offline')
      await window.page.close()
      const desk = await Desktop.open(context, host.url, gate.url, { pageOptions: { showInactivityModal: false } })
      await desk.ready()
      await desk.page.evaluate(`
        window.warning = new connect.SessionExpirationWarningManager()
        warning.onExpirationWarning((e) => note('onExpirationWarning', String(e.expiration)))
        warning.onExpirationWarningCleared(() => note('onExpirationWarningCleared'))`)
      await desk.page.waitForTimeout(500) // the subscription is on its way
      await server.advanceSessions(29 * minutes + 5)
      await desk.hears('onExpirationWarning')
      const { now } = await server.api<{ now: number }>('GET', '/_tasklane/clock')
      const told = Number((await desk.heard()).find((e) => e.name === 'onExpirationWarning')!.detail)
      expect(Math.abs(told / 1000 - now)).toBeLessThan(70)
      expect(await desk.panel().getByRole('dialog').count()).toBe(0)
      await desk.get('connect.sendActivity()')
      await desk.hears('onExpirationWarningCleared')
      await server.advanceSessions(31 * minutes)
      await desk.hears('auth_fail')
    } finally {
      gate.close()
      host.close()
    }
  })
})
