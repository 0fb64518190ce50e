// What the buttons and the keys of a task do.
import { drafts } from './drafts'
import type { Session } from './session'
import type { Actions, Click } from './useActions'
import { called, tasksOf, type Stage, type Task, type Verb } from './view'

/** What is open beside the details of the chosen task. */
export type Tool = 'transfer' | 'edit' | 'history'

/** Asked before something is done that cannot be taken back. */
export interface Question {
  /** Without it nothing is asked. */
  when: boolean
  title: string
  text: string
  yes: string
  no: string
  act: () => void
}

export interface Commands {
  session: Session
  actions: Actions
  choose: (id: string) => void
  /** The form of a new task, which may be related to one in hand. */
  create: (related?: Task) => void
  tool: Tool | undefined
  /** Opens a tool of a task, or closes it when it is open. */
  open: (task: Task, tool: Tool | undefined) => void
  /** Does something, after a question when there is one. */
  ask: (question: Question) => void
}

/** How long the end of a task can be taken back, in ms: Amazon Connect has no way back from it. */
export const undoFor = 5_000

/** What is asked before text is thrown away that was typed and not saved. */
export function losing(when: boolean, act: () => void, yes = 'Throw away'): Question {
  return {
    ...{ when, act, yes, no: 'Keep writing' },
    title: 'Throw away what you have typed?',
    text: 'It is not saved.',
  }
}

/** Where a task is after a click. */
const leadsTo: Partial<Record<Verb, Stage>> = { accept: 'working', pause: 'paused', resume: 'working' }

/** The click that does a verb; undefined for one that only opens something. */
function clickOf({ session, choose }: Commands, verb: Verb, task: Task): Click | undefined {
  const work: Partial<Record<Verb, () => Promise<void>>> = {
    accept: async () => {
      await session.accept(task.id)
      choose(task.id)
    },
    decline: () => session.reject(task.id),
    end: () => session.end(task.id, task.connectionId),
    pause: () => session.pause(task.id),
    resume: () => session.resume(task.id),
    close: () => session.close(task.id),
  }
  const run = work[verb]
  if (!run) return undefined
  const done = () => {
    const now = presently(session, task)
    if (verb === 'end') return now?.stage === 'wrapUp' && now.endReason === 'AGENT_DISCONNECT'
    return verb === 'close' ? now === undefined : now?.stage === leadsTo[verb]
  }
  return { key: keyOf(verb, task), what: `${verb} ${called(task)}`, work: run, still: unmoved(session, task), done }
}

function presently(session: Session, { id }: Task): Task | undefined {
  const { desk } = session.state()
  return desk && tasksOf(desk.snapshot).find((task) => task.id === id)
}

/** Whether a task is where it was: a click that may have got through is not to be sent again once it has moved. */
export function unmoved(session: Session, task: Task): () => boolean {
  return () => session.state().desk === undefined || presently(session, task)?.stage === task.stage
}

export const keyOf = (verb: Verb, task: Pick<Task, 'id'>): string => `${verb} ${task.id}`

export function perform(commands: Commands, verb: Verb, task: Task): void {
  const click = clickOf(commands, verb, task)
  if (verb === 'end' && click) return commands.actions.runLater(click, undoFor)
  if (verb === 'close' && click) {
    const close = () => {
      drafts.drop(task.id)
      commands.actions.run(click)
    }
    return commands.ask(losing(drafts.has(task.id), close, 'Throw away and close'))
  }
  if (click) return commands.actions.run(click)
  if (verb === 'related') return commands.create(task)
  if (verb === 'transfer' || verb === 'edit' || verb === 'history') commands.open(task, verb)
}

/** Closes all tasks that were missed, so that others ring again. */
export function closeMissed(commands: Commands, tasks: Task[]): void {
  for (const task of tasks) if (task.stage === 'missed') perform(commands, 'close', task)
}
