// A page of another agent whose network goes away for a minute (C60), while other tests run.
import { expect } from 'vitest'
import { openBrowser } from '../browser'
import { Desktop } from './desktop'
import { Gate } from './gate'
import { hostPages } from './hostPage'
import { oraclePages } from './oracle'
import { serverURL, signIn, Staff, type Agent } from './staff'

const minute = 60_000

export class Away {
  private staff!: Staff
  private browser: Awaited<ReturnType<typeof openBrowser>> | undefined
  private gate!: Gate
  private host!: Gate
  private desk!: Desktop
  private agent!: Agent
  private kept!: string
  private since = 0

  /** ours: with our panel; else with the library's own inner half, which takes longer to look again. */
  constructor(private readonly ours: boolean) {}

  /** Has the agent accept a task, and cuts the network. */
  async leave(): Promise<void> {
    this.staff = new Staff()
    this.gate = await new Gate(serverURL, this.ours ? {} : { tls: true, pages: oraclePages }).open()
    this.host = await new Gate(serverURL, { tls: !this.ours, pages: hostPages }).open()
    this.browser = await openBrowser('--ignore-certificate-errors')
    const context = await this.browser.newContext({ ignoreHTTPSErrors: true })
    this.agent = await this.staff.hire('cal')
    await signIn(context, this.gate.url, this.agent)
    this.desk = await Desktop.open(context, this.host.url, this.gate.url, { task: {} })
    await this.desk.ready()
    await this.desk.setState('Available')
    this.kept = await this.staff.task(this.agent, 'Kept')
    await this.desk.hears('onConnecting', this.kept)
    await this.desk.succeeds(`contactOf('${this.kept}').accept(cb)`)
    await this.desk.hears('onConnected', this.kept)
    await this.desk.forget()
    this.gate.cut(true)
    this.since = Date.now()
    await this.desk.hears('onWebSocketConnectionLost')
  }

  /** Mends the network when a minute has passed: the page must know what has happened, and of nothing twice. */
  async comeBack(): Promise<void> {
    const { desk } = this
    await desk.page.waitForTimeout(Math.max(0, this.since + minute - Date.now()))
    const missed = await this.staff.task(this.agent, 'Meanwhile')
    this.gate.cut(false)
    await desk.hears('onConnecting', missed, 1, this.ours ? 5_000 : 10_000)
    // The library's worker waits the longer before it opens its socket again, the longer it has tried.
    if (this.ours) await desk.hears('onWebSocketConnectionGained')
    const heard = await desk.heard()
    expect(heard.filter((e) => e.name === 'contact').map((e) => e.detail)).toEqual([missed])
    expect(heard.filter((e) => /auth_fail|ack_timeout|onError|terminated/.test(e.name))).toEqual([])
    expect(await desk.get(`contactOf('${this.kept}').getState().type`)).toBe('connected')
  }

  async close(): Promise<void> {
    await this.browser?.close()
    this.gate?.close()
    this.host?.close()
    await this.staff?.leave()
  }
}
