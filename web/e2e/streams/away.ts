// A page of another agent whose network goes away for a minute (C60), while other tests run.
import { expect } from 'vitest'
import { Desktop } from './desktop'
import { oracle, Scene } from './scene'
import { signIn, type Agent } from './staff'

const minute = 60_000

export class Away {
  private scene: Scene | undefined
  private desk!: Desktop
  private agent!: Agent
  private kept!: string
  private since = 0

  /** ours: with our panel; else with the library's own inner half, which takes longer to look again. */
  constructor(private readonly ours: boolean) {}

  /** Has the agent accept a task, and cuts the network. */
  async leave(): Promise<void> {
    this.scene = await Scene.open(this.ours ? {} : oracle)
    const { staff, gate, host, browser } = this.scene
    const context = await browser.newContext({ ignoreHTTPSErrors: true })
    this.agent = await staff.hire('cal')
    await signIn(context, gate.url, this.agent)
    this.desk = await Desktop.open(context, host.url, gate.url, { task: {} })
    await this.desk.ready()
    await this.desk.setState('Available')
    this.kept = await staff.task(this.agent, 'Kept')
    await this.desk.hears('onConnecting', this.kept)
    await this.desk.succeeds(`contactOf('${this.kept}').accept(cb)`)
    await this.desk.hears('onConnected', this.kept)
    await this.desk.forget()
    gate.cut(true)
    this.since = Date.now()
    await this.desk.hears('onWebSocketConnectionLost')
  }

  /** Mends the network when a minute has passed: the page must know what has happened, and of nothing twice. */
  async comeBack(): Promise<void> {
    const { desk } = this
    const { staff, gate } = this.scene!
    await desk.page.waitForTimeout(Math.max(0, this.since + minute - Date.now()))
    const missed = await staff.task(this.agent, 'Meanwhile')
    gate.cut(false)
    await desk.hears('onConnecting', missed, 1, this.ours ? 5_000 : 10_000)
    // The library's worker waits the longer before it opens its socket again, the longer it has tried.
    if (this.ours) await desk.hears('onWebSocketConnectionGained')
    const heard = await desk.heard()
    expect(heard.filter((e) => e.name === 'contact').map((e) => e.detail)).toEqual([missed])
    expect(heard.filter((e) => /auth_fail|ack_timeout|onError|terminated/.test(e.name))).toEqual([])
    expect(await desk.get(`contactOf('${this.kept}').getState().type`)).toBe('connected')
  }

  async close(): Promise<void> {
    await this.scene?.close()
  }
}
