import { useEffect, useRef, useState } from 'react'
import { drafts } from './drafts'
import { changesOf, endingOf, outcomeOf, type Change } from './news'
import type { Session } from './session'
import { called, type Task } from './view'

/** Something that is told: of the agent's own doing it goes by itself. */
export interface Note {
  key: string
  text: string
  kind: 'well' | 'news'
}

export interface Notes {
  notes: Note[]
  tell: (text: string, kind: Note['kind']) => void
  forget: (key: string) => void
}

const most = 5
let count = 0

export function useNotes(): Notes {
  const [notes, setNotes] = useState<Note[]>([])
  return {
    notes,
    tell: (text, kind) => setNotes((all) => [...all.slice(1 - most), { key: `note ${++count}`, text, kind }]),
    forget: (key) => setNotes((all) => all.filter((note) => note.key !== key)),
  }
}

/** Tells what others have done to the agent's tasks, and what of it was lost. */
export function useNews(session: Session, tasks: Task[], tell: Notes['tell']): void {
  const known = useRef(tasks)
  useEffect(() => {
    const before = known.current
    known.current = tasks
    const lost = new Set(drafts.keepOnly(tasks.map(({ id }) => id)))
    for (const change of changesOf(before, tasks)) {
      if (change.kind === 'missed') continue // its row stays, and says so
      void textOf(session, change, lost.has(change.task.id)).then((text) => text && tell(text, 'news'))
      lost.delete(change.task.id)
    }
    for (const id of lost) {
      const task = before.find((t) => t.id === id)
      tell(`${task ? called(task) : 'A task'} is closed. ${unsaved}`, 'news')
    }
  }, [tasks.map(({ id, stage }) => `${id} ${stage}`).join()])
}

const unsaved = 'What you had typed and not saved is gone with it.'

async function textOf(session: Session, { task, kind }: Change, lost: boolean): Promise<string | undefined> {
  if (await session.did(task.id)) return undefined
  const told =
    kind === 'ended' ? endingOf(task) : outcomeOf(await session.outcome(task.id).catch(() => undefined))
  return told && `${called(task)} ${told}.${lost ? ` ${unsaved}` : ''}`
}
