import { describe, expect, it } from 'vitest'
import { called, chosenOf, clock, clockSince, neighbour, shortId, statusOf, tasksOf } from '../src/ccp/view'
import type { Contact, ContactStateType, Snapshot } from '../src/ccp/wire'

function contact(contactId: string, type: ContactStateType, timestamp: number, more: Partial<Contact> = {}): Contact {
  return {
    contactId,
    type: 'task',
    state: { type, timestamp },
    queue: null,
    queueTimestamp: null,
    connections: [{ connectionId: `c-${contactId}`, type: 'agent' }],
    attributes: null,
    name: contactId,
    description: null,
    references: null,
    ...more,
  }
}

function snapshot(...contacts: Contact[]): Snapshot {
  return {
    state: { agentStateARN: 'arn', type: 'routable', name: 'Available', startTimestamp: 1000.5 },
    nextState: null,
    contacts,
    snapshotTimestamp: 2000,
  }
}

describe('tasksOf', () => {
  it('puts ringing tasks first, then missed ones, those in work, paused ones and the rest, the oldest first', () => {
    const tasks = tasksOf(
      snapshot(
        contact('missed', 'missed', 1),
        contact('wrapping', 'ended', 2),
        contact('newer work', 'connected', 9),
        contact('older work', 'connected', 3),
        contact('set aside', 'paused', 4),
        contact('ringing', 'connecting', 10),
      ),
    )
    expect(tasks.map((t) => t.id)).toEqual(['ringing', 'missed', 'older work', 'newer work', 'set aside', 'wrapping'])
  })

  it.each<[ContactStateType, string]>([
    ['connecting', 'ringing'],
    ['connected', 'working'],
    ['paused', 'paused'],
    ['ended', 'wrapUp'],
    ['missed', 'missed'],
    ['rejected', 'over'],
    ['error', 'over'],
  ])('takes a %s contact as %s', (state, stage) => {
    expect(tasksOf(snapshot(contact('a', state, 1)))[0]?.stage).toBe(stage)
  })

  it('shows a state it does not know by its name', () => {
    const strange = contact('a', 'teleported' as ContactStateType, 1)
    expect(tasksOf(snapshot(strange))[0]).toMatchObject({ label: 'teleported', stage: 'over' })
  })

  it('turns epoch seconds into milliseconds and maps into lists', () => {
    const [task] = tasksOf(
      snapshot(
        contact('a', 'connected', 1795429260.04, {
          queue: { queueARN: 'q', name: 'Refunds' },
          queueTimestamp: 1795429250.1,
          attributes: { orderId: { name: 'orderId', value: 'A-1' } },
          references: { Order: { type: 'URL', value: 'https://a.example/' } },
        }),
      ),
    )
    expect(task).toMatchObject({
      since: 1795429260040,
      queuedAt: 1795429250100,
      queue: 'Refunds',
      connectionId: 'c-a',
      attributes: [{ name: 'orderId', value: 'A-1' }],
      references: [{ name: 'Order', reference: { type: 'URL', value: 'https://a.example/' } }],
    })
  })
})

describe('chosenOf', () => {
  const tasks = tasksOf(snapshot(contact('work', 'connected', 1), contact('ring', 'connecting', 2)))

  it('keeps the choice while another task rings', () => {
    expect(chosenOf(tasks, 'work')?.id).toBe('work')
  })
  it('falls back to the first task when the choice is gone', () => {
    expect(chosenOf(tasks, 'closed')?.id).toBe('ring')
  })
  it('is nothing without tasks', () => {
    expect(chosenOf([], 'work')).toBeUndefined()
  })
})

it('statusOf tells the next status', () => {
  const next = { agentStateARN: 'l', type: 'not_routable' as const, name: 'Lunch' }
  expect(statusOf({ ...snapshot(), nextState: next })).toEqual({
    name: 'Available',
    type: 'routable',
    since: 1000500,
    next: 'Lunch',
    missed: 0,
  })
})

it.each([
  [-5_000, '0:00'],
  [7_999, '0:07'],
  [723_000, '12:03'],
  [3_599_999, '59:59'],
  [3_600_000, '1:00:00'],
  [90_000_000, '1d 1:00:00'],
])('clock(%i) is %s', (ms, want) => {
  expect(clock(ms)).toBe(want)
})

describe('neighbour', () => {
  const tasks = tasksOf(
    snapshot(contact('a', 'connected', 1), contact('b', 'connected', 2), contact('c', 'connected', 3)),
  )

  it.each([
    ['a', 1, 'b'],
    ['c', 1, 'a'],
    ['a', -1, 'c'],
    [undefined, 1, 'a'],
    [undefined, -1, 'c'],
  ] as const)('of %s, %i on, is %s', (id, step, want) => {
    expect(neighbour(tasks, id, step)?.id).toBe(want)
  })
  it('is nothing without tasks', () => {
    expect(neighbour([], 'a', 1)).toBeUndefined()
  })
})

it('knows the template that a task was made from', () => {
  const made = contact('a', 'connected', 1, { channelContext: { taskTemplateId: 't', taskTemplateVersion: 2 } })
  expect(tasksOf(snapshot(made))[0]?.template).toEqual({ id: 't', version: 2 })
  expect(tasksOf(snapshot(contact('b', 'connected', 1)))[0]?.template).toBeUndefined()
})

it('counts what was missed with the status: nothing rings as long as it is there', () => {
  const { missed } = statusOf(snapshot(contact('a', 'missed', 1), contact('b', 'missed', 2), contact('c', 'connected', 3)))
  expect(missed).toBe(2)
})

it('takes the times and the end of a task, where the server tells them', () => {
  const tasklane = { created: 1, accepted: 2, ringsUntil: null, expires: 3.5, endReason: 'API', transferred: false, from: 'Bo' }
  const [task] = tasksOf(snapshot(contact('a', 'connected', 1, { tasklane })))
  expect(task).toMatchObject({ createdAt: 1000, acceptedAt: 2000, expiresAt: 3500, endReason: 'API', transferred: false, from: 'Bo' })
  expect(task!.ringsUntil).toBeUndefined()
  expect(tasksOf(snapshot(contact('b', 'connected', 1)))[0]).toMatchObject({ acceptedAt: undefined, transferred: false })
})

it.each([
  ['working', 5, 2, 2],
  ['paused', 5, 2, 2],
  ['working', 5, undefined, 5],
  ['ringing', 5, 2, 5],
  ['wrapUp', 5, 2, 5],
] as const)('the clock of a task that is %s since %i and was accepted at %s runs since %i', (stage, since, acceptedAt, want) => {
  expect(clockSince({ stage, since, acceptedAt })).toBe(want)
})

it('calls a task by its name, and by the beginning of a long one', () => {
  expect(called({ name: 'Refund' })).toBe('“Refund”')
  expect(called({ name: 'ąçñ'.repeat(40) })).toBe(`“${'ąçñ'.repeat(20)}…”`)
  expect(shortId({ id: '01a22bdf-5564-41ee-abe4-c18ac7a65395' })).toBe('a65395')
})
