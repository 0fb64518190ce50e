import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { Commands } from './commands'
import { TaskButtons } from './TaskButtons'
import { useNow } from './Clock'
import { clock, type Task } from './view'

interface Props {
  tasks: Task[]
  chosen: string | undefined
  commands: Commands
  /** The new task that is being written: undefined when there is none, else whether it is shown. */
  draft: boolean | undefined
}

export function TaskList({ tasks, chosen, commands, draft }: Props) {
  return (
    <nav className="tasks" aria-label="Tasks in hand">
      <ul>
        {tasks.map((task) => (
          <TaskRow key={task.id} task={task} chosen={task.id === chosen} commands={commands} />
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

function TaskRow({ task, chosen, commands }: { task: Task; chosen: boolean; commands: Commands }) {
  const now = useNow()
  return (
    <li className={`task ${task.stage} ${chosen ? 'chosen' : ''}`}>
      <button className="choose" aria-current={chosen} onClick={() => commands.choose(task.id)}>
        <span className="name">{task.name}</span>
        <span className="row">
          <StatusIndicator type={task.tone}>{task.label}</StatusIndicator>
          <span className="timer">{clock(now - task.since)}</span>
        </span>
        {task.queue && <span className="quiet">{task.queue}</span>}
      </button>
      {/* The chosen task has its buttons beside its details. */}
      {!chosen && task.stage === 'ringing' && (
        <div className="answer">
          <TaskButtons task={task} commands={commands} brief />
        </div>
      )}
    </li>
  )
}
