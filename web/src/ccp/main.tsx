import { mount } from '../page'
import { watchActivity } from './activity'
import { handOver, waitForSignIn } from '../signin/handoff'
import { Relay, relayActions } from '../conduit/relay'
import { leaveUnasked } from './leaving'
import { Panel } from './Panel'
import { fetchPieces } from './piece'
import { Session } from './session'
import { Waiting } from './Waiting'

const framed = parent !== window
const session = new Session()
const relay = new Relay(session)

if (framed) {
  void import('../conduit/start').then(({ startConduit }) => {
    startConduit(session, relay)
    session.start()
  })
} else {
  relayActions(session, relay, () => undefined)
  relay.listen(({ event, data }) => {
    if (event === 'contact::view') session.choose((data as { contactId?: string }).contactId || undefined, true)
  })
  session.start()
  void handOver()
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
const show = mount(<Panel session={session} />)
fetchPieces()
