import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Session } from '../src/ccp/session'

/** The one socket of the panel. */
class Socket {
  static readonly OPEN = 1
  static last: Socket
  readonly readyState = Socket.OPEN
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: (() => void) | null = null
  constructor() {
    Socket.last = this
    queueMicrotask(() => this.onopen?.())
  }
  send() {}
  close() {}
  tell(topic: string, content: unknown) {
    this.onmessage?.({ data: JSON.stringify({ topic, content }) })
  }
}

const state = { agentStateARN: 'arn:available', type: 'routable', name: 'Available' }
let calls: string[]
let version: number
let session: Session

/** What a command does on the server before it is answered. */
let during: () => void

beforeEach(async () => {
  vi.useFakeTimers()
  vi.stubGlobal('WebSocket', Socket)
  vi.stubGlobal('addEventListener', () => undefined)
  vi.stubGlobal('removeEventListener', () => undefined)
  vi.stubGlobal('location', { search: '' })
  calls = []
  version = 1
  during = () => undefined
  vi.stubGlobal('fetch', async (path: string, init: { headers?: Record<string, string> }) => {
    if (path === '/auth/authorize') return Response.json({ accessToken: 'a', expiration: Date.now() + 3_600_000 })
    const operation = init.headers?.['X-Amz-Target']?.split('.').slice(1).join('.') ?? path
    calls.push(operation)
    switch (operation) {
      case 'GetAgentSnapshot':
        return Response.json({ nextToken: `v${version}`, snapshot: { state, contacts: [], snapshotTimestamp: 0 } })
      case 'GetAgentConfiguration':
        return Response.json({ configuration: { routingProfile: { routingProfileARN: 'arn:p' } } })
      case 'GetAgentStates':
        return Response.json({ states: [state] })
      case 'GetRoutingProfileQueues':
        return Response.json({ queues: [] })
      case 'GetAgentPermissions':
        return Response.json({ permissions: [] })
      case 'CreateTransport':
        return Response.json({ webSocketTransport: { url: 'ws://desk.example', transportLifeTimeInSeconds: 3600 } })
      default:
        version++
        during()
        return Response.json({})
    }
  })
  session = new Session()
  session.start()
  await vi.advanceTimersByTimeAsync(100)
  calls = []
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const pulls = () => calls.filter((operation) => operation === 'GetAgentSnapshot').length

it('reads the desk once after a command of its own, told of before the answer', async () => {
  during = () => Socket.last.tell('ccp/snapshot', `v${version}`)
  await session.accept('c-1')
  await vi.advanceTimersByTimeAsync(100)
  expect(pulls()).toBe(1)
})

it('reads the desk once after a command of its own, told of after the answer', async () => {
  await session.accept('c-1')
  Socket.last.tell('ccp/snapshot', `v${version}`)
  await vi.advanceTimersByTimeAsync(100)
  expect(pulls()).toBe(1)
})

it('reads the desk when it is another', async () => {
  version++
  Socket.last.tell('ccp/snapshot', `v${version}`)
  await vi.advanceTimersByTimeAsync(100)
  expect(pulls()).toBe(1)
})

it('takes changed statuses and queues out of the frame', async () => {
  Socket.last.tell('ccp/settings', { states: [{ ...state, name: 'Ready' }] })
  Socket.last.tell('ccp/settings', { queues: [{ queueARN: 'arn:q', name: 'Claims' }] })
  await vi.advanceTimersByTimeAsync(100)
  expect(session.state().desk?.agentStates[0]?.name).toBe('Ready')
  expect(session.state().desk?.queues[0]?.name).toBe('Claims')
  expect(calls).toEqual([])
})

it('reads its settings anew when they concern who the agent is', async () => {
  Socket.last.tell('ccp/settings', { reload: true })
  await vi.advanceTimersByTimeAsync(100)
  expect(calls).toContain('GetAgentConfiguration')
  expect(pulls()).toBe(1)
})
