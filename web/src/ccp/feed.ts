// The socket that says "something changed". It keeps itself alive, and comes back by itself when it breaks.
import type { Transport } from './wire'

export interface FeedOptions {
  /** Asks for an address; each holds a ticket and works once. */
  transport: () => Promise<Transport>
  /** The desk may have changed; the version of what it now is. */
  onChange: (version: unknown) => void
  onUp: () => void
  onDown: () => void
  /** A frame of a topic that was subscribed, or of another panel of the agent. */
  onFrame: (frame: Frame) => void
}

export interface Frame {
  topic: string
  content?: unknown
}

/** How a socket ended: its lifetime was over, or it broke or never opened. */
type End = 'renew' | 'lost'

const beat = 5_000
/** How long an answer to a beat may take. */
const patience = 4_000
const openTimeout = 10_000
const steady = 20_000

/** Milliseconds to wait before try n (from 0): 0.5 s doubling to 4 s, with jitter so that agents do not return at once. */
export function backoff(n: number, random = Math.random()): number {
  return Math.min(4_000, 500 * 2 ** n) * (0.5 + random / 2)
}

export class Feed {
  private stopped = false
  private socket: WebSocket | undefined
  private wake: (() => void) | undefined
  private readonly topics = new Set<string>()

  constructor(private readonly options: FeedOptions) {}

  /** Runs until stop is called, opening a socket again whenever one ends. */
  async run(): Promise<void> {
    const wake = () => this.wake?.()
    addEventListener('online', wake)
    for (let tries = 0; !this.stopped; ) {
      const began = Date.now()
      if ((await this.connect()) === 'renew') continue
      if (this.stopped) break
      // A socket that breaks at once counts as a failed try, or a sick server would be asked twice a second.
      if (Date.now() - began > steady) tries = 0
      this.options.onDown()
      await this.pause(backoff(tries++))
    }
    removeEventListener('online', wake)
  }

  stop(): void {
    this.stopped = true
    this.socket?.close()
    this.wake?.()
  }

  /** Asks for the frames of these topics, now and whenever the socket comes back. */
  subscribe(topics: string[]): void {
    for (const topic of topics) this.topics.add(topic)
    if (topics.length) this.send({ topic: 'aws/subscribe', content: { topics } })
  }

  /** Sends a frame; lost while there is no socket. */
  send(frame: Frame): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame))
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /** Opens one socket and waits for its end. */
  private async connect(): Promise<End> {
    try {
      const transport = await this.options.transport()
      if (this.stopped) return 'lost'
      return await new Promise((resolve) => this.attach(transport, resolve))
    } catch {
      return 'lost'
    }
  }

  private attach(transport: Transport, ended: (how: End) => void): void {
    const socket = new WebSocket(transport.url)
    this.socket = socket
    let opened = false
    let doubt: ReturnType<typeof setTimeout> | undefined
    const finish = (how: End) => {
      clearTimeout(impatience)
      clearTimeout(renewal)
      clearTimeout(doubt)
      clearInterval(pulse)
      removeEventListener('offline', cut)
      socket.onopen = socket.onmessage = socket.onclose = null
      socket.close()
      ended(how)
    }
    const impatience = setTimeout(() => opened || finish('lost'), openTimeout)
    const renewal = setTimeout(() => finish('renew'), renewAfter(transport))
    const pulse = setInterval(() => {
      if (!opened || doubt !== undefined) return
      // A dead network may never report the close, so a beat without an answer is the end.
      doubt = setTimeout(() => finish('lost'), patience)
      socket.send('{"topic":"aws/heartbeat"}')
    }, beat)
    // The browser knows at once that its network is gone. A server on this machine answers all the same, and is back at once.
    const cut = () => finish('lost')
    addEventListener('offline', cut)
    socket.onopen = () => {
      opened = true
      this.subscribe([...this.topics])
      this.options.onUp()
    }
    socket.onclose = () => finish('lost')
    socket.onmessage = (event) => {
      clearTimeout(doubt)
      doubt = undefined
      const frame = frameOf(event.data)
      if (frame?.topic === 'ccp/snapshot') this.options.onChange(frame.content)
      else if (frame && frame.topic !== 'aws/heartbeat') this.options.onFrame(frame)
    }
  }
}

/** A little before the server would close the socket; a timer must stay under 2^31 ms. */
function renewAfter(transport: Transport): number {
  return Math.min(Math.max(transport.transportLifeTimeInSeconds, 60), 86_400) * 900
}

function frameOf(text: unknown): Frame | undefined {
  try {
    const frame = JSON.parse(String(text)) as Partial<Frame> | null
    return typeof frame?.topic === 'string' ? (frame as Frame) : undefined
  } catch {
    return undefined
  }
}
