import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import type { InputProps } from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import { useEffect, useRef, useState } from 'react'
import { keyOf, unmoved, type Commands } from './commands'
import { EndpointPicker } from './EndpointPicker'
import { useLoaded } from './useLoaded'
import type { Task } from './view'
import type { Endpoint } from './wire'

/** Chooses where to send a task, and sends it there: choosing and sending are two steps, as it cannot be undone. */
export default function Transfer({ task, commands, self }: { task: Task; commands: Commands; self: string }) {
  const { session, actions } = commands
  const [chosen, setChosen] = useState<Endpoint>()
  const search = useRef<InputProps.Ref>(null)
  const send = useRef<HTMLDivElement>(null)
  const { value: endpoints, problem, again } = useLoaded('endpoints', () => session.endpoints())
  const busy = actions.busy(keyOf('transfer', task))
  const close = () => commands.open(task, undefined)

  useEffect(() => search.current?.focus(), [endpoints !== undefined])
  useEffect(() => {
    if (chosen) send.current?.querySelector('button')?.focus()
  }, [chosen])

  const transfer = (to: Endpoint) =>
    actions.run({
      key: keyOf('transfer', task),
      what: `transfer “${task.name}” to ${to.name}`,
      work: () => session.transfer(task.id, to),
      still: unmoved(session, task),
    })
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
            chosen={chosen}
            choose={setChosen}
            self={self}
            input={search}
            disabled={busy}
          />
        )}
        <div ref={send}>
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="primary" disabled={!chosen} loading={busy} onClick={() => chosen && transfer(chosen)}>
              {chosen ? `Transfer to ${chosen.name}` : 'Transfer'}
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
