// The inner half of the conduit of amazon-connect-streams: this panel, in a frame of a page that has called
// connect.core.initCCP. The page asks, the panel answers; see docs/streams.md for the messages.
import { settingsOf } from '../ccp/host'
import type { Session } from '../ccp/session'
import { newToken } from '../ccp/token'
import { Api, errorText } from './api'
import type { Host, Message } from './host'
import { master } from './master'
import { isNoise, relayActions, type Relay } from './relay'
import { updateOf } from './update'

interface Request {
  requestId?: string
  method?: string
  params?: Record<string, unknown>
}

export class Conduit {
  private readonly id = newToken()
  private readonly api: Api
  private readonly sent = { desk: undefined as unknown, up: undefined as boolean | undefined }
  private acknowledged = false
  private terminated = false
  private over = false

  constructor(
    private readonly session: Session,
    private readonly host: Host,
    private readonly relay: Relay,
  ) {
    this.api = new Api(session)
  }

  start(): void {
    this.host.listen((message) => this.take(message))
    this.relay.listen(({ event, data }) => this.broadcast(event, data))
    relayActions(this.session, this.relay, (event, data) => this.host.post(event, data))
    this.session.watch({
      frame: ({ topic, content }) => this.frame(topic, content),
      ended: (how) => this.ended(how),
    })
    this.session.subscribe(() => this.publish())
    this.publish()
  }

  /** A page that never heard that the agent is signed in knows by that what to do. */
  private ended(how: 'left' | 'lost'): void {
    this.over = true
    if (how === 'left') this.terminate()
    else if (this.acknowledged) this.host.post('auth_fail', {})
  }

  private terminate(): void {
    if (!this.terminated) this.host.post('terminated')
    this.terminated = true
  }

  /** Sends what has changed. The first acknowledgement means that the agent is signed in and can work. */
  private publish(): void {
    const { desk } = this.session.state()
    if (!desk) return
    if (!this.acknowledged) {
      this.acknowledged = true
      this.host.post('acknowledge', { id: this.id })
      this.host.post('update_connected_ccps', { length: 1 })
      this.host.post('request_configure') // a frame that is loaded again has forgotten it
    }
    if (desk !== this.sent.desk) {
      this.sent.desk = desk
      this.host.post('agent::update', updateOf(desk, Date.now()))
    }
    this.connection()
  }

  private connection(): void {
    const up = this.session.connectedNow()
    if (up === this.sent.up) return
    this.sent.up = up
    for (const event of up
      ? ['webSocket::connection_open', 'webSocket::connection_gain', 'agent::websocket_connection_gained']
      : ['webSocket::connection_close', 'webSocket::connection_lost', 'agent::websocket_connection_lost']) {
      this.host.post(event, {})
    }
  }

  private frame(topic: string, content: unknown): void {
    if (topic === 'aws/subscribe') this.host.post('webSocket::subscription_update', content)
    else if (topic.startsWith('aws/')) this.host.post('webSocket::all_message', { topic, content })
  }

  private take({ event, data }: Message): void {
    switch (event) {
      case 'synchronize':
        // While nobody is signed in the page must not take the panel for ready, or it closes the sign-in window.
        if (this.acknowledged && !this.over) this.host.post('acknowledge', { id: this.id })
        return
      case 'api_request':
        return void this.answer(data as Request)
      case 'master_request':
        return void this.answerMaster(data as Request)
      case 'broadcast': {
        const inner = data as Partial<Message> | null
        if (typeof inner?.event !== 'string' || isNoise(inner.event)) return
        this.broadcast(inner.event, inner.data)
        return this.relay.tell(inner.event, inner.data)
      }
      case 'configure':
        return this.session.configure(settingsOf(data))
      case 'reload_agent_configuration':
        return void this.session.reload()
      case 'webSocket::subscribe':
        if (Array.isArray(data)) this.session.subscribeTopics(data.map(String))
        return
      case 'media_device_request':
        return this.host.post('media_device_response', [])
      case 'terminate':
        return void this.signOut()
    }
  }

  /** Every page that shows a panel of the agent hears of a broadcast, also the one that it comes from. */
  private broadcast(event: string, data: unknown): void {
    this.host.post(event, data)
    if (event === 'contact::view') {
      const { contactId } = (data ?? {}) as { contactId?: unknown }
      this.session.choose(typeof contactId === 'string' && contactId ? contactId : undefined, true)
    }
  }

  private async answer({ requestId, method = '', params = {} }: Request): Promise<void> {
    try {
      const data = await this.api.call(method, params)
      this.host.post('api_response', { event: 'api_response', requestId, data, err: null })
    } catch (error) {
      this.host.post('api_response', { event: 'api_response', requestId, data: null, err: errorText(error) })
    }
  }

  private async answerMaster(request: Request): Promise<void> {
    this.host.post('master_response', { requestId: request.requestId, data: await master(request) })
  }

  /** The page wants the agent signed out, or has done so: then the session may be known to be over already. */
  private async signOut(): Promise<void> {
    await this.session.endSignIn().catch(() => undefined) // it is over then, too
    this.terminate()
    location.reload()
  }
}
