import { chromium, type Page } from 'playwright-core'
import type { World } from './world'

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export function openBrowser(...more: string[]) {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: [...flags, ...more] })
}

/** What an agent does and looks for on the pages. */
export class AgentScreen {
  /** Script errors, and what the browser logged as an error: breaches of the content security policy among it. */
  readonly complaints: string[] = []

  constructor(
    readonly page: Page,
    readonly world: Pick<World, 'url' | 'username' | 'password'>,
  ) {
    page.setDefaultTimeout(60_000)
    page.on('pageerror', (error) => this.complaints.push(error.message))
    page.on('console', (message) => message.type() === 'error' && this.complaints.push(message.text()))
  }

  async signIn(password = this.world.password): Promise<void> {
    if (!this.page.url().endsWith('/login')) await this.page.goto(`${this.world.url}/login`)
    await this.page.getByLabel('Username').fill(this.world.username)
    await this.page.getByLabel('Password').fill(password)
    await this.button('Sign in').click()
  }

  async setStatus(name: string): Promise<void> {
    await this.page.getByRole('button', { name: /^Status: / }).click()
    await this.page.getByRole('menuitemcheckbox', { name }).click()
  }

  /** Waits until the panel shows the status. */
  async hasStatus(name: string): Promise<void> {
    await this.page.getByRole('button', { name: `Status: ${name}`, exact: true }).waitFor()
  }

  button(name: string) {
    return this.page.getByRole('button', { name, exact: true })
  }

  /** What the panel says over everything else. */
  message(text: string) {
    const items = '.lost, .messages .kept li, .messages li:not(.kept li, :has(.kept))'
    return this.page.locator(items).filter({ hasText: text })
  }

  /** Ends the chosen task, without the time in which that can be taken back. */
  async end(): Promise<void> {
    await this.button('End task').click()
    await this.button('End now').click({ timeout: 6_000 }).catch(() => {}) // it has ended by itself meanwhile
  }

  /** Shows the details of a task in the list. */
  async choose(name: string): Promise<void> {
    await this.task(name).locator('.choose').click()
  }

  task(name: string) {
    return this.page.getByRole('navigation', { name: 'Tasks in hand' }).getByRole('listitem').filter({ hasText: name })
  }
}
