import './ccp.css'
import { useSyncExternalStore } from 'react'
import { DeskView } from './DeskView'
import type { Session } from './session'
import { Starting } from './Starting'

export function Panel({ session }: { session: Session }) {
  const { desk, live, problem, chosen, ending, host } = useSyncExternalStore(session.subscribe, session.state)
  if (!desk) return <Starting problem={problem} />
  return <DeskView session={session} desk={desk} live={live !== false} choice={chosen} ending={ending} host={host} />
}
