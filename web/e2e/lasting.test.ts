// What an agent has typed is not lost, what they have done can be taken back, and a part of the panel that cannot be had
// does not take the rest with it.
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { AgentScreen, openBrowser } from './browser'
import { program, Program } from './program'

const server = new Program()
let browser: Browser

beforeAll(async () => {
  if (!program) return
  await server.start()
  browser = await openBrowser()
})

afterAll(async () => {
  await browser?.close()
  await server.remove()
})

describe.skipIf(!program)('what was typed', () => {
  let screen: AgentScreen
  let page: Page
  let first: string
  const typed = 'Both items, one of them broken'

  const description = () => page.getByLabel('Description')
  const dialog = () => page.getByRole('dialog', { name: 'Throw away what you have typed?' })

  /** Loads the page again, and reports whether the browser asks before. */
  const reload = async () => {
    let asked = false
    page.once('dialog', (dialog) => {
      asked = dialog.type() === 'beforeunload'
      void dialog.accept()
    })
    await page.reload()
    await screen.hasStatus('Available')
    page.removeAllListeners('dialog')
    return asked
  }

  beforeAll(async () => {
    screen = new AgentScreen(await (await browser.newContext()).newPage(), server.agent)
    page = screen.page
    await screen.signIn()
    await screen.setStatus('Available')
    await screen.hasStatus('Available')
    first = await server.startTask('First')
    await screen.button('Accept').click()
    await screen.button('End task').waitFor()
  })

  it('is not taken for a shortcut', async () => {
    await page.keyboard.press('Alt+KeyI')
    await description().fill('x')
    await description().press('Alt+KeyX')
    await description().press('Alt+KeyN')
    await description().fill(typed)
    expect(await page.getByText(/^Ends in/).count()).toBe(0)
    expect(await page.getByRole('form', { name: 'New task' }).count()).toBe(0)
  })

  it('is there after Esc, as that asks', async () => {
    await description().press('Escape')
    await dialog().waitFor()
    await page.keyboard.press('Escape')
    await dialog().waitFor({ state: 'detached' })
    expect(await description().inputValue()).toBe(typed)
  })

  it('is there after another task was accepted', async () => {
    await server.startTask('Second')
    await screen.button('Accept Second').click()
    await page.getByRole('heading', { name: 'Second' }).waitFor()
    await screen.task('First').getByText('Unsaved changes').waitFor()
    await screen.choose('First')
    expect(await description().inputValue()).toBe(typed)
  })

  it('is there after a reload, before which the browser asks', async () => {
    expect(await reload()).toBe(true)
    await screen.choose('First')
    expect(await description().inputValue()).toBe(typed)
  })

  it('is there after the task was ended, which can be taken back for a while', async () => {
    await page.getByRole('heading', { name: 'First', exact: true }).click()
    await page.keyboard.press('Alt+KeyX')
    await page.getByText(/^Ends in \d s$/).waitFor()
    await page.keyboard.press('Alt+KeyZ')
    await page.getByText(/^Ends in/).waitFor({ state: 'detached' })
    await page.keyboard.press('Alt+KeyX')
    await screen.button('Undo').click()
    await screen.button('End task').waitFor()
    const { Contact } = await server.api<{ Contact: { DisconnectTimestamp?: number } }>(
      'GET',
      `/contacts/${server.boot.instanceId}/${first}`,
    )
    expect(Contact.DisconnectTimestamp).toBeUndefined()
    await page.keyboard.press('Alt+KeyX')
    await screen.task('First').getByText('After contact work').waitFor()
    expect(await description().inputValue()).toBe(typed)
  })

  it('is there when the task is not closed after all, and goes when it is saved', async () => {
    await screen.button('Close task').click()
    await dialog().getByRole('button', { name: 'Keep writing' }).last().click()
    await screen.button('Save').click()
    await page.getByRole('form', { name: 'Edit task' }).waitFor({ state: 'detached' })
    await page.getByText(typed).waitFor()
    await screen.button('Close task').click()
    await screen.task('First').waitFor({ state: 'detached' })
    expect(await reload()).toBe(false)
  })

  it('does not keep a task from ending whose page is left meanwhile', async () => {
    const id = await server.startTask('Left')
    await screen.choose('Left')
    await screen.button('Accept').click()
    await screen.button('End task').click()
    await screen.button('Undo').waitFor()
    await page.goto(`${server.url}/login`)
    await expect
      .poll(async () => {
        const path = `/contacts/${server.boot.instanceId}/${id}`
        return (await server.api<{ Contact: { DisconnectReason?: string } }>('GET', path)).Contact.DisconnectReason
      })
      .toBe('AGENT_DISCONNECT')
    await page.goto(`${server.url}/ccp-v2/`)
    await screen.choose('Left')
    await screen.button('Close task').click()
    await screen.task('Left').waitFor({ state: 'detached' })
  })

  it('of a new task goes along to another template, and through a reload', async () => {
    await server.template('Complaint', {
      Fields: [
        { Id: { Name: 'Subject' }, Type: 'NAME' },
        { Id: { Name: 'Product' }, Type: 'TEXT' },
      ],
      Constraints: { RequiredFields: [{ Id: { Name: 'Subject' } }] },
    })
    await screen.button('New task').click()
    await page.getByLabel('Name', { exact: true }).fill('Broken lamp')
    await page.getByRole('button', { name: /Template/ }).click()
    await page.getByRole('option', { name: 'Complaint' }).click()
    await page.getByLabel('Product').fill('Lamp')
    expect(await page.getByLabel('Subject').inputValue()).toBe('Broken lamp')
    expect(await reload()).toBe(true)
    await page.getByText('Not created yet').click()
    await page.getByLabel('Product').waitFor()
    expect(await page.getByLabel('Product').inputValue()).toBe('Lamp')
    expect(await page.getByLabel('Subject').inputValue()).toBe('Broken lamp')
  })

  it('goes when the agent throws it away', async () => {
    await screen.button('Cancel').click()
    await dialog().getByRole('button', { name: 'Throw away' }).click()
    await page.getByText('Not created yet').waitFor({ state: 'detached' })
    expect(await reload()).toBe(false)
    expect(await page.getByText('Not created yet').count()).toBe(0)
    expect(screen.complaints).toEqual([])
  })
})

describe.skipIf(!program)('a part of the panel', () => {
  let screen: AgentScreen
  let page: Page

  afterEach(() => page.context().close())

  it('is fetched before it is needed, so that it is there without a connection', async () => {
    screen = new AgentScreen(await (await browser.newContext()).newPage(), server.agent)
    page = screen.page
    await screen.signIn()
    await page.waitForFunction(
      () =>
        ['Help', 'CreateTask', 'EditTask', 'Transfer', 'TaskHistory', 'Files'].every((name) =>
          performance.getEntriesByType('resource').some((file) => file.name.includes(`/${name}-`)),
        ),
      undefined,
    )
    await page.context().setOffline(true)
    await screen.message('Connection lost').waitFor()
    await page.keyboard.press('Alt+KeyK')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
  })

  /** Opens the panel without the form of new tasks, which is not fetched ahead either. */
  const openWithout = async () => {
    screen = new AgentScreen(await (await browser.newContext()).newPage(), server.agent)
    page = screen.page
    const ahead = new Promise<void>((tried) =>
      page.route('**/assets/CreateTask-*.js', (route) => {
        tried()
        return route.abort()
      }),
    )
    await screen.signIn()
    await page.getByRole('button', { name: /^Status: / }).waitFor()
    await ahead // it is not tried again unasked
  }

  it('that cannot be loaded says so, and can be tried again', async () => {
    await openWithout()
    await page.keyboard.press('Alt+KeyN')
    await page.getByText('This part could not be loaded').waitFor()
    // The rest goes on.
    await screen.setStatus('Available')
    await screen.hasStatus('Available')
    await page.unrouteAll()
    await screen.button('Try again').click()
    await page.getByRole('form', { name: 'New task' }).waitFor()
  })

  it('that an upgraded server does not have any more asks for a reload', async () => {
    await openWithout()
    let reloaded = false
    const html = (url: URL) => url.pathname.startsWith('/ccp-v2')
    await page.route(html, (route) => {
      reloaded = true
      return route.continue()
    })
    await page.route('**/assets/*.js', (route) =>
      reloaded ? route.continue() : route.fulfill({ status: 404, body: 'no such asset' }),
    )
    await page.keyboard.press('Alt+KeyN')
    await page.getByText('There is a newer version of this panel').waitFor()
    await screen.button('Reload').click()
    await page.getByText('There is a newer version').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: /^Status: / }).waitFor()
    await page.keyboard.press('Alt+KeyN')
    await page.getByRole('form', { name: 'New task' }).waitFor()
  })
})
