import { useCallback, useEffect, useRef, useState } from 'react'
import { CallError } from './client'

/** One click: what it is to do, in words that follow "Could not", and how. */
export interface Click {
  /** The same key cannot run twice at once. */
  key: string
  what: string
  work: () => Promise<void>
  /** Whether it still makes sense after the connection was lost; a click that went through before does not. */
  still?: () => boolean
}

/** A click that the server refused, and why; final: it would always do so. */
export interface Failure {
  click: Click
  reason: string
  final: boolean
}

export interface Actions {
  run: (click: Click) => void
  busy: (key: string) => boolean
  /** Clicks that have not reached the server: they are sent when it answers again, unless they are dropped. */
  waiting: Click[]
  failures: Failure[]
  /** Forgets a click that waits or has failed. */
  drop: (key: string) => void
}

const patience = 500

const without = (key: string) => (clicks: Click[]) => clicks.filter((click) => click.key !== key)

/** live: the server answers. */
export function useActions(live: boolean): Actions {
  const [running, setRunning] = useState<ReadonlySet<string>>(new Set())
  const [waiting, setWaiting] = useState<Click[]>([])
  const [failures, setFailures] = useState<Failure[]>([])
  const started = useRef(new Set<string>())

  const drop = useCallback((key: string) => {
    setFailures((all) => all.filter((f) => f.click.key !== key))
    setWaiting(without(key))
  }, [])

  const run = useCallback(
    (click: Click) => {
      const { key } = click
      if (started.current.has(key)) return
      started.current.add(key)
      drop(key)
      setRunning(new Set(started.current))
      click
        .work()
        .catch((error: unknown) => {
          if (unreached(error)) return setWaiting((all) => [...all, click])
          const reason = error instanceof Error ? error.message : String(error)
          const final = error instanceof CallError && error.type === 'ValidationException'
          setFailures((all) => [{ click, reason, final }, ...all])
        })
        .finally(() => {
          started.current.delete(key)
          setRunning(new Set(started.current))
        })
    },
    [drop],
  )

  useEffect(() => {
    if (!live || waiting.length === 0) return
    const timer = setTimeout(() => {
      setWaiting([])
      for (const click of waiting) if (click.still?.() ?? true) run(click)
    }, patience)
    return () => clearTimeout(timer)
  }, [live, waiting, run])

  const busy = (key: string) => running.has(key) || waiting.some((click) => click.key === key)
  return { run, busy, waiting, failures, drop }
}

function unreached(error: unknown): boolean {
  return error instanceof CallError && error.status === 0
}
