// Requests of the newer SDK: a thin view of the snapshot and of the calls of the CTI protocol.
import type { Desk, Session } from '../ccp/session'
import type { AgentState, Contact } from '../ccp/wire'
import { lifecycle, networkStatus, stateOf } from './sdkTopics'
import { configurationOf, queueOf } from './update'

/** A request that is not answered, with the key by which the SDK tells why. */
export class Refused extends Error {
  constructor(
    readonly key: string,
    message: string,
  ) {
    super(message)
  }
}

interface Known {
  session: Session
  desk: Desk
}

type Data = Record<string, unknown>
type Answer = (known: Known, data: Data) => unknown

function contactIn({ desk }: Known, { contactId }: Data): Contact {
  const contact = desk.snapshot.contacts.find((c) => c.contactId === contactId)
  if (!contact) throw new Refused('notFound', `The agent has no contact ${String(contactId)}`)
  return contact
}

/** An answer about one contact. */
const ofContact =
  (answer: (contact: Contact, known: Known, data: Data) => unknown): Answer =>
  (known, data) =>
    answer(contactIn(known, data), known, data)

/** A call about one contact. */
const onContact = (operation: string): Answer =>
  ofContact(async ({ contactId }, { session }) => {
    await session.call(operation, { contactId })
    return {}
  })

async function setState({ session }: Known, state: AgentState | undefined): Promise<object> {
  if (!state) throw new Refused('notFound', 'There is no such status')
  await session.call('PutAgentState', { state, enqueueNextState: true })
  const { snapshot } = await session.call<{ snapshot: Desk['snapshot'] }>('GetAgentSnapshot', { timeout: 0 })
  const current = stateOf(snapshot.state)
  if (!snapshot.nextState) return { status: 'updated', current }
  return { status: 'queued', current, next: stateOf(snapshot.nextState) }
}

const profileOf = (desk: Desk) => configurationOf(desk).routingProfile as Data

const agent: Record<string, Answer> = {
  getARN: ({ desk }) => ({ ARN: desk.configuration.agentARN }),
  getName: ({ desk }) => ({ name: desk.configuration.name }),
  getState: ({ desk }) => stateOf(desk.snapshot.state),
  getAvailabilityState: ({ desk: { snapshot } }) => ({
    ...stateOf(snapshot.state),
    ...(snapshot.nextState && { nextState: stateOf(snapshot.nextState) }),
  }),
  getRoutingProfile: ({ desk }) => profileOf(desk),
  getRoutingProfileQueues: ({ desk }) => desk.queues.map(queueOf),
  getDefaultOutboundQueue: ({ desk }) => profileOf(desk).defaultOutboundQueue,
  getChannelConcurrency: ({ desk }) => profileOf(desk).channelConcurrencyMap,
  getExtension: () => ({ extension: '' }),
  getDialableCountries: () => ({ dialableCountries: [] }),
  listSecurityProfilePermissions: ({ desk }) => ({ permissions: desk.permissions }),
  listAvailabilityStates: ({ desk }) => desk.agentStates.map(stateOf),
  getNetworkConnectionStatus: ({ session }) => networkStatus(session.connectedNow()),
  setAvailabilityState: (known, data) =>
    setState(
      known,
      known.desk.agentStates.find((s) => s.agentStateARN === data.agentStateARN),
    ),
  setAvailabilityStateByName: (known, data) =>
    setState(
      known,
      known.desk.agentStates.find((s) => s.name === data.agentStateName),
    ),
  setOffline: (known) =>
    setState(
      known,
      known.desk.agentStates.find((s) => s.type === 'offline'),
    ),
  async listQuickConnects({ session }, { queueARNs, options }) {
    const wanted = Array.isArray(queueARNs) ? queueARNs : queueARNs ? [queueARNs] : []
    const page = await session.call<{ endpoints: object[]; nextToken: string | null }>('GetEndpoints', {
      queueARNs: wanted,
      ...(options as object | undefined),
    })
    return { quickConnects: page.endpoints, nextToken: page.nextToken }
  },
}

const contact: Record<string, Answer> = {
  getAttributes: ofContact(({ attributes }, _, { attributes: wanted }) => {
    const all = Object.entries(attributes ?? {}).map(([key, { value }]) => [key, value] as const)
    return Object.fromEntries(Array.isArray(wanted) ? all.filter(([key]) => wanted.includes(key)) : all)
  }),
  getInitialContactId: ofContact(({ initialContactId }) => ({ initialContactId })),
  getType: ofContact(({ type }) => ({ type })),
  getStateDuration: ofContact(({ state }, { desk }) => ({
    stateDuration: Date.now() + desk.skew - state.timestamp * 1000,
  })),
  getQueue: ofContact(({ queue }) => queueOf(queue)),
  getQueueTimestamp: ofContact(({ queueTimestamp }) => ({
    queueTimestamp: queueTimestamp === null ? undefined : new Date(queueTimestamp * 1000),
  })),
  getDescription: ofContact(({ description }) => ({ description })),
  getReferences: ofContact(({ references }) => ({ references })),
  getChannelType: ofContact(() => ({ type: 'task', subtype: 'connect:Task' })),
  getContact: ofContact((contact) => ({ ...lifecycle(contact), queue: queueOf(contact.queue) })),
  listContacts: ({ desk }) => desk.snapshot.contacts.map(lifecycle),
  listParticipants: ofContact(({ contactId, connections }) =>
    connections.map(({ connectionId }) => ({
      participantId: connectionId,
      contactId,
      type: { value: 'agent' },
      isInitial: true,
      isSelf: true,
    })),
  ),
  isAutoAcceptEnabled: ofContact(({ agentContactHandlingConfig: config }) => ({
    isAutoAcceptEnabled: config?.autoAccept === true,
  })),
  isPreviewMode: ofContact(() => ({ isPreviewMode: false })),
  getInstanceDetails: ofContact((_, { desk }) => ({ origin: location.origin, region: regionOf(desk) })),
  getContactRegion: ofContact((_, { desk }) => ({ region: regionOf(desk) })),
  accept: ofContact(async ({ contactId }, { session }) => {
    await session.accept(contactId)
    return {}
  }),
  reject: onContact('RejectContact'),
  clear: onContact('ClearContact'),
  disconnectSelf: onContact('DestroyConnection'),
  transfer: ofContact(async ({ contactId }, { session }, { quickConnect }) => {
    await session.call('TransferContact', { contactId, endpoint: quickConnect })
    return {}
  }),
}

const regionOf = (desk: Desk) => desk.configuration.agentARN.split(':')[3] ?? ''

/** Answers by namespace and command. */
export const answers: Record<string, Answer> = {
  'aws.connect.activity sendActivity': ({ session }) => {
    session.active()
    return {}
  },
  ...named('agent', agent),
  ...named('contact', contact),
}

function named(group: string, commands: Record<string, Answer>): Record<string, Answer> {
  return Object.fromEntries(
    Object.entries(commands).map(([name, answer]) => [`aws.connect.contact ${group}/${name}`, answer]),
  )
}
