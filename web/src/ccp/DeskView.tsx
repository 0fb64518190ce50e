import { useEffect, useRef } from 'react'
import { Clock } from './Clock'
import { EmptyDesk } from './EmptyDesk'
import { Messages } from './Messages'
import { RingingAlert } from './RingingAlert'
import type { Desk, Session } from './session'
import { StatusMenu } from './StatusMenu'
import { TaskDetail } from './TaskDetail'
import { TaskList } from './TaskList'
import { useActions } from './useActions'
import { UserMenu } from './UserMenu'
import { chosenOf, statusOf, tasksOf } from './view'
import { Brand } from '../Brand'

interface Props {
  session: Session
  desk: Desk
  live: boolean
  choice: string | undefined
}

export function DeskView({ session, desk, live, choice }: Props) {
  const actions = useActions()
  const tasks = tasksOf(desk.snapshot)
  const chosen = chosenOf(tasks, choice)

  // The choice sticks, so that a task that rings later does not push the details away.
  useEffect(() => session.choose(chosen?.id), [session, chosen?.id])

  const main = useKeptFocus([chosen?.id, chosen?.stage])
  const commands = { session, actions, choose: (id: string) => session.choose(id) }
  return (
    <Clock skew={desk.skew}>
      <div className="panel">
        <header className="bar">
          <Brand />
          <StatusMenu session={session} actions={actions} states={desk.agentStates} status={statusOf(desk.snapshot)} />
          <span className="quiet who">{desk.configuration.name}</span>
          <UserMenu session={session} actions={actions} name={desk.configuration.name} />
        </header>
        <Messages live={live} actions={actions} />
        <RingingAlert tasks={tasks} />
        <main ref={main} tabIndex={-1}>
          {chosen ? (
            <div className="desk">
              <TaskList tasks={tasks} chosen={chosen.id} commands={commands} />
              <TaskDetail key={chosen.id} task={chosen} commands={commands} />
            </div>
          ) : (
            <EmptyDesk session={session} actions={actions} desk={desk} />
          )}
        </main>
      </div>
    </Clock>
  )
}

/** Brings the focus back to the work when the button that had it is gone, so that the keyboard goes on from there. */
function useKeptFocus(changes: unknown[]) {
  const main = useRef<HTMLElement>(null)
  useEffect(() => {
    if (document.activeElement === document.body) main.current?.focus({ preventScroll: true })
  }, changes)
  return main
}
