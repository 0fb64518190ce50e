import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { backoff, Feed } from '../src/ccp/feed'

it('waits longer each time, up to a bound', () => {
  const longest = [0, 1, 2, 3, 4, 5, 6, 100].map((n) => backoff(n, 1))
  expect(longest).toEqual([500, 1000, 2000, 4000, 4000, 4000, 4000, 4000])
})

it('spreads agents over half of the wait', () => {
  expect(backoff(3, 0)).toBe(2000)
})

/** Sockets that open at once, and answer beats for as long as the network is there. */
class Socket {
  static readonly OPEN = 1
  static all: Socket[] = []
  static silent = false
  readonly readyState = Socket.OPEN
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: (() => void) | null = null
  beats = 0
  constructor() {
    Socket.all.push(this)
    queueMicrotask(() => this.onopen?.())
  }
  send(text: string) {
    if (!text.includes('heartbeat')) return
    this.beats++
    if (!Socket.silent) this.onmessage?.({ data: '{"topic":"aws/heartbeat"}' })
  }
  close() {
    this.onclose?.()
  }
}

describe('a feed', () => {
  let network: EventTarget
  let said: string[]
  let feed: Feed
  let running: Promise<void>

  beforeEach(async () => {
    vi.useFakeTimers()
    network = new EventTarget()
    vi.stubGlobal('WebSocket', Socket)
    vi.stubGlobal('addEventListener', network.addEventListener.bind(network))
    vi.stubGlobal('removeEventListener', network.removeEventListener.bind(network))
    Socket.all = []
    Socket.silent = false
    said = []
    feed = new Feed({
      transport: async () => ({ url: 'ws://desk.example', transportLifeTimeInSeconds: 3600 }),
      onChange: () => undefined,
      onUp: () => void said.push('up'),
      onDown: () => void said.push('down'),
      onFrame: () => undefined,
    })
    running = feed.run()
    await vi.advanceTimersByTimeAsync(0)
    expect(said).toEqual(['up'])
  })
  afterEach(async () => {
    feed.stop()
    await running // it lets go of what it listens to
    vi.unstubAllGlobals()
    vi.useRealTimers()
  })

  it('is down at once when the browser says so, and back with the network', async () => {
    network.dispatchEvent(new Event('offline'))
    await vi.advanceTimersByTimeAsync(0)
    expect(said).toEqual(['up', 'down'])
    network.dispatchEvent(new Event('online'))
    await vi.advanceTimersByTimeAsync(0)
    expect(said).toEqual(['up', 'down', 'up'])
    expect(Socket.all).toHaveLength(2)
  })

  it('stays up while its beats are answered', async () => {
    await vi.advanceTimersByTimeAsync(60_000)
    expect(said).toEqual(['up'])
    expect(Socket.all[0]!.beats).toBe(12)
  })

  it('is down at most nine seconds after a network has gone that says nothing', async () => {
    await vi.advanceTimersByTimeAsync(5_100)
    Socket.silent = true
    await vi.advanceTimersByTimeAsync(8_999)
    expect(said[1]).toBe('down')
  })
})
