// What is typed of a new task: of each template apart, but for what two of them have in common.
import type { Field, FreeReference, Values } from './form'

export interface NewTaskDraft {
  /** Id of the template; empty for none. */
  template: string
  values: Values
  references: FreeReference[]
  related: { id: string; name: string } | undefined
  relate: boolean
  /** One token for one task, however often it is sent. */
  token: string
}

/** Whether there is something in a form that would be a loss. */
export function hasText(fields: Field[], { values, references }: Pick<NewTaskDraft, 'values' | 'references'>): boolean {
  return references.length > 0 || fields.some((f) => (values[f.id] ?? '') !== f.preset)
}

const oncePerForm = new Set(['NAME', 'DESCRIPTION', 'QUICK_CONNECT', 'SCHEDULED_TIME'])

/** The values of another form that begins: its own, and over them what was typed into the fields of the one before. */
export function carried(before: Field[], values: Values, fields: Field[]): Values {
  const typed = before.filter((f) => !f.locked && (values[f.id] ?? '') !== f.preset)
  const find = (f: Field) =>
    typed.find((other) => other.type === f.type && (other.id === f.id || oncePerForm.has(f.type)))
  return Object.fromEntries(
    fields.map((f) => {
      const from = f.locked ? undefined : find(f)
      return [f.id, from ? values[from.id]! : f.preset]
    }),
  )
}
