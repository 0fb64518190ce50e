// An agent's hour: sign in, take a task, end it, close it. Runs the real pages in Chromium.
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorld, type World } from './world'

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

let world: World
let browser: Browser
let page: Page
const complaints: string[] = []

beforeAll(async () => {
  world = await openWorld()
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags })
  page = await browser.newPage()
  page.setDefaultTimeout(10_000)
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
})

afterAll(async () => {
  await browser?.close()
  world?.fake?.stop()
})

const button = (name: string) => page.getByRole('button', { name, exact: true })
const row = (name: string) => page.getByRole('listitem').filter({ hasText: name })
const status = () => page.getByRole('button', { name: /^Status: / })

async function setStatus(name: string): Promise<void> {
  await status().click()
  await page.getByRole('menuitemcheckbox', { name }).click()
}

async function signIn(password: string): Promise<void> {
  await page.getByLabel('Username').fill(world.username)
  await page.getByLabel('Password').fill(password)
  await button('Sign in').click()
}

describe('signing in', () => {
  it('leads from the panel to the sign-in page', async () => {
    await page.goto(`${world.url}/ccp-v2/`)
    await page.waitForURL('**/login')
  })

  it('refuses a wrong password and says so', async () => {
    await signIn('not the password')
    await page.getByText(/wrong|incorrect|invalid/i).waitFor()
  })

  it('opens the panel with the right one', async () => {
    await signIn(world.password)
    await page.waitForURL('**/ccp-v2/')
    await status().waitFor()
    // The browser logs both 401 answers by itself.
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([])
    complaints.length = 0
  })
})

describe('a task', () => {
  it('needs an available agent', async () => {
    await setStatus('Available')
    await page.getByRole('button', { name: 'Status: Available' }).waitFor()
    await page.getByText('Waiting for a task').waitFor()
  })

  it('rings with everything the agent must know', async () => {
    await world.startTask('Refund for order A-1009', {
      Description: 'Customer returned both items.',
      References: {
        Order: { Type: 'URL', Value: 'https://shop.example/orders/A-1009' },
        Trap: { Type: 'URL', Value: 'javascript:alert(1)' },
        Customer: { Type: 'EMAIL', Value: 'bo@example.com' },
      },
      Attributes: { orderId: 'A-1009' },
    })
    await page.getByRole('heading', { name: 'Refund for order A-1009' }).waitFor()
    await page.getByText('Customer returned both items.').waitFor()
    const link = page.getByRole('link', { name: /shop\.example/ })
    expect(await link.getAttribute('target')).toBe('_blank')
    expect(await link.getAttribute('rel')).toContain('noopener')
    expect(await page.getByRole('link', { name: 'bo@example.com' }).getAttribute('href')).toBe('mailto:bo@example.com')
    expect(await page.getByRole('link', { name: /javascript/ }).count()).toBe(0)
    expect(await page.title()).toContain('(1) New task')
  })

  it('is accepted', async () => {
    await button('Accept').click()
    await row('Refund for order A-1009').getByText('Connected').waitFor()
  })

  it('is not pushed aside by another, which the agent declines', async () => {
    await world.startTask('Call the carrier back')
    await row('Call the carrier back').getByRole('button', { name: 'Decline' }).click()
    await row('Call the carrier back').getByRole('button', { name: 'Accept' }).waitFor({ state: 'detached' })
    await page.getByRole('heading', { name: 'Refund for order A-1009' }).waitFor()
  })

  it('is ended, and stays for after-contact work', async () => {
    await button('End task').click()
    await row('Refund for order A-1009').getByText('After contact work').waitFor()
  })

  it('is closed', async () => {
    await button('Close task').click()
    await row('Refund for order A-1009').waitFor({ state: 'detached' })
  })
})

it('breaks neither script nor content security policy', () => {
  expect(complaints).toEqual([])
})
