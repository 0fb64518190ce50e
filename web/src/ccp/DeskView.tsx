import Button from '@cloudscape-design/components/button'
import LiveRegion from '@cloudscape-design/components/live-region'
import Spinner from '@cloudscape-design/components/spinner'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { Clock } from './Clock'
import { perform, type Commands, type Tool } from './commands'
import { EmptyDesk } from './EmptyDesk'
import { Messages } from './Messages'
import { RingingAlert } from './RingingAlert'
import type { Desk, Session } from './session'
import { ariaKey, keys, subject, type Shortcut } from './shortcuts'
import { Sound } from './sound'
import { StatusMenu } from './StatusMenu'
import { Tabs } from './tabs'
import { TaskDetail } from './TaskDetail'
import { TaskList } from './TaskList'
import { useActions } from './useActions'
import { useShortcuts } from './useShortcuts'
import { UserMenu } from './UserMenu'
import { chosenOf, neighbour, statusOf, tasksOf, type Task } from './view'
import { Brand } from '../Brand'

const CreateTask = lazy(() => import('./CreateTask'))
const Help = lazy(() => import('./Help'))

const tabs = new Tabs()
const sound = new Sound()

export function DeskView({ session, desk, live }: { session: Session; desk: Desk; live: boolean }) {
  const actions = useActions(live)
  const tasks = tasksOf(desk.snapshot)
  const { chosen, draft, commands, finish, note } = useWork(session, actions, tasks)
  const [help, setHelp] = useState(false)
  const main = useKeptFocus([chosen?.id, chosen?.stage, draft?.shown, commands.tool])
  const self = desk.configuration.username

  useShortcuts((shortcut: Shortcut) => {
    switch (shortcut) {
      case 'help':
        setHelp(true)
        return true
      case 'sound':
        sound.toggle()
        return true
      case 'create':
        commands.create()
        return true
      case 'status':
        document.querySelector<HTMLElement>('.status button')?.focus()
        return true
      case 'next':
      case 'previous': {
        const task = neighbour(tasks, draft?.shown ? undefined : chosen?.id, shortcut === 'next' ? 1 : -1)
        if (task) commands.choose(task.id)
        return task !== undefined
      }
      default: {
        const task = subject(shortcut, draft?.shown ? undefined : chosen, tasks)
        if (task) perform(commands, shortcut, task)
        return task !== undefined
      }
    }
  })

  return (
    <Clock skew={desk.skew}>
      <div className="panel">
        <header className="bar">
          <Brand />
          <StatusMenu session={session} actions={actions} states={desk.agentStates} status={statusOf(desk.snapshot)} />
          <Button
            iconName="add-plus"
            ariaLabel="New task"
            nativeButtonAttributes={{ title: `Alt+${keys.create.shown}`, 'aria-keyshortcuts': ariaKey('create') }}
            onClick={() => commands.create()}
          >
            <span className="wide">New task</span>
          </Button>
          <span className="quiet who">{desk.configuration.name}</span>
          <UserMenu
            session={session}
            actions={actions}
            sound={sound}
            name={desk.configuration.name}
            help={() => setHelp(true)}
          />
        </header>
        <Messages live={live} actions={actions} />
        <RingingAlert tasks={tasks} sound={sound} tabs={tabs} />
        <LiveRegion hidden>{note}</LiveRegion>
        <main ref={main} tabIndex={-1}>
          {chosen || draft ? (
            <div className="desk">
              <TaskList
                tasks={tasks}
                chosen={draft?.shown ? undefined : chosen?.id}
                commands={commands}
                draft={draft?.shown}
              />
              {chosen && !draft?.shown && <TaskDetail key={chosen.id} task={chosen} commands={commands} self={self} />}
              {draft && (
                <Suspense fallback={<Spinner />}>
                  <CreateTask
                    key={draft.key}
                    commands={commands}
                    self={self}
                    related={draft.related}
                    shown={draft.shown}
                    leave={() => finish()}
                    created={(name, scheduled) => finish(`Task “${name}” is ${scheduled ? 'scheduled' : 'created'}.`)}
                  />
                </Suspense>
              )}
            </div>
          ) : (
            <EmptyDesk session={session} actions={actions} desk={desk} />
          )}
        </main>
        <Suspense>{help && <Help close={() => setHelp(false)} />}</Suspense>
      </div>
    </Clock>
  )
}

/** A new task that is being written; it stays while the agent looks at another. */
interface Draft {
  key: number
  related: Task | undefined
  shown: boolean
}

/** What is open on the desk, and the commands that change it. */
function useWork(session: Session, actions: Commands['actions'], tasks: Task[]) {
  const [choice, setChoice] = useState<string>()
  const [opened, setOpened] = useState<{ id: string; tool: Tool }>()
  const [draft, setDraft] = useState<Draft>()
  const [note, setNote] = useState('')
  const chosen = chosenOf(tasks, choice)

  // The choice sticks, so that a task that rings later does not push the details away.
  useEffect(() => setChoice(chosen?.id), [chosen?.id])

  const choose = (id: string) => {
    setChoice(id)
    setDraft((d) => d && { ...d, shown: false })
  }
  const open = (task: Task, tool: Tool | undefined) => {
    choose(task.id)
    setOpened((now) => {
      if (tool === undefined || (now?.id === task.id && now.tool === tool)) return undefined
      return { id: task.id, tool }
    })
  }
  const create = (related?: Task) =>
    setDraft((d) => {
      if (!d) return { key: Date.now(), related, shown: true }
      return { ...d, related: related ?? d.related, shown: true }
    })
  const finish = (said = '') => {
    setDraft(undefined)
    setNote(said)
  }
  const tool = opened?.id === chosen?.id ? opened?.tool : undefined
  return { chosen, draft, note, finish, commands: { session, actions, choose, create, tool, open } satisfies Commands }
}

/** Brings the focus back to the work when the button that had it is gone, so that the keyboard goes on from there. */
function useKeptFocus(changes: unknown[]) {
  const main = useRef<HTMLElement>(null)
  useEffect(() => {
    if (document.activeElement === document.body) main.current?.focus({ preventScroll: true })
  }, changes)
  return main
}
