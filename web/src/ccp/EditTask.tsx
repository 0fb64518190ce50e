import Button from '@cloudscape-design/components/button'
import Box from '@cloudscape-design/components/box'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useEffect, useRef, useState } from 'react'
import { keyOf, losing, type Commands } from './commands'
import { Control } from './Control'
import { drafts } from './drafts'
import { changeOf, editable, type Editable } from './edit'
import { freeFields, problemsOf, referenceProblems, type Field } from './form'
import { References } from './References'
import { called, type Task } from './view'
import type { TaskTemplate } from './wire'

interface Props {
  task: Task
  commands: Commands
  template: TaskTemplate | undefined
}

interface EditDraft {
  before: Editable
  now: Editable
}

const fields: Field[] = freeFields.filter(({ type }) => type === 'NAME' || type === 'DESCRIPTION')

/** Changes name, description and references of a task in hand. */
export default function EditTask({ task, commands, template }: Props) {
  const { session, actions } = commands
  // What the task was when the form was opened: only what differs from that is sent.
  const [{ before, now }, setForm] = useState<EditDraft>(() => {
    const fresh = editable(task, template)
    return drafts.get<EditDraft>(task.id) ?? { before: fresh, now: fresh }
  })
  const setNow = (now: Editable) => {
    setForm({ before, now })
    if (changeOf(before, now)) drafts.put(task.id, { before, now } satisfies EditDraft)
    else drafts.drop(task.id)
  }
  const [tried, setTried] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const values = { Name: now.name, Description: now.description }
  const problems = {
    ...problemsOf(fields, values, 0),
    ...referenceProblems(now.references, before.taken, before.references.length),
  }
  const busy = actions.busy(keyOf('edit', task))
  const close = () => {
    drafts.drop(task.id)
    commands.open(task, undefined)
  }
  const leave = () => busy || commands.ask(losing(drafts.has(task.id), close))

  useEffect(() => form.current?.querySelector('input')?.focus(), [])

  const save = () => {
    setTried(true)
    if (Object.keys(problems).length > 0) return
    const change = changeOf(before, now)
    if (!change) return close()
    const work = async () => {
      await session.edit(task.id, change)
      close()
    }
    actions.run({ key: keyOf('edit', task), what: `change ${called(task)}`, work })
  }
  return (
    <form
      ref={form}
      className="tool"
      aria-label="Edit task"
      onKeyDown={(e) => e.key === 'Escape' && !e.defaultPrevented && leave()}
      onSubmit={(e) => {
        e.preventDefault()
        save()
      }}
    >
      <Box variant="h2" fontSize="heading-s" padding={{ bottom: 'xs' }}>
        Edit task
      </Box>
      <SpaceBetween size="m">
        {fields.map((field) => (
          <Control
            key={field.id}
            field={field}
            value={values[field.id as keyof typeof values]}
            problem={tried ? problems[field.id] : undefined}
            change={(value) => setNow({ ...now, [field.type === 'NAME' ? 'name' : 'description']: value })}
          />
        ))}
        <References
          references={now.references}
          problems={tried ? problems : {}}
          fixed={before.references.length}
          change={(references) => setNow({ ...now, references })}
        />
        <SpaceBetween direction="horizontal" size="xs">
          <Button variant="primary" loading={busy}>
            Save
          </Button>
          <Button formAction="none" onClick={leave} disabled={busy}>
            Cancel
          </Button>
        </SpaceBetween>
      </SpaceBetween>
    </form>
  )
}
