// What others do to an agent's tasks, and what the panel tells of them; and the panel in little room.
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AgentScreen, openBrowser } from './browser'
import { program, Program } from './program'

describe.skipIf(!program)('an agent', () => {
  const server = new Program()
  let browser: Browser
  let screen: AgentScreen
  let page: Page

  const dismiss = async (text: string) => {
    await screen.message(text).getByRole('button', { name: 'Dismiss' }).click()
    await screen.message(text).waitFor({ state: 'detached' })
  }
  const stop = (ContactId: string) => server.api('POST', '/contact/stop', { InstanceId: server.boot.instanceId, ContactId })
  const close = async (name: string) => {
    await screen.button('Close task').click()
    await screen.task(name).waitFor({ state: 'detached' })
  }
  const accepted = async (name: string, more: object = {}) => {
    const id = await server.startTask(name, more)
    await page.getByRole('heading', { name }).waitFor()
    await screen.button('Accept').click()
    await screen.button('End task').waitFor()
    return id
  }

  beforeAll(async () => {
    await server.start()
    for (const [Name, DisplayOrder] of [
      ['Training', 4],
      ['Lunch', 3],
      ['Admin', undefined],
    ] as const)
      await server.api('PUT', `/agent-status/${server.boot.instanceId}`, { Name, State: 'ENABLED', DisplayOrder })
    browser = await openBrowser()
    screen = new AgentScreen(await (await browser.newContext()).newPage(), server.agent)
    page = screen.page
    await screen.signIn()
    await screen.setStatus('Available')
    await screen.hasStatus('Available')
  })

  afterAll(async () => {
    await browser?.close()
    await server.remove()
  })

  it('has the statuses in their order', async () => {
    await page.getByRole('button', { name: /^Status: / }).click()
    const names = await page.getByRole('menuitemcheckbox').allInnerTexts()
    expect(names.map((name) => name.trim())).toEqual(['Available', 'Offline', 'Lunch', 'Training', 'Admin'])
    await page.keyboard.press('Escape')
  })

  it('hears that a task was stopped, and still sees why', async () => {
    await stop(await accepted('Stopped'))
    await screen.message('“Stopped” was stopped by another system or a supervisor.').waitFor()
    await page.getByText('This task was stopped by another system or a supervisor.').waitFor()
    await dismiss('“Stopped”')
    await close('Stopped')
  })

  it('hears nothing of what they have done themselves', async () => {
    await accepted('Mine')
    await screen.end()
    await screen.task('Mine').getByText('After contact work').waitFor()
    await close('Mine')
    expect(await page.locator('.messages li').count()).toBe(0)
  })

  it('hears that a task rings no more, and where it is', async () => {
    const gone = await server.startTask('Gone')
    await screen.task('Gone').waitFor()
    await stop(gone)
    await screen.message('“Gone” was stopped by another system or a supervisor.').waitFor()
    await dismiss('“Gone”')
    // The agent is away by then, so that it does not ring here again.
    const moved = await server.startTask('Moved')
    await screen.task('Moved').waitFor()
    await screen.setStatus('Lunch')
    await page.getByText('Next: Lunch').waitFor()
    const { instanceId: InstanceId, contactFlowId: ContactFlowId, queueId: QueueId } = server.boot
    await server.api('POST', '/contact/transfer', { InstanceId, ContactId: moved, ContactFlowId, QueueId })
    await screen.message('“Moved” was moved to queue BasicQueue.').waitFor()
    await dismiss('“Moved”')
    await screen.hasStatus('Lunch')
    const { Contacts } = await server.api<{ Contacts: { Id: string; PreviousContactId?: string }[] }>('POST', '/search-contacts', {
      InstanceId,
      TimeRange: { Type: 'INITIATION_TIMESTAMP', StartTime: Date.now() / 1000 - 600, EndTime: Date.now() / 1000 + 600 },
    })
    await stop(Contacts.find((c) => c.PreviousContactId === moved)!.Id)
    await screen.setStatus('Available')
    await screen.hasStatus('Available')
  })

  it('sees when a task expires, and that it has', async () => {
    await accepted('Short', {
      SegmentAttributes: { 'connect:ContactExpiry': { ValueMap: { ExpiryDuration: { ValueInteger: 10 } } } },
    })
    await page.getByText(/, in [89]:\d\d$/).waitFor()
    await server.advance(11 * 60)
    await screen.message('“Short” has expired.').waitFor()
    await dismiss('“Short”')
    await close('Short')
  })

  it('hears that nothing rings because of what they have missed, and gets on with one click', async () => {
    const ids = [await server.startTask('Missed one'), await server.startTask('Missed two')]
    await page.getByText('2 tasks, 2 ringing').waitFor()
    await server.advance(31)
    await page.locator('.status').getByText('Missed: nothing rings').waitFor()
    await page.locator('[aria-live=assertive]', { hasText: 'Nothing rings until you close it.' }).waitFor({ state: 'attached' })
    expect(await page.title()).toMatch(/^Missed/)
    await page.getByText('You have missed 2 tasks, which went on to others. Nothing rings here until you close them.').waitFor()
    await screen.button('Close all 2 and stay available').click()
    await page.getByText('2 tasks, 2 ringing').waitFor()
    await screen.hasStatus('Available')
    for (const id of ids) await stop(id)
    await page.getByText('Waiting for a task').waitFor()
    for (const name of ['Missed one', 'Missed two']) await dismiss(`“${name}”`)
  })

  it('is told at once that the connection is lost, and that it is back', async () => {
    await page.context().setOffline(true)
    await screen.message('Connection lost, reconnecting').waitFor({ timeout: 10_000 })
    await page.context().setOffline(false)
    await screen.message('Connection lost').waitFor({ state: 'detached' })
  })

  it('tells tasks of one name apart, copies the id of one, follows an address in its description', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    const ids: string[] = []
    for (const order of ['A-1', 'A-2', 'A-3'])
      ids.push(await server.startTask('Refund', { Description: `Order ${order}, see https://shop.example/${order}.` }))
    await page.getByText('3 tasks, 3 ringing').waitFor()
    for (const [i, order] of ['A-1', 'A-2', 'A-3'].entries())
      await screen.task(`…${ids[i]!.slice(-6)} Order ${order}`).waitFor()
    await screen.task('Order A-2').locator('.choose').click()
    await screen.button('Copy').click()
    await page.getByText('Copied').waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(ids[1])
    const link = page.getByRole('link', { name: 'https://shop.example/A-2', exact: true })
    expect(await link.getAttribute('href')).toBe('https://shop.example/A-2')
    expect([await link.getAttribute('rel'), await link.getAttribute('target')]).toEqual(['noopener noreferrer', '_blank'])
    for (const id of ids) await stop(id)
    await page.getByText('Waiting for a task').waitFor()
    await page.reload()
    await page.getByText('Waiting for a task').waitFor()
  })

  it('sees who is there before a transfer, and what the administrator says of it', async () => {
    const bo = await server.hire('bo', 'Bo')
    const { QuickConnectSummaryList: connects } = await server.api<{
      QuickConnectSummaryList: { Id: string; Name: string }[]
    }>('GET', `/quick-connects/${server.boot.instanceId}`)
    const id = connects.find(({ Name }) => Name === 'Bo')!.Id
    await server.api('POST', `/quick-connects/${server.boot.instanceId}/${id}/name`, {
      ...{ Name: 'Bo', Description: 'Knows the law of Poland' },
    })
    expect(bo.username).toBe('bo')
    await accepted('Hard')
    await page.keyboard.press('Alt+KeyT')
    const option = page.getByRole('option', { name: /^Bo\b/ })
    await option.getByText('Offline').waitFor()
    await page.getByPlaceholder('Search agents and queues').fill('poland')
    expect(await page.getByRole('option').count()).toBe(1)
    await option.getByText('Knows the law of Poland').click()
    await page.getByText('Bo Agent is Offline now: the task waits for them.').waitFor()
    await screen.button('Cancel').click()
    await screen.end()
    await close('Hard')
  })

  /** Whether something is in the window, and nothing over it. */
  const inSight = (what: Locator) =>
    what.evaluate((element) => {
      const { left, top, width, height } = element.getBoundingClientRect()
      const at = document.elementFromPoint(left + width / 2, top + height / 2)
      return at !== null && element.contains(at)
    })

  it('sees in little room most of what rings, the row of the chosen task, and what can be done with it', async () => {
    const ids: string[] = []
    for (let i = 1; i <= 8; i++)
      ids.push(await server.startTask(`${i} ${'very long name '.repeat(30)}`, { Description: 'line\n'.repeat(60) }))
    await page.getByText('8 tasks, 8 ringing').waitFor()
    for (const width of [320, 400]) {
      await page.setViewportSize({ width, height: 600 })
      const buttons = await page.getByRole('button', { name: /^Accept \d very/ }).all()
      const seen = await Promise.all(buttons.map(inSight))
      expect(seen.filter(Boolean).length, `${width}: tasks to accept`).toBeGreaterThanOrEqual(4)
      await screen.button('Accept').waitFor()
      await page.getByRole('heading', { level: 1 }).click()
      await page.keyboard.press('Alt+ArrowUp') // the last one
      await page.waitForFunction(() => document.querySelector('.task.chosen .name')?.textContent.startsWith('8 '))
      expect(await inSight(page.locator('.task.chosen .name')), `${width}: the chosen row`).toBe(true)
      await page.evaluate(() => scrollTo(0, document.body.scrollHeight))
      // Buttons that have just come take no clicks for a moment.
      for (const name of ['Accept', 'Decline'])
        await expect.poll(() => inSight(screen.button(name)), { message: `${width}: ${name}, scrolled` }).toBe(true)
      const { height } = (await page.getByRole('heading', { level: 1 }).boundingBox())!
      expect(height, `${width}: height of the name`).toBeLessThan(60)
      await page.evaluate(() => scrollTo(0, 0))
      await page.keyboard.press('Alt+ArrowDown')
    }
    await screen.button('Whole name').click()
    await screen.button('Less').waitFor()
    for (const id of ids) await stop(id)
  })

  it('sees neither script errors nor breaches of the content security policy', () => {
    const network = /ERR_INTERNET_DISCONNECTED|WebSocket/ // the browser logs those by itself
    expect(screen.complaints.filter((text) => !network.test(text))).toEqual([])
  })
})
