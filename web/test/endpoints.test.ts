import { expect, it } from 'vitest'
import { idOf, leadsTo, presenceOf, searched, searchedTasks } from '../src/ccp/endpoints'
import type { Endpoint, EndpointDetail, Pickable } from '../src/ccp/wire'

const to = (name: string, more: Partial<Endpoint> = {}): Endpoint => ({
  endpointARN: `arn:aws:connect:us-east-1:000000000000:instance/1/transfer-destination/${name}`,
  type: 'queue',
  name,
  agentLogin: null,
  queue: null,
  ...more,
})
const ann = to('Ann Lee', { type: 'agent', agentLogin: 'alee' })
const billing = to('Billing', { queue: { queueARN: 'q', name: 'Billing Europe' } })
const all = [to('Old billing'), billing, ann, to('Rebilling'), to('Annex')]

it.each([
  ['', ['Ann Lee', 'Annex', 'Billing', 'Old billing', 'Rebilling']],
  ['bill', ['Billing', 'Old billing', 'Rebilling']],
  ['BILL', ['Billing', 'Old billing', 'Rebilling']],
  ['europe', ['Billing']],
  ['alee', ['Ann Lee']],
  ['ann lee', ['Ann Lee']],
  ['lee ann', ['Ann Lee']],
  ['nobody', []],
])('searching %j finds %j', (text, names) => {
  expect(searched(all, text).map((e) => e.name)).toEqual(names)
})

it('tells what an endpoint leads to, unless its name does', () => {
  expect(leadsTo(ann, 'bo')).toBe('Agent alee')
  expect(leadsTo(ann, 'alee')).toBe('You')
  expect(leadsTo(billing)).toBe('Queue Billing Europe')
  expect(leadsTo(to('Billing', { queue: { queueARN: 'q', name: 'Billing' } }))).toBe('Queue')
  expect(leadsTo(to('Gone', { type: 'agent' }))).toBe('Agent')
})

it('takes the id of a quick connect from its ARN', () => {
  expect(idOf(billing)).toBe('Billing')
})

const agent: EndpointDetail = {
  endpointARN: ann.endpointARN,
  description: 'Speaks Polish',
  agent: { name: 'Ann Maria Lee', status: 'Lunch', type: 'not_routable', since: 1, next: null, tasks: 0 },
}
const details = new Map([[ann.endpointARN, agent]])

it('knows the person behind a quick connect, and finds them by their name and note', () => {
  expect(leadsTo(ann, 'bo', agent)).toBe('Agent Ann Maria Lee')
  expect(leadsTo(ann, 'alee', agent)).toBe('You')
  for (const text of ['maria', 'polish', 'ann polish']) expect(searched(all, text, details)).toEqual([ann])
  expect(searched(all, 'polish')).toEqual([])
})

it.each([
  ['Lunch', {}],
  ['Lunch, 1 task in hand', { tasks: 1 }],
  ['Available, next Offline, 3 tasks in hand', { status: 'Available', next: 'Offline', tasks: 3 }],
])('says %j of who is there', (text, more) => {
  expect(presenceOf({ ...agent, agent: { ...agent.agent!, ...more } })?.text).toBe(text)
})

it('says nothing of who is behind a queue', () => {
  expect(presenceOf({ ...agent, agent: null })).toBeUndefined()
  expect(presenceOf(undefined)).toBeUndefined()
})

it.each([
  ['', ['a-1', 'b-2', 'c-3']],
  ['refund', ['a-1', 'c-3']],
  ['REFUND lamp', ['c-3']],
  ['europe', ['b-2']],
  ['b-2', ['b-2']],
  ['nothing', []],
])('searching waiting tasks for %j finds %j, in their order', (text, want) => {
  const waiting = (contactId: string, name: string, description: string | null, queue: string): Pickable => ({
    ...{ contactId, name, description, queueTimestamp: 1, priority: 5 },
    queue: { queueARN: 'q', name: queue },
  })
  const tasks = [
    waiting('a-1', 'Refund', null, 'Basic'),
    waiting('b-2', 'Call', 'soon', 'Europe'),
    waiting('c-3', 'Refund', 'A lamp', 'Basic'),
  ]
  expect(searchedTasks(tasks, text).map((t) => t.contactId)).toEqual(want)
})
