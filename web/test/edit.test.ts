import { expect, it } from 'vitest'
import { changeOf, editable } from '../src/ccp/edit'
import { shownReferences } from '../src/ccp/fields'
import { referenceProblems } from '../src/ccp/form'
import type { Task } from '../src/ccp/view'
import type { TaskTemplate } from '../src/ccp/wire'

const named = (...names: string[]) => names.map((Name) => ({ Id: { Name } }))
const template: TaskTemplate = {
  Id: 't',
  Name: 'Refund',
  Fields: [
    { Id: { Name: 'Amount' }, Type: 'NUMBER', Description: 'With tax' },
    { Id: { Name: 'Back' }, Type: 'BOOLEAN' },
    { Id: { Name: 'Region' }, Type: 'TEXT' },
    { Id: { Name: 'Secret' }, Type: 'TEXT' },
  ],
  Constraints: { ReadOnlyFields: named('Region'), InvisibleFields: named('Secret') },
}
const references = [
  { name: 'Aside', reference: { type: 'URL', value: 'https://a.example/' } },
  { name: 'Back', reference: { type: 'STRING', value: 'true' } },
  { name: 'File', reference: { type: 'ATTACHMENT', value: 'f-1' } },
  { name: 'Region', reference: { type: 'STRING', value: 'Europe' } },
  { name: 'Secret', reference: { type: 'STRING', value: 'x' } },
  { name: 'Amount', reference: { type: 'NUMBER', value: '1042.50' } },
]
const task = { name: 'Refund', description: '', references } as unknown as Task

it('shows references in the order of the template, with its words, without what is invisible', () => {
  const shown = shownReferences(references, template)
  expect(shown.map((r) => r.name)).toEqual(['Amount', 'Back', 'Region', 'Aside', 'File'])
  expect(shown[0]).toMatchObject({
    text: (1042.5).toLocaleString(undefined, { minimumFractionDigits: 2 }),
    hint: 'With tax',
  })
  expect(shown[1]!.text).toBe('Yes')
  expect(shown[3]).toMatchObject({ href: 'https://a.example/', locked: false })
})

it('shows all as they come without a template', () => {
  expect(shownReferences(references, undefined).map((r) => r.name)).toEqual(references.map((r) => r.name))
})

it('lets agents change what they may write, each by its own field', () => {
  const form = editable(task, template)
  expect(form.references.map((r) => [r.name, r.field?.type])).toEqual([
    ['Amount', 'NUMBER'],
    ['Back', 'BOOLEAN'],
    ['Aside', undefined],
  ])
  expect(form.taken).toContain('Secret')
})

it('sends what differs and nothing else', () => {
  const form = editable(task, template)
  expect(changeOf(form, form)).toBeUndefined()
  const [amount, ...rest] = form.references
  const now = {
    ...form,
    name: ' Refund B ',
    references: [{ ...amount!, value: '5' }, ...rest, { name: ' New ', type: 'STRING', value: 'n' }],
  }
  expect(changeOf(form, now)).toEqual({
    Name: 'Refund B',
    References: { Amount: { Type: 'NUMBER', Value: '5' }, New: { Type: 'STRING', Value: 'n' } },
  })
})

it('names the references that go, and says nothing else of them', () => {
  const form = editable(task, template)
  const [amount, back, aside] = form.references
  const now = { ...form, references: [{ ...amount!, value: '1' }, back!, { ...aside!, value: 'no link', removed: true }] }
  expect(changeOf(form, now)).toEqual({
    References: { Amount: { Type: 'NUMBER', Value: '1' } },
    RemoveReferences: ['Aside'],
  })
  expect(referenceProblems(now.references, form.taken, 3)).toEqual({})
})
