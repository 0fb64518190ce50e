// The page that shows the panel in a frame, and messages to and from it.
import { parentOrigin } from '../signin/names'

export interface Message {
  event: string
  data?: unknown
}

/** The parent page. Only approved origins can be it: the browser keeps others from framing the panel (frame-ancestors). */
export class Host {
  private origin = parentOrigin() // its first message tells it where the browser does not
  private listener: ((message: Message) => void) | undefined

  constructor(private readonly page: Window = parent) {
    addEventListener('message', (event) => this.take(event))
  }

  listen(listener: (message: Message) => void): void {
    this.listener = listener
  }

  post(event: string, data?: unknown): void {
    this.send(data === undefined ? { event } : { event, data })
  }

  /** Sends anything, with a port if there is one. */
  send(message: unknown, ports: MessagePort[] = []): void {
    if (this.origin !== undefined) this.page.postMessage(message, this.origin, ports)
  }

  private take(event: MessageEvent<unknown>): void {
    if (event.source !== this.page) return
    this.origin ??= event.origin
    const message = event.data as Partial<Message> | null
    if (event.origin !== this.origin || typeof message?.event !== 'string') return
    this.listener?.(message as Message)
  }
}
