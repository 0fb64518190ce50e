// The channel of the newer Amazon Connect SDK, parts of which amazon-connect-streams 2.18 and later use: requests and
// topics over a port that the panel offers the page.
import type { Session } from '../ccp/session'
import { newToken } from '../ccp/token'
import type { Host } from './host'
import { answers, Refused } from './sdkAnswers'
import { notExtended, published, type Published, type Topic } from './sdkTopics'

interface Incoming {
  type?: string
  namespace?: string
  command?: string
  requestId?: string
  data?: unknown
  topic?: Topic
  handlerId?: string
}

const name = ({ namespace, key, parameter = '' }: Topic) => `${namespace} ${key} ${parameter}`

export class Sdk {
  private readonly connectionId = newToken()
  private readonly topics = new Set<string>()
  private port: MessagePort | undefined
  private last = { desk: undefined, up: false } as Parameters<typeof published>[0]

  constructor(
    private readonly session: Session,
    private readonly host: Host,
  ) {}

  start(): void {
    const begin = () => {
      if (!this.port && this.session.state().desk) this.open()
      else if (this.port) this.publish()
    }
    this.session.subscribe(begin)
    this.session.watch({
      notExtended: (error) => this.send([notExtended(error, this.session.state().ending !== undefined)]),
    })
    begin()
  }

  private open(): void {
    const { port1, port2 } = new MessageChannel()
    this.port = port1
    this.last = this.now()
    port1.onmessage = (event: MessageEvent<Incoming>) => void this.take(event.data)
    this.host.send({ type: 'cross-domain-adapter-init' }, [port2])
  }

  private now() {
    const { desk, ending } = this.session.state()
    return { desk, ending: ending?.expiration, up: this.session.connectedNow() }
  }

  private publish(): void {
    const now = this.now()
    this.send(published(this.last, now))
    this.last = now
  }

  private send(all: Published[]): void {
    for (const { topic, data } of all) {
      const { contactId } = data as { contactId?: string }
      for (const wanted of contactId === undefined ? [topic] : [topic, { ...topic, parameter: contactId }]) {
        if (this.topics.has(name(wanted))) this.port?.postMessage({ type: 'publish', topic: wanted, data })
      }
    }
  }

  private async take(message: Incoming): Promise<void> {
    switch (message.type) {
      case 'cross-domain-site-ready':
        return this.port?.postMessage({
          type: 'acknowledge',
          connectionId: this.connectionId,
          status: { initialized: true, startTime: new Date() },
          healthCheckInterval: 0,
        })
      case 'healthCheck':
        return this.port?.postMessage({ type: 'healthCheckResponse', time: Date.now(), counter: 0 })
      case 'request':
        return this.port?.postMessage(await this.answer(message))
      case 'subscribe':
        if (message.topic) this.topics.add(name(message.topic))
        return
      case 'unsubscribe':
        if (message.topic) this.topics.delete(name(message.topic))
    }
  }

  private async answer({ namespace = '', command = '', requestId, data }: Incoming): Promise<object> {
    try {
      const answer = answers[`${namespace} ${command}`]
      if (!answer) throw new Refused('noHandler', `Tasklane does not answer ${namespace} ${command}`)
      const desk = this.session.state().desk
      if (!desk) throw new Refused('notReady', 'The panel is not ready')
      return {
        type: 'response',
        namespace,
        requestId,
        isError: false,
        data: await answer({ session: this.session, desk }, (data ?? {}) as Record<string, unknown>),
      }
    } catch (error) {
      const errorKey = error instanceof Refused ? error.key : 'handlerError'
      const reason = error instanceof Error ? error.message : String(error)
      return {
        type: 'response',
        namespace,
        requestId,
        isError: true,
        errorKey,
        reason,
        details: { command, requestData: data },
      }
    }
  }
}
