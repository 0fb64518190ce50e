import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { Session } from './session'
import type { Actions } from './useActions'
import type { Task } from './view'

export interface Commands {
  session: Session
  actions: Actions
  choose: (id: string) => void
}

interface Props {
  task: Task
  commands: Commands
}

export function TaskButtons(props: Props) {
  return (
    <div className="buttons" key={props.task.stage}>
      <NextSteps {...props} />
    </div>
  )
}

/** The steps a task allows now. */
function NextSteps({ task, commands }: Props) {
  const { session, actions, choose } = commands
  const act = (verb: string, work: () => Promise<void>) => () =>
    actions.run(`${verb} ${task.id}`, `Could not ${verb} “${task.name}”`, work)
  const busy = (...verbs: string[]) => verbs.some((verb) => actions.busy(`${verb} ${task.id}`))

  const accept = act('accept', async () => {
    await session.accept(task.id)
    choose(task.id)
  })
  switch (task.stage) {
    case 'ringing':
      return (
        <SpaceBetween direction="horizontal" size="xs">
          <Button variant="primary" loading={busy('accept')} disabled={busy('decline')} onClick={accept}>
            Accept
          </Button>
          <Button
            loading={busy('decline')}
            disabled={busy('accept')}
            onClick={act('decline', () => session.reject(task.id))}
          >
            Decline
          </Button>
        </SpaceBetween>
      )
    case 'working':
    case 'paused': {
      const paused = task.stage === 'paused'
      return (
        <SpaceBetween direction="horizontal" size="xs">
          <Button
            variant={paused ? 'normal' : 'primary'}
            loading={busy('end')}
            disabled={busy('pause', 'resume')}
            onClick={act('end', () => session.end(task.id, task.connectionId))}
          >
            End task
          </Button>
          <Button
            variant={paused ? 'primary' : 'normal'}
            loading={busy('pause', 'resume')}
            disabled={busy('end')}
            onClick={paused ? act('resume', () => session.resume(task.id)) : act('pause', () => session.pause(task.id))}
          >
            {paused ? 'Resume' : 'Pause'}
          </Button>
        </SpaceBetween>
      )
    }
    case 'wrapUp':
    case 'over':
      return (
        <Button variant="primary" loading={busy('close')} onClick={act('close', () => session.close(task.id))}>
          {task.stage === 'wrapUp' ? 'Close task' : 'Close'}
        </Button>
      )
  }
}
