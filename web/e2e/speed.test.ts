// How much the panel loads before it is of use, and how soon that is; the numbers are in docs/performance.md.
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AgentScreen, openBrowser } from './browser'
import { program, Program } from './program'

interface Load {
  paint: number
  desk: number
  scripts: { name: string; bytes: number }[]
  bytes: number
}

/** Runs in the page before anything else: notes when the agent's desk is there. */
function watch() {
  new MutationObserver((_, observer) => {
    if (!document.querySelector('.bar .status button')) return
    observer.disconnect()
    requestAnimationFrame(() => performance.mark('desk'))
  }).observe(document, { childList: true, subtree: true })
}

describe.skipIf(!program)('the panel', () => {
  const server = new Program()
  let browser: Browser
  let context: BrowserContext

  beforeAll(async () => {
    await server.start()
    browser = await openBrowser()
    context = await browser.newContext()
    const screen = new AgentScreen(await context.newPage(), server.agent)
    await screen.signIn()
    await screen.hasStatus('Offline')
  })

  afterAll(async () => {
    await browser?.close()
    await server.remove()
  })

  /** Opens the panel, signed in, with nothing kept from before. */
  const load = async (): Promise<Load> => {
    const page = await context.newPage()
    const session = await context.newCDPSession(page)
    await session.send('Network.setCacheDisabled', { cacheDisabled: true })
    await page.addInitScript(watch)
    await page.goto(`${server.url}/ccp-v2/`)
    await page.waitForFunction(() => performance.getEntriesByName('desk').length > 0)
    const measured = await page.evaluate(() => {
      // Pieces are fetched in a quiet moment afterwards.
      const desk = performance.getEntriesByName('desk')[0]!.startTime
      const all = performance.getEntriesByType('resource') as PerformanceResourceTiming[]
      const files = all.filter(({ startTime }) => startTime < desk)
      const scripts = files.filter(({ name }) => name.endsWith('.js'))
      return {
        paint: performance.getEntriesByName('first-contentful-paint')[0]!.startTime,
        desk,
        scripts: scripts.map(({ name, encodedBodySize }) => ({
          name: name.split('/').at(-1)!,
          bytes: encodedBodySize,
        })),
        bytes: files.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
      }
    })
    await page.close()
    return measured
  }

  it('loads at most 350 kB of script first, and leaves what is not on screen for later', async () => {
    const { scripts, bytes } = await load()
    const sum = scripts.reduce((all, script) => all + script.bytes, 0)
    console.log(`first load: ${kilo(sum)} of script in ${scripts.length} files, ${kilo(bytes)} in all`)
    expect(sum).toBeGreaterThan(50_000)
    expect(sum).toBeLessThan(350_000)
    const later = /^(CreateTask|PickTask|Transfer|EditTask|TaskHistory|Files|ChosenFiles|Help|Control|References|EndpointPicker)-/
    expect(scripts.filter(({ name }) => later.test(name))).toEqual([])
  })

  // Measured only when asked for: on a busy machine it says nothing of the panel.
  it.runIf(process.env.TASKLANE_MEASURE)('paints within a second', async () => {
    const loads: Load[] = []
    for (let i = 0; i < 7; i++) loads.push(await load())
    const paint = sorted(loads.map((l) => l.paint))
    const desk = sorted(loads.map((l) => l.desk))
    console.log(`first paint ${round(paint)} ms, desk ${round(desk)} ms`)
    // The best of several: another process on the machine must not decide.
    expect(paint[0]).toBeLessThan(1000)
    expect(desk[0]).toBeLessThan(1000)
  })
})

const kilo = (bytes: number) => `${(bytes / 1000).toFixed(0)} kB`
const sorted = (times: number[]) => times.toSorted((a, b) => a - b)
const round = (times: number[]) => times.map((t) => t.toFixed(0)).join(' ')
