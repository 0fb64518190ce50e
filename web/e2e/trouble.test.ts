// What the agent sees when things go wrong. Only the fake can be broken at will.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Fake } from '../test/fake'
import { AgentScreen, openBrowser } from './browser'

describe.skipIf(process.env.TASKLANE_URL)('trouble', () => {
  const fake = new Fake()
  let browser: Browser
  let screen: AgentScreen

  beforeAll(async () => {
    const url = await fake.start()
    browser = await openBrowser()
    screen = new AgentScreen(await browser.newPage(), { url, username: 'agent', password: 'tasklane' })
    await screen.signIn()
    await screen.hasStatus('Offline')
  })

  afterAll(async () => {
    await browser?.close()
    fake.stop()
  })

  it('keeps a click that was refused, with the reason, until it works', async () => {
    fake.add('connecting', { name: 'Refund' })
    fake.refuse = 'AcceptContact'
    await screen.button('Accept').click()
    await screen.page.getByText('Could not accept “Refund”').waitFor()
    await screen.page.getByText('The task was taken back.').waitFor()
    await screen.button('Try again').click()
    await screen.task('Refund').getByText('Connected').waitFor()
    await screen.page.getByText('Could not accept “Refund”').waitFor({ state: 'detached' })
  })

  it('says that the connection is lost, keeps the click, and comes back by itself', async () => {
    fake.cut(true)
    await screen.page.getByText('Connection lost, reconnecting').waitFor()
    await screen.button('End task').click()
    await screen.page.getByText('The server could not be reached.').waitFor()
    fake.cut(false)
    await screen.page.getByText('Connection lost, reconnecting').waitFor({ state: 'detached', timeout: 20_000 })
    await screen.button('Try again').click()
    await screen.task('Refund').getByText('After contact work').waitFor()
  })

  it('sees what happened while it was away', async () => {
    fake.cut(true)
    await screen.page.getByText('Connection lost, reconnecting').waitFor()
    fake.add('missed', { name: 'Missed meanwhile' })
    fake.cut(false)
    await screen.task('Missed meanwhile').waitFor({ timeout: 20_000 })
  })

  it('renews a token that the server has forgotten, unseen', async () => {
    fake.revoke()
    await screen.button('Close task').click()
    await screen.task('Refund').waitFor({ state: 'detached' })
    expect(await screen.page.getByText('Could not').count()).toBe(0)
  })

  it('does not end a task by the second half of a double click', async () => {
    const { contactId } = fake.add('connecting', { name: 'Twice' })
    await screen.task('Twice').getByRole('button', { name: 'Twice' }).click()
    await screen.button('Accept').click()
    await screen.button('End task').waitFor()
    const { x, y, width, height } = (await screen.button('End task').boundingBox())!
    await screen.page.mouse.click(x + width / 2, y + height / 2)
    await screen.page.waitForTimeout(300)
    expect(fake.contacts.find((c) => c.contactId === contactId)?.state.type).toBe('connected')
  })

  it('never links to script', async () => {
    fake.add('connecting', {
      name: 'Trap',
      references: { Trap: { type: 'URL', value: 'javascript:alert(1)' } },
    })
    await screen.task('Trap').getByRole('button', { name: 'Trap' }).click()
    await screen.page.getByText('javascript:alert(1)').waitFor()
    expect(await screen.page.getByRole('link', { name: /javascript/ }).count()).toBe(0)
  })

  it('tells screen readers of a ringing task', async () => {
    await screen.page.locator('[aria-live=assertive]', { hasText: 'New task: Trap.' }).waitFor({ state: 'attached' })
  })

  it('can be worked with the keyboard alone', async () => {
    await screen.button('Accept').first().focus()
    await screen.page.keyboard.press('Enter')
    await screen.button('End task').waitFor()
    const tag = await screen.page.evaluate(() => document.activeElement?.tagName)
    expect(tag).toBe('MAIN')
  })

  it('leads to the sign-in page when the session has ended', async () => {
    await screen.button('Menu of Ann Agent').click()
    await screen.page.getByRole('menuitem', { name: 'Sign out' }).click()
    await screen.page.waitForURL('**/login')
    expect(fake.nextState?.type ?? fake.state.type).toBe('offline')
  })
})
