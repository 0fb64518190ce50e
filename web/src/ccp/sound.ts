// The sound of a ringing task: two soft notes, made on the spot. Browsers let a page sound only after the user has
// done something on it; until then the panel is silent, and says so.

const mute = 'tasklane.mute'
const settle = 1000

export class Sound {
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

  /** on; muted by the agent; or blocked, until the agent does something on the page. */
  readonly state = (): 'on' | 'muted' | 'blocked' => {
    if (stored() === 'yes') return 'muted'
    return this.context?.state === 'running' ? 'on' : 'blocked'
  }

  /** Mutes every panel in this browser, or none. */
  toggle(): void {
    try {
      localStorage.setItem(mute, this.state() === 'muted' ? 'no' : 'yes')
    } catch {
      // A browser that keeps nothing keeps the sound on.
    }
    this.changed()
  }

  /** Sounds once. */
  ring(): void {
    const context = this.context
    if (!context || this.state() !== 'on') return
    const start = context.currentTime
    note(context, 659.26, start)
    note(context, 880, start + 0.18)
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
