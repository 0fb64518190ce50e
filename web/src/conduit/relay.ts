// What one panel of an agent tells the others: in other tabs of this browser, and in other browsers. Within a browser
// it goes without the server, also while that is away.
import type { Session } from '../ccp/session'
import { newToken } from '../ccp/token'
import type { Message } from './host'

const topic = 'ccp/broadcast'
const largest = 16_000
const remembered = 200

interface Told extends Message {
  id: string
}

/** Never leaves the page that it comes from: there is too much of it, and nobody listens. */
const noise =
  /^(log|server_bound_internal_log|client_metric|client_side_logs|api_metric|click_stream_data|softphone_.*|send_logs)$/

export const isNoise = (event: string): boolean => noise.test(event)

export class Relay {
  private readonly seen: string[] = []
  private readonly channel = openChannel()
  private readonly listeners: ((message: Message) => void)[] = []

  constructor(private readonly session: Session) {
    session.watch({ frame: (frame) => frame.topic === topic && this.take(frame.content) })
    this.channel?.addEventListener('message', ({ data }: MessageEvent<unknown>) => this.take(data))
  }

  /** Hears what other panels tell. */
  listen(listener: (message: Message) => void): void {
    this.listeners.push(listener)
  }

  /** Tells the other panels. What is too large, or cannot be written as JSON, stays here. */
  tell(event: string, data: unknown): void {
    const told: Told = { id: newToken(), event, data: plain(data) }
    if (JSON.stringify(told).length > largest) return
    this.remember(told.id)
    this.channel?.postMessage(told)
    this.session.send({ topic, content: told })
  }

  private take(content: unknown): void {
    const told = content as Partial<Told> | null
    if (typeof told?.id !== 'string' || typeof told.event !== 'string' || this.seen.includes(told.id)) return
    this.remember(told.id)
    for (const listener of this.listeners) listener({ event: told.event, data: told.data })
  }

  private remember(id: string): void {
    this.seen.push(id)
    if (this.seen.length > remembered) this.seen.shift()
  }
}

function plain(data: unknown): unknown {
  try {
    return data === undefined ? undefined : (JSON.parse(JSON.stringify(data)) as unknown)
  } catch {
    return undefined
  }
}

/** Undefined where the browser keeps frames of other sites from storage. */
function openChannel(): BroadcastChannel | undefined {
  try {
    return new BroadcastChannel('tasklane/panels')
  } catch {
    return undefined
  }
}

/** Tells the other panels, and the pages that show them, what the agent does in this one. */
export function relayActions(session: Session, relay: Relay, here: (event: string, data: unknown) => void): void {
  const both = (event: string, data: unknown) => {
    here(event, data)
    relay.tell(event, data)
  }
  session.watch({
    accepted: (contactId) => {
      both('contact::accepted', { contactId })
      both(`contact::accepted::${contactId}`, { contactId })
    },
    chose: (contactId) => both('contact::view', { contactId: contactId ?? '' }),
  })
}
