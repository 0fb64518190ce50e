// How a reference of a task is shown. Its value comes from whoever created the task, so only an address
// that is safe to follow becomes a link.
import type { Reference } from './wire'

export interface Shown {
  text: string
  href?: string
}

const safe = new Set(['http:', 'https:', 'mailto:'])

/** The address to link to, or undefined when it must stay text. */
export function safeLink(value: string): string | undefined {
  if (!URL.canParse(value)) return undefined
  const url = new URL(value)
  return safe.has(url.protocol) ? url.href : undefined
}

function mailLink(value: string): string | undefined {
  // One plain address: nothing that could add recipients or headers to the mail.
  return /^[^\s@<>()[\],;:"?&%]+@[^\s@<>()[\],;:"?&%]+$/.test(value) ? `mailto:${value}` : undefined
}

/** A DATE holds epoch seconds; anything else stays as it is written. */
export function dateOf(value: string): Date | undefined {
  if (!/^-?\d{1,12}$/.test(value)) return undefined
  const date = new Date(Number(value) * 1000)
  return Number.isNaN(date.getTime()) ? undefined : date
}

export function localTime(date: Date): string {
  return date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })
}

/** The time of day, with the day unless it is today. */
export function nearTime(date: Date, style: 'short' | 'medium' = 'short', today = new Date()): string {
  const time = date.toLocaleTimeString(undefined, { timeStyle: style })
  if (date.toDateString() === today.toDateString()) return time
  return `${date.toLocaleDateString(undefined, { day: 'numeric', month: 'short' })}, ${time}`
}

/** A NUMBER with the separators of the reader's language; one that would not stay what it is stays as it is written. */
export function localNumber(value: string): string {
  const parts = /^-?(0|[1-9]\d{0,14})(?:\.(\d{1,6}))?$/.exec(value)
  if (!parts) return value
  const digits = parts[2]?.length ?? 0
  return Number(value).toLocaleString(undefined, { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

export function shown({ type, value }: Pick<Reference, 'type' | 'value'>): Shown {
  const text = value ?? ''
  const href = type === 'URL' ? safeLink(text) : type === 'EMAIL' ? mailLink(text) : undefined
  if (href) return { text, href }
  const date = type === 'DATE' ? dateOf(text) : undefined
  if (date) return { text: localTime(date) }
  return { text: type === 'NUMBER' ? localNumber(text) : text }
}
