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
    await screen.message('Could not accept “Refund”').waitFor()
    await screen.message('The task was taken back.').waitFor()
    await screen.button('Try again').click()
    await screen.task('Refund').getByText('Connected').waitFor()
    await screen.message('Could not accept “Refund”').waitFor({ state: 'detached' })
  })

  it('says that the connection is lost, comes back by itself, and sends the click that was made meanwhile', async () => {
    fake.cut(true)
    await screen.message('Connection lost, reconnecting').waitFor()
    await screen.end()
    await screen.message('Waiting to end “Refund”').waitFor()
    fake.cut(false)
    await screen.message('Connection lost, reconnecting').waitFor({ state: 'detached' })
    await screen.task('Refund').getByText('After contact work').waitFor()
    await screen.message('Waiting to end').waitFor({ state: 'detached' })
    expect(await screen.message('Could not').count()).toBe(0)
  })

  it('does not send a click that was taken back, or that has become pointless', async () => {
    const kept = fake.add('connected', { name: 'Kept' })
    const gone = fake.add('connected', { name: 'Stopped elsewhere' })
    await screen.task('Stopped elsewhere').waitFor()
    fake.cut(true)
    for (const name of ['Kept', 'Stopped elsewhere']) {
      await screen.choose(name)
      await screen.end()
      await screen.message(`Waiting to end “${name}”`).waitFor()
    }
    await screen.button('Do not send: end “Kept”').click()
    gone.state = { type: 'ended', timestamp: Date.now() / 1000 }
    fake.calls.length = 0
    fake.cut(false)
    await screen.task('Stopped elsewhere').getByText('After contact work').waitFor()
    await screen.message('Waiting to end').waitFor({ state: 'detached' })
    await screen.message('Did not end “Stopped elsewhere”').waitFor()
    expect(await screen.message('Did not end').count()).toBe(1)
    expect(fake.calls).not.toContain('DestroyConnection')
    expect(kept.state.type).toBe('connected')
    fake.remove(kept, gone)
    await screen.task('Kept').waitFor({ state: 'detached' })
  })

  it('sees what happened while it was away', async () => {
    fake.cut(true)
    await screen.message('Connection lost, reconnecting').waitFor()
    fake.add('missed', { name: 'Missed meanwhile' })
    fake.cut(false)
    await screen.task('Missed meanwhile').waitFor()
  })

  it('renews a token that the server has forgotten, unseen', async () => {
    fake.revoke()
    await screen.button('Close task').click()
    await screen.task('Refund').waitFor({ state: 'detached' })
    expect(await screen.message('Could not').count()).toBe(0)
  })

  it('does not end a task by the second half of a double click', async () => {
    const { contactId } = fake.add('connecting', { name: 'Twice' })
    await screen.choose('Twice')
    await screen.button('Accept').click()
    await screen.button('End task').waitFor()
    const { x, y, width, height } = (await screen.button('End task').boundingBox())!
    await screen.page.mouse.click(x + width / 2, y + height / 2)
    // A click that had gone through would have been sent before this one is answered.
    await screen.setStatus('Lunch')
    await screen.page.getByText('Next: Lunch').waitFor()
    expect(fake.contacts.find((c) => c.contactId === contactId)?.state.type).toBe('connected')
  })

  it('never links to script', async () => {
    fake.add('connecting', {
      name: 'Trap',
      references: { Trap: { type: 'URL', value: 'javascript:alert(1)' } },
    })
    await screen.choose('Trap')
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
    await screen.page.getByRole('menuitem', { name: 'Sign out', exact: true }).click()
    await screen.page.waitForURL('**/login')
    expect(fake.nextState?.type ?? fake.state.type).toBe('offline')
  })
})
