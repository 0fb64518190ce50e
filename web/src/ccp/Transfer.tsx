import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import type { InputProps } from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import { useEffect, useRef, useState } from 'react'
import { keyOf, unmoved, type Commands } from './commands'
import { drafts } from './drafts'
import { EndpointPicker } from './EndpointPicker'
import { useDetails } from './useDetails'
import { useLoaded } from './useLoaded'
import { called, type Task } from './view'
import type { Endpoint } from './wire'

/** Chooses where to send a task, and sends it there: choosing and sending are two steps, as it cannot be undone. */
export default function Transfer({ task, commands, self }: { task: Task; commands: Commands; self: string }) {
  const { session, actions } = commands
  const [chosen, setChosen] = useState<Endpoint>()
  const search = useRef<InputProps.Ref>(null)
  const send = useRef<HTMLDivElement>(null)
  const { value: endpoints, problem, again } = useLoaded('endpoints', () => session.endpoints())
  const details = useDetails(session)
  const busy = actions.busy(keyOf('transfer', task))
  const close = () => commands.open(task, undefined)

  useEffect(() => search.current?.focus(), [endpoints !== undefined])
  useEffect(() => {
    if (chosen) send.current?.querySelector('button')?.focus()
  }, [chosen])

  const transfer = (to: Endpoint) =>
    actions.run({
      key: keyOf('transfer', task),
      what: `transfer ${called(task)} to ${to.name}`,
      work: () => session.transfer(task.id, to),
      still: unmoved(session, task),
    })
  const person = chosen && details?.get(chosen.endpointARN)?.agent
  return (
    <section className="tool" aria-label="Transfer" onKeyDown={(e) => e.key === 'Escape' && close()}>
      <Box variant="h2" fontSize="heading-s" padding={{ bottom: 'xs' }}>
        Transfer to
      </Box>
      <SpaceBetween size="s">
        {problem && (
          <Alert type="error" action={<Button onClick={again}>Try again</Button>}>
            {problem}
          </Alert>
        )}
        {!endpoints && !problem && <Spinner />}
        {endpoints && (
          <EndpointPicker
            endpoints={endpoints}
            details={details}
            chosen={chosen}
            choose={setChosen}
            self={self}
            input={search}
            disabled={busy}
          />
        )}
        {drafts.has(task.id) && (
          <Alert type="warning" action={<Button onClick={() => commands.open(task, 'edit')}>Edit</Button>}>
            You have changes to this task that are not saved. They will not go with it.
          </Alert>
        )}
        {person && person.type !== 'routable' && (
          <Alert type="info">
            {person.name} is {person.status} now: the task waits for them.
          </Alert>
        )}
        <div ref={send}>
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="primary" disabled={!chosen} loading={busy} onClick={() => chosen && transfer(chosen)}>
              <span dir="auto">{chosen ? `Transfer to ${chosen.name}` : 'Transfer'}</span>
            </Button>
            <Button onClick={close} disabled={busy}>
              Cancel
            </Button>
          </SpaceBetween>
        </div>
      </SpaceBetween>
    </section>
  )
}
