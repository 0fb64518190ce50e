import { describe, expect, it } from 'vitest'
import {
  fieldsOf,
  freeFields,
  fromLocal,
  initialValues,
  problemOf,
  problemsOf,
  referenceProblems,
  shownFields,
  taskOf,
  toLocal,
  type Field,
  type FieldType,
} from '../src/ccp/form'
import type { Endpoint, TaskTemplate } from '../src/ccp/wire'

const named = (...names: string[]) => names.map((Name) => ({ Id: { Name } }))
const queue: Endpoint = {
  endpointARN: 'x/transfer-destination/q-1',
  type: 'queue',
  name: 'Billing',
  agentLogin: null,
  queue: null,
}

function template(types: Record<string, FieldType>, more: Partial<TaskTemplate> = {}): TaskTemplate {
  const Fields = Object.entries(types).map(([Name, Type]) => ({ Id: { Name }, Type }))
  return { Id: 't-1', Name: 'Refund', ContactFlowId: 'f-1', Fields, ...more }
}

const field = (type: FieldType, more: Partial<Field> = {}): Field => ({
  id: 'F',
  label: 'F',
  type,
  hint: '',
  required: false,
  locked: false,
  options: [],
  preset: '',
  ...more,
})

describe('the fields of a template', () => {
  const refund = template(
    { Title: 'NAME', Order: 'URL', Region: 'TEXT', Secret: 'TEXT', Note: 'TEXT_AREA' },
    {
      Constraints: {
        RequiredFields: named('Title', 'Order'),
        ReadOnlyFields: named('Region', 'Note'),
        InvisibleFields: named('Secret'),
      },
      Defaults: { DefaultFieldValues: [{ Id: { Name: 'Region' }, DefaultValue: 'Europe' }] },
    },
  )

  it('are shown in its order, but for the invisible ones', () => {
    expect(fieldsOf(refund).map((f) => f.id)).toEqual(['Title', 'Order', 'Region', 'Note'])
  })
  it('are required or locked as it says; what has no default can be written', () => {
    const by = Object.fromEntries(fieldsOf(refund).map((f) => [f.id, f]))
    expect([by.Title!.required, by.Order!.required, by.Note!.required]).toEqual([true, true, false])
    expect([by.Region!.locked, by.Note!.locked]).toEqual([true, false])
    expect(initialValues(fieldsOf(refund))).toEqual({ Title: '', Order: '', Region: 'Europe', Note: '' })
  })
  it('need no destination when the template brings the flow, and one when it does not', () => {
    const asks = (t: TaskTemplate, values = {}) =>
      shownFields(t, values).filter((f) => f.type === 'QUICK_CONNECT').length
    expect(asks(template({ Title: 'NAME' }))).toBe(0)
    expect(asks(template({ Title: 'NAME', To: 'QUICK_CONNECT' }))).toBe(0)
    expect(asks(template({ Title: 'NAME', To: 'QUICK_CONNECT' }, { ContactFlowId: null }))).toBe(1)
    expect(asks(template({ Title: 'NAME' }, { ContactFlowId: null }))).toBe(1)
  })
  it('need no destination for a task of the agent themselves', () => {
    const mine = template({ Title: 'NAME', Mine: 'SELF_ASSIGN' }, { ContactFlowId: null, SelfAssignFlowId: 'f-2' })
    expect(shownFields(mine, {}).map((f) => f.type)).toEqual(['NAME', 'SELF_ASSIGN', 'QUICK_CONNECT'])
    expect(shownFields(mine, { Mine: 'true' }).map((f) => f.type)).toEqual(['NAME', 'SELF_ASSIGN'])
  })
  it('offer no self-assignment without a flow for it', () => {
    expect(shownFields(template({ Title: 'NAME', Mine: 'SELF_ASSIGN' }), {}).map((f) => f.type)).toEqual(['NAME'])
  })
})

describe('a value', () => {
  const now = 1_800_000_000_000
  it.each<[FieldType, string]>([
    ['NAME', 'x'.repeat(1024)],
    ['DESCRIPTION', '😀'.repeat(4096)],
    ['TEXT', 'x'.repeat(511)],
    ['NUMBER', '42.50'],
    ['NUMBER', '-.5'],
    ['URL', 'https://a.example/1'],
    ['EMAIL', 'bo@example.com'],
    ['SINGLE_SELECT', 'b'],
    ['DATE_TIME', '1795429300'],
    ['SCHEDULED_TIME', '1800000001'],
    ['EXPIRY_DURATION', '129600'],
  ])('of type %s will do: %s', (type, value) => {
    expect(problemOf(field(type, { options: ['a', 'b'] }), value, now)).toBeUndefined()
  })
  it.each<[FieldType, string]>([
    ['NAME', 'x'.repeat(1025)],
    ['TEXT', 'x'.repeat(512)],
    ['TEXT_AREA', 'x'.repeat(4096)],
    ['NUMBER', '1,5'],
    ['NUMBER', '1e3'],
    ['URL', 'shop.example'],
    ['URL', 'javascript:alert(1)'],
    ['EMAIL', 'bo'],
    ['EMAIL', 'Bo <bo@example.com>'],
    ['SINGLE_SELECT', 'c'],
    ['DATE_TIME', 'soon'],
    ['SCHEDULED_TIME', '1800000000'],
    ['EXPIRY_DURATION', '0'],
    ['EXPIRY_DURATION', '129601'],
  ])('of type %s will not do: %s', (type, value) => {
    expect(problemOf(field(type, { options: ['a', 'b'] }), value, now)).toBeTruthy()
  })
  it('may be missing unless it is required', () => {
    expect(
      problemsOf([field('TEXT', { id: 'a' }), field('TEXT', { id: 'b', required: true })], { b: ' ' }, now),
    ).toEqual({
      b: 'F is required.',
    })
  })
})

describe('references', () => {
  const reference = (name: string, value = 'https://a.example/') => ({ name, type: 'URL', value })
  it('need a name of their own and a value of their type', () => {
    const problems = referenceProblems(
      [reference('A'), reference('A '), reference(''), reference('B', 'x'), reference('Old')],
      ['Old'],
    )
    expect(Object.keys(problems)).toEqual(['name 1', 'name 2', 'value 3', 'name 4'])
  })
  it('that the task has keep their name', () => {
    expect(referenceProblems([reference('Old')], ['Old'], 1)).toEqual({})
  })
})

describe('the task of a form', () => {
  const make = (t: TaskTemplate | undefined, values: Record<string, string>, more = {}) =>
    taskOf({ template: t, values, references: [], endpoints: [queue], related: undefined, token: 't', ...more })

  it('without a template has its members and free references', () => {
    const values = { Name: ' Call back ', Description: 'a\n', 'Assign to': 'q-1', Start: '1800000000' }
    const references = [{ name: 'Order ', type: 'URL', value: ' https://a.example ' }]
    expect(make(undefined, values, { references, related: 'c-1' })).toEqual({
      name: 'Call back',
      description: 'a\n',
      endpoint: queue,
      scheduledTime: 1_800_000_000,
      references: { Order: { type: 'URL', value: 'https://a.example' } },
      relatedContactId: 'c-1',
      idempotencyToken: 't',
    })
    expect(problemsOf(freeFields, values, 0)).toEqual({})
  })
  it('has the fields of a template as references of their types, without the empty ones', () => {
    const t = template({
      Title: 'NAME',
      Text: 'TEXT',
      Count: 'NUMBER',
      Yes: 'BOOLEAN',
      Day: 'DATE_TIME',
      Mail: 'EMAIL',
      None: 'URL',
      Life: 'EXPIRY_DURATION',
    })
    const values = { Title: 'A', Text: 'x', Count: '1', Yes: 'true', Day: '5', Mail: 'b@c.d', None: '', Life: '60' }
    expect(make(t, values)).toEqual({
      name: 'A',
      taskTemplateId: 't-1',
      expiryMinutes: 60,
      idempotencyToken: 't',
      references: {
        Text: { type: 'STRING', value: 'x' },
        Count: { type: 'NUMBER', value: '1' },
        Yes: { type: 'STRING', value: 'true' },
        Day: { type: 'DATE', value: '5' },
        Mail: { type: 'EMAIL', value: 'b@c.d' },
      },
    })
  })
  it('says no for a required box that was not ticked', () => {
    const t = template({ Title: 'NAME', Sure: 'BOOLEAN' }, { Constraints: { RequiredFields: named('Title', 'Sure') } })
    expect(make(t, { Title: 'A' }).references).toEqual({ Sure: { type: 'STRING', value: 'false' } })
  })
  it('leaves a destination that the agent does not have to the template', () => {
    const t = template({ Title: 'NAME', To: 'QUICK_CONNECT' }, { ContactFlowId: null })
    expect(make(t, { Title: 'A', To: 'elsewhere' }).endpoint).toBeUndefined()
  })
})

it('keeps a time through the field for it, to the minute', () => {
  expect(fromLocal(toLocal('1795429320'))).toBe('1795429320')
  expect(toLocal('')).toBe('')
  expect(fromLocal('')).toBe('')
  expect(fromLocal('soon')).toBe('')
})
