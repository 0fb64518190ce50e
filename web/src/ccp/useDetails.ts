import { useEffect, useState } from 'react'
import type { Details } from './endpoints'
import type { Session } from './session'
import { useLoaded } from './useLoaded'

const again = 10_000

/** Who is behind the quick connects, as it is now; undefined until it is known, or where the server does not tell. */
export function useDetails(session: Session): Details | undefined {
  const [tick, setTick] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => document.hidden || setTick((n) => n + 1), again)
    return () => clearInterval(timer)
  }, [])
  return useLoaded(String(tick), () => session.endpointDetails()).value
}
