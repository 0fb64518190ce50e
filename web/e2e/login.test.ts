// The sign-in page: passwords that must be changed, or that users want to change, single sign-on, and which instance.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Fake } from '../test/fake'
import { AgentScreen, openBrowser } from './browser'
import { program, Program } from './program'
import { serverURL, Staff } from './streams/staff'

let browser: Browser
let fake: Fake
let screen: AgentScreen

describe.skipIf(process.env.TASKLANE_URL)('signing in', () => {
  beforeAll(async () => {
    browser = await openBrowser()
  })
  beforeEach(async () => {
    fake = new Fake()
    const url = await fake.start()
    screen = new AgentScreen(await browser.newPage(), { url, username: 'agent', password: 'tasklane' })
    return () => fake.stop()
  })
  afterAll(async () => {
    await browser?.close()
  })

  const complaints = () => screen.complaints.filter((text) => !/40[13]/.test(text)) // the browser logs refusals by itself

  it('asks for a new password where the server does, and keeps what was typed', async () => {
    const { page } = screen
    fake.changePassword = true
    await screen.signIn()
    await page.getByRole('heading', { name: 'Change password' }).waitFor()
    await page.getByRole('status').getByText('Choose a new password before you sign in.').waitFor()
    expect(await page.getByLabel('Username').inputValue()).toBe('agent')
    expect(await page.getByLabel('New password').evaluate((field) => field === document.activeElement)).toBe(true)
    expect(await screen.button('Sign in without changing it').count()).toBe(0)
    await page.keyboard.type('Another1')
    await screen.button('Change and sign in').click()
    await page.waitForURL('**/ccp-v2/')
    expect(fake.password).toBe('Another1')
    expect(complaints()).toEqual([])
  })

  it('lets users change their password, and can be worked with the keyboard alone', async () => {
    const { page, world } = screen
    await page.goto(`${world.url}/login`)
    await screen.button('Change password').focus()
    await page.keyboard.press('Enter')
    await page.getByLabel('Current password').fill('wrong')
    await page.getByLabel('Username').fill('agent')
    await page.getByLabel('New password').fill('Another1')
    await page.keyboard.press('Enter')
    await page.getByRole('status').getByText(/wrong/).waitFor()
    await page.getByLabel('Current password').fill('tasklane')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/ccp-v2/')
    expect(fake.password).toBe('Another1')
  })

  it('names the fields for password managers', async () => {
    const { page, world } = screen
    await page.goto(`${world.url}/login`)
    await screen.button('Change password').click()
    const kinds = await page.locator('input').evaluateAll((all) => all.map((input) => input.getAttribute('autocomplete')))
    expect(kinds).toEqual(['username', 'current-password', 'new-password'])
    await screen.button('Sign in without changing it').click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(await page.getByLabel('New password').count()).toBe(0)
  })

  it('leads to the identity provider, and says once why it came back', async () => {
    const { page, world } = screen
    fake.options = { passwords: true, provider: 'Example' }
    await page.goto(`${world.url}/login`)
    await page.getByRole('link', { name: 'Sign in with Example' }).click()
    await page.getByText('There is no user of your name here').waitFor()
    expect(page.url()).toBe(`${world.url}/login`)
    await page.reload()
    await page.getByRole('link', { name: 'Sign in with Example' }).waitFor()
    expect(await page.getByText('There is no user').count()).toBe(0)
    expect(complaints()).toEqual([])
  })

  it('has no form where passwords are off', async () => {
    const { page, world } = screen
    fake.options = { passwords: false, provider: 'Example' }
    await page.goto(`${world.url}/login`)
    await page.getByRole('link', { name: 'Sign in with Example' }).waitFor()
    expect(await page.getByLabel('Password').count()).toBe(0)
  })
})

// The same with the real server, and a user of its own.
describe.skipIf(!process.env.TASKLANE_URL)('the server', () => {
  afterAll(async () => {
    await browser?.close()
  })

  it('wants a password that an administrator has set to be changed, and ends the sessions of before', async () => {
    const staff = new Staff()
    const { admin } = staff.boot as unknown as { admin: { username: string; password: string } }
    const lee = await staff.hire('lee')
    browser = await openBrowser()
    screen = new AgentScreen(await browser.newPage(), { url: serverURL, username: lee.username, password: 'Tasklane1' })
    const { page } = screen
    await screen.signIn()
    await screen.hasStatus('Offline')

    const office = await browser.newContext()
    await office.request.post(`${serverURL}/login`, { data: admin })
    await office.request.post(`${serverURL}/auth/users/${lee.userId}/password`, { data: { password: 'Second2nd' } })
    await page.waitForURL('**/login')

    await screen.signIn('Second2nd')
    await page.getByLabel('New password').fill('third')
    await screen.button('Change and sign in').click()
    await page.getByRole('status').getByText('Password must have 8 to 64 characters').waitFor()
    await page.getByLabel('New password').fill('Third3rd')
    await screen.button('Change and sign in').click()
    await screen.hasStatus('Offline')
  })

  it('signs out everywhere', async () => {
    const { page, world } = screen
    const elsewhere = new AgentScreen(await (await browser.newContext()).newPage(), world)
    await elsewhere.signIn('Third3rd')
    await elsewhere.hasStatus('Offline')
    await page.getByRole('button', { name: /^Menu of / }).click()
    await page.getByRole('menuitem', { name: 'Sign out everywhere' }).click()
    await page.waitForURL('**/login')
    await elsewhere.page.waitForURL('**/login')
  })
})

describe.skipIf(!program)('a name that users of two instances have', () => {
  const server = new Program()

  beforeAll(async () => {
    await server.start()
    browser = await openBrowser()
  })

  afterAll(async () => {
    await browser?.close()
    await server.remove()
  })

  it('is asked for its instance when the password is right at both, and signed in to the chosen one', async () => {
    const ann = await server.hire('ann', 'Ann')
    const alias = 'second'
    const { Id: second } = await server.api('PUT', '/instance', {
      ...{ IdentityManagementType: 'CONNECT_MANAGED', InstanceAlias: alias },
      ...{ InboundCallsEnabled: false, OutboundCallsEnabled: false },
    })
    type Summaries = Record<string, { Id: string; Name: string }[]>
    const first = async (list: string, of: string, name: RegExp) =>
      (await server.api<Summaries>('GET', `/${list}/${second}`))[of]!.find(({ Name }) => name.test(Name))!.Id
    await server.api('PUT', `/users/${second}`, {
      ...{ Username: ann.username, Password: ann.password, IdentityInfo: { FirstName: 'Other', LastName: 'Ann' } },
      PhoneConfig: { PhoneType: 'SOFT_PHONE' },
      SecurityProfileIds: [await first('security-profiles-summary', 'SecurityProfileSummaryList', /^Agent$/)],
      RoutingProfileId: await first('routing-profiles-summary', 'RoutingProfileSummaryList', /./),
    })
    const there = new AgentScreen(await (await browser.newContext()).newPage(), ann)
    await there.signIn()
    await there.page.getByRole('button', { name: /^Instance/ }).click()
    await there.page.getByRole('option', { name: alias }).click()
    await there.button('Sign in').click()
    await there.hasStatus('Offline')
    await there.page.getByText('Other Ann').first().waitFor()
    expect(there.complaints.filter((text) => !text.includes('409'))).toEqual([]) // the browser logs the refusal by itself
  })
})
