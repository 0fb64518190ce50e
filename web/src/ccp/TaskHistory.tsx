import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Spinner from '@cloudscape-design/components/spinner'
import { useState } from 'react'
import type { Commands } from './commands'
import { toldOf, type Told } from './history'
import { localTime, nearTime } from './reference'
import { useLoaded } from './useLoaded'
import type { Task } from './view'

/** What happened to a task, the newest first. Steps of flows are left out until they are asked for. */
export default function TaskHistory({ task, commands }: { task: Task; commands: Commands }) {
  const [all, setAll] = useState(false)
  // It grows with every step of the task.
  const { value, problem, again } = useLoaded(`${task.stage} ${task.since}`, () => commands.session.history(task.id))
  const lines = value ? toldOf(all ? value.events : value.events.filter((e) => !e.action || e.action.error)) : []
  return (
    <section className="tool" aria-label="History">
      <div className="row">
        <Box variant="h2" fontSize="heading-s">
          History
        </Box>
        <div className="inline">
          <Button variant="inline-link" onClick={() => setAll(!all)}>
            {all ? 'Without the steps of flows' : 'With the steps of flows'}
          </Button>
          <Button
            variant="icon"
            iconName="close"
            ariaLabel="Close the history"
            onClick={() => commands.open(task, undefined)}
          />
        </div>
      </div>
      {problem && (
        <Alert type="error" action={<Button onClick={again}>Try again</Button>}>
          {problem}
        </Alert>
      )}
      {!value && !problem && <Spinner />}
      <ol className="history">
        {lines.map((line, i) => (
          <Line key={lines.length - i} line={line} />
        ))}
      </ol>
      {value?.truncated && <p className="quiet">What happened before is not shown.</p>}
    </section>
  )
}

function Line({ line: { at, text, tone, times } }: { line: Told }) {
  const when = new Date(at)
  return (
    <li className={tone}>
      <time className="quiet timer" dateTime={when.toISOString()} title={localTime(when)}>
        {nearTime(when, 'medium')}
      </time>
      <span dir="auto">
        {text}
        {times > 1 && <span className="quiet"> {times} times</span>}
      </span>
    </li>
  )
}
