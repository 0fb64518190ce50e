// A sound from an address that the host page gives.

const patience = 1500

export class TonePlayer {
  private readonly audio: HTMLAudioElement
  private broken = false
  private wanted = false

  constructor(readonly url: string) {
    this.audio = new Audio(url)
    this.audio.preload = 'auto'
    this.audio.onerror = () => (this.broken = true)
  }

  /** Plays from the beginning, unless it is still playing; instead is called when it cannot be played. */
  async play(instead: () => void): Promise<void> {
    this.wanted = true
    if (this.broken) return instead()
    if (!this.audio.paused && !this.audio.ended) return
    this.audio.currentTime = 0
    // A server that does not answer must not make the panel silent.
    const timer = setTimeout(() => this.wanted && this.audio.currentTime === 0 && instead(), patience)
    try {
      await this.audio.play()
    } catch (error) {
      clearTimeout(timer)
      if (this.wanted && (error as Error).name !== 'AbortError') instead()
    }
  }

  stop(): void {
    this.wanted = false
    this.audio.pause()
  }
}
