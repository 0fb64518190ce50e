// What agents have typed and not saved, by task. It is kept for the browser's tab: it outlives a reload and a sign-in,
// and goes with the tab, when it is saved or thrown away, and with its task.

/** The draft of a new task. */
export const newTask = 'new'

type Kept = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

export class Drafts {
  private prefix = 'tasklane.draft '
  private readonly memory = new Map<string, string>()
  private readonly listeners = new Set<() => void>()
  private version = 0

  constructor(private readonly storage: Kept | undefined = ownStorage()) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Changes with every change, for those who look. */
  readonly changes = (): number => this.version

  /** Whose drafts these are; those of other agents who use the tab are not shown. */
  of(agent: string): void {
    const prefix = `tasklane.draft ${agent} `
    if (prefix === this.prefix) return
    this.prefix = prefix
    this.memory.clear()
    for (const key of this.stored()) this.memory.set(key, this.storage!.getItem(prefix + key) ?? '')
    this.changed()
  }

  has(key: string): boolean {
    return this.memory.has(key)
  }

  any(): boolean {
    return this.memory.size > 0
  }

  /** What was kept under a key; undefined for nothing, and for what is not to be read. */
  get<T>(key: string): T | undefined {
    try {
      const text = this.memory.get(key)
      return text === undefined ? undefined : (JSON.parse(text) as T)
    } catch {
      return undefined
    }
  }

  put(key: string, value: unknown): void {
    const text = JSON.stringify(value)
    if (this.memory.get(key) === text) return
    this.memory.set(key, text)
    try {
      this.storage?.setItem(this.prefix + key, text)
    } catch {
      // Kept for as long as the page is.
    }
    this.changed()
  }

  drop(key: string): void {
    if (!this.memory.delete(key)) return
    this.remove(key)
    this.changed()
  }

  /** Drops the drafts of tasks that are not in hand any more, and tells which they were. */
  keepOnly(tasks: string[]): string[] {
    const gone = [...this.memory.keys()].filter((key) => key !== newTask && !tasks.includes(key))
    for (const key of gone) this.drop(key)
    return gone
  }

  /** Drops all drafts of the agent. */
  clear(): void {
    for (const key of [...this.memory.keys()]) this.drop(key)
  }

  private remove(key: string): void {
    try {
      this.storage?.removeItem(this.prefix + key)
    } catch {
      // It was not kept there.
    }
  }

  private stored(): string[] {
    const keys: string[] = []
    for (let i = 0; i < (this.storage?.length ?? 0); i++) {
      const key = this.storage!.key(i)
      if (key?.startsWith(this.prefix)) keys.push(key.slice(this.prefix.length))
    }
    return keys
  }

  private changed(): void {
    this.version++
    for (const listener of this.listeners) listener()
  }
}

/** A browser may keep storage from frames. */
function ownStorage(): Storage | undefined {
  try {
    return globalThis.sessionStorage
  } catch {
    return undefined
  }
}

/** Those of this page. */
export const drafts = new Drafts()
