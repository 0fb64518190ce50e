// What becomes of clicks: they run, wait a moment in which they can be taken back, wait for the connection, or fail.
import { CallError } from './client'
import { reasonOf } from './plain'

/** One click: what it is to do, in words that follow "Could not", and how. */
export interface Click {
  /** The same key cannot run twice at once. */
  key: string
  what: string
  work: () => Promise<void>
  /** Whether it still makes sense after a while: its task may have moved on. */
  still?: () => boolean
  /** Whether it got through before, though no answer came. */
  done?: () => boolean
}

/** A click that the server refused, and why; final: it would always do so. */
export interface Failure {
  click: Click
  reason: string
  /** What the server said, where that is more than the reason. */
  detail: string | undefined
  final: boolean
}

/** A click that runs at a time, in ms, unless it is taken back before. */
export interface Later {
  click: Click
  at: number
}

export interface ClickState {
  running: ReadonlySet<string>
  later: Later[]
  /** Clicks that have not reached the server: they are sent when it answers again, unless they are dropped. */
  waiting: Click[]
  failures: Failure[]
  /** Clicks that were not sent, as their tasks had moved on. */
  pointless: Click[]
}

const patience = 500

export class Clicks {
  private current: ClickState = { running: new Set(), later: [], waiting: [], failures: [], pointless: [] }
  private readonly listeners = new Set<() => void>()
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>()
  private live = false
  private resend: ReturnType<typeof setTimeout> | undefined

  readonly state = (): ClickState => this.current

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Whether a click of this key runs, or waits to. */
  busy(key: string): boolean {
    const { running, waiting, later } = this.current
    return running.has(key) || waiting.some((c) => c.key === key) || later.some((l) => l.click.key === key)
  }

  run(click: Click): void {
    const { key } = click
    if (this.current.running.has(key)) return
    this.drop(key)
    this.set({ running: new Set(this.current.running).add(key) })
    click
      .work()
      .catch((error: unknown) => this.failed(click, error))
      .finally(() => {
        const running = new Set(this.current.running)
        running.delete(key)
        this.set({ running })
      })
  }

  /** Runs a click in some ms, unless it is taken back before. */
  runLater(click: Click, ms: number): void {
    const { key } = click
    if (this.busy(key)) return
    this.drop(key)
    this.timers.set(key, setTimeout(() => this.hurry(key), ms))
    this.set({ later: [...this.current.later, { click, at: Date.now() + ms }] })
  }

  /** Takes back a click that has not run yet. */
  undo(key: string): void {
    clearTimeout(this.timers.get(key))
    this.timers.delete(key)
    this.set({ later: this.current.later.filter((l) => l.click.key !== key) })
  }

  /** Runs a click now that was to run later. */
  hurry(key: string): void {
    const found = this.current.later.find((l) => l.click.key === key)
    this.undo(key)
    if (found) this.rerun(found.click)
  }

  /** Runs everything now that was to run later: the page is about to go. */
  hurryAll(): void {
    for (const { click } of this.current.later) this.hurry(click.key)
  }

  /** Forgets a click that waits, has failed or was pointless. */
  drop(key: string): void {
    const others = (click: Click) => click.key !== key
    const { waiting, failures, pointless } = this.current
    this.set({
      waiting: waiting.filter(others),
      failures: failures.filter((f) => others(f.click)),
      pointless: pointless.filter(others),
    })
  }

  /** Takes in whether the server answers. Clicks that wait for it are sent a moment later: what is shown must be true by then. */
  connected(live: boolean): void {
    this.live = live
    clearTimeout(this.resend)
    if (live && this.current.waiting.length > 0) this.resend = setTimeout(() => this.sendWaiting(), patience)
  }

  private sendWaiting(): void {
    const { waiting } = this.current
    this.set({ waiting: [] })
    for (const click of waiting) this.rerun(click)
  }

  /** Runs a click some time after it was made. */
  private rerun(click: Click): void {
    if (click.still?.() ?? true) return this.run(click)
    if (!click.done?.()) this.set({ pointless: [...this.current.pointless, click] })
  }

  private failed(click: Click, error: unknown): void {
    if (error instanceof CallError && error.status === 0) {
      this.set({ waiting: [...this.current.waiting, click] })
      return this.connected(this.live)
    }
    const { reason, detail } = reasonOf(error)
    const final = error instanceof CallError && error.type === 'ValidationException'
    this.set({ failures: [{ click, reason, detail, final }, ...this.current.failures] })
  }

  private set(change: Partial<ClickState>): void {
    this.current = { ...this.current, ...change }
    for (const listener of this.listeners) listener()
  }
}
