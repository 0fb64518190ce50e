import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { TaskButtons, type Commands } from './TaskButtons'
import { useNow } from './Clock'
import { clock, type Task } from './view'

interface Props {
  tasks: Task[]
  chosen: string
  commands: Commands
}

export function TaskList({ tasks, chosen, commands }: Props) {
  return (
    <nav className="tasks" aria-label="Tasks in hand">
      <ul>
        {tasks.map((task) => (
          <TaskRow key={task.id} task={task} chosen={task.id === chosen} commands={commands} />
        ))}
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
          <TaskButtons task={task} commands={commands} />
        </div>
      )}
    </li>
  )
}
