import { useEffect, useState } from 'react'
import { EmptyDesk } from './EmptyDesk'
import { Messages } from './Messages'
import { RingingAlert } from './RingingAlert'
import type { Desk, Session } from './session'
import { StatusMenu } from './StatusMenu'
import { TaskDetail } from './TaskDetail'
import { TaskList } from './TaskList'
import { useActions } from './useActions'
import { Now, useTick } from './useNow'
import { UserMenu } from './UserMenu'
import { chosenOf, statusOf, tasksOf } from './view'
import { Brand } from '../Brand'

export function DeskView({ session, desk, live }: { session: Session; desk: Desk; live: boolean }) {
  const [choice, setChoice] = useState<string>()
  const actions = useActions()
  const now = useTick(desk.skew)
  const tasks = tasksOf(desk.snapshot)
  const chosen = chosenOf(tasks, choice)

  // The choice sticks, so that a task that rings later does not push the details away.
  useEffect(() => setChoice(chosen?.id), [chosen?.id])

  const commands = { session, actions, choose: setChoice }
  return (
    <Now value={now}>
      <div className="panel">
        <header className="bar">
          <Brand />
          <StatusMenu session={session} actions={actions} states={desk.agentStates} status={statusOf(desk.snapshot)} />
          <UserMenu session={session} actions={actions} name={desk.configuration.name} />
        </header>
        <Messages live={live} actions={actions} />
        <RingingAlert tasks={tasks} />
        {chosen ? (
          <main className="desk">
            <TaskList tasks={tasks} chosen={chosen.id} commands={commands} />
            <TaskDetail key={chosen.id} task={chosen} commands={commands} />
          </main>
        ) : (
          <main>
            <EmptyDesk session={session} actions={actions} desk={desk} />
          </main>
        )}
      </div>
    </Now>
  )
}
