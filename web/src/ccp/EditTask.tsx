import Button from '@cloudscape-design/components/button'
import Box from '@cloudscape-design/components/box'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useEffect, useRef, useState } from 'react'
import { keyOf, type Commands } from './commands'
import { Control } from './Control'
import { changeOf, editable } from './edit'
import { freeFields, problemsOf, referenceProblems, type Field } from './form'
import { References } from './References'
import type { Task } from './view'
import type { TaskTemplate } from './wire'

interface Props {
  task: Task
  commands: Commands
  template: TaskTemplate | undefined
}

const fields: Field[] = freeFields.filter(({ type }) => type === 'NAME' || type === 'DESCRIPTION')

/** Changes name, description and references of a task in hand. */
export default function EditTask({ task, commands, template }: Props) {
  const { session, actions } = commands
  // What the task was when the form was opened: only what differs from that is sent.
  const [before] = useState(() => editable(task, template))
  const [now, setNow] = useState(before)
  const [tried, setTried] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const values = { Name: now.name, Description: now.description }
  const problems = {
    ...problemsOf(fields, values, 0),
    ...referenceProblems(now.references, before.taken, before.references.length),
  }
  const busy = actions.busy(keyOf('edit', task))
  const close = () => commands.open(task, undefined)

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
    actions.run({ key: keyOf('edit', task), what: `change “${task.name}”`, work })
  }
  return (
    <form
      ref={form}
      className="tool"
      aria-label="Edit task"
      onKeyDown={(e) => e.key === 'Escape' && close()}
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
          <Button formAction="none" onClick={close} disabled={busy}>
            Cancel
          </Button>
        </SpaceBetween>
      </SpaceBetween>
    </form>
  )
}
