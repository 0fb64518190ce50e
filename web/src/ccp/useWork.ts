import { useEffect, useRef, useState } from 'react'
import type { Commands, Question, Tool } from './commands'
import { drafts, newTask } from './drafts'
import type { NewTaskDraft } from './newTask'
import type { Session } from './session'
import { chosenOf, type Task } from './view'

/** What is shown beside the list of tasks: a task, a new one, or those that may be picked. */
export type Pane = 'task' | 'create' | 'pick'

/** A new task that is being written; it stays while the agent looks at another. */
export interface Draft {
  key: number
  related: Pick<Task, 'id' | 'name'> | undefined
}

/** What is open on the desk, and the commands that change it. choice: the task that was chosen, here or elsewhere. */
export function useWork(session: Session, actions: Commands['actions'], tasks: Task[], choice: string | undefined) {
  const [pane, setPane] = useState<Pane>('task')
  const [opened, setOpened] = useState<ReadonlyMap<string, Tool>>(new Map())
  const [draft, setDraft] = useState(keptDraft)
  const [question, setQuestion] = useState<Question>()
  const chosen = chosenOf(tasks, choice)

  const own = useRef<string>(undefined)
  const pin = (id: string | undefined) => {
    own.current = id
    session.choose(id)
  }
  // The choice sticks, so that a task that rings later does not push the details away.
  useEffect(() => pin(chosen?.id), [chosen?.id])
  // A task that was chosen elsewhere, such as by the page that shows the panel, is to be seen.
  useEffect(() => {
    if (choice !== own.current) setPane('task')
  }, [choice])

  const choose = (id: string) => {
    pin(id)
    setPane('task')
  }
  const show = (id: string, tool: Tool | undefined) =>
    setOpened((now) => {
      const next = new Map(now)
      if (tool === undefined) next.delete(id)
      else next.set(id, tool)
      return next
    })
  const open = (task: Task, tool: Tool | undefined) => {
    if (tool !== undefined) choose(task.id)
    show(task.id, toolOf(task.id) === tool ? undefined : tool)
  }
  const ask = (question: Question) => (question.when ? setQuestion(question) : question.act())
  const create = (related?: Pick<Task, 'id' | 'name'>) => {
    setDraft((d) => (d ? { ...d, related: related ?? d.related } : { key: Date.now(), related }))
    setPane('create')
  }
  /** Forgets the new task. */
  const finish = () => {
    drafts.drop(newTask)
    setDraft(undefined)
    setPane('task')
  }
  /** A form with something in it is open again when its task is. */
  const toolOf = (id: string): Tool | undefined => opened.get(id) ?? (drafts.has(id) ? 'edit' : undefined)
  const tool = chosen && toolOf(chosen.id)
  const commands: Commands = { session, actions, choose, create, tool, open, ask }
  return {
    chosen: pane === 'task' ? chosen : undefined,
    pane,
    setPane,
    draft,
    question,
    answer: () => setQuestion(undefined),
    finish,
    commands,
  }
}

/** The new task that was being written before the page was loaded again. */
function keptDraft(): Draft | undefined {
  const kept = drafts.get<NewTaskDraft>(newTask)
  return kept && { key: Date.now(), related: kept.related }
}
