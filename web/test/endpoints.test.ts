import { expect, it } from 'vitest'
import { idOf, leadsTo, searched } from '../src/ccp/endpoints'
import type { Endpoint } from '../src/ccp/wire'

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
