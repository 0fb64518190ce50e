import { createContext, useContext, useEffect, useState, type ReactNode } from 'react'

const Now = createContext(0)
const Skew = createContext(0)

/** The server's time in ms, as far as this machine can tell; moves on every second. */
export const useNow = (): number => useContext(Now)

/** How much the server's clock is ahead of this machine's, in ms. */
export const useSkew = (): number => useContext(Skew)

/** Ticks for the timers below it, and renders nothing else again. */
export function Clock({ skew, children }: { skew: number; children: ReactNode }) {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return (
    <Skew value={skew}>
      <Now value={now + skew}>{children}</Now>
    </Skew>
  )
}
