// The keyboard. Every shortcut has Alt, so that a word typed into the wrong window accepts or ends nothing; letters
// that browsers use for their address bar and menus are left to them. While the agent writes, shortcuts rest: Option on a
// Mac, and AltGr elsewhere, are for letters such as ą, ç and ñ.
import { nextVerb, verbs, type Stage, type Verb } from './view'

export type Shortcut = Exclude<Verb, 'related'> | 'undo' | 'create' | 'pick' | 'next' | 'previous' | 'status' | 'sound' | 'help'

interface Key {
  /** As KeyboardEvent.code names it: where the key is, whatever its letter does with Alt. */
  code: string
  shown: string
  does: string
}

export const keys: Record<Shortcut, Key> = {
  accept: { code: 'KeyA', shown: 'A', does: 'Accept the task that rings' },
  decline: { code: 'KeyR', shown: 'R', does: 'Decline the task that rings' },
  next: { code: 'ArrowDown', shown: '↓', does: 'Next task' },
  previous: { code: 'ArrowUp', shown: '↑', does: 'Previous task' },
  pause: { code: 'KeyP', shown: 'P', does: 'Pause the task' },
  resume: { code: 'KeyP', shown: 'P', does: 'Resume the paused task' },
  transfer: { code: 'KeyT', shown: 'T', does: 'Transfer the task' },
  edit: { code: 'KeyI', shown: 'I', does: 'Edit the task' },
  history: { code: 'KeyY', shown: 'Y', does: 'History of the task' },
  end: { code: 'KeyX', shown: 'X', does: 'End the task' },
  undo: { code: 'KeyZ', shown: 'Z', does: 'Do not end it, within a few seconds' },
  close: { code: 'KeyC', shown: 'C', does: 'Close the ended task' },
  create: { code: 'KeyN', shown: 'N', does: 'New task' },
  pick: { code: 'KeyG', shown: 'G', does: 'Pick a task (get one)' },
  status: { code: 'KeyS', shown: 'S', does: 'Go to your status' },
  sound: { code: 'KeyM', shown: 'M', does: 'Sound on or off' },
  help: { code: 'KeyK', shown: 'K', does: 'This help' },
}

/** As aria-keyshortcuts wants it. */
export const ariaKey = (shortcut: Shortcut): string => `Alt+${keys[shortcut].code.replace(/^Key/, '')}`

type Pressed = Pick<KeyboardEvent, 'code' | 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'repeat'>

/** The shortcuts that a key press may mean; what there is to act on decides between them. */
export function pressed(event: Pressed): Shortcut[] {
  const plain = event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey
  if (!plain) return []
  const all = (Object.keys(keys) as Shortcut[]).filter((shortcut) => keys[shortcut].code === event.code)
  return event.repeat ? all.filter((shortcut) => shortcut === 'next' || shortcut === 'previous') : all
}

interface Place {
  tagName?: string
  type?: string
  isContentEditable?: boolean
  readOnly?: boolean
  disabled?: boolean
  getAttribute?: (name: string) => string | null
}

/** Inputs into which nothing is typed. */
const unwritten = new Set(['button', 'checkbox', 'color', 'file', 'image', 'radio', 'range', 'reset', 'submit'])
const written = new Set(['textbox', 'searchbox', 'combobox', 'spinbutton'])

/** Whether what is pressed at a place of the page writes there. */
export function writes(at: Place | null): boolean {
  if (!at) return false
  const tag = at.tagName?.toUpperCase()
  if (tag === 'TEXTAREA') return true
  if (tag === 'INPUT') return !unwritten.has((at.type ?? 'text').toLowerCase())
  // A list that looks for what is typed.
  if (tag === 'SELECT') return true
  return at.isContentEditable === true || (tag !== 'BUTTON' && written.has(at.getAttribute?.('role') ?? ''))
}

/** The task that a verb is about: an answer goes to the task that rings, anything else to the chosen one. */
export function subject<T extends { stage: Stage }>(verb: Verb, chosen: T | undefined, all: T[]): T | undefined {
  const able = (task: T | undefined) => task !== undefined && verbs[task.stage].includes(verb)
  if (able(chosen)) return chosen
  return verb === nextVerb.ringing || verb === 'decline' ? all.find(able) : undefined
}
