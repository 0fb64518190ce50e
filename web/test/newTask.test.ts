import { describe, expect, it } from 'vitest'
import { fieldsOf, freeFields, initialValues } from '../src/ccp/form'
import { carried, hasText } from '../src/ccp/newTask'
import type { TaskTemplate } from '../src/ccp/wire'

const named = (Name: string, Type: string) => ({ Id: { Name }, Type })

const template: TaskTemplate = {
  Id: 't',
  Name: 'Complaint',
  Fields: [named('Subject', 'NAME'), named('What', 'DESCRIPTION'), named('Product', 'TEXT'), named('Team', 'TEXT')],
  Constraints: { ReadOnlyFields: [{ Id: { Name: 'Team' } }] },
  Defaults: {
    DefaultFieldValues: [
      { Id: { Name: 'What' }, DefaultValue: 'Describe it' },
      { Id: { Name: 'Team' }, DefaultValue: 'refunds' },
    ],
  },
}
const fields = fieldsOf(template)

describe('what was typed', () => {
  it('goes along to another template, by what the fields are for', () => {
    const typed = { Name: 'Broken lamp', Description: 'It flickers', 'Assign to': '', Start: '' }
    expect(carried(freeFields, typed, fields)).toEqual({
      Subject: 'Broken lamp',
      What: 'It flickers',
      Product: '',
      Team: 'refunds',
    })
  })

  it('goes along by name where the types are the same, and presets do not', () => {
    const other = fieldsOf({ ...template, Id: 'o', Fields: [named('Title', 'NAME'), named('Product', 'TEXT'), named('What', 'URL')] })
    const values = { ...initialValues(fields), Product: 'Lamp', Team: 'mine' }
    expect(carried(fields, values, other)).toEqual({ Title: '', Product: 'Lamp', What: 'Describe it' })
    expect(carried(fields, values, freeFields)).toEqual({ Name: '', Description: '', 'Assign to': '', Start: '' })
  })
})

it.each([
  ['an untouched form', initialValues(fields), [], false],
  ['a form with a name', { ...initialValues(fields), Subject: 'x' }, [], true],
  ['a form without its preset', { ...initialValues(fields), What: '' }, [], true],
  ['a form with a reference', initialValues(fields), [{ name: '', type: 'URL', value: '' }], true],
])('%s has text: %s', (_, values, references, want) => {
  expect(hasText(fields, { values, references })).toBe(want)
})
