// Signs of life. Where sessions end for want of activity, the panel tells the server now and then that the agent is
// there: not more often than that needs, and never later than after one such while.

/** The most time, in ms, between what the agent does and the server's knowing. */
export function reportEvery(limitSeconds: number): number {
  return Math.min(30_000, limitSeconds * 50)
}

export class Activity {
  private last = -Infinity
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly report: () => void,
    /** Undefined where activity does not matter. */
    private readonly every: () => number | undefined,
    private readonly now = () => Date.now(),
  ) {}

  /** The agent has done something; at once: the session is about to end. */
  note(atOnce = false): void {
    const every = this.every()
    if (every === undefined || (this.timer !== undefined && !atOnce)) return
    const wait = atOnce ? 0 : this.last + every - this.now()
    if (wait > 0) this.timer = setTimeout(() => this.send(), wait)
    else this.send()
  }

  private send(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.last = this.now()
    this.report()
  }
}

/** A pointer that only moves is none of them: it also seems to where the page moves below it. */
const signs = ['pointerdown', 'keydown', 'wheel', 'touchstart'] as const

/** Calls back whenever the agent does something on this page. */
export function watchActivity(seen: () => void): void {
  for (const sign of signs) addEventListener(sign, seen, { capture: true, passive: true })
}
