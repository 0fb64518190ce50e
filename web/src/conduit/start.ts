// Loaded by a panel that another page shows in a frame.
import type { Session } from '../ccp/session'
import { Conduit } from './conduit'
import { Host } from './host'
import type { Relay } from './relay'
import { Sdk } from './sdk'

export function startConduit(session: Session, relay: Relay): void {
  const host = new Host()
  new Conduit(session, host, relay).start()
  new Sdk(session, host).start()
}
