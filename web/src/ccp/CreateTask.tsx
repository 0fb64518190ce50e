import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Checkbox from '@cloudscape-design/components/checkbox'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import { useEffect, useRef, useState } from 'react'
import { ChosenFiles } from './ChosenFiles'
import { useNow } from './Clock'
import { losing, type Commands } from './commands'
import { Control } from './Control'
import { drafts, newTask } from './drafts'
import { EndpointPicker } from './EndpointPicker'
import { idOf, type Details } from './endpoints'
import {
  initialValues,
  freeFields,
  fieldsOf,
  problemsOf,
  referenceProblems,
  shownFields,
  taskOf,
  type Field,
} from './form'
import { carried, hasText, type NewTaskDraft } from './newTask'
import { useDetails } from './useDetails'
import { useLoaded } from './useLoaded'
import { References } from './References'
import { newToken } from './token'
import { uploads } from './uploads'
import { called, type Task } from './view'
import type { Endpoint, FileLimits, TaskTemplate, TemplateSummary } from './wire'

interface Props {
  commands: Commands
  self: string
  /** A task that the new one may be related to. */
  related: Pick<Task, 'id' | 'name'> | undefined
  shown: boolean
  /** Which files can be attached; undefined for none. */
  limits: FileLimits | undefined
  leave: () => void
  created: (name: string, scheduled: boolean) => void
}

const free = { value: '', label: 'Without a template' }

/** The form of a new task: which template, then its fields. */
export default function CreateTask(props: Props) {
  const { session, ask } = props.commands
  const [draft, setDraft] = useState<NewTaskDraft>(() => drafts.get<NewTaskDraft>(newTask) ?? empty())
  const [files, setFiles] = useState<File[]>([])
  const { value, problem, again } = useLoaded('choices', async () => {
    const [templates, endpoints] = await Promise.all([session.templates(), session.endpoints()])
    return { templates, endpoints }
  })
  const wanted = draft.template
  const template = useLoaded(wanted, async () => (wanted ? session.template(wanted) : undefined))
  const ready = value && (wanted === '' || template.value?.Id === wanted)
  const trouble = problem ?? template.problem
  const frame = useRef<HTMLDivElement>(null)
  const [fields, setFields] = useState<Field[]>()
  useEffect(() => {
    if (props.shown) frame.current?.querySelector<HTMLElement>('form input')?.focus()
  }, [props.shown, ready, wanted])
  // What was typed goes with the agent from template to template.
  useEffect(() => {
    if (!ready) return
    const now = template.value ? fieldsOf(template.value) : freeFields
    setDraft((d) => ({ ...d, values: fields ? carried(fields, d.values, now) : { ...initialValues(now), ...d.values } }))
    setFields(now)
  }, [ready, wanted])
  const written = (fields !== undefined && hasText(fields, draft)) || files.length > 0
  useEffect(() => {
    if (!fields) return
    if (written) drafts.put(newTask, { ...draft, related: props.related } satisfies NewTaskDraft)
    else drafts.drop(newTask)
  }, [draft, fields, written, props.related])
  const leave = () => ask(losing(written, props.leave))
  return (
    <div
      ref={frame}
      className="detail"
      hidden={!props.shown}
      onKeyDown={(e) => e.key === 'Escape' && !e.defaultPrevented && leave()}
    >
      <Container
        header={
          <Header variant="h2" headingTagOverride="h1">
            New task
          </Header>
        }
      >
        <SpaceBetween size="m">
          {trouble && (
            <Alert type="error" action={<Button onClick={problem ? again : template.again}>Try again</Button>}>
              {trouble}
            </Alert>
          )}
          {value && value.templates.length > 0 && (
            <TemplateChoice
              templates={value.templates}
              chosen={wanted}
              choose={(id) => setDraft((d) => ({ ...d, template: id }))}
            />
          )}
          {ready ? (
            <TaskForm
              key={wanted}
              {...props}
              {...{ draft, setDraft, files, setFiles }}
              leave={leave}
              template={wanted ? template.value : undefined}
              endpoints={value.endpoints}
            />
          ) : (
            !trouble && <Spinner />
          )}
        </SpaceBetween>
      </Container>
    </div>
  )
}

const empty = (): NewTaskDraft => ({
  ...{ template: '', values: {}, references: [], related: undefined, relate: true },
  token: newToken(),
})

interface ChoiceProps {
  templates: TemplateSummary[]
  chosen: string
  choose: (id: string) => void
}

function TemplateChoice({ templates, chosen, choose }: ChoiceProps) {
  const options = [free, ...templates.map(({ Id, Name }) => ({ value: Id, label: Name }))]
  return (
    <FormField label="Template" stretch>
      <Select
        options={options}
        selectedOption={options.find(({ value }) => value === chosen) ?? null}
        filteringType={options.length > 10 ? 'auto' : 'none'}
        filteringAriaLabel="Search templates"
        expandToViewport
        onChange={({ detail }) => choose(detail.selectedOption.value ?? '')}
      />
    </FormField>
  )
}

interface FormProps extends Props {
  template: TaskTemplate | undefined
  endpoints: Endpoint[]
  draft: NewTaskDraft
  setDraft: (change: (draft: NewTaskDraft) => NewTaskDraft) => void
  files: File[]
  setFiles: (files: File[]) => void
}

function TaskForm(props: FormProps) {
  const { commands, self, limits, related, leave, created, template, endpoints, draft, setDraft, files, setFiles } = props
  const { values, references, relate, token } = draft
  const details = useDetails(commands.session)
  const now = useNow()
  const [tried, setTried] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const fields = shownFields(template, values)
  const problems = { ...problemsOf(fields, values, now), ...referenceProblems(references, []) }
  const busy = commands.actions.busy('create')
  const set = (field: Field) => (value: string) =>
    setDraft((d) => ({ ...d, values: { ...d.values, [field.id]: value } }))

  const submit = () => {
    setTried(true)
    if (Object.keys(problems).length > 0) {
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus())
      return
    }
    const task = taskOf({ template, values, references, endpoints, related: relate ? related?.id : undefined, token })
    const work = async () => {
      const id = await commands.session.create(task)
      uploads.start(commands.session, commands.actions, id, files)
      created(task.name, task.scheduledTime !== undefined)
    }
    commands.actions.run({ key: 'create', what: `create ${called(task)}`, work })
  }
  return (
    <form
      ref={form}
      noValidate
      aria-label="New task"
      onSubmit={(e) => {
        e.preventDefault()
        submit()
      }}
    >
      <SpaceBetween size="m">
        {fields.map((field) => {
          const props = {
            field,
            value: values[field.id] ?? '',
            problem: tried ? problems[field.id] : undefined,
            change: set(field),
          }
          return field.type === 'QUICK_CONNECT' ? (
            <Destination key={field.id} {...props} endpoints={endpoints} details={details} self={self} />
          ) : (
            <Control key={field.id} {...props} />
          )
        })}
        {!template && <References references={references} problems={tried ? problems : {}} change={(references) => setDraft((d) => ({ ...d, references }))} />}
        {limits && <ChosenFiles files={files} limits={limits} change={setFiles} />}
        {related && (
          <Checkbox checked={relate} onChange={({ detail }) => setDraft((d) => ({ ...d, relate: detail.checked }))}>
            Related to {called(related)}
          </Checkbox>
        )}
        {tried && Object.keys(problems).length > 0 && (
          <Box color="text-status-error">
            <span role="alert">Something is missing or cannot be used: look at the fields above.</span>
          </Box>
        )}
        <SpaceBetween direction="horizontal" size="xs">
          <Button variant="primary" loading={busy}>
            Create task
          </Button>
          <Button formAction="none" onClick={leave} disabled={busy}>
            Cancel
          </Button>
        </SpaceBetween>
      </SpaceBetween>
    </form>
  )
}

interface DestinationProps {
  field: Field
  value: string
  problem: string | undefined
  change: (value: string) => void
  endpoints: Endpoint[]
  details: Details | undefined
  self: string
}

/** Who gets the task: chosen from the quick connects, shown by its name once it is. */
function Destination({ field, value, problem, change, endpoints, details, self }: DestinationProps) {
  const chosen = endpoints.find((endpoint) => idOf(endpoint) === value)
  return (
    <FormField label={field.label} description={field.hint} errorText={problem} stretch>
      {value === '' ? (
        <EndpointPicker
          {...{ endpoints, details, self }}
          chosen={undefined}
          choose={(e) => change(idOf(e))}
        />
      ) : (
        <div className="inline">
          <strong dir="auto">{chosen?.name ?? 'As the template says'}</strong>
          {!field.locked && (
            <Button
              formAction="none"
              variant="inline-link"
              ariaLabel={`Change ${field.label}`}
              onClick={() => change('')}
            >
              Change
            </Button>
          )}
        </div>
      )}
    </FormField>
  )
}
