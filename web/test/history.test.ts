import { expect, it } from 'vitest'
import { toldOf } from '../src/ccp/history'
import type { HistoryEvent } from '../src/ccp/wire'

const event = (timestamp: number, type: string, more: Partial<HistoryEvent> = {}): HistoryEvent => ({
  contactId: 'b',
  type,
  timestamp,
  queue: null,
  agent: null,
  self: false,
  reason: null,
  updated: null,
  action: null,
  ...more,
})
const action = (type: string, more: Partial<NonNullable<HistoryEvent['action']>> = {}): Partial<HistoryEvent> => ({
  action: { type, run: 'INBOUND', flow: 'Sample', error: false, ended: null, ...more },
})
const texts = (...events: HistoryEvent[]) => toldOf(events).map((line) => line.text)

it('tells the newest first, in words, and leaves out what says nothing', () => {
  expect(
    texts(
      event(1, 'INITIATED'),
      event(2, 'CONNECTED_TO_SYSTEM'),
      event(3, 'QUEUED', { queue: 'Billing' }),
      event(4, 'OFFERED', { agent: 'Bo' }),
      event(5, 'MISSED', { agent: 'Bo' }),
      event(6, 'OFFERED', { agent: 'Ann', self: true }),
      event(7, 'CONNECTED_TO_AGENT', { agent: 'Ann', self: true }),
      event(8, 'DISCONNECTED', { reason: 'EXPIRED' }),
    ),
  ).toEqual([
    'Expired',
    'You accepted it',
    'Offered to you',
    'Bo missed it',
    'Offered to Bo',
    'Waiting in queue Billing',
    'Task created',
  ])
})

it('tells a transfer from another end', () => {
  const ended = event(2, 'DISCONNECTED', { contactId: 'a', reason: 'OTHER' })
  expect(texts(ended, event(2, 'INITIATED'))).toEqual(['Task created', 'Transferred'])
  expect(texts({ ...ended, contactId: 'b' })).toEqual(['Ended'])
})

it('puts what happened to the contact before the transfer where it belongs', () => {
  const closed = event(9, 'REJECTED', { contactId: 'a' })
  expect(texts(event(1, 'INITIATED', { contactId: 'a' }), closed, event(5, 'PAUSED'))).toEqual([
    'An agent declined it',
    'Paused',
    'Task created',
  ])
})

it('tells what flows did, and what failed', () => {
  const lines = toldOf([
    event(1, 'FLOW_ACTION', action('UpdateContactTargetQueue')),
    event(2, 'FLOW_ACTION', action('InvokeLambdaFunction', { error: true })),
    event(3, 'FLOW_ACTION', action('Compare', { ended: 'error', flow: null })),
    event(4, 'FLOW_ACTION', action('BrandNew')),
  ])
  expect(lines.map(({ text, tone }) => [text, tone])).toEqual([
    ['Flow “Sample” ran BrandNew', 'quiet'],
    ['A flow could not go on', 'bad'],
    ['Flow “Sample” asked another system: that failed, and it went on', 'bad'],
    ['Flow “Sample” chose the queue', 'quiet'],
  ])
})

it('makes one line of what happens again and again', () => {
  const loop = [1, 2, 3].map((at) => event(at, 'FLOW_ACTION', action('Loop')))
  expect(toldOf(loop)).toMatchObject([{ at: 3000, times: 3 }])
})

it('shows an event that it does not know', () => {
  expect(texts(event(1, 'BEAMED_UP'))).toEqual(['beamed up'])
})
