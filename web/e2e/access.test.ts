// The main views held against the rules of WCAG 2.1 A and AA, and the practices of landmarks and headings, by axe: in light
// and dark, wide and narrow.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AgentScreen, openBrowser } from './browser'
import { program, Program } from './program'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

async function faults(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  const { violations, passes } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run: (options: object) => Promise<AxeResults> } }).axe.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'],
    }),
  )
  expect(passes.length, 'rules that have looked at something').toBeGreaterThan(10)
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.failureSummary} ${node.html}`))
}

/** What sticks out of the window, when that can be scrolled sideways. */
function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    if (scrollWidth <= clientWidth) return []
    return [...document.querySelectorAll('body *')]
      .filter((e) => e.getBoundingClientRect().right > clientWidth)
      .map((e) => `${e.tagName} ${e.className} ${e.textContent.slice(0, 40)}`)
  })
}

describe.skipIf(!program)('the panel is for everyone', () => {
  const server = new Program(['--session-inactivity', '30m'])
  let browser: Browser
  let screen: AgentScreen
  let page: Page

  beforeAll(async () => {
    await server.start()
    browser = await openBrowser()
    screen = new AgentScreen(await browser.newPage({ reducedMotion: 'reduce' }), server.agent)
    page = screen.page
    await screen.signIn()
    await screen.hasStatus('Offline')
  })

  afterAll(async () => {
    await browser?.close()
    await server.remove()
  })

  /** Looks at what is shown in every way that it can be shown. */
  const check = async () => {
    for (const colorScheme of ['dark', 'light'] as const)
      for (const width of [320, 1100]) {
        await page.emulateMedia({ colorScheme })
        await page.setViewportSize({ width, height: 760 })
        await page.waitForFunction(
          (dark) => document.body.classList.contains('awsui-dark-mode') === dark,
          colorScheme === 'dark',
        )
        // Colours fade from one mode to the other.
        await page.evaluate(async () => {
          const fading = document.getAnimations().filter((a) => a instanceof CSSTransition)
          await Promise.allSettled(fading.map((a) => a.finished))
        })
        expect(await faults(page), `${colorScheme}, ${width} pixels`).toEqual([])
        expect(await tooWide(page), `${width} pixels: what is wider than the window`).toEqual([])
      }
  }

  it('without a task', check)

  it('with one that rings', async () => {
    await screen.button('Go Available').click()
    await server.startTask('Refund', {
      Description: 'Both items',
      References: {
        Order: { Type: 'URL', Value: 'https://shop.example/' },
        Long: { Type: 'STRING', Value: 'x'.repeat(300) },
      },
      Attributes: { orderId: 'A-1009' },
    })
    await screen.button('Accept').waitFor()
    await check()
  })

  it('in work, with its history', async () => {
    await screen.button('Accept').click()
    await screen.button('End task').waitFor()
    await page.keyboard.press('Alt+KeyY')
    await page.getByText('You accepted it').waitFor()
    await screen.button('With the steps of flows').click()
    const files = page.getByRole('region', { name: 'Attachments' })
    const chosen = { name: `${'long'.repeat(30)}.txt`, mimeType: '', buffer: Buffer.from('x') }
    await files.locator('input[type=file]').setInputFiles(chosen)
    await files.getByRole('button', { name: 'Remove' }).click()
    await files.getByText('Remove it for good?').waitFor()
    await check()
  })

  it('while it is transferred', async () => {
    await page.keyboard.press('Alt+KeyT')
    await page.getByRole('option').first().click()
    await check()
  })

  it('while it is edited, with mistakes', async () => {
    await page.keyboard.press('Alt+KeyI')
    await page.getByLabel('Name', { exact: true }).fill('')
    await page.getByRole('button', { name: 'Remove reference Order' }).click()
    await screen.button('Add a reference').click()
    await screen.button('Save').click()
    await page.getByText('Name is required.').first().waitFor()
    await check()
  })

  it('while a new one is written', async () => {
    await page.keyboard.press('Alt+KeyN')
    await page.getByRole('heading', { name: 'New task' }).waitFor()
    const chosen = { name: 'a.txt', mimeType: '', buffer: Buffer.from('x') }
    await page.getByRole('form', { name: 'New task' }).locator('input[type=file]').setInputFiles(chosen)
    await screen.button('Create task').click()
    await page.getByText('Name is required.').first().waitFor()
    await check()
  })

  it('with a list to pick from', async () => {
    await server.letPick()
    await screen.setStatus('Offline')
    await page.getByText('Next: Offline').waitFor()
    await server.startTask('To be picked', { Description: 'For those who know.' })
    await page.reload()
    await screen.button('Pick a task').click()
    await page.getByText('For those who know.').waitFor()
    await check()
  })

  it('with the help of the keyboard', async () => {
    await page.keyboard.press('Alt+KeyK')
    await page.getByRole('dialog').waitFor()
    await check()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  it('when the session is about to end', async () => {
    await server.advanceSessions(29 * 60 + 5)
    await page.getByRole('dialog').waitFor()
    await check()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  it('when the connection is lost', async () => {
    await server.kill()
    await screen.message('Connection lost').waitFor()
    await check()
  })
})
