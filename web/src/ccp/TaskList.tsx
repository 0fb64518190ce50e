import Button from '@cloudscape-design/components/button'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { useEffect, useRef, useSyncExternalStore, type RefObject } from 'react'
import { drafts } from './drafts'
import { keyOf, perform, type Commands } from './commands'
import { useNow } from './Clock'
import { clock, clockSince, shortId, verbNames, type Task, type Verb } from './view'

interface Props {
  tasks: Task[]
  chosen: string | undefined
  commands: Commands
  /** The new task that is being written: undefined when there is none, else whether it is shown. */
  draft: boolean | undefined
}

export function TaskList({ tasks, chosen, commands, draft }: Props) {
  const list = useRef<HTMLElement>(null)
  useSyncExternalStore(drafts.subscribe, drafts.changes)
  useInSight(list, [chosen, draft, tasks.length])
  const ringing = tasks.filter(({ stage }) => stage === 'ringing').length
  // What tells tasks of one name apart is told of those only.
  const names = new Map<string, number>()
  for (const { name } of tasks) names.set(name, (names.get(name) ?? 0) + 1)
  return (
    <nav className="tasks" aria-label="Tasks in hand" ref={list}>
      {tasks.length > 1 && (
        <p className="quiet small count">
          {tasks.length} tasks{ringing > 0 && `, ${ringing} ringing`}
        </p>
      )}
      <ul>
        {tasks.map((task) => (
          <TaskRow
            key={task.id}
            task={task}
            chosen={task.id === chosen}
            commands={commands}
            alike={(names.get(task.name) ?? 0) > 1}
          />
        ))}
        {draft !== undefined && (
          <li className={`task ${draft ? 'chosen' : ''}`}>
            <button className="choose" aria-current={draft} onClick={() => commands.create()}>
              <span className="name">New task</span>
              <span className="quiet">Not created yet</span>
            </button>
          </li>
        )}
      </ul>
    </nav>
  )
}

/** Scrolls the list, and nothing else, so that the chosen row is in sight. */
function useInSight(list: RefObject<HTMLElement | null>, changes: unknown[]): void {
  const look = () => {
    const box = list.current
    const row = box?.querySelector<HTMLElement>('.chosen')
    if (!box || !row) return
    const { top, bottom } = row.getBoundingClientRect()
    const frame = box.getBoundingClientRect()
    const from = frame.top + (box.querySelector<HTMLElement>('.count')?.offsetHeight ?? 0)
    if (top < from) box.scrollTop -= from - top + 8
    else if (bottom > frame.bottom) box.scrollTop += bottom - frame.bottom + 8
  }
  useEffect(look, changes)
  useEffect(() => {
    addEventListener('resize', look)
    return () => removeEventListener('resize', look)
  }, [])
}

interface RowProps {
  task: Task
  chosen: boolean
  commands: Commands
  /** Another task has the same name. */
  alike: boolean
}

function TaskRow({ task, chosen, commands, alike }: RowProps) {
  const now = useNow()
  const { actions } = commands
  const ending = actions.later.some(({ click }) => click.key === keyOf('end', task))
  return (
    <li className={`task ${task.stage} ${chosen ? 'chosen' : ''}`}>
      <button className="choose" aria-current={chosen} onClick={() => commands.choose(task.id)}>
        <span className="name" dir="auto">
          {task.name}
        </span>
        <span className="row">
          <span className="state">
            <StatusIndicator type={task.tone}>{ending ? 'Ending' : task.label}</StatusIndicator>
          </span>
          {task.queue && (
            <span className="quiet queue" dir="auto">
              {task.queue}
            </span>
          )}
          <span className="timer">{clock(now - clockSince(task))}</span>
        </span>
        {alike && (
          <span className="quiet apart">
            <span className="timer">…{shortId(task)}</span>{' '}
            <span dir="auto">{task.description || (task.attributes[0]?.value ?? '')}</span>
          </span>
        )}
        {drafts.has(task.id) && <span className="quiet">Unsaved changes</span>}
      </button>
      {/* The chosen task has its buttons beside its details. */}
      {!chosen && task.stage === 'ringing' && (
        <div className="answer">
          {(['accept', 'decline'] as Verb[]).map((verb) => (
            <span key={verb} className={verb}>
              <Button
                variant={verb === 'accept' ? 'primary' : 'normal'}
                loading={actions.busy(keyOf(verb, task))}
                ariaLabel={`${verbNames[verb]} ${task.name}`}
                onClick={() => perform(commands, verb, task)}
              >
                {verbNames[verb]}
              </Button>
            </span>
          ))}
        </div>
      )}
    </li>
  )
}
