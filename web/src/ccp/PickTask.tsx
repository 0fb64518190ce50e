import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Input from '@cloudscape-design/components/input'
import Header from '@cloudscape-design/components/header'
import Spinner from '@cloudscape-design/components/spinner'
import { useEffect, useState } from 'react'
import { useNow } from './Clock'
import type { Commands } from './commands'
import { searchedTasks } from './endpoints'
import { useLoaded } from './useLoaded'
import { called, clock } from './view'
import type { Pickable } from './wire'

const again = 5000

/** The tasks that wait in queues out of which the agent may pick, the longest waiting first. */
export default function PickTask({ commands, leave }: { commands: Commands; leave: () => void }) {
  const { session, actions } = commands
  const [tick, setTick] = useState(0)
  const { value, problem } = useLoaded(String(tick), () => session.pickable())
  const [text, setText] = useState('')
  const found = value && searchedTasks(value.contacts, text)
  const renew = () => setTick((n) => n + 1)
  useEffect(() => {
    const timer = setInterval(() => document.hidden || renew(), again)
    return () => clearInterval(timer)
  }, [])

  const pick = ({ contactId, name }: Pickable) => {
    const work = async () => {
      try {
        await session.pick(contactId)
        commands.choose(contactId)
      } finally {
        renew()
      }
    }
    // A task that is in hand after the connection was lost has been picked before.
    const still = () => !session.state().desk?.snapshot.contacts.some((c) => c.contactId === contactId)
    actions.run({ key: `pick ${contactId}`, what: `pick ${called({ name })}`, work, still })
  }
  return (
    <div className="detail" onKeyDown={(e) => e.key === 'Escape' && leave()}>
      <Container
        header={
          <Header
            variant="h2"
            headingTagOverride="h1"
            actions={<Button variant="icon" iconName="close" ariaLabel="Close the list" onClick={leave} />}
          >
            Pick a task
          </Header>
        }
      >
        {problem && <Alert type="error">{problem}</Alert>}
        {!value && !problem && <Spinner />}
        {value?.contacts.length === 0 && <p className="quiet">No task waits that you may pick.</p>}
        {value && value.contacts.length > 1 && (
          <Input
            type="search"
            value={text}
            placeholder="Search by name, description, queue or contact ID"
            ariaLabel="Search the tasks to pick"
            clearAriaLabel="Clear the search"
            onChange={({ detail }) => setText(detail.value)}
          />
        )}
        {found?.length === 0 && value!.contacts.length > 0 && (
          <p className="quiet" role="status">
            No task here has “{text}”.
          </p>
        )}
        <ul className="pickable" aria-label="Tasks to pick">
          {found?.map((task) => (
            <Row
              key={task.contactId}
              task={task}
              busy={actions.busy(`pick ${task.contactId}`)}
              pick={() => pick(task)}
            />
          ))}
        </ul>
        {value?.truncated && <p className="quiet">There are more; these have waited longest, and the search looks at these only.</p>}
      </Container>
    </div>
  )
}

function Row({ task, busy, pick }: { task: Pickable; busy: boolean; pick: () => void }) {
  const now = useNow()
  return (
    <li>
      <div>
        <strong dir="auto">{task.name}</strong>
        <div className="quiet">
          {task.queue?.name}, waiting for <span className="timer">{clock(now - task.queueTimestamp * 1000)}</span>
        </div>
        {task.description && (
          <div className="prose brief" dir="auto">
            {task.description}
          </div>
        )}
      </div>
      <Button loading={busy} ariaLabel={`Pick ${task.name}`} onClick={pick}>
        Pick
      </Button>
    </li>
  )
}
