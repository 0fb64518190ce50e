import { mount } from '../page'
import { watchActivity } from './activity'
import { handOver, waitForSignIn } from '../signin/handoff'
import { Relay, relayActions } from '../conduit/relay'
import { leaveUnasked } from './leaving'
import { Panel } from './Panel'
import { NotLoaded } from './NotLoaded'
import { fetchPieces } from './piece'
import { Piece } from './pieces'
import { Session } from './session'
import { Waiting } from './Waiting'

const framed = parent !== window
const session = new Session()
const relay = new Relay(session)

if (framed) {
  void startFramed()
} else {
  relayActions(session, relay, () => undefined)
  relay.listen(({ event, data }) => {
    if (event === 'contact::view') session.choose((data as { contactId?: string }).contactId || undefined, true)
  })
  session.start()
  void handOver()
}

/** Answers the page around the panel; without that part there is nothing to show. */
async function startFramed(): Promise<void> {
  const conduit = new Piece(() => import('../conduit/start'))
  const start = async () => {
    await conduit.load()
    if (conduit.trouble) return show(<NotLoaded trouble={conduit.trouble} again={() => void start()} />)
    show(panel)
    conduit.value!.startConduit(session, relay)
    session.start()
  }
  await start()
}

watchActivity(() => session.active())

// A frame does not show the sign-in page: who would see whose page it is? The page around it opens a window for that.
session.watch({
  ended() {
    if (!framed) return leaveUnasked(() => location.assign(session.next))
    void waitForSignIn().then(() => leaveUnasked(() => location.reload()))
    show(<Waiting />)
  },
})
const panel = <Panel session={session} />
const show = mount(panel)
fetchPieces()
