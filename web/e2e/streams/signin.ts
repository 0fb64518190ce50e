// Signing in and out through a host page, and who may frame the panel.
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Desktop } from './desktop'
import { Gate } from './gate'
import { hostPages } from './hostPage'
import { Scene } from './scene'
import { fillIn, serverURL, signIn, Staff, type Agent } from './staff'

/** Short waits, so that the tests are; the defaults are 5 and 3 s. */
const quick = { ccpLoadTimeout: 1_500, ccpAckTimeout: 1_000 }

describe.skipIf(!serverURL)('signing in', () => {
  let scene: Scene
  let staff: Staff
  let gate: Gate
  let host: Gate
  let browser: Browser
  let context: BrowserContext
  let ann: Agent

  const fresh = async () => {
    context = await browser.newContext({ ignoreHTTPSErrors: true })
    context.setDefaultTimeout(60_000)
  }

  beforeAll(async () => {
    scene = await Scene.open()
    ;({ staff, gate, host, browser } = scene)
    ann = await staff.hire('ann')
  })

  afterEach(() => context?.close())

  afterAll(() => scene?.close())

  it('C4 opens a window, and goes on when the agent has signed in there', async () => {
    await fresh()
    const page = await context.newPage()
    const opened = page.waitForEvent('popup')
    const desk = await Desktop.show(page, host.url, gate.url, {
      ...quick,
      loginUrl: `${gate.url}/login`,
      loginPopupAutoClose: true,
    })
    await desk.hears('ack_timeout')
    const popup = await opened
    await popup.waitForLoadState()
    await desk.panel().getByText('Waiting for you to sign in').waitFor()
    await fillIn(popup, ann)
    await desk.ready()
    await expect.poll(() => context.pages().length).toBe(1) // it has closed
  })

  it('says that no sign-in will come where the page has another name of the machine', async () => {
    await fresh()
    const other = gate.url.replace('localhost', '127.0.0.1')
    const desk = await Desktop.open(context, host.url, other, { ...quick, loginPopup: false })
    await desk.panel().getByText('The page is on localhost, the panel on 127.0.0.1').waitFor()
    await desk.panel().getByText(`${gate.url}/ccp-v2/`).waitFor()
  })

  it('C5 without a window the frame is loaded again, ten times', async () => {
    await fresh()
    const desk = await Desktop.open(context, host.url, gate.url, { ccpLoadTimeout: 600, loginPopup: false })
    await desk.hears('iframe_retries_exhausted')
    expect(context.pages()).toHaveLength(1)
  })

  it('C6 tells when the session has ended elsewhere, and recovers after a sign-in', async () => {
    await fresh()
    await signIn(context, gate.url, ann)
    const desk = await Desktop.open(context, host.url, gate.url, { ...quick, loginPopup: false })
    await desk.ready()
    const other = await context.newPage()
    await other.goto(`${gate.url}/logout`)
    await desk.hears('auth_fail')
    await other.close()
    await desk.forget()
    await signIn(context, gate.url, ann)
    await desk.until(`connect.core.getAgentDataProvider().getAgentData().snapshot.localTimestamp > Date.now() - 2000`)
    await desk.setState('Available')
    await desk.hears('onStateChange', 'Offline>Available')
  })

  it('C7 opens the window again when the host has signed the agent out', async () => {
    await fresh()
    await signIn(context, gate.url, ann)
    const desk = await Desktop.open(context, host.url, gate.url, {
      ...quick,
      loginUrl: `${gate.url}/login`,
      loginPopupAutoClose: true,
    })
    await desk.ready()
    const opened = context.waitForEvent('page')
    await desk.page.evaluate(`connect.core.getUpstream().sendUpstream('terminate')`)
    await desk.hears('terminated')
    const popup = await opened
    await popup.waitForLoadState()
    await desk.page.waitForTimeout(2_500) // the host goes on asking; nobody may tell it that the agent is signed in
    await desk.forget()
    await fillIn(popup, ann)
    await expect.poll(() => context.pages().length).toBe(1)
    await desk.hears('onRefresh')
    await desk.setState('Available')
  })

  it('C8 signs out as the documentation says', async () => {
    await fresh()
    await signIn(context, gate.url, ann)
    const desk = await Desktop.open(context, host.url, gate.url, {
      ccpLoadTimeout: 60_000, // a panel that is slow to load would open a window
      ccpAckTimeout: 30_000,
      loginOptions: { disableAuthPopupAfterLogout: true },
    })
    await desk.ready()
    const signOut = `fetch('${gate.url}/logout', { credentials: 'include', mode: 'no-cors' }).then(() => undefined)`
    await desk.page.evaluate(signOut)
    await desk.hears('auth_fail') // the panel has seen it by itself; the host tells it nevertheless
    await desk.page.evaluate(`connect.core.getUpstream().sendUpstream('terminate')`)
    await desk.hears('terminated')
    await desk.page.waitForTimeout(2_000)
    expect(context.pages()).toHaveLength(1) // C7: no window opens
    const response = await context.request.get(`${gate.url}/auth/authorize`)
    expect(response.status()).toBe(401)
    const status = await staff.api<{ UserDataList: unknown[] }>('POST', `/metrics/userdata/${staff.boot.instanceId}`, {
      Filters: { Agents: [ann.userId] },
    })
    expect(status.UserDataList).toEqual([]) // offline
  })

  it('C8 lets scripts of the host read the answer of the sign-out', async () => {
    await fresh()
    await signIn(context, gate.url, ann)
    const page = await context.newPage()
    await page.goto(`${host.url}/2.28`)
    expect(await page.evaluate(`fetch('${gate.url}/logout', { credentials: 'include' }).then((r) => r.status)`)).toBe(
      200,
    )
  })

  it('C9 refuses a page that is not approved', async () => {
    await fresh()
    await signIn(context, gate.url, ann)
    const stranger = host.url.replace('localhost', 'stranger.localhost')
    const desk = await Desktop.open(context, stranger, gate.url, { ...quick, loginPopup: false })
    await desk.hears('ack_timeout')
    await desk.page.waitForTimeout(2_000)
    expect((await desk.heard()).map((e) => e.name)).not.toContain('onInitialized')
  })

  it('approved, another site frames the panel over TLS, and the sign-in window hands over to a frame without cookies', async () => {
    const secure = await new Gate(serverURL, { tls: true }).open()
    const across = await new Gate(serverURL, { tls: true, pages: hostPages }).open('127.0.0.1')
    try {
      await fresh() // a context of Playwright's blocks cookies of other sites
      const refused = await Desktop.open(context, across.url, secure.url, { ...quick, loginPopup: false })
      await refused.hears('ack_timeout')
      await refused.close()
      await staff.api('PUT', `/instance/${staff.boot.instanceId}/approved-origin`, { Origin: across.url })
      const page = await context.newPage()
      const opened = page.waitForEvent('popup')
      const desk = await Desktop.show(page, across.url, secure.url, { ...quick, loginPopupAutoClose: true })
      const popup = await opened
      await popup.waitForLoadState()
      if (!popup.url().endsWith('/login')) await popup.waitForURL('**/login')
      await desk.panel().getByText('Waiting for you to sign in').waitFor()
      const handedOff = desk.page.waitForResponse((response) => response.url().endsWith('/auth/handoff'))
      await fillIn(popup, ann)
      expect((await handedOff).status()).toBe(200)
      await desk.ready()
      await desk.setState('Available')
      await desk.hears('onRoutable')
      const id = await staff.task(ann, 'Across')
      await desk.hears('onConnecting', id)
      await desk.succeeds(`contactOf('${id}').accept(cb)`)
      await desk.hears('onConnected', id)
      expect(await desk.succeeds(`agent.listTaskTemplates({ status: 'ACTIVE' }, cb)`)).toHaveProperty('TaskTemplates')
      await desk.succeeds(`contactOf('${id}').getAgentConnection().destroy(cb)`)
      await desk.succeeds(`contactOf('${id}').clear(cb)`)
      await desk.hears('onDestroy', id)
      const window = await context.newPage() // has the cookie that the frame was not given
      await window.goto(`${secure.url}/logout`)
      await desk.hears('auth_fail')
    } finally {
      await staff.api(
        'DELETE',
        `/instance/${staff.boot.instanceId}/approved-origin?origin=${encodeURIComponent(across.url)}`,
      )
      secure.close()
      across.close()
    }
  })
})
