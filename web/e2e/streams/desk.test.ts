// The conformance checklist for host pages (docs/streams.md): an unmodified amazon-connect-streams 2.28.2 with its
// companion for tasks, on an origin of its own.
import { randomBytes } from 'node:crypto'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Away } from './away'
import { Desktop } from './desktop'
import { Gate } from './gate'
import './signin' // its tests come first
import { oracle, Scene } from './scene'
import { serverURL, signIn, Staff, type Agent } from './staff'

const inners = ['our panel', "the library's worker"]

/** C60 takes a minute, which passes while the other tests run. */
const away = inners.map((inner) => new Away(inner === 'our panel'))

beforeAll(async () => {
  if (serverURL) for (const page of away) await page.leave()
}, 60_000)

afterAll(async () => {
  if (serverURL) for (const page of away) await page.close()
})

/** Who answers the page: our panel, or the library's own inner half with its worker (C63). */
describe.skipIf(!serverURL).each(inners)('a host page with %s', (inner) => {
  const ours = inner === 'our panel'
  let scene: Scene
  let staff: Staff
  let gate: Gate
  let host: Gate
  let browser: Browser
  let context: BrowserContext
  let ann: Agent
  let bea: Agent
  let desk: Desktop
  let id: string

  const contact = () => `contactOf(${JSON.stringify(id)})`
  const connected = async (name: string) => {
    id = await staff.task(ann, name)
    await desk.hears('onConnecting', id)
    await desk.succeeds(`${contact()}.accept(cb)`)
    await desk.hears('onConnected', id)
  }
  const stop = (ContactId: string) =>
    staff.api('POST', '/contact/stop', { InstanceId: staff.boot.instanceId, ContactId })
  const cleared = async () => {
    await desk.succeeds(`${contact()}.getAgentConnection().destroy(cb)`)
    await desk.hears('onEnded', id)
    await desk.succeeds(`${contact()}.clear(cb)`)
    await desk.hears('onDestroy', id)
  }

  /** C52: bea sends the task back by contact.transfer, which the library's worker does not know. */
  const transferredBack = async (other: Desktop, endpoints: { name: string }[]) => {
    await other.succeeds(`agent.getContacts()[0].accept(cb)`)
    await other.hears('onConnected')
    const back = JSON.stringify(endpoints.find((e) => e.name === ann.username))
    await other.succeeds(`agent.getContacts()[0].transfer(new connect.Endpoint(${back}), cb)`)
    await other.hears('onACW')
    await desk.until(`agent.getContacts().length === 1`)
    id = await desk.get<string>('agent.getContacts()[0].getContactId()')
    await desk.hears('onConnecting', id)
    await desk.succeeds(`${contact()}.accept(cb)`)
    await desk.hears('onConnected', id)
    await cleared()
  }

  beforeAll(async () => {
    scene = await Scene.open(ours ? {} : oracle)
    ;({ staff, gate, host, browser } = scene)
    context = await browser.newContext({ ignoreHTTPSErrors: true })
    ann = await staff.hire('ann')
    bea = await staff.hire('bea')
    await signIn(context, gate.url, ann)
  })

  afterAll(() => scene?.close())

  it('C1 C2 initialises, and has the agent', async () => {
    const began = Date.now()
    desk = await Desktop.open(context, host.url, gate.url, { softphone: { allowFramedSoftphone: false }, task: {} })
    await desk.hears('onInitialized')
    await desk.ready()
    expect(Date.now() - began).toBeLessThan(5_000)
  })

  it('C11 tells who the agent is', async () => {
    expect(await desk.get('agent.getName()')).toBe(ann.name)
    expect(await desk.get('agent.getAgentARN()')).toContain(`/agent/${ann.userId}`)
    expect(await desk.get('agent.getConfiguration().username')).toBe(ann.username)
    expect(await desk.get('agent.getRoutingProfile().routingProfileARN')).toMatch(
      /:\d+:instance\/[0-9a-f-]+\/routing-profile\//,
    )
    expect(await desk.get('agent.getRoutingProfile().queues.map((q) => q.name)')).toContain('BasicQueue')
    expect(await desk.get('agent.getChannelConcurrency()')).toMatchObject({ TASK: 10, VOICE: 0 })
    expect(await desk.get('agent.getPermissions()')).toContain('BasicAgentAccess')
    expect(await desk.get('agent.getExtension()')).toBe('')
    expect(await desk.get('agent.getDialableCountries()')).toEqual([])
    expect(await desk.get('agent.isSoftphoneEnabled()')).toBe(false)
    expect(await desk.get('connect.core.getAgentDataProvider().getInstanceId()')).toBe(staff.boot.instanceId)
  })

  it('C12 tells the statuses', async () => {
    const types = await desk.get<{ name: string; type: string }[]>('agent.getAgentStates()')
    expect(types.map((s) => `${s.name} ${s.type}`)).toEqual(
      expect.arrayContaining(['Available routable', 'Offline offline']),
    )
    expect(await desk.get('agent.getState().type')).toBe('offline')
    expect(await desk.get('agent.getAvailabilityState().state')).toBe('Offline')
    expect(await desk.get('agent.getStateDuration() >= 0')).toBe(true)
  })

  it('C13 changes the status', async () => {
    const lunch = `Lunch ${randomBytes(3).toString('hex')}`
    await staff.api('PUT', `/agent-status/${staff.boot.instanceId}`, { Name: lunch, State: 'ENABLED' })
    await desk.setState('Available')
    await desk.hears('onRoutable')
    await desk.hears('onStateChange', 'Offline>Available')
    await desk.page.evaluate(`connect.core.getUpstream().sendUpstream('reload_agent_configuration')`)
    await desk.until(`agent.getAgentStates().some((s) => s.name === ${JSON.stringify(lunch)})`)
    await desk.setState(lunch)
    await desk.hears('onNotRoutable')
    await desk.setState('Offline')
    await desk.hears('onOffline')
    await desk.setState('Available')
    await desk.hears('onRoutable', undefined, 2)
  })

  it('C16 refreshes, and gives a snapshot', async () => {
    await desk.hears('onRefresh', undefined, 2)
    expect(await desk.get('agent.toSnapshot().getName()')).toBe(ann.name)
  })

  it('C17 keeps preferences', async () => {
    await desk.succeeds(
      `agent.setConfiguration({ ...agent.getConfiguration(), agentPreferences: { locale: 'de_DE' } }, cb)`,
    )
    await desk.until(`agent.getConfiguration().agentPreferences.LANGUAGE === 'de_DE'`)
  })

  it('C18 lists endpoints', async () => {
    const all = (await desk.succeeds('agent.getEndpoints(agent.getAllQueueARNs(), cb)')) as {
      endpoints: { name: string; type: string }[]
    }
    expect(all.endpoints.map((e) => `${e.type} ${e.name}`)).toEqual(
      expect.arrayContaining(['queue BasicQueue', `agent ${ann.username}`, `agent ${bea.username}`]),
    )
    const one = (await desk.succeeds('agent.getEndpoints(agent.getAllQueueARNs()[0], cb)')) as typeof all
    expect(one.endpoints.length).toBeGreaterThan(0)
    const small = (await desk.succeeds(
      'agent.getEndpoints(agent.getAllQueueARNs(), cb, { maxResults: 1 })',
    )) as typeof all
    expect(small.endpoints.map((e) => e.name)).toEqual(all.endpoints.map((e) => e.name))
  })

  it.skipIf(!ours)('C20 knows that the socket is open', () => desk.hears('onWebSocketConnectionGained'))

  it('C21 refuses calls, without a crash', async () => {
    expect(await desk.fails(`agent.connect(connect.Endpoint.byPhoneNumber('+12065550100'), cb)`)).toBe(
      'InvalidContactTypeException',
    )
  })

  it('C19 C22 C23 rings', async () => {
    id = await staff.task(ann, 'Refund', {
      Description: 'Both items',
      References: { Order: { Type: 'URL', Value: 'https://shop.example/1' } },
      Attributes: { orderId: 'A-1009' },
    })
    await desk.hears('contact', id)
    await desk.hears('onConnecting', id)
    expect(await desk.get(`agent.getContacts(connect.ContactType.TASK).length`)).toBe(1)
    expect(await desk.get(`agent.getContacts(connect.ContactType.VOICE).length`)).toBe(0)
  })

  it('C36 to C44 tells everything of the task', async () => {
    const is = async (expression: string, want: unknown) =>
      expect(await desk.get(`${contact()}.${expression}`), expression).toEqual(want)
    await is('getContactId()', id)
    await is('getOriginalContactId()', id)
    await is('getInitialContactId()', id)
    await is('getType()', 'task')
    await is('getName()', 'Refund')
    await is('getDescription()', 'Both items')
    await is('getReferences().Order.value', 'https://shop.example/1')
    await is('getAttributes().orderId', { name: 'orderId', value: 'A-1009' })
    await is('getQueue().queueARN.includes("/agent/")', true)
    await is('getQueue().queueId === ' + `${contact()}.getQueue().queueARN`, true)
    await is('getQueueTimestamp() instanceof Date', true)
    await is('getState().type', 'connecting')
    await is('getStatus().timestamp instanceof Date', true)
    await is('getStateDuration() >= 0', true)
    await is('getContactDuration()', '0')
    await is('getChannelContext()', { scheduledTime: 0, taskTemplateId: null, taskTemplateVersion: null })
    await is('getConnections().length', 1)
    await is('getInitialConnection().getType()', 'agent')
    await is('getActiveInitialConnection() !== null', true)
    await is('getThirdPartyConnections()', [])
    await is('getActiveConnections().length', 1)
    await is('hasTwoActiveParticipants()', false)
    await is('isInbound()', true)
    await is('isConnected()', false)
    await is('isSoftphoneCall()', false)
    await is('getInitiationMethod()', 'api')
    await is('getRelatedContactId()', null)
    await is('getContactAssociationId()', id)
    await is('getSegmentAttributes()["connect:Subtype"].ValueString', 'connect:Task')
    await is('getContactSubtype()', 'connect:Task')
    await is('getContactFeatures().attachmentsEnabled', false)
    if (ours) await is('isAutoAcceptEnabled()', false) // C45
  })

  it('C47 tells of the connection', async () => {
    const is = async (expression: string, want: unknown) =>
      expect(await desk.get(`${contact()}.getAgentConnection().${expression}`), expression).toEqual(want)
    await is('getMediaType()', 'task')
    await is('isConnecting()', true)
    await is('isActive()', true)
    await is('isConnected()', false)
    await is('getState().type', 'connecting')
    await is('getType()', 'agent')
    await is('getEndpoint().type', 'agent')
    await is('getMediaInfo() !== undefined', true)
  })

  it('C24 accepts', async () => {
    await desk.succeeds(`${contact()}.accept(cb)`)
    await desk.hears('onConnected', id)
    await desk.hears('onAccepted', id)
    expect(await desk.get(`${contact()}.isConnected()`)).toBe(true)
    expect(await desk.get(`agent.getState().name`)).toBe('Available')
  })

  it('C26 C35 C30 C32 refuses what the state does not allow', async () => {
    for (const name of ['resume', 'clear', 'complete', 'reject']) {
      expect(await desk.fails(`${contact()}.${name}(cb)`), name).toBe('InvalidStateException')
    }
  })

  it('C14 C15 changes the status after the tasks in hand', async () => {
    expect(await desk.fails(`agent.setState(agent.getAgentStates().find((s) => s.type === 'offline'), cb)`)).toBe(
      'InvalidStateException',
    )
    await desk.setState('Offline', true)
    await desk.hears('onEnqueuedNextState')
    expect(await desk.get('agent.getNextState().name')).toBe('Offline')
    await desk.setState('Available')
    await desk.hears('onClearedNextState')
  })

  it('C33 C34 pauses and resumes', async () => {
    await desk.succeeds(`${contact()}.pause(cb)`)
    await desk.until(`${contact()}.getState().type === 'paused'`)
    expect(await desk.fails(`${contact()}.pause(cb)`)).toBe('InvalidStateException')
    await desk.succeeds(`${contact()}.resume(cb)`)
    await desk.hears('onConnected', id, 2)
  })

  it('C48 has a session of the task', async () => {
    await desk.page.evaluate(`${contact()}.getAgentConnection().getMediaController().then((session) => {
      window.session = session
      session.onTransferInitiated(() => note('onTransferInitiated'))
      session.onTransferSucceeded(() => note('onTransferSucceeded'))
      session.onTransferFailed(() => note('onTransferFailed'))
      session.onMessage((m) => note('message', m.ContactType))
    })`)
  })

  it('C57 changes the task', async () => {
    await desk.succeeds(
      `agent.updateContact({ contactId: ${JSON.stringify(id)}, name: 'Refund B', references: { Amount: { type: 'NUMBER', value: 5 } } }, cb)`,
    )
    await desk.until(`${contact()}.getName() === 'Refund B' && ${contact()}.getReferences().Amount.value === '5'`)
  })

  it('C58 shows the task that the host names, and tells which one the agent looks at', async () => {
    const other = await staff.task(ann, 'Another')
    await desk.hears('onConnecting', other)
    await desk.page.evaluate(`connect.core.viewContact(${JSON.stringify(other)})`)
    await desk.hears('onViewContact', other)
    if (ours) {
      await desk.panel().getByRole('heading', { name: 'Another' }).waitFor()
      await desk
        .panel()
        .getByRole('listitem')
        .filter({ hasText: 'Refund B' })
        .getByRole('button', { name: 'Refund B' })
        .click()
      await desk.hears('onViewContact', id)
    }
    await desk.succeeds(`contactOf(${JSON.stringify(other)}).reject(cb)`)
    await desk.hears('onMissed', other)
    expect(await desk.story(other)).toEqual(expect.arrayContaining(['contact', 'onConnecting', 'onEnded', 'onMissed'])) // C27
    expect(await desk.get(`contactOf(${JSON.stringify(other)}).getAgentConnection().getState().type`)).toBe('rejected')
    await stop(other)
    await desk.succeeds(`contactOf(${JSON.stringify(other)}).clear(cb)`)
    await desk.hears('onDestroy', other)
  })

  it('C10 C22 C25 has a second tab that shows the same', async () => {
    const second = await Desktop.open(context, host.url, gate.url)
    await second.ready()
    await second.hears('contact', id)
    const shared = await staff.task(ann, 'Shared')
    await desk.hears('onConnecting', shared)
    await second.hears('onConnecting', shared)
    await desk.succeeds(`contactOf(${JSON.stringify(shared)}).accept(cb)`)
    for (const page of [desk, second]) {
      await page.hears('onAccepted', shared)
      await page.hears('onConnected', shared)
    }
    await second.succeeds(`contactOf(${JSON.stringify(shared)}).getAgentConnection().destroy(cb)`)
    await desk.hears('onACW', shared)
    await second.succeeds(`contactOf(${JSON.stringify(shared)}).clear(cb)`)
    await desk.hears('onDestroy', shared)
    if (ours) {
      const clicked = await staff.task(ann, 'Clicked')
      await second.hears('onConnecting', clicked)
      await second
        .panel()
        .getByRole('listitem')
        .filter({ hasText: 'Clicked' })
        .getByRole('button', { name: 'Accept' })
        .click()
      for (const page of [desk, second]) await page.hears('onAccepted', clicked) // C25: in our own panel
      await second.succeeds(`contactOf(${JSON.stringify(clicked)}).getAgentConnection().destroy(cb)`)
      await second.succeeds(`contactOf(${JSON.stringify(clicked)}).clear(cb)`)
      await desk.hears('onDestroy', clicked)
    }
    await second.close()
  })

  it.skipIf(!ours)('C45 C61 C62 answers the newer SDK, and refuses what it does not know', async () => {
    expect(await desk.get('agent.getNetworkConnectionStatus()')).toBe('connected')
    expect(await desk.get(`${contact()}.getInstanceDetails()`)).toEqual({ origin: gate.url, region: 'us-east-1' })
    expect(await desk.get('Promise.resolve(connect.sendActivity()).then(() => "told")')).toBe('told')
    const refused = `${contact()}._getSDKClient().context.proxy.request('contact/getPreviewConfiguration', { contactId: ${JSON.stringify(id)} })`
    expect(await desk.get(`${refused}.then(() => 'answered', () => 'refused')`)).toBe('refused')
    expect(await desk.get(`${contact()}._getSDKClient().getChannelType(${JSON.stringify(id)})`)).toEqual({
      type: 'task',
      subtype: 'connect:Task',
    })
    expect(await desk.get(`agent._getSDKClient().getName()`)).toBe(ann.name)
  })

  it('C49 C51 transfers to another agent', async () => {
    const theirs = await browser.newContext({ ignoreHTTPSErrors: true })
    await signIn(theirs, gate.url, bea)
    const other = await Desktop.open(theirs, host.url, gate.url)
    await other.ready()
    await other.setState('Available')
    const { endpoints } = (await desk.succeeds('agent.getEndpoints(agent.getAllQueueARNs(), cb)')) as {
      endpoints: { name: string }[]
    }
    const endpoint = JSON.stringify(endpoints.find((e) => e.name === bea.username))
    await desk.succeeds(`${contact()}.addConnection(new connect.Endpoint(${endpoint}), cb)`)
    await desk.hears('onTransferInitiated')
    await desk.hears('onTransferSucceeded')
    await desk.hears('onACW', id)
    await other.hears('onConnecting')
    expect(await other.get('agent.getContacts()[0].getInitialContactId()')).toBe(id)
    expect(await other.get('agent.getContacts()[0].getInitiationMethod()')).toBe('transfer')
    await desk.succeeds(`${contact()}.clear(cb)`) // C31
    await desk.hears('onDestroy', id)

    if (ours) await transferredBack(other, endpoints)
    await theirs.close()
  })

  it('C50 hears of a transfer that is refused, and of a task that expires', async () => {
    const ending = {
      SegmentAttributes: { 'connect:ContactExpiry': { ValueMap: { ExpiryDuration: { ValueInteger: 1 } } } },
    }
    id = await staff.task(ann, 'Short', ending)
    await desk.hears('onConnecting', id)
    await desk.page.evaluate(`${contact()}.getAgentConnection().getMediaController().then((session) => {
      session.onTaskExpiring(() => note('onTaskExpiring'))
      session.onTaskExpired(() => note('onTaskExpired'))
      session.onTransferFailed(() => note('onTransferFailed'))
    })`)
    const { endpoints } = (await desk.succeeds('agent.getEndpoints(agent.getAllQueueARNs(), cb)')) as {
      endpoints: object[]
    }
    expect(
      await desk.fails(`${contact()}.addConnection(new connect.Endpoint(${JSON.stringify(endpoints[0])}), cb)`),
    ).toBe('InvalidStateException')
    await desk.hears('onTransferFailed')
    await desk.succeeds(`${contact()}.accept(cb)`)
    await desk.hears('onConnected', id)
    await staff.advance(61)
    await desk.hears('onTaskExpired')
    await desk.hears('onACW', id)
    await desk.succeeds(`${contact()}.clear(cb)`)
    await desk.hears('onDestroy', id)
  })

  it('C28 misses a task', async () => {
    id = await staff.task(ann, 'Missed')
    await desk.hears('onConnecting', id)
    await staff.advance(31)
    await desk.hears('onMissed', id)
    expect(await desk.story(id)).toEqual(['contact', 'onConnecting', 'onEnded', 'onMissed'])
    expect(await desk.fails(`${contact()}.accept(cb)`)).toBe('error') // C26
    await stop(id)
    await desk.succeeds(`${contact()}.complete(cb)`) // C32
    await desk.hears('onDestroy', id)
  })

  it('C29 C31 ends and clears, in order', async () => {
    await connected('Ordered')
    await cleared()
    const story = await desk.story(id)
    expect(story.filter((e) => e !== 'onAccepted')).toEqual([
      'contact',
      'onConnecting',
      'onConnected',
      'onACW',
      'onEnded',
      'onDestroy',
    ])
  })

  it('C59 ends before it goes, when an administrator stops the task', async () => {
    await connected('Stopped')
    await stop(id)
    await desk.hears('onEnded', id)
    await desk.succeeds(`${contact()}.clear(cb)`)
    await desk.hears('onDestroy', id)
  })

  it('C46 has a task that nobody had to accept', async () => {
    const { ContactId } = await staff.api<{ ContactId: string }>('PUT', '/contact/create-contact', {
      InstanceId: staff.boot.instanceId,
      Channel: 'TASK',
      InitiationMethod: 'API',
      InitiateAs: 'CONNECTED_TO_USER',
      UserInfo: { UserId: ann.userId },
      Name: 'At once',
    })
    id = ContactId
    await desk.hears('onConnected', id)
    expect(await desk.story(id)).toEqual(['contact', 'onConnected'])
    await cleared()
  })

  it('C53 makes a task', async () => {
    const { endpoints } = (await desk.succeeds('agent.getEndpoints(agent.getAllQueueARNs(), cb)')) as {
      endpoints: { name: string }[]
    }
    const endpoint = JSON.stringify(endpoints.find((e) => e.name === ann.username))
    const made = (await desk.succeeds(
      `agent.createTask({ name: 'Made', endpoint: new connect.Endpoint(${endpoint}), references: { A: { type: 'STRING', value: 'b' } } }, cb)`,
    )) as { contactId: string }
    id = made.contactId
    await desk.hears('onConnecting', id)
    expect(await desk.get(`${contact()}.getReferences().A.value`)).toBe('b')
    await desk.succeeds(`${contact()}.accept(cb)`)
    await desk.hears('onConnected', id)
    await cleared()
  })

  it('C54 C55 C56 makes a task from a template', async () => {
    for (const status of ['ACTIVE', 'active']) {
      const list = (await desk.succeeds(`agent.listTaskTemplates({ status: '${status}', maxResults: 50 }, cb)`)) as {
        TaskTemplates: { Id: string }[]
      }
      expect(list.TaskTemplates.map((t) => t.Id)).toContain(staff.boot.taskTemplateId)
    }
    const template = (await desk.succeeds(
      `agent.getTaskTemplate({ id: '${staff.boot.taskTemplateId}', version: 1 }, cb)`,
    )) as { Name: string }
    expect(template.Name).toBe('Sample task template')
    const soon = Math.floor(Date.now() / 1000) + 3600
    const made = (await desk.succeeds(
      `agent.createTask({ name: 'Templated', taskTemplateId: '${staff.boot.taskTemplateId}', scheduledTime: ${soon} }, cb)`,
    )) as { contactId: string }
    const { Contact } = await staff.api<{ Contact: { Name: string; ScheduledTimestamp: number } }>(
      'GET',
      `/contacts/${staff.boot.instanceId}/${made.contactId}`,
    )
    expect(Contact).toMatchObject({ Name: 'Templated', ScheduledTimestamp: soon })
    expect(
      await desk.call(`agent.createTask({ name: '', taskTemplateId: '${staff.boot.taskTemplateId}' }, cb)`),
    ).toHaveProperty('err')
    await stop(made.contactId)
  })

  it.skipIf(!ours)('C65 twelve tabs are all live, and act promptly', async () => {
    const tabs: Desktop[] = []
    for (let i = 0; i < 12; i++) tabs.push(await Desktop.open(context, host.url, gate.url))
    for (const tab of tabs) await tab.ready()
    id = await staff.task(ann, 'Everywhere')
    for (const tab of tabs) await tab.hears('onConnecting', id)
    const began = Date.now()
    await tabs[11]!.succeeds(`${contact()}.accept(cb)`)
    expect(Date.now() - began).toBeLessThan(2_000)
    for (const tab of tabs) await tab.hears('onConnected', id)
    for (const tab of tabs) await tab.close()
    await cleared()
  })

  it('C3 was never without an answer to its keepalive', async () => {
    await desk.page.waitForTimeout(3_000)
    expect((await desk.heard()).filter((e) => e.name === 'ack_timeout')).toEqual([])
  })
})

describe.skipIf(!serverURL).each(inners.map((inner, i) => [inner, i] as const))('a minute later, with %s', (_, i) => {
  it('C60 comes back by itself when the network was away, and has missed nothing', () => away[i]!.comeBack(), 90_000)
})
