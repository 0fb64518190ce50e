import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import KeyValuePairs, { type KeyValuePairsProps } from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { useId } from 'react'
import { CallError } from './client'
import { closeMissed, keyOf, type Commands } from './commands'
import { ContactId } from './ContactId'
import { shownReferences, type ShownReference } from './fields'
import { LinkedText } from './LinkedText'
import { endingOf } from './news'
import { piece } from './piece'
import { nearTime } from './reference'
import { ReferenceValue } from './ReferenceValue'
import { RingClock } from './RingClock'
import { TaskButtons } from './TaskButtons'
import { TaskName } from './TaskName'
import { useNow } from './Clock'
import { useLoaded } from './useLoaded'
import { changeable, clock, verbs, type Status, type Task } from './view'
import type { FileLimits, TaskTemplate } from './wire'

const Transfer = piece(() => import('./Transfer'))
const EditTask = piece(() => import('./EditTask'))
const Files = piece(() => import('./Files'), null)
const TaskHistory = piece(() => import('./TaskHistory'))

interface Props {
  task: Task
  /** All tasks in hand. */
  tasks: Task[]
  status: Status
  commands: Commands
  self: string
  /** Which files can be attached; undefined for none. */
  limits: FileLimits | undefined
}

export function TaskDetail({ task, tasks, status, commands, self, limits }: Props) {
  const template = useTemplate(task, commands)
  const references = template.known ? shownReferences(task.references, template.value) : []
  // A tool that the task no longer allows is gone, as is the one of a task that has moved on.
  const tool = commands.tool && verbs[task.stage].includes(commands.tool) ? commands.tool : undefined
  const heading = useId()
  return (
    <section className="detail" aria-labelledby={heading}>
      {/* It stays in sight while the rest is scrolled. */}
      <div className="head">
        <TaskName id={heading} name={task.name} />
        <TaskButtons task={task} commands={{ ...commands, tool }} />
      </div>
      <Container>
        <SpaceBetween size="l">
          {task.stage === 'ringing' && <RingClock since={task.since} until={task.ringsUntil} />}
          {task.stage === 'missed' && <Missed tasks={tasks} status={status} commands={commands} />}
          {tool === 'transfer' && <Transfer task={task} commands={commands} self={self} />}
          {tool === 'edit' && <EditTask task={task} commands={commands} template={template.value} />}
          {tool !== 'edit' && <Description text={task.description} />}
          <Facts task={task} template={template.value} />
          {tool !== 'edit' && <Told task={task} references={references.filter((r) => !isFile(r))} />}
          {(references.some(isFile) || (limits && changeable(task))) && (
            <Files task={task} commands={commands} files={references.filter(isFile)} limits={limits} />
          )}
          {tool === 'history' && <TaskHistory task={task} commands={commands} />}
        </SpaceBetween>
      </Container>
    </section>
  )
}

/** Says what a missed task keeps from happening, and brings it about. */
function Missed({ tasks, status, commands }: Pick<Props, 'tasks' | 'status' | 'commands'>) {
  const missed = tasks.filter(({ stage }) => stage === 'missed')
  const close = missed.length > 1 ? `Close all ${missed.length}` : 'Close'
  const stays = status.type === 'routable' && !status.next
  return (
    <Alert
      type="warning"
      action={
        <Button
          loading={missed.some((task) => commands.actions.busy(keyOf('close', task)))}
          onClick={() => closeMissed(commands, missed)}
        >
          {stays ? `${close} and stay ${status.name.toLowerCase()}` : close}
        </Button>
      }
    >
      {missed.length > 1
        ? `You have missed ${missed.length} tasks, which went on to others.`
        : 'You have missed this task, which went on to others.'}
      {stays && ` Nothing rings here until you close ${missed.length > 1 ? 'them' : 'it'}.`}
    </Alert>
  )
}

const isFile = ({ reference }: ShownReference) => reference.type === 'ATTACHMENT'

type Template = { value: TaskTemplate | undefined; known: boolean }

/**
 * The template as it was when the task was made. Known also means that there is none, or none any more. Until it is
 * known no reference is shown: some may not be for agents.
 */
function useTemplate({ template }: Task, { session }: Commands): Template {
  const read = async () => {
    if (!template) return 'none'
    try {
      return await session.template(template.id, template.version)
    } catch (error) {
      if (error instanceof CallError && error.status >= 400 && error.status < 500) return 'none'
      throw error
    }
  }
  // What could not be read is read again when the connection is back.
  const { value } = useLoaded(`${template?.id} ${template?.version} ${session.state().live}`, read)
  return { value: value === 'none' ? undefined : value, known: value !== undefined }
}

function Facts({ task, template }: { task: Task; template: TaskTemplate | undefined }) {
  const now = useNow()
  const { stage, acceptedAt, queuedAt, expiresAt } = task
  const ending = stage === 'wrapUp' ? endingOf(task) : undefined
  const state = (
    <>
      <StatusIndicator type={task.tone}>{task.label}</StatusIndicator>{' '}
      <span className="timer">{clock(now - task.since)}</span>
      {ending && <div className="quiet small">This task {ending}.</div>}
    </>
  )
  const since = (ms: number) => (
    <>
      {nearTime(new Date(ms))} <span className="quiet timer">{clock(now - ms)} ago</span>
    </>
  )
  const items: KeyValuePairsProps.Item[] = []
  // While a task rings, its clock is above.
  if (stage !== 'ringing') items.push({ label: 'State', value: state })
  if (task.from !== undefined) items.push({ label: 'Transferred by', value: <span dir="auto">{task.from}</span> })
  if (acceptedAt !== undefined) items.push({ label: 'Accepted', value: since(acceptedAt) })
  items.push({ label: 'Queue', value: <span dir="auto">{task.queue || '–'}</span> })
  if (queuedAt !== undefined) items.push({ label: 'Queued', value: since(queuedAt) })
  if (expiresAt !== undefined) items.push({ label: 'Expires', value: <Expiry at={expiresAt} /> })
  if (template) items.push({ label: 'Template', value: <span dir="auto">{template.Name}</span> })
  return (
    <SpaceBetween size="xs">
      <KeyValuePairs columns={Math.min(items.length, 4)} items={items} />
      <ContactId id={task.id} />
    </SpaceBetween>
  )
}

/** A task that expires ends by itself. Amazon Connect warns two hours before. */
const soon = 2 * 3600_000

function Expiry({ at }: { at: number }) {
  const left = at - useNow()
  const text = nearTime(new Date(at))
  if (left > soon) return text
  return (
    <StatusIndicator type="warning">
      {text}, <span className="timer">in {clock(left)}</span>
    </StatusIndicator>
  )
}

function Description({ text }: { text: string }) {
  return (
    <div>
      <Box variant="awsui-key-label">Description</Box>
      <div className="prose">{text ? <LinkedText text={text} /> : <span className="quiet">None</span>}</div>
    </div>
  )
}

/** What else was told of the task: its references and attributes. */
function Told({ task, references }: { task: Task; references: ShownReference[] }) {
  if (references.length + task.attributes.length === 0) return null
  return (
    <SpaceBetween size="l">
      {references.length > 0 && (
        <Section title="References">
          <KeyValuePairs
            columns={2}
            items={references.map((r) => ({
              label: <span dir="auto">{r.name}</span>,
              value: (
                <>
                  <ReferenceValue {...r} />
                  {r.hint && <div className="quiet small">{r.hint}</div>}
                </>
              ),
            }))}
          />
        </Section>
      )}
      {task.attributes.length > 0 && (
        <Section title="Attributes">
          <KeyValuePairs columns={3} items={task.attributes.map(({ name, value }) => ({ label: <span dir="auto">{name}</span>, value: <LinkedText text={value} /> }))} />
        </Section>
      )}
    </SpaceBetween>
  )
}

function Section({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section aria-label={title}>
      <Box variant="h2" fontSize="heading-s" padding={{ bottom: 'xs' }}>
        {title}
      </Box>
      {children}
    </section>
  )
}
