// The sound of a ringing task: two soft notes, made on the spot. Browsers let a page sound only after the user has
// done something on it; until then the panel is silent, and says so. A page that shows the panel in a frame can give
// other sounds, or none.
import type { Tone } from './host'
import { TonePlayer } from './tone'

const mute = 'tasklane.mute'
const settle = 1000

export class Sound {
  private ringing: Tone = { off: false }
  private arriving: Tone = { off: false }
  private players: Record<string, TonePlayer> = {}
  private context: AudioContext | undefined
  private readonly listeners = new Set<() => void>()

  constructor() {
    if (!('AudioContext' in globalThis)) return
    const wake = () => void this.wake()
    // Some browsers remember that the agent has just signed in.
    setTimeout(wake, settle)
    addEventListener('pointerdown', wake)
    addEventListener('keydown', wake)
    addEventListener('storage', (event) => event.key === mute && this.changed())
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Takes the sounds that the page around the panel gives. */
  use(ringing: Tone, arriving: Tone): void {
    this.hush()
    this.ringing = ringing
    this.arriving = arriving
    const urls = [ringing, arriving].flatMap(({ url, off }) => (url === undefined || off ? [] : [url]))
    this.players = Object.fromEntries(urls.map((url) => [url, this.players[url] ?? new TonePlayer(url)]))
    this.changed()
  }

  /** on; off in this frame; muted by the agent; or blocked, until the agent does something on the page. */
  readonly state = (): 'on' | 'off' | 'muted' | 'blocked' => {
    if (this.ringing.off) return 'off'
    if (stored() === 'yes') return 'muted'
    return this.context?.state === 'running' ? 'on' : 'blocked'
  }

  /** Mutes every panel in this browser, or none. */
  toggle(): void {
    try {
      localStorage.setItem(mute, stored() === 'yes' ? 'no' : 'yes')
    } catch {
      // A browser that keeps nothing keeps the sound on.
    }
    this.changed()
  }

  /** Whether a task that comes without ringing is heard. */
  readonly tellsArrivals = (): boolean => !this.arriving.off && stored() !== 'yes' && this.context?.state === 'running'

  /** Sounds once. */
  ring(): void {
    if (this.state() === 'on') this.play(this.ringing, ring)
  }

  /** Ends a sound that goes on. */
  hush(): void {
    for (const player of Object.values(this.players)) player.stop()
  }

  /** Sounds once for a task that nobody had to accept. */
  arrive(): void {
    if (this.tellsArrivals()) this.play(this.arriving, arrive)
  }

  private play({ url }: Tone, own: Melody): void {
    const instead = () => this.context && own(this.context, this.context.currentTime)
    const player = url === undefined ? undefined : this.players[url]
    if (player) void player.play(instead)
    else instead()
  }

  private async wake(): Promise<void> {
    if (this.context?.state === 'running') return
    this.context ??= new AudioContext()
    this.context.onstatechange = () => this.changed()
    await this.context.resume() // waits for as long as the browser does not allow it
  }

  private changed(): void {
    for (const listener of this.listeners) listener()
  }
}

type Melody = (context: AudioContext, start: number) => void

const ring: Melody = (context, start) => {
  note(context, 659.26, start)
  note(context, 880, start + 0.18)
}

const arrive: Melody = (context, start) => note(context, 659.26, start)

function note(context: AudioContext, pitch: number, at: number): void {
  const tone = context.createOscillator()
  const volume = context.createGain()
  tone.frequency.value = pitch
  volume.gain.setValueAtTime(0, at)
  volume.gain.linearRampToValueAtTime(0.16, at + 0.02)
  volume.gain.exponentialRampToValueAtTime(0.001, at + 0.5)
  tone.connect(volume).connect(context.destination)
  tone.start(at)
  tone.stop(at + 0.5)
}

function stored(): string | null {
  try {
    return localStorage.getItem(mute)
  } catch {
    return null
  }
}
