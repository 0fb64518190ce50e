// An agent's day at the built program: work with the keyboard, a transfer, a missed task, tasks of their own.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AgentScreen, openBrowser } from './browser'
import { program, Program } from './program'

const named = (...names: string[]) => names.map((Name) => ({ Id: { Name } }))

describe.skipIf(!program)('a day', () => {
  const server = new Program()
  let browser: Browser
  let ann: AgentScreen
  let bo: AgentScreen
  let page: Page

  const open = async (who: { url: string; username: string; password: string }) => {
    const screen = new AgentScreen(await (await browser.newContext()).newPage(), who)
    await screen.signIn()
    await screen.page.waitForURL('**/ccp-v2/')
    return screen
  }

  beforeAll(async () => {
    await server.start()
    browser = await openBrowser()
    ann = await open(server.agent)
    bo = await open(await server.hire('bo', 'Bo'))
    page = ann.page
  })

  afterAll(async () => {
    await browser?.close()
    await server.remove()
  })

  it('begins with a task that is accepted by a key', async () => {
    await ann.setStatus('Available')
    await ann.hasStatus('Available')
    await server.startTask('Refund A-1009', {
      Description: 'Both items.',
      References: { Amount: { Type: 'NUMBER', Value: '42.50' }, Due: { Type: 'DATE', Value: '1795429300' } },
    })
    await page.getByRole('heading', { name: 'Refund A-1009' }).waitFor()
    await page.keyboard.press('Alt+KeyA')
    await ann.task('Refund A-1009').getByText('Connected').waitFor()
  })

  it('edits the task, and adds a reference', async () => {
    await page.keyboard.press('Alt+KeyI')
    await page.getByLabel('Description').fill('Both items, one is damaged.')
    await page.getByLabel('Amount', { exact: true }).fill('a lot')
    await ann.button('Add a reference').click()
    await page.getByLabel('Reference name').fill('Photo')
    await page.getByLabel('Value').fill('https://shop.example/photo')
    await ann.button('Save').click()
    await page.getByText('Must be a number').waitFor()
    await page.getByLabel('Amount', { exact: true }).fill('40')
    await ann.button('Save').click()
    await page.getByRole('link', { name: /shop\.example\/photo/ }).waitFor()
    await page.getByText('Both items, one is damaged.').waitFor()
    expect(await page.getByLabel('Edit task').count()).toBe(0)
  })

  it('finds a colleague and transfers the task', async () => {
    await bo.setStatus('Available')
    await bo.hasStatus('Available')
    await page.keyboard.press('Alt+KeyT')
    const search = page.getByRole('combobox', { name: '' }).and(page.getByPlaceholder('Search agents and queues'))
    await search.fill('nobody')
    await page.getByText('Nothing is called “nobody”.').waitFor()
    await search.fill('bo')
    await page.getByRole('option', { name: /^Bo\b/ }).waitFor()
    await page.keyboard.press('Enter')
    await ann.button('Transfer to Bo').click()
    await ann.task('Refund A-1009').getByText('After contact work').waitFor()
    await page.keyboard.press('Alt+KeyC')
    await ann.task('Refund A-1009').waitFor({ state: 'detached' })
  })

  it('shows the colleague what happened before', async () => {
    await bo.button('Accept').click()
    await bo.task('Refund A-1009').getByText('Connected').waitFor()
    await bo.page.getByText('Transferred by').waitFor()
    await bo.page.keyboard.press('Alt+KeyY')
    const history = bo.page.getByRole('region', { name: 'History' }).getByRole('listitem')
    await history.filter({ hasText: 'You accepted it' }).waitFor()
    await history.filter({ hasText: 'Transferred' }).waitFor()
    await history.filter({ hasText: 'Alex Agent accepted it' }).waitFor()
    expect(await history.filter({ hasText: 'Flow “' }).count()).toBe(0)
    await bo.button('With the steps of flows').click()
    await history.filter({ hasText: 'Flow “Sample task flow”' }).first().waitFor()
    await bo.page.getByText('Both items, one is damaged.').waitFor()
    await bo.setStatus('Offline')
    await bo.page.getByText('Next: Offline').waitFor()
  })

  it('misses a task, and gets it again when it has closed it', async () => {
    await server.startTask('Nobody there')
    await page.getByRole('heading', { name: 'Nobody there' }).waitFor()
    await server.advance(31)
    await ann.task('Nobody there').getByText('Missed').waitFor()
    await ann.button('Close').click()
    await ann.button('Accept').click()
    await ann.task('Nobody there').getByText('Connected').waitFor()
  })

  it('makes a task from a template, which says what is missing', async () => {
    await server.template('Complaint', {
      Fields: [
        { Id: { Name: 'Subject' }, Type: 'NAME' },
        { Id: { Name: 'Product' }, Type: 'SINGLE_SELECT', SingleSelectOptions: ['Lamp', 'Chair'] },
        { Id: { Name: 'Price' }, Type: 'NUMBER' },
        { Id: { Name: 'Insured' }, Type: 'BOOLEAN' },
        { Id: { Name: 'Region' }, Type: 'TEXT' },
        { Id: { Name: 'Score' }, Type: 'TEXT' },
      ],
      Constraints: {
        RequiredFields: named('Subject', 'Product', 'Price'),
        ReadOnlyFields: named('Region'),
        InvisibleFields: named('Score'),
      },
      Defaults: {
        DefaultFieldValues: [
          { Id: { Name: 'Region' }, DefaultValue: 'Europe' },
          { Id: { Name: 'Score' }, DefaultValue: 'secret' },
        ],
      },
    })
    await ann.button('New task').click()
    await page.getByRole('button', { name: /^Template/ }).click()
    await page.getByRole('option', { name: 'Complaint' }).click()
    await page.getByLabel('Subject').fill('Lamp broken')
    await page.getByLabel('Price').fill('10,5')
    await ann.button('Create task').click()
    await page.getByText('Product is required.').first().waitFor()
    await page.getByText('Must be a number').first().waitFor()
    expect(await page.getByLabel('Score').count()).toBe(0)
    expect(await page.getByLabel('Region').isEditable()).toBe(false)
    await page.getByRole('button', { name: /^Product/ }).click()
    await page.getByRole('option', { name: 'Lamp' }).click()
    await page.getByLabel('Price').fill('10.5')
    await page.getByLabel('Insured').check()
    await ann.button('Create task').click()
    await ann.button('Accept Lamp broken').click()
    await page.getByRole('heading', { name: 'Lamp broken' }).waitFor()
    const values = page.locator('.detail dl').filter({ hasText: 'Product' })
    expect(await values.locator('dt').allInnerTexts()).toEqual(['Product', 'Price', 'Insured', 'Region'])
    expect(await values.locator('dd').allInnerTexts()).toEqual(['Lamp', '10.5', 'Yes', 'Europe'])
    expect(await page.getByText('secret').count()).toBe(0)
  })

  it('keeps what is written while another task is looked at', async () => {
    await page.keyboard.press('Alt+KeyN')
    await page.getByLabel('Name', { exact: true }).fill('Call back tomorrow')
    await ann.choose('Nobody there')
    await page.getByRole('heading', { name: 'Nobody there' }).waitFor()
    await page.getByText('Not created yet').click()
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Call back tomorrow')
  })

  it('schedules a task for itself', async () => {
    const start = Math.ceil(Date.now() / 3_600_000) * 3_600_000 + 7_200_000
    const local = new Date(start - new Date(start).getTimezoneOffset() * 60_000)
    await page.getByLabel('Start').fill(local.toISOString().slice(0, 16))
    await page.getByPlaceholder('Search agents and queues').fill('agent')
    await page.keyboard.press('Enter')
    await ann.button('Create task').click()
    await ann.message('Task “Call back tomorrow” is scheduled.').waitFor()
    await server.advanceTo(start)
    await ann.button('Accept Call back tomorrow').click()
    await ann.task('Call back tomorrow').getByText('Connected').waitFor()
  })

  it('picks a task that waits for somebody to do so', async () => {
    await server.letPick()
    await ann.setStatus('Offline')
    await page.getByText('Next: Offline').waitFor()
    await server.startTask('Hard one', { Description: 'For those who know.' })
    await page.reload()
    await ann.button('Pick a task').waitFor()
    await page.keyboard.press('Alt+KeyG')
    await page.getByText('For those who know.').waitFor()
    await ann.button('Pick Hard one').click()
    await page.getByRole('heading', { name: 'Hard one' }).waitFor()
    await ann.task('Hard one').getByText('Connected').waitFor()
  })

  it('ends all tasks, and goes offline after the last', async () => {
    for (const name of ['Hard one', 'Call back tomorrow', 'Lamp broken', 'Nobody there']) {
      await ann.choose(name)
      await page.getByRole('heading', { name }).waitFor()
      await page.keyboard.press('Alt+KeyX')
      await ann.task(name).getByText('After contact work').waitFor()
      await page.keyboard.press('Alt+KeyC')
      await ann.task(name).waitFor({ state: 'detached' })
    }
    await ann.hasStatus('Offline')
  })

  it('broke neither script nor content security policy', () => {
    expect(ann.complaints).toEqual([])
    expect(bo.complaints).toEqual([])
  })
})
