// Pieces of the panel that are loaded when they are needed, and before that when the browser has nothing to do: so they
// are there when the connection is not, or when the server has been upgraded and its pieces have other names. A piece
// that could not be loaded can be tried again.

export type Trouble = 'offline' | 'upgraded' | 'unknown'

export class Piece<T> {
  value: T | undefined
  trouble: Trouble | undefined
  private loading: Promise<void> | undefined
  private readonly listeners = new Set<() => void>()

  constructor(
    private readonly read: () => Promise<T>,
    private readonly why: () => Promise<Trouble> = whyFailed,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** What is known: the piece, why it is not there, or nothing yet. */
  readonly state = (): T | Trouble | undefined => this.value ?? this.trouble

  /** Loads the piece unless it is there; never fails. */
  load(): Promise<void> {
    if (this.value !== undefined) return Promise.resolve()
    this.loading ??= this.try().finally(() => (this.loading = undefined))
    return this.loading
  }

  private async try(): Promise<void> {
    if (this.trouble !== undefined) this.set(undefined, undefined)
    try {
      this.set(await this.read(), undefined)
    } catch {
      this.set(undefined, await this.why())
    }
  }

  private set(value: T | undefined, trouble: Trouble | undefined): void {
    this.value = value
    this.trouble = trouble
    for (const listener of this.listeners) listener()
  }
}

/** Why a piece could not be loaded. The script that runs here is gone from a server that has another version by now. */
export async function whyFailed(script = import.meta.url, get: typeof fetch = fetch): Promise<Trouble> {
  try {
    const response = await get(script, { method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout(5_000) })
    return response.status === 404 ? 'upgraded' : 'unknown'
  } catch {
    return 'offline'
  }
}

interface Loadable {
  load: () => Promise<void>
  trouble: Trouble | undefined
}

/** Loads pieces one after another. Those that cannot be had are tried once more whenever the connection comes back. */
export async function fetchAll(pieces: Iterable<Loadable>): Promise<void> {
  for (const piece of pieces) {
    await piece.load()
    if (piece.trouble === 'offline') {
      addEventListener('online', () => void fetchAll(pieces), { once: true })
      return
    }
  }
}
