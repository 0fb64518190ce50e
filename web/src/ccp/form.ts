// The form of a new task: which fields it has, whether what is in them will do, and the task that comes of it.
// The rules are those of internal/template, so that the server has nothing to add.
import { idOf } from './endpoints'
import { safeLink } from './reference'
import type { Endpoint, NewTask, Reference, TaskTemplate } from './wire'

export type FieldType =
  | 'NAME'
  | 'DESCRIPTION'
  | 'SCHEDULED_TIME'
  | 'QUICK_CONNECT'
  | 'SELF_ASSIGN'
  | 'EXPIRY_DURATION'
  | 'TEXT'
  | 'TEXT_AREA'
  | 'BOOLEAN'
  | 'SINGLE_SELECT'
  | 'NUMBER'
  | 'DATE_TIME'
  | 'URL'
  | 'EMAIL'

export interface Field {
  /** The field's name in the template, and that of its reference. */
  id: string
  type: FieldType
  label: string
  hint: string
  required: boolean
  /** Keeps the value that the template gives it. */
  locked: boolean
  options: string[]
  preset: string
}

/** What is in the fields, by id. A quick connect is there by its id, a time in epoch seconds. */
export type Values = Record<string, string>

/** The type of the reference in which a field travels; absent for a member of the task. */
const referenceTypes: Partial<Record<FieldType, string>> = {
  TEXT: 'STRING',
  TEXT_AREA: 'STRING',
  BOOLEAN: 'STRING',
  SINGLE_SELECT: 'STRING',
  NUMBER: 'NUMBER',
  DATE_TIME: 'DATE',
  URL: 'URL',
  EMAIL: 'EMAIL',
}

const longest: Partial<Record<FieldType, number>> = { NAME: 1024, DESCRIPTION: 4096, TEXT: 511, TEXT_AREA: 4095 }
const longestLife = 90 * 24 * 60

/** The fields of a task without a template. */
export const freeFields: Field[] = [
  field('Name', 'NAME', { required: true }),
  field('Description', 'DESCRIPTION'),
  field('Assign to', 'QUICK_CONNECT', { required: true }),
  field('Start', 'SCHEDULED_TIME'),
]

function field(id: string, type: FieldType, more: Partial<Field> = {}): Field {
  return { id, type, label: id, hint: '', required: false, locked: false, options: [], preset: '', ...more }
}

/** The fields of a template that its form shows. */
export function fieldsOf(template: TaskTemplate): Field[] {
  const names = (list?: { Id: { Name: string } }[] | null) => new Set(list?.map(({ Id }) => Id.Name))
  const required = names(template.Constraints?.RequiredFields)
  const readOnly = names(template.Constraints?.ReadOnlyFields)
  const invisible = names(template.Constraints?.InvisibleFields)
  const presets = new Map(template.Defaults?.DefaultFieldValues?.map((d) => [d.Id.Name, d.DefaultValue ?? '']))
  return template.Fields.filter(({ Id }) => !invisible.has(Id.Name)).map(
    ({ Id, Type, Description, SingleSelectOptions }) =>
      field(Id.Name, Type as FieldType, {
        hint: Description ?? '',
        required: Type === 'NAME' || required.has(Id.Name),
        locked: readOnly.has(Id.Name) && !!presets.get(Id.Name),
        options: SingleSelectOptions ?? [],
        preset: presets.get(Id.Name) ?? '',
      }),
  )
}

/**
 * The fields that the form shows with these values. Exactly one of template and quick connect brings the flow, so
 * the choice of a quick connect is there only when the template brings none.
 */
export function shownFields(template: TaskTemplate | undefined, values: Values): Field[] {
  if (!template) return freeFields
  const fields = fieldsOf(template)
  const self = fields.some((f) => f.type === 'SELF_ASSIGN' && values[f.id] === 'true')
  const routed = !!(self ? template.SelfAssignFlowId : template.ContactFlowId)
  const offered = fields.filter((f) => f.type !== 'SELF_ASSIGN' || template.SelfAssignFlowId)
  if (routed) return offered.filter((f) => f.type !== 'QUICK_CONNECT')
  return offered.some((f) => f.type === 'QUICK_CONNECT')
    ? offered.map((f) => (f.type === 'QUICK_CONNECT' ? { ...f, required: true } : f))
    : [...offered, field('Assign to', 'QUICK_CONNECT', { required: true })]
}

export function initialValues(fields: Field[]): Values {
  return Object.fromEntries(fields.map((f) => [f.id, f.preset]))
}

/** Why a value will not do, or undefined. */
export function problemOf(f: Field, value: string, now: number): string | undefined {
  if (value.trim() === '') return f.required && f.type !== 'BOOLEAN' ? `${f.label} is required.` : undefined
  const most = longest[f.type]
  if (most !== undefined && [...value].length > most) return `At most ${most} characters.`
  switch (f.type) {
    case 'NUMBER':
      return /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(value) ? undefined : 'Must be a number, such as 42.50.'
    case 'URL':
      return safeLink(value) ? undefined : 'Must be a whole address, such as https://example.com/orders/1.'
    case 'EMAIL':
      return /^[^\s@<>,;]+@[^\s@<>,;]+$/.test(value) ? undefined : 'Must be an e-mail address.'
    case 'SINGLE_SELECT':
      return f.options.includes(value) ? undefined : 'Choose one of the list.'
    case 'EXPIRY_DURATION':
      return /^\d+$/.test(value) && +value >= 1 && +value <= longestLife
        ? undefined
        : `Must be 1 to ${longestLife} minutes.`
    case 'DATE_TIME':
      return /^\d+$/.test(value) ? undefined : 'Must be a date and time.'
    case 'SCHEDULED_TIME':
      if (!/^\d+$/.test(value)) return 'Must be a date and time.'
      return +value * 1000 > now ? undefined : 'Must be in the future.'
    default:
      return undefined
  }
}

/** What is wrong, by the id of the field. */
export function problemsOf(fields: Field[], values: Values, now: number): Record<string, string> {
  const found: Record<string, string> = {}
  for (const f of fields) {
    const problem = problemOf(f, values[f.id] ?? '', now)
    if (problem !== undefined) found[f.id] = problem
  }
  return found
}

/** A reference that an agent writes. */
export interface FreeReference {
  name: string
  type: string
  value: string
  /** Of the task's template, when it is one of its fields. */
  field?: Field | undefined
  /** The task has it, and it goes when the change is saved. */
  removed?: boolean
}

const fieldTypes: Record<string, FieldType> = { NUMBER: 'NUMBER', DATE: 'DATE_TIME', URL: 'URL', EMAIL: 'EMAIL' }

/** The field for the value of a reference of some type. */
export function referenceField(type: string): Field {
  return field('Value', fieldTypes[type] ?? 'TEXT_AREA', { required: true })
}

/** What is wrong with references, as "name 0" and "value 0"; the first ones may be fixed, with names of their own. */
export function referenceProblems(references: FreeReference[], taken: string[], fixed = 0): Record<string, string> {
  const found: Record<string, string> = {}
  references.forEach((reference, i) => {
    const { name, value, removed } = reference
    if (removed) return
    const problem = problemOf(reference.field ?? referenceField(reference.type), value, 0)
    if (problem !== undefined) found[`value ${i}`] = problem
    if (i < fixed) return
    const same = (other: FreeReference, at: number) => at < i && other.name.trim() === name.trim()
    if (name.trim() === '') found[`name ${i}`] = 'A reference needs a name.'
    else if (taken.includes(name.trim()) || references.some(same))
      found[`name ${i}`] = 'There is a reference of this name.'
  })
  return found
}

interface Choices {
  template: TaskTemplate | undefined
  values: Values
  references: FreeReference[]
  endpoints: Endpoint[]
  related: string | undefined
  token: string
}

/** The task that comes of a form in which nothing is wrong. */
export function taskOf({ template, values, references, endpoints, related, token }: Choices): NewTask {
  const task: NewTask = { name: '', idempotencyToken: token }
  const told: Record<string, Reference> = {}
  for (const r of references) told[r.name.trim()] = { type: r.type, value: r.value.trim() }
  for (const f of shownFields(template, values)) {
    const value = valueOf(f, values)
    const type = referenceTypes[f.type]
    if (type === undefined) put(task, f, value, endpoints)
    else if (value !== '') told[f.id] = { type, value }
  }
  if (template) task.taskTemplateId = template.Id
  if (related !== undefined) task.relatedContactId = related
  if (Object.keys(told).length > 0) task.references = told
  return task
}

/** A box that must be answered and was not ticked says no. */
function valueOf(f: Field, values: Values): string {
  const value = values[f.id] ?? ''
  if (f.type === 'BOOLEAN' && value === '' && f.required) return 'false'
  return f.type === 'TEXT_AREA' || f.type === 'DESCRIPTION' ? value : value.trim()
}

function put(task: NewTask, f: Field, value: string, endpoints: Endpoint[]): void {
  if (value === '') return
  switch (f.type) {
    case 'NAME':
      task.name = value
      break
    case 'DESCRIPTION':
      task.description = value
      break
    case 'SCHEDULED_TIME':
      task.scheduledTime = +value
      break
    case 'EXPIRY_DURATION':
      task.expiryMinutes = +value
      break
    case 'SELF_ASSIGN':
      if (value === 'true') task.selfAssign = true
      break
    case 'QUICK_CONNECT': {
      // A preset that is not among the agent's own quick connects is left to the template.
      const endpoint = endpoints.find((e) => idOf(e) === value)
      if (endpoint) task.endpoint = endpoint
    }
  }
}

/** Epoch seconds as a field for local date and time holds them, and back; empty for none. */
export function toLocal(epoch: string): string {
  if (!/^\d+$/.test(epoch)) return ''
  const date = new Date(+epoch * 1000)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`
}

export function fromLocal(local: string): string {
  const ms = local === '' ? NaN : new Date(local).getTime()
  return Number.isNaN(ms) ? '' : String(Math.floor(ms / 1000))
}
