// What the buttons and the keys of a task do.
import type { Session } from './session'
import type { Actions, Click } from './useActions'
import { tasksOf, type Task, type Verb } from './view'

/** What is open beside the details of the chosen task. */
export type Tool = 'transfer' | 'edit' | 'history'

export interface Commands {
  session: Session
  actions: Actions
  choose: (id: string) => void
  /** The form of a new task, which may be related to one in hand. */
  create: (related?: Task) => void
  tool: Tool | undefined
  /** Opens a tool of a task, or closes it when it is open. */
  open: (task: Task, tool: Tool | undefined) => void
}

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
  return run && { key: keyOf(verb, task), what: `${verb} “${task.name}”`, work: run, still: unmoved(session, task) }
}

/** Whether a task is where it was: a click that may have got through is not to be sent again once it has moved. */
export function unmoved(session: Session, task: Task): () => boolean {
  return () => {
    const { desk } = session.state()
    return desk === undefined || tasksOf(desk.snapshot).find(({ id }) => id === task.id)?.stage === task.stage
  }
}

export const keyOf = (verb: Verb, task: Task): string => `${verb} ${task.id}`

export function perform(commands: Commands, verb: Verb, task: Task): void {
  const click = clickOf(commands, verb, task)
  if (click) return commands.actions.run(click)
  if (verb === 'related') return commands.create(task)
  if (verb === 'transfer' || verb === 'edit' || verb === 'history') commands.open(task, verb)
}
