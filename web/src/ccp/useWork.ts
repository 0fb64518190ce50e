import { useEffect, useRef, useState } from 'react'
import type { Commands, Tool } from './commands'
import type { Session } from './session'
import { chosenOf, type Task } from './view'

/** What is shown beside the list of tasks: a task, a new one, or those that may be picked. */
export type Pane = 'task' | 'create' | 'pick'

/** A new task that is being written; it stays while the agent looks at another. */
export interface Draft {
  key: number
  related: Task | undefined
}

/** What is open on the desk, and the commands that change it. choice: the task that was chosen, here or elsewhere. */
export function useWork(session: Session, actions: Commands['actions'], tasks: Task[], choice: string | undefined) {
  const [pane, setPane] = useState<Pane>('task')
  const [opened, setOpened] = useState<{ id: string; tool: Tool }>()
  const [draft, setDraft] = useState<Draft>()
  const [note, setNote] = useState('')
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
  const open = (task: Task, tool: Tool | undefined) => {
    choose(task.id)
    setOpened((now) => {
      if (tool === undefined || (now?.id === task.id && now.tool === tool)) return undefined
      return { id: task.id, tool }
    })
  }
  const create = (related?: Task) => {
    setDraft((d) => (d ? { ...d, related: related ?? d.related } : { key: Date.now(), related }))
    setPane('create')
  }
  /** Forgets the new task, saying what has become of it. */
  const finish = (said = '') => {
    setDraft(undefined)
    setPane('task')
    setNote(said)
  }
  const tool = opened?.id === chosen?.id ? opened?.tool : undefined
  const commands: Commands = { session, actions, choose, create, tool, open }
  return {
    chosen: pane === 'task' ? chosen : undefined,
    pane,
    setPane,
    draft,
    note,
    forget: () => setNote(''),
    finish,
    commands,
  }
}
