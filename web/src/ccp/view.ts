// From the snapshot to what the panel shows. Pure functions; times come in as milliseconds.
import type { AgentState, Contact, ContactStateType, Reference, Snapshot } from './wire'

/** What the agent can do with a task decides its stage. */
export type Stage = 'ringing' | 'working' | 'paused' | 'wrapUp' | 'missed' | 'over'
export type Tone = 'pending' | 'success' | 'info' | 'stopped' | 'warning' | 'error'

interface Look {
  stage: Stage
  label: string
  tone: Tone
}

const looks: Record<ContactStateType, Look> = {
  connecting: { stage: 'ringing', label: 'Ringing', tone: 'pending' },
  incoming: { stage: 'ringing', label: 'Ringing', tone: 'pending' },
  pending: { stage: 'ringing', label: 'Ringing', tone: 'pending' },
  connected: { stage: 'working', label: 'Connected', tone: 'success' },
  paused: { stage: 'paused', label: 'Paused', tone: 'stopped' },
  ended: { stage: 'wrapUp', label: 'After contact work', tone: 'info' },
  missed: { stage: 'missed', label: 'Missed', tone: 'warning' },
  rejected: { stage: 'over', label: 'Declined', tone: 'stopped' },
  error: { stage: 'over', label: 'Could not connect', tone: 'error' },
}

/** What can be done with a task; the last four open something, or change what is shown. */
export type Verb =
  'accept' | 'decline' | 'end' | 'pause' | 'resume' | 'close' | 'transfer' | 'edit' | 'related' | 'history'

export const verbs: Record<Stage, Verb[]> = {
  ringing: ['accept', 'decline', 'history'],
  working: ['end', 'pause', 'transfer', 'edit', 'related', 'history'],
  paused: ['end', 'resume', 'transfer', 'edit', 'related', 'history'],
  wrapUp: ['close', 'edit', 'related', 'history'],
  missed: ['close', 'history'],
  over: ['close', 'history'],
}

/** The verb that most likely comes next. */
export const nextVerb: Record<Stage, Verb> = {
  ringing: 'accept',
  working: 'end',
  paused: 'resume',
  wrapUp: 'close',
  missed: 'close',
  over: 'close',
}

export const verbNames: Record<Verb, string> = {
  accept: 'Accept',
  decline: 'Decline',
  end: 'End task',
  pause: 'Pause',
  resume: 'Resume',
  close: 'Close task',
  transfer: 'Transfer',
  edit: 'Edit',
  related: 'New related task',
  history: 'History',
}

export interface Task extends Look {
  id: string
  template: { id: string; version: number | undefined } | undefined
  connectionId: string
  name: string
  description: string
  queue: string
  /** When the task came into this state. */
  since: number
  queuedAt: number | undefined
  createdAt: number | undefined
  /** When the agent has accepted it. */
  acceptedAt: number | undefined
  ringsUntil: number | undefined
  expiresAt: number | undefined
  /** Why it is over, as Amazon Connect names it; while it is in hand for after-contact work only. */
  endReason: string | undefined
  /** It is over because it was transferred. */
  transferred: boolean
  /** Who had it before it was transferred to the agent. */
  from: string | undefined
  references: { name: string; reference: Reference }[]
  attributes: { name: string; value: string }[]
}

/** Whether the agent may change what is told of a task. */
export const changeable = ({ stage }: Task): boolean => verbs[stage].includes('edit')

const order: Stage[] = ['ringing', 'missed', 'working', 'paused', 'wrapUp', 'over']

/** The tasks in hand: ringing ones first, then those that keep others from ringing, and within a stage the oldest first. */
export function tasksOf(snapshot: Snapshot): Task[] {
  return snapshot.contacts
    .map(taskOf)
    .sort((a, b) => order.indexOf(a.stage) - order.indexOf(b.stage) || a.since - b.since)
}

const milliseconds = (seconds: number | null | undefined) =>
  seconds === null || seconds === undefined ? undefined : seconds * 1000

/** As much of a task's id as tells it from others: the beginning is much the same for tasks of one hour. */
export const shortId = ({ id }: Pick<Task, 'id'>): string => id.slice(-6)

const longest = 60

/** What a task is called within a sentence: its name, or the beginning of a long one. */
export function called({ name }: { name: string }): string {
  const signs = [...name]
  return `“${signs.length > longest ? `${signs.slice(0, longest).join('').trimEnd()}…` : name}”`
}

/**
 * Since when the clock of a task runs in the list: for one in work since the agent has accepted it, so that a pause does
 * not set it back; else since it came into its state.
 */
export function clockSince({ stage, since, acceptedAt }: Pick<Task, 'stage' | 'since' | 'acceptedAt'>): number {
  return stage === 'working' || stage === 'paused' ? (acceptedAt ?? since) : since
}

function taskOf(contact: Contact): Task {
  const own = contact.tasklane
  return {
    // A state of a newer server is shown by its own name, and can at least be closed.
    ...(looks[contact.state.type] ?? { stage: 'over', label: contact.state.type, tone: 'info' }),
    id: contact.contactId,
    connectionId: contact.connections.find((c) => c.type === 'agent')?.connectionId ?? '',
    name: contact.name || 'Task without a name',
    description: contact.description ?? '',
    template: templateOf(contact),
    queue: contact.queue?.name ?? '',
    since: contact.state.timestamp * 1000,
    queuedAt: milliseconds(contact.queueTimestamp),
    createdAt: milliseconds(own?.created),
    acceptedAt: milliseconds(own?.accepted),
    ringsUntil: milliseconds(own?.ringsUntil),
    expiresAt: milliseconds(own?.expires),
    endReason: own?.endReason ?? undefined,
    transferred: own?.transferred ?? false,
    from: own?.from ?? undefined,
    references: Object.entries(contact.references ?? {}).map(([name, reference]) => ({ name, reference })),
    attributes: Object.entries(contact.attributes ?? {}).map(([name, { value }]) => ({ name, value })),
  }
}

function templateOf({ channelContext }: Contact): Task['template'] {
  const id = channelContext?.taskTemplateId
  return id ? { id, version: channelContext.taskTemplateVersion ?? undefined } : undefined
}

/** The task before or after another in the list, round and round. */
export function neighbour(tasks: Task[], id: string | undefined, step: 1 | -1): Task | undefined {
  const at = tasks.findIndex((task) => task.id === id)
  if (at < 0) return step > 0 ? tasks[0] : tasks.at(-1)
  return tasks[(at + step + tasks.length) % tasks.length]
}

/** The task whose details are shown: the agent's choice while it is in hand, else the first. */
export function chosenOf(tasks: Task[], id: string | undefined): Task | undefined {
  return tasks.find((task) => task.id === id) ?? tasks[0]
}

export interface Status {
  name: string
  type: AgentState['type']
  since: number | undefined
  next: string | undefined
  /** How many missed tasks keep others from ringing, whatever the status says. */
  missed: number
}

export function statusOf({ state, nextState, contacts }: Snapshot): Status {
  return {
    missed: contacts.filter((contact) => contact.state.type === 'missed').length,
    name: state.name,
    type: state.type,
    since: state.startTimestamp ? state.startTimestamp * 1000 : undefined,
    next: nextState?.name,
  }
}

/** An offer rings this long where the server does not tell. */
export const usualRing = 30_000

/** A duration as a clock shows it: 0:07, 12:03, 1:02:03, 2d 1:02:03. */
export function clock(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000))
  const two = (n: number) => String(n).padStart(2, '0')
  const [seconds, minutes, hours, days] = [
    total % 60,
    Math.floor(total / 60) % 60,
    Math.floor(total / 3600) % 24,
    Math.floor(total / 86_400),
  ]
  if (total < 3600) return `${minutes}:${two(seconds)}`
  return `${days ? `${days}d ` : ''}${hours}:${two(minutes)}:${two(seconds)}`
}
