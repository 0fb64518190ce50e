// What an agent may change of a task in hand, and the change that comes of it.
import { shownReferences } from './fields'
import { fieldsOf, type FreeReference } from './form'
import type { Task } from './view'
import type { Change, TaskTemplate } from './wire'

export interface Editable {
  name: string
  description: string
  references: FreeReference[]
  /** Names of references that the task has, those among them that cannot be changed. */
  taken: string[]
}

/** Types whose values agents write; files and the like are not among them. */
const written = new Set(['URL', 'STRING', 'NUMBER', 'DATE', 'EMAIL'])

export function editable(task: Task, template: TaskTemplate | undefined): Editable {
  const fields = new Map(template && fieldsOf(template).map((field) => [field.id, field]))
  const open = shownReferences(task.references, template).filter((r) => !r.locked && written.has(r.reference.type))
  return {
    name: task.name,
    description: task.description,
    references: open.map(({ name, reference: { type, value } }) => ({
      name,
      type,
      value: value ?? '',
      field: fields.get(name),
    })),
    taken: task.references.map(({ name }) => name),
  }
}

/** What differs; undefined when nothing does. References that are not sent stay as they are. */
export function changeOf(before: Editable, now: Editable): Change | undefined {
  const change: Change = {}
  if (now.name !== before.name) change.Name = now.name.trim()
  if (now.description !== before.description) change.Description = now.description
  const gone = now.references.filter((r) => r.removed)
  if (gone.length > 0) change.RemoveReferences = gone.map(({ name }) => name)
  const told = now.references.filter((r, i) => !r.removed && r.value !== before.references[i]?.value)
  if (told.length > 0)
    change.References = Object.fromEntries(told.map((r) => [r.name.trim(), { Type: r.type, Value: r.value.trim() }]))
  return Object.keys(change).length > 0 ? change : undefined
}
