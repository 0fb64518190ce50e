// An agent's hour: sign in, take a task, end it, close it. Runs the real pages in Chromium.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AgentScreen, openBrowser } from './browser'
import { openWorld, type World } from './world'

let world: World
let browser: Browser
let screen: AgentScreen

beforeAll(async () => {
  world = await openWorld()
  browser = await openBrowser()
  screen = new AgentScreen(await browser.newPage(), world)
})

afterAll(async () => {
  await browser?.close()
  await world?.tidy()
  world?.fake?.stop()
})

describe('signing in', () => {
  it('leads from the panel to the sign-in page', async () => {
    await screen.page.goto(`${world.url}/ccp-v2/`)
    await screen.page.waitForURL('**/login')
  })

  it('refuses a wrong password and says so', async () => {
    await screen.signIn('not the password')
    await screen.page.getByText(/wrong|incorrect|invalid/i).waitFor()
  })

  it('opens the panel with the right one', async () => {
    await screen.signIn()
    await screen.page.waitForURL('**/ccp-v2/')
    // The browser logs the 401 answers of both steps above by itself.
    expect(screen.complaints.filter((text) => !text.includes('401'))).toEqual([])
    screen.complaints.length = 0
  })
})

describe('a task', () => {
  const refund = 'Refund for order A-1009'

  it('needs an available agent', async () => {
    await screen.setStatus('Available')
    await screen.hasStatus('Available')
    await screen.page.getByText('Waiting for a task').waitFor()
  })

  it('rings with everything the agent must know', async () => {
    await world.startTask(refund, {
      Description: 'Customer returned both items.',
      References: {
        Order: { Type: 'URL', Value: 'https://shop.example/orders/A-1009' },
        Customer: { Type: 'EMAIL', Value: 'bo@example.com' },
      },
      Attributes: { orderId: 'A-1009' },
    })
    const { page } = screen
    await page.getByRole('heading', { name: refund }).waitFor()
    await page.getByText('Customer returned both items.').waitFor()
    await page.getByText('orderId').waitFor()
    const link = page.getByRole('link', { name: /shop\.example/ })
    expect(await link.getAttribute('target')).toBe('_blank')
    expect(await link.getAttribute('rel')).toContain('noopener')
    expect(await page.getByRole('link', { name: 'bo@example.com' }).getAttribute('href')).toBe('mailto:bo@example.com')
    expect(await page.title()).toContain('(1) New task')
  })

  it('is accepted', async () => {
    await screen.button('Accept').click()
    await screen.task(refund).getByText('Connected').waitFor()
  })

  it('stays in sight while another rings, which the agent declines', async () => {
    const decline = screen.button('Decline Call the carrier back')
    await world.startTask('Call the carrier back')
    await decline.click()
    await decline.waitFor({ state: 'detached' })
    await screen.page.getByRole('heading', { name: refund }).waitFor()
  })

  it('is paused and taken up again', async () => {
    await screen.button('Pause').click()
    await screen.task(refund).getByText('Paused').waitFor()
    await screen.button('Resume').click()
    await screen.task(refund).getByText('Connected').waitFor()
  })

  it('makes the agent wait for the next status', async () => {
    await screen.setStatus('Offline')
    await screen.page.getByText('Next: Offline').waitFor()
    await screen.hasStatus('Available, next Offline')
  })

  it('is ended, and stays for after-contact work', async () => {
    await screen.end()
    await screen.task(refund).getByText('After contact work').waitFor()
  })

  it('is closed', async () => {
    await screen.button('Close task').click()
    await screen.task(refund).waitFor({ state: 'detached' })
  })
})

it('breaks neither script nor content security policy', () => {
  expect(screen.complaints).toEqual([])
})
