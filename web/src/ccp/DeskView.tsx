import Button from '@cloudscape-design/components/button'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { useEffect, useRef, useState } from 'react'
import { Boundary } from './Boundary'
import { Clock } from './Clock'
import { keyOf, perform } from './commands'
import { drafts } from './drafts'
import { EmptyDesk } from './EmptyDesk'
import { Messages } from './Messages'
import { askBeforeLeaving } from './leaving'
import { piece } from './piece'
import { RingingAlert } from './RingingAlert'
import type { HostSettings } from './host'
import type { Desk, Ending, Session } from './session'
import { ariaKey, keys, subject, type Shortcut } from './shortcuts'
import { Sound } from './sound'
import { StatusMenu } from './StatusMenu'
import { Tabs } from './tabs'
import { TaskDetail } from './TaskDetail'
import { TaskList } from './TaskList'
import { uploads } from './uploads'
import { useActions } from './useActions'
import { useNews, useNotes } from './useNews'
import { useShortcuts } from './useShortcuts'
import { UserMenu } from './UserMenu'
import { useWork } from './useWork'
import { called, neighbour, statusOf, tasksOf } from './view'
import { Brand } from '../Brand'

const CreateTask = piece(() => import('./CreateTask'))
const PickTask = piece(() => import('./PickTask'))
const Help = piece(() => import('./Help'), null)
const Ask = piece(() => import('./Ask'), null)
const Inactivity = piece(() => import('./Inactivity'), null)

const tabs = new Tabs()
const sound = new Sound()

interface Props {
  session: Session
  desk: Desk
  live: boolean
  choice: string | undefined
  /** When the session is about to end. */
  ending: Ending | undefined
  host: HostSettings
}

export function DeskView({ session, desk, live, choice, ending, host }: Props) {
  const actions = useActions(live)
  const tasks = tasksOf(desk.snapshot)
  const { chosen, pane, setPane, draft, question, answer, commands, finish } = useWork(session, actions, tasks, choice)
  const notes = useNotes()
  const [help, setHelp] = useState(false)
  const main = useKeptFocus([chosen?.id, chosen?.stage, pane, commands.tool])
  const self = desk.configuration.username
  const limits = desk.configuration.attachments ?? undefined
  const picks = (desk.configuration.routingProfile.manualAssignmentQueues?.length ?? 0) > 0

  useNews(session, tasks, notes.tell)
  useEffect(() => sound.use(host.ring, host.arrival), [host])
  const waiting = useRef(0)
  waiting.current = actions.waiting.length
  useEffect(() => askBeforeLeaving(() => drafts.any() || waiting.current > 0 || uploads.all().length > 0), [])
  const pick = picks ? () => setPane('pick') : undefined
  const empty = <EmptyDesk session={session} actions={actions} desk={desk} pick={pick} />

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
      case 'undo': {
        const last = actions.later.at(-1)?.click.key
        if (last) actions.undo(last)
        return last !== undefined
      }
      case 'pick':
        pick?.()
        return picks
      case 'status':
        document.querySelector<HTMLElement>('.status button')?.focus()
        return true
      case 'next':
      case 'previous': {
        const task = neighbour(tasks, chosen?.id, shortcut === 'next' ? 1 : -1)
        if (task) commands.choose(task.id)
        return task !== undefined
      }
      default: {
        const task = subject(shortcut, chosen, tasks)
        // One that is about to end is left alone until it has, or has not.
        if (task && actions.busy(keyOf('end', task))) return true
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
          <StatusMenu commands={commands} tasks={tasks} states={desk.agentStates} status={statusOf(desk.snapshot)} />
          {pick && <BarButton icon="download" name="Pick a task" shortcut="pick" press={pick} />}
          <BarButton icon="add-plus" name="New task" shortcut="create" press={() => commands.create()} />
          <span className="quiet who" dir="auto">{desk.configuration.name}</span>
          <UserMenu
            commands={commands}
            sound={sound}
            name={desk.configuration.name}
            help={() => setHelp(true)}
          />
        </header>
        {!live && (
          <div className="lost" role="status">
            <StatusIndicator type="loading">Connection lost, reconnecting</StatusIndicator>{' '}
            <span className="quiet">What you see may be out of date.</span>
          </div>
        )}
        <Messages actions={actions} notes={notes} />
        <RingingAlert session={session} tasks={tasks} sound={sound} tabs={tabs} />
        <main ref={main} tabIndex={-1}>
          {tasks.length > 0 || draft || pane !== 'task' ? (
            <div className={tasks.length > 0 || draft ? 'desk' : 'desk alone'}>
              <TaskList tasks={tasks} chosen={chosen?.id} commands={commands} draft={draft && pane === 'create'} />
              <Boundary key={`${pane} ${chosen?.id}`}>
                {chosen && <TaskDetail key={chosen.id} task={chosen} tasks={tasks} status={statusOf(desk.snapshot)} commands={commands} self={self} limits={limits} />}
                {!chosen && pane === 'task' && empty}
                {pane === 'pick' && <PickTask commands={commands} leave={() => setPane('task')} />}
              </Boundary>
              {draft && (
                <Boundary key={draft.key}>
                  <CreateTask
                    commands={commands}
                    self={self}
                    limits={limits}
                    related={draft.related}
                    shown={pane === 'create'}
                    leave={finish}
                    created={(name, scheduled) => {
                      finish()
                      notes.tell(`Task ${called({ name })} is ${scheduled ? 'scheduled' : 'created'}.`, 'well')
                    }}
                  />
                </Boundary>
              )}
            </div>
          ) : (
            empty
          )}
        </main>
        {help && <Help close={() => setHelp(false)} />}
        {question && <Ask question={question} close={answer} />}
        {ending !== undefined && host.inactivityModal && (
          <Inactivity session={session} actions={actions} end={ending.at} />
        )}
      </div>
    </Clock>
  )
}

interface BarButtonProps {
  icon: 'add-plus' | 'download'
  name: string
  shortcut: Shortcut
  press: () => void
}

/** A button of the bar; in a narrow window it has its icon only. */
function BarButton({ icon, name, shortcut, press }: BarButtonProps) {
  return (
    <span className="bar-button">
      <Button
        iconName={icon}
        ariaLabel={name}
        nativeButtonAttributes={{ title: `Alt+${keys[shortcut].shown}`, 'aria-keyshortcuts': ariaKey(shortcut) }}
        onClick={press}
      >
        <span className="wide">{name}</span>
      </Button>
    </span>
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
