import { createContext, useContext, useEffect, useState } from 'react'

/** The server's time, in ms, as far as this machine can tell; moves on every second. */
export const Now = createContext(0)

export const useNow = (): number => useContext(Now)

export function useTick(skew: number): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return now + skew
}
