// Several panels of one agent in one browser: of what all of them hear, one tells. They agree by messages; nothing
// is kept, so that a tab which is closed is missed by nobody.

interface Channel {
  postMessage: (message: unknown) => void
  onmessage: ((event: { data: unknown }) => void) | null
}

type Message = { kind: 'claim' | 'done'; topic: string; rank: number; tab: string }

/** How long a tab waits for others that would rather tell; and how long what was told counts as told. */
const wait = 150
const fresh = 2500

export class Tabs {
  private readonly best = new Map<string, { rank: number; tab: string }>()
  private readonly done = new Map<string, number>()

  constructor(
    private readonly channel: Channel | undefined = open(),
    private readonly tab = String(Math.random()),
    private readonly now = () => Date.now(),
  ) {
    if (channel) channel.onmessage = ({ data }) => this.hear(data as Message)
  }

  /** Whether this tab is the one to tell of a topic now. The tab of the highest rank is, at most once in a while. */
  async claim(topic: string, rank: number): Promise<boolean> {
    if (this.recent(topic)) return false
    this.say('claim', topic, rank)
    await new Promise((resolve) => setTimeout(resolve, wait))
    const best = this.best.get(topic)
    this.best.delete(topic)
    if (this.recent(topic) || (best && ahead(best, { rank, tab: this.tab }))) return false
    this.say('done', topic, rank)
    return true
  }

  private recent(topic: string): boolean {
    return this.now() - (this.done.get(topic) ?? -fresh) < fresh
  }

  private say(kind: Message['kind'], topic: string, rank: number): void {
    this.channel?.postMessage({ kind, topic, rank, tab: this.tab } satisfies Message)
  }

  private hear({ kind, topic, rank, tab }: Message): void {
    if (kind === 'done') {
      this.done.set(topic, this.now())
      return
    }
    const best = this.best.get(topic)
    if (!best || ahead({ rank, tab }, best)) this.best.set(topic, { rank, tab })
  }
}

function ahead(a: { rank: number; tab: string }, b: { rank: number; tab: string }): boolean {
  return a.rank > b.rank || (a.rank === b.rank && a.tab > b.tab)
}

function open(): Channel | undefined {
  return 'BroadcastChannel' in globalThis ? (new BroadcastChannel('tasklane-panel') as Channel) : undefined
}
