// The references of a task as its template's fields: in its order, with its words, without what agents do not see.
import { shown, type Shown } from './reference'
import type { Reference, TaskTemplate } from './wire'

export interface ShownReference extends Shown {
  name: string
  hint: string
  reference: Reference
  /** Keeps the value that the template gave it. */
  locked: boolean
}

type Named = { name: string; reference: Reference }

export function shownReferences(references: Named[], template: TaskTemplate | undefined): ShownReference[] {
  const order = new Map(template?.Fields.map((field, i) => [field.Id.Name, i]))
  const hidden = new Set(template?.Constraints?.InvisibleFields?.map(({ Id }) => Id.Name))
  const locked = new Set(template?.Constraints?.ReadOnlyFields?.map(({ Id }) => Id.Name))
  const placeOf = ({ name }: Named) => order.get(name) ?? order.size
  return references
    .filter(({ name }) => !hidden.has(name))
    .sort((a, b) => placeOf(a) - placeOf(b))
    .map(({ name, reference }) => {
      const field = template?.Fields[order.get(name) ?? -1]
      return {
        name,
        reference,
        hint: field?.Description ?? '',
        locked: locked.has(name),
        ...(field?.Type === 'BOOLEAN' ? { text: yesNo(reference.value) } : shown(reference)),
      }
    })
}

function yesNo(value: string | null): string {
  return value === 'true' ? 'Yes' : value === 'false' ? 'No' : (value ?? '')
}
