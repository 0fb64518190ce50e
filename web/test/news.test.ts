import { describe, expect, it } from 'vitest'
import { changesOf, endingOf, outcomeOf } from '../src/ccp/news'
import type { Stage, Task } from '../src/ccp/view'
import type { Outcome } from '../src/ccp/wire'

const task = (id: string, stage: Stage, more: Partial<Task> = {}) => ({ id, stage, transferred: false, ...more }) as Task

describe('changesOf', () => {
  const changes = (before: Task[], after: Task[]) => changesOf(before, after).map(({ task, kind }) => `${task.id} ${kind}`)

  it.each<[string, Task[], Task[], string[]]>([
    ['a task that rings no more', [task('a', 'ringing')], [], ['a gone']],
    ['one in work that is gone', [task('a', 'working'), task('b', 'paused')], [], ['a gone', 'b gone']],
    ['one that was stopped', [task('a', 'working')], [task('a', 'wrapUp', { endReason: 'API' })], ['a ended']],
    ['one that expired while paused', [task('a', 'paused')], [task('a', 'wrapUp', { endReason: 'EXPIRED' })], ['a ended']],
    ['one that was transferred', [task('a', 'working')], [task('a', 'wrapUp', { endReason: 'OTHER', transferred: true })], ['a ended']],
    ['one that was missed', [task('a', 'ringing')], [task('a', 'missed')], ['a missed']],
    ['one that the agent ended', [task('a', 'working')], [task('a', 'wrapUp', { endReason: 'AGENT_DISCONNECT' })], []],
    ['one that was accepted', [task('a', 'ringing')], [task('a', 'working')], []],
    ['what is over and closed', [task('a', 'wrapUp'), task('b', 'missed'), task('c', 'over')], [], []],
    ['a new one', [], [task('a', 'ringing')], []],
  ])('sees %s', (_, before, after, want) => {
    expect(changes(before, after)).toEqual(want)
  })
})

it.each([
  ['API', false, 'was stopped by another system or a supervisor'],
  ['EXPIRED', false, 'has expired'],
  ['CONTACT_FLOW_DISCONNECT', false, 'was ended by its flow'],
  ['OTHER', true, 'was transferred'],
  ['AGENT_DISCONNECT', false, undefined],
  [undefined, false, undefined],
])('a task that ended for %s, transferred %s, %s', (endReason, transferred, want) => {
  expect(endingOf({ endReason, transferred })).toBe(want)
})

describe('outcomeOf', () => {
  const outcome = (more: Partial<Outcome>): Outcome => ({
    ...{ contactId: 'a', state: 'ended', reason: null, transferred: false, queue: 'Refunds', agent: null, self: false },
    ...more,
  })

  it.each<[string | undefined, Partial<Outcome>]>([
    ['was stopped by another system or a supervisor', { reason: 'API' }],
    ['has expired', { reason: 'EXPIRED' }],
    ['was moved to queue Refunds', { reason: 'OTHER', transferred: true, state: 'queued' }],
    ['was moved elsewhere', { reason: 'OTHER', transferred: true, state: 'in_flow', queue: null }],
    ['was given to Bo Baker', { reason: 'OTHER', transferred: true, state: 'connected', agent: 'Bo Baker' }],
    ['was given to Bo Baker', { state: 'connecting', agent: 'Bo Baker' }],
    ['was taken back, and waits in queue Refunds again', { state: 'queued' }],
    ['was paused by somebody else', { state: 'paused' }],
    ['is no longer with you', { state: 'in_flow' }],
    [undefined, { state: 'connected', agent: 'Ann', self: true }],
    [undefined, { reason: 'AGENT_DISCONNECT' }],
  ])('is %j', (want, more) => {
    expect(outcomeOf(outcome(more))).toBe(want)
  })

  it('says what is certain when the server does not tell', () => {
    expect(outcomeOf(undefined)).toBe('is no longer with you')
  })
})
