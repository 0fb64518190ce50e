import { useCallback, useState } from 'react'

/** A click that failed: what was tried, why it failed, and how to try again. */
export interface Failure {
  key: string
  title: string
  reason: string
  retry: () => void
}

export interface Actions {
  /** Runs one click. The same key cannot run twice at once; a failure stays until it is dismissed or works. */
  run: (key: string, title: string, work: () => Promise<void>) => void
  busy: (key: string) => boolean
  failures: Failure[]
  dismiss: (key: string) => void
}

export function useActions(): Actions {
  const [running, setRunning] = useState<ReadonlySet<string>>(new Set())
  const [failures, setFailures] = useState<Failure[]>([])

  const dismiss = useCallback((key: string) => setFailures((all) => all.filter((f) => f.key !== key)), [])

  const run = useCallback(
    (key: string, title: string, work: () => Promise<void>) => {
      const retry = () => run(key, title, work)
      dismiss(key)
      setRunning((keys) => new Set(keys).add(key))
      work()
        .catch((error: unknown) => {
          const reason = error instanceof Error ? error.message : String(error)
          setFailures((all) => [{ key, title, reason, retry }, ...all])
        })
        .finally(() => setRunning((keys) => new Set([...keys].filter((k) => k !== key))))
    },
    [dismiss],
  )

  return { run, busy: (key) => running.has(key), failures, dismiss }
}
