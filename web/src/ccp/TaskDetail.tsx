import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs, { type KeyValuePairsProps } from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { lazy, Suspense } from 'react'
import { CallError } from './client'
import type { Commands } from './commands'
import { shownReferences, type ShownReference } from './fields'
import { nearTime } from './reference'
import { ReferenceValue } from './ReferenceValue'
import { RingClock } from './RingClock'
import { TaskButtons } from './TaskButtons'
import { useNow } from './Clock'
import { useLoaded } from './useLoaded'
import { changeable, clock, verbs, type Task } from './view'
import type { FileLimits, TaskTemplate } from './wire'

const Transfer = lazy(() => import('./Transfer'))
const EditTask = lazy(() => import('./EditTask'))
const Files = lazy(() => import('./Files'))
const TaskHistory = lazy(() => import('./TaskHistory'))

interface Props {
  task: Task
  commands: Commands
  self: string
  /** Which files can be attached; undefined for none. */
  limits: FileLimits | undefined
}

export function TaskDetail({ task, commands, self, limits }: Props) {
  const template = useTemplate(task, commands)
  const references = template.known ? shownReferences(task.references, template.value) : []
  // A tool that the task no longer allows is gone, as is the one of a task that has moved on.
  const tool = commands.tool && verbs[task.stage].includes(commands.tool) ? commands.tool : undefined
  return (
    <div className="detail">
      <Container
        header={
          <Header
            variant="h2"
            headingTagOverride="h1"
            actions={<TaskButtons task={task} commands={{ ...commands, tool }} />}
          >
            {task.name}
          </Header>
        }
      >
        <SpaceBetween size="l">
          {task.stage === 'ringing' && <RingClock since={task.since} />}
          <Suspense fallback={<Spinner />}>
            {tool === 'transfer' && <Transfer task={task} commands={commands} self={self} />}
            {tool === 'edit' && <EditTask task={task} commands={commands} template={template.value} />}
          </Suspense>
          {tool !== 'edit' && <Description text={task.description} />}
          <Facts task={task} template={template.value} />
          {tool !== 'edit' && <Told task={task} references={references.filter((r) => !isFile(r))} />}
          <Suspense>
            {(references.some(isFile) || (limits && changeable(task))) && (
              <Files task={task} commands={commands} files={references.filter(isFile)} limits={limits} />
            )}
          </Suspense>
          <Suspense fallback={<Spinner />}>
            {tool === 'history' && <TaskHistory task={task} commands={commands} />}
          </Suspense>
        </SpaceBetween>
      </Container>
    </div>
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
  const state = (
    <>
      <StatusIndicator type={task.tone}>{task.label}</StatusIndicator>{' '}
      <span className="timer">{clock(now - task.since)}</span>
    </>
  )
  const items: KeyValuePairsProps.Item[] = [{ label: 'Queue', value: task.queue || '–' }]
  if (task.queuedAt !== undefined) items.push({ label: 'Queued', value: nearTime(new Date(task.queuedAt)) })
  if (template) items.push({ label: 'Template', value: template.Name })
  // While a task rings, its clock is above.
  if (task.stage !== 'ringing') items.unshift({ label: 'State', value: state })
  return <KeyValuePairs columns={Math.min(items.length, 4)} items={items} />
}

function Description({ text }: { text: string }) {
  return (
    <div>
      <Box variant="awsui-key-label">Description</Box>
      <div className="prose">{text || <span className="quiet">None</span>}</div>
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
              label: r.name,
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
          <KeyValuePairs columns={3} items={task.attributes.map(({ name, value }) => ({ label: name, value }))} />
        </Section>
      )}
    </SpaceBetween>
  )
}

function Section({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section>
      <Box variant="h2" fontSize="heading-s" padding={{ bottom: 'xs' }}>
        {title}
      </Box>
      {children}
    </section>
  )
}
