import { useCallback, useEffect, useState } from 'react'

export interface Loaded<T> {
  value: T | undefined
  problem: string | undefined
  again: () => void
}

/** Reads something when it is first shown and whenever the key changes; what was read stays until the next is there. */
export function useLoaded<T>(key: string, read: () => Promise<T>): Loaded<T> {
  const [value, setValue] = useState<T>()
  const [problem, setProblem] = useState<string>()
  const [tries, setTries] = useState(0)
  useEffect(() => {
    let wanted = true
    read().then(
      (read) => {
        if (!wanted) return
        setValue(read)
        setProblem(undefined)
      },
      (error: unknown) => wanted && setProblem(error instanceof Error ? error.message : String(error)),
    )
    return () => {
      wanted = false
    }
  }, [key, tries])
  return { value, problem, again: useCallback(() => setTries((n) => n + 1), []) }
}
