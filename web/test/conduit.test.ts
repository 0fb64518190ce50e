import { describe, expect, it } from 'vitest'
import type { Desk } from '../src/ccp/session'
import { isNoise } from '../src/conduit/relay'
import { published } from '../src/conduit/sdkTopics'
import { updateOf } from '../src/conduit/update'

type Task = Desk['snapshot']['contacts'][number]

const task = (contactId: string, type: Task['state']['type'], timestamp: number): Task => ({
  contactId,
  initialContactId: contactId,
  type: 'task',
  state: { type, timestamp },
  queue: { queueARN: 'q', name: 'Q' },
  queueTimestamp: 5,
  connections: [
    {
      connectionId: 'c',
      type: 'agent',
      state: { type: 'connected', timestamp: 7.5 },
      endpoint: { type: 'agent' },
    } as never,
  ],
  attributes: null,
  name: 'Task',
  description: null,
  references: null,
})

const desk = (contacts: Task[], name = 'Available', next?: string): Desk => ({
  snapshot: {
    state: { agentStateARN: 's', type: 'routable', name, startTimestamp: 1.512 },
    nextState: next ? { agentStateARN: 'n', type: 'offline', name: next, startTimestamp: null } : null,
    contacts,
    snapshotTimestamp: 10,
  },
  skew: 0,
  configuration: {
    name: 'Ann',
    username: 'ann',
    agentARN: 'arn:aws:connect:us-east-1:0:instance/1/agent/a',
    routingProfile: { name: 'P', routingProfileARN: 'p', defaultOutboundQueue: { queueARN: 'q', name: 'Q' } } as never,
  },
  agentStates: [],
  queues: [{ queueARN: 'q', name: 'Q' }],
  permissions: ['BasicAgentAccess'],
})

describe('an update for the host page', () => {
  const { snapshot, configuration } = updateOf(
    desk([task('b', 'connected', 20), task('a', 'connecting', 8)]),
    9_000,
  ) as {
    snapshot: Record<string, unknown>
    configuration: Record<string, unknown>
  }

  it('has dates for times', () => {
    expect(snapshot).toMatchObject({
      state: { startTimestamp: new Date(1512) },
      snapshotTimestamp: new Date(10_000),
      localTimestamp: 9_000,
      skew: 1_000,
      nextState: null,
    })
    expect((snapshot.contacts as object[])[0]).toMatchObject({
      queueTimestamp: new Date(5_000),
      connections: [{ state: { timestamp: new Date(7_500) }, address: { type: 'agent' } }],
    })
  })

  it('has contacts by the time of their state, and the names that the library gives things', () => {
    const contacts = snapshot.contacts as { contactId: string; status: object; queue: object }[]
    expect(contacts.map((c) => c.contactId)).toEqual(['a', 'b'])
    expect(contacts[0]).toMatchObject({
      status: { type: 'connecting', timestamp: new Date(8_000) },
      queue: { queueId: 'q' },
    })
    expect(configuration).toMatchObject({
      permissions: ['BasicAgentAccess'],
      routingProfile: { routingProfileId: 'p', queues: [{ queueId: 'q' }], defaultOutboundQueue: { queueId: 'q' } },
    })
  })
})

describe('topics of the newer SDK', () => {
  const keys = (was: Desk, now: Desk) =>
    published({ desk: was, up: true }, { desk: now, up: true }).map(({ topic }) => topic.key)

  it('tell of the life of a contact', () => {
    expect(keys(desk([]), desk([task('a', 'connecting', 1)]))).toEqual(['contact/connecting'])
    expect(keys(desk([task('a', 'connecting', 1)]), desk([task('a', 'connected', 2)]))).toEqual(['contact/connected'])
    expect(keys(desk([task('a', 'connected', 2)]), desk([task('a', 'ended', 3)]))).toEqual(['contact/acw'])
    expect(keys(desk([task('a', 'connecting', 2)]), desk([task('a', 'rejected', 3)]))).toEqual(['contact/missed'])
    expect(keys(desk([task('a', 'ended', 3)]), desk([]))).toEqual(['contact/cleared', 'contact/destroy'])
    expect(keys(desk([task('a', 'paused', 3)]), desk([task('a', 'paused', 3)]))).toEqual([])
  })

  it('tell of the status, the next one, and the network', () => {
    expect(keys(desk([]), desk([], 'Lunch'))).toEqual(['agent/stateChange', 'agent/availabilityStateChanged'])
    expect(keys(desk([]), desk([], 'Available', 'Offline'))).toEqual(['agent/nextAvailabilityStateChanged'])
    const [{ topic, data } = {} as never] = published({ desk: undefined, up: true }, { desk: undefined, up: false })
    expect(topic.key).toBe('agent/networkConnectionStatusChanged')
    expect(data).toMatchObject({ status: 'connecting' })
  })
})

it('what only fills logs is told to no other panel', () => {
  for (const event of ['log', 'server_bound_internal_log', 'client_metric', 'click_stream_data', 'softphone_report']) {
    expect(isNoise(event), event).toBe(true)
  }
  for (const event of ['contact::view', 'contact::accepted', 'task::created']) expect(isNoise(event), event).toBe(false)
})
