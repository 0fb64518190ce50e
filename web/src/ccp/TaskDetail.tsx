import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs, { type KeyValuePairsProps } from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { localTime } from './reference'
import { ReferenceValue } from './ReferenceValue'
import { RingClock } from './RingClock'
import { TaskButtons, type Commands } from './TaskButtons'
import { useNow } from './Clock'
import { clock, type Task } from './view'

export function TaskDetail({ task, commands }: { task: Task; commands: Commands }) {
  return (
    <div className="detail">
      <Container
        header={
          <Header variant="h1" actions={<TaskButtons task={task} commands={commands} />}>
            {task.name}
          </Header>
        }
      >
        <SpaceBetween size="l">
          {task.stage === 'ringing' && <RingClock since={task.since} />}
          <Facts task={task} />
          <div>
            <Box variant="awsui-key-label">Description</Box>
            <div className="prose">{task.description || <span className="quiet">None</span>}</div>
          </div>
          {task.references.length > 0 && <References task={task} />}
          {task.attributes.length > 0 && <Attributes task={task} />}
        </SpaceBetween>
      </Container>
    </div>
  )
}

function Facts({ task }: { task: Task }) {
  const now = useNow()
  const state = (
    <>
      <StatusIndicator type={task.tone}>{task.label}</StatusIndicator>{' '}
      <span className="timer">{clock(now - task.since)}</span>
    </>
  )
  const items: KeyValuePairsProps.Item[] = [{ label: 'Queue', value: task.queue || '–' }]
  if (task.queuedAt !== undefined) items.push({ label: 'Queued', value: localTime(new Date(task.queuedAt)) })
  // While a task rings, its clock is above.
  if (task.stage !== 'ringing') items.unshift({ label: 'State', value: state })
  return <KeyValuePairs columns={3} items={items} />
}

function References({ task }: { task: Task }) {
  const items = task.references.map(({ name, reference }) => ({
    label: name,
    value: <ReferenceValue reference={reference} />,
  }))
  return (
    <section>
      <Box variant="h3" padding={{ bottom: 'xs' }}>
        References
      </Box>
      <KeyValuePairs columns={2} items={items} />
    </section>
  )
}

function Attributes({ task }: { task: Task }) {
  const items = task.attributes.map(({ name, value }) => ({ label: name, value }))
  return (
    <section>
      <Box variant="h3" padding={{ bottom: 'xs' }}>
        Attributes
      </Box>
      <KeyValuePairs columns={3} items={items} />
    </section>
  )
}
