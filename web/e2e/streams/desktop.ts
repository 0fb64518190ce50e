// One browser page of a customer, with the panel of an agent in a frame.
import type { BrowserContext, Frame, FrameLocator, Page } from 'playwright-core'
import { expect } from 'vitest'

export interface Heard {
  name: string
  detail?: string
}

export type Outcome = { ok?: unknown; err?: unknown }

export class Desktop {
  private constructor(readonly page: Page) {}

  /** Opens a customer's page and has it show the panel. */
  static async open(
    context: BrowserContext,
    host: string,
    panel: string,
    params: object = {},
    version = '2.28',
  ): Promise<Desktop> {
    return this.show(await context.newPage(), host, panel, params, version)
  }

  /** Has a page be a customer's, and show the panel. */
  static async show(page: Page, host: string, panel: string, params: object = {}, version = '2.28'): Promise<Desktop> {
    page.setDefaultTimeout(60_000)
    await page.goto(`${host}/${version}`)
    await page.evaluate((given) => (window as unknown as { boot: (p: object) => void }).boot(given), {
      ccpUrl: `${panel}/ccp-v2/`,
      ...params,
    })
    return new Desktop(page)
  }

  ready(): Promise<void> {
    return this.hears('agent')
  }

  heard(): Promise<Heard[]> {
    return this.page.evaluate('events') as Promise<Heard[]>
  }

  /** What was heard of a contact, in order; refreshes, and which contact is looked at, left out. */
  async story(contactId: string): Promise<string[]> {
    return (await this.heard())
      .filter((e) => e.detail === contactId && !/onRefresh|onViewContact/.test(e.name))
      .map((e) => e.name)
  }

  /** Waits until the page has heard something, so many times. */
  async hears(name: string, detail?: string, times = 1, timeout = 60_000): Promise<void> {
    await this.page
      .waitForFunction(
        ([name, detail, times]) =>
          (window as unknown as { events: Heard[] }).events.filter(
            (e) => e.name === name && (detail === null || e.detail === detail),
          ).length >= (times as number),
        [name, detail ?? null, times] as const,
        { timeout },
      )
      .catch(async () => {
        throw new Error(
          `no ${name} ${detail ?? ''}; heard ${JSON.stringify((await this.heard()).filter((e) => !/Refresh/.test(e.name)).slice(-30))}`,
        )
      })
  }

  /** Forgets what was heard. */
  async forget(): Promise<void> {
    await this.page.evaluate('events.length = 0')
  }

  /** The value of an expression in the page. `agent` is the agent, `contactOf(id)` a contact of theirs. */
  get<T = unknown>(expression: string): Promise<T> {
    return this.page.evaluate(expression) as Promise<T>
  }

  /** Makes a call of the library with callbacks, named cb. */
  call(expression: string): Promise<Outcome> {
    return this.page.evaluate(`call((cb) => ${expression})`) as Promise<Outcome>
  }

  async succeeds(expression: string): Promise<unknown> {
    const outcome = await this.call(expression)
    if (!('ok' in outcome)) throw new Error(`${expression} fails: ${JSON.stringify(outcome)}`)
    return outcome.ok
  }

  /** Makes a call that must fail, and tells the type of its error. */
  async fails(expression: string): Promise<string> {
    const { ok, err } = await this.call(expression)
    expect(err, `${expression} succeeds with ${JSON.stringify(ok)}`).toBeTruthy()
    try {
      return (JSON.parse(String(err)) as { type: string }).type
    } catch {
      return String(err)
    }
  }

  async setState(name: string, next = false): Promise<void> {
    await this.succeeds(
      `agent.setState(agent.getAgentStates().find((s) => s.name === ${JSON.stringify(name)}), cb, { enqueueNextState: ${next} })`,
    )
  }

  /** Waits until an expression is true. */
  async until(expression: string, timeout = 60_000): Promise<void> {
    await this.page.waitForFunction(expression, undefined, { timeout }).catch((error: unknown) => {
      throw new Error(`never: ${expression}`, { cause: error })
    })
  }

  /** The panel as it is when something is looked for: the library loads its frame again when that is slow to answer. */
  panel(): FrameLocator {
    return this.page.frameLocator('iframe[src*="ccp-v2"]')
  }

  frame(): Frame {
    const frame = this.page.frames().find((f) => /ccp-v2/.test(f.url()))
    if (!frame) throw new Error('there is no frame of the panel')
    return frame
  }

  close(): Promise<void> {
    return this.page.close()
  }
}
