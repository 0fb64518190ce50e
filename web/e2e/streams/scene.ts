// What every test with a host page needs: its people, the server and the host page behind gates, and a browser.
import type { Browser } from 'playwright-core'
import { openBrowser } from '../browser'
import { Gate, type Options } from './gate'
import { hostPages } from './hostPage'
import { oraclePages } from './oracle'
import { serverURL, Staff } from './staff'

interface Setting {
  /** The gate of the server, with the panel behind it. */
  panel?: Options
  /** The gate of the host page. */
  page?: Options
  /** How the browser is started. */
  flags?: string[]
}

/** In which the library's own inner half answers. It opens its socket over TLS only; what a context is told of certificates
 * does not reach its shared worker. */
export const oracle: Setting = {
  panel: { tls: true, pages: oraclePages },
  page: { tls: true },
  flags: ['--ignore-certificate-errors'],
}

export class Scene {
  private constructor(
    readonly staff: Staff,
    readonly gate: Gate,
    readonly host: Gate,
    readonly browser: Browser,
  ) {}

  static async open({ panel = {}, page = {}, flags = [] }: Setting = {}): Promise<Scene> {
    const gate = await new Gate(serverURL, panel).open()
    const host = await new Gate(serverURL, { pages: hostPages, ...page }).open()
    return new Scene(new Staff(), gate, host, await openBrowser(...flags))
  }

  async close(): Promise<void> {
    await this.browser.close()
    this.gate.close()
    this.host.close()
    await this.staff.leave()
  }
}
