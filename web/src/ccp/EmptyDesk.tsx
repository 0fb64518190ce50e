import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { Desk, Session } from './session'
import type { Actions } from './useActions'

interface Props {
  session: Session
  actions: Actions
  desk: Desk
  /** Shows the tasks that the agent may pick; undefined when there are no queues for that. */
  pick: (() => void) | undefined
}

/** No task in hand: says why, and what would bring one. */
export function EmptyDesk({ session, actions, desk, pick }: Props) {
  const { state } = desk.snapshot
  const queues = desk.queues.map((queue) => queue.name).filter((name) => name !== null)
  const available = desk.agentStates.find((s) => s.type === 'routable')
  if (queues.length === 0 && pick)
    return (
      <Empty title="Pick a task">
        <SpaceBetween size="m">
          <span>No task comes to you by itself: you take them from a list.</span>
          <Button variant="primary" onClick={pick}>
            Show the list
          </Button>
        </SpaceBetween>
      </Empty>
    )
  if (queues.length === 0)
    return (
      <Empty title="No queue can reach you">
        Your routing profile “{desk.configuration.routingProfile.name}” has no queues. An administrator can add some.
      </Empty>
    )
  if (state.type === 'routable')
    return <Empty title="Waiting for a task">The next one from {listed(queues)} will ring here.</Empty>
  return (
    <Empty title={`You are ${state.name}`}>
      <SpaceBetween size="m">
        <span>No task is offered to you. Become available to take tasks from {listed(queues)}.</span>
        {available && (
          <Button
            variant="primary"
            loading={actions.busy('status')}
            onClick={() =>
              actions.run({
                key: 'status',
                what: `change your status to ${available.name}`,
                work: () => session.setStatus(available),
              })
            }
          >
            Go {available.name}
          </Button>
        )}
      </SpaceBetween>
    </Empty>
  )
}

function Empty({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <div className="column">
      <Box textAlign="center">
        <Box variant="h1" padding={{ bottom: 's' }}>
          <span dir="auto">{title}</span>
        </Box>
        <Box color="text-body-secondary">
          <div dir="auto">{children}</div>
        </Box>
      </Box>
    </div>
  )
}

function listed(names: string[]): string {
  const shown = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more queues`] : names
  return new Intl.ListFormat('en', { type: 'disjunction' }).format(shown)
}
