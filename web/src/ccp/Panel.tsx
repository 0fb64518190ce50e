import './ccp.css'
import { useSyncExternalStore } from 'react'
import { Boundary } from './Boundary'
import { DeskView } from './DeskView'
import { drafts } from './drafts'
import type { Session } from './session'
import { Starting } from './Starting'

export function Panel({ session }: { session: Session }) {
  const { desk, live, problem, chosen, ending, host } = useSyncExternalStore(session.subscribe, session.state)
  if (!desk) return <Starting problem={problem} />
  drafts.of(desk.configuration.agentARN)
  return (
    <Boundary>
      <DeskView session={session} desk={desk} live={live !== false} choice={chosen} ending={ending} host={host} />
    </Boundary>
  )
}
