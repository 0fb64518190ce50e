// The files of a task, at the built program: got, attached, taken back, and those that cannot be had.
import { createServer, type Server } from 'node:http'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AgentScreen, openBrowser } from './browser'
import { program, Program } from './program'

const bytes = (length: number, seed: number) => Buffer.from(Array.from({ length }, (_, i) => (i * seed) % 251))

describe.skipIf(!program)('the files of a task', () => {
  const server = new Program()
  const evidence = bytes(70_000, 7)
  const photo = bytes(3_000_000, 11)
  let source: Server
  let browser: Browser
  let screen: AgentScreen
  let page: Page
  let refund: string

  /** What the browser saves when a file is clicked on. */
  const saved = async (name: string) => {
    const begun = page.waitForEvent('download')
    await page.getByRole('button', { name: `Download ${name}` }).click()
    const download = await begun
    return { name: download.suggestedFilename(), bytes: readFileSync((await download.path())!) }
  }
  /** Not toEqual, which takes its time with many bytes. */
  const savedAs = async (name: string, content: Buffer) => {
    const got = await saved(name)
    expect([got.name, got.bytes.length, got.bytes.equals(content)]).toEqual([name, content.length, true])
  }
  const files = () => page.getByRole('region', { name: 'Attachments' })
  const attach = (name: string, content: Buffer) =>
    files().locator('input[type=file]').setInputFiles({ name, mimeType: '', buffer: content })

  beforeAll(async () => {
    await server.start()
    // Where the server fetches files that tasks start with.
    source = createServer((req, res) => {
      if (req.url === '/slow.pdf') return
      if (req.url === '/evidence.pdf') return void res.end(evidence)
      res.writeHead(404).end()
    })
    await new Promise<void>((resolve) => source.listen(0, '127.0.0.1', resolve))
    browser = await openBrowser()
    screen = new AgentScreen(await (await browser.newContext({ acceptDownloads: true })).newPage(), server.agent)
    page = screen.page
    await screen.signIn()
    await screen.setStatus('Available')
    await screen.hasStatus('Available')
  })

  afterAll(async () => {
    await browser?.close()
    source?.closeAllConnections()
    source?.close()
    await server.remove()
  })

  it('are told while it rings: what can be had, and why not', async () => {
    const from = `http://127.0.0.1:${(source.address() as AddressInfo).port}`
    const Attachments = ['evidence.pdf', 'slow.pdf', 'gone.pdf'].map((FileName) => ({
      FileName,
      S3Url: `${from}/${FileName}`,
    }))
    refund = await server.startTask('Refund', { Attachments })
    await files().getByText('gone.pdf').waitFor()
    await files().getByText(/^(Rejected|Could not be fetched): /).waitFor()
    await files().getByText('On its way: it can be downloaded soon.').waitFor()
    await files().getByText('68 kB').waitFor()
    await savedAs('evidence.pdf', evidence)
    for (const name of ['slow.pdf', 'gone.pdf'])
      expect(await page.getByRole('button', { name: `Download ${name}` }).count()).toBe(0)
    expect(await page.getByText('Attach files').count()).toBe(0)
  })

  it('are attached by the agent, and those who know the task get the same bytes', async () => {
    await screen.button('Accept').click()
    await files().getByText('Attach files').first().waitFor()
    await attach('Foto Küche.png', photo)
    await savedAs('Foto Küche.png', photo)
    const { instanceId } = server.boot
    const { ReferenceSummaryList: all } = await server.api<{
      ReferenceSummaryList: { Attachment: { Name: string; Value: string; Status: string } }[]
    }>('GET', `/contact/references/${instanceId}/${refund}?referenceTypes=ATTACHMENT`)
    expect(all.map(({ Attachment: { Name, Status } }) => `${Name} ${Status}`)).toContain('Foto Küche.png APPROVED')
  })

  it('are refused with the reason, and the click can be dropped', async () => {
    await attach('setup.exe', Buffer.from('MZ'))
    await screen.message('Could not attach “setup.exe”').getByText(/extension "exe" cannot be attached/).waitFor()
    expect(await screen.message('setup.exe').getByRole('button', { name: 'Try again' }).count()).toBe(0)
    await screen.message('setup.exe').getByRole('button', { name: 'Dismiss' }).click()
    await attach('empty.txt', Buffer.alloc(0))
    await screen.message('Could not attach “empty.txt”').getByText('The file is empty').waitFor()
    await screen.message('empty.txt').getByRole('button', { name: 'Dismiss' }).click()
  })

  it('wait for the server while it is away', async () => {
    await server.kill()
    await screen.message('Connection lost').waitFor()
    await attach('later.txt', Buffer.from('still there'))
    await screen.message('Waiting to attach “later.txt”').waitFor()
    await server.start()
    await screen.message('Waiting to attach').waitFor({ state: 'detached' })
    await savedAs('later.txt', Buffer.from('still there'))
  })

  it('go away when the agent has attached them, and asks for it twice', async () => {
    expect(await page.getByRole('button', { name: 'Remove evidence.pdf' }).count()).toBe(0)
    await page.getByRole('button', { name: 'Remove later.txt' }).click()
    const sure = page.getByRole('group', { name: 'Remove later.txt?' })
    await sure.getByRole('button', { name: 'Keep' }).click()
    await page.getByRole('button', { name: 'Remove later.txt' }).click()
    await sure.getByRole('button', { name: 'Remove' }).click()
    await files().getByText('later.txt').waitFor({ state: 'detached' })
  })

  it('are dropped on the task', async () => {
    const dropped = await page.evaluateHandle(() => {
      const data = new DataTransfer()
      data.items.add(new File(['dropped'], 'dropped.txt'))
      return data
    })
    await files().dispatchEvent('drop', { dataTransfer: dropped })
    await savedAs('dropped.txt', Buffer.from('dropped'))
  })

  it('go along with a new task', async () => {
    await page.keyboard.press('Alt+KeyN')
    await page.getByLabel('Name', { exact: true }).fill('Look at this')
    await page.getByPlaceholder('Search agents and queues').fill('agent')
    await page.keyboard.press('Enter')
    const form = page.getByRole('form', { name: 'New task' })
    await form
      .locator('input[type=file]')
      .setInputFiles(['a', 'b'].map((name) => ({ name: `${name}.txt`, mimeType: '', buffer: Buffer.from(name) })))
    await form.getByRole('button', { name: 'Remove b.txt' }).click()
    await screen.button('Create task').click()
    await screen.button('Accept Look at this').click()
    await page.getByRole('heading', { name: 'Look at this' }).waitFor()
    await savedAs('a.txt', Buffer.from('a'))
    expect(await files().getByText('b.txt').count()).toBe(0)
  })

  it('are not the only references that can go', async () => {
    await page.keyboard.press('Alt+KeyI')
    await screen.button('Add a reference').click()
    await page.getByLabel('Reference name').fill('Order')
    await page.getByLabel('Value').fill('https://shop.example/wrong')
    await screen.button('Save').click()
    await page.getByRole('link', { name: /shop\.example/ }).waitFor()
    await page.keyboard.press('Alt+KeyI')
    await page.getByRole('button', { name: 'Remove reference Order' }).click()
    await page.getByText('“Order” goes when you save.').waitFor()
    await page.getByRole('button', { name: 'Keep reference Order' }).click()
    await page.getByRole('button', { name: 'Remove reference Order' }).click()
    await screen.button('Save').click()
    await page.getByRole('form', { name: 'Edit task' }).waitFor({ state: 'detached' })
    expect(await page.getByText('shop.example').count()).toBe(0)
    await page.keyboard.press('Alt+KeyY')
    await page.getByRole('region', { name: 'History' }).getByText('References changed').first().waitFor()
  })

  it('broke neither script nor content security policy', () => {
    const refusals = /40[0-9]|ERR_CONNECTION|WebSocket/ // the browser logs those by itself
    expect(screen.complaints.filter((text) => !refusals.test(text))).toEqual([])
  })
})
