import { describe, expect, it, vi } from 'vitest'
import { fetchAll, Piece, whyFailed, type Trouble } from '../src/ccp/pieces'

/** A piece whose loading fails for as long as there is trouble. */
function piece(trouble?: Trouble) {
  const world = { trouble, reads: 0 }
  const read = async () => {
    world.reads++
    if (world.trouble) throw new TypeError('Failed to fetch dynamically imported module')
    return 'the piece'
  }
  return Object.assign(new Piece(read, async () => world.trouble!), { world })
}

describe('a piece', () => {
  it('is loaded once', async () => {
    const it = piece()
    expect(it.state()).toBeUndefined()
    await Promise.all([it.load(), it.load()])
    await it.load()
    expect(it.state()).toBe('the piece')
    expect(it.world.reads).toBe(1)
  })

  it('tells why it is not there, and can be tried again', async () => {
    const it = piece('offline')
    let told = 0
    it.subscribe(() => told++)
    await it.load()
    expect(it.state()).toBe('offline')
    await it.load()
    expect([it.world.reads, it.state()]).toEqual([2, 'offline'])
    it.world.trouble = undefined
    await it.load()
    expect(it.state()).toBe('the piece')
    expect(told).toBeGreaterThan(2)
  })
})

it.each([
  ['upgraded', async () => new Response(null, { status: 404 })],
  ['unknown', async () => new Response(null, { status: 200 })],
  ['unknown', async () => new Response(null, { status: 503 })],
  ['offline', () => Promise.reject(new TypeError('Failed to fetch'))],
] as [Trouble, typeof fetch][])('the reason is %s when the script that runs is answered so', async (want, get) => {
  const asked = vi.fn(get)
  expect(await whyFailed('https://desk.example/assets/ccp-1.js', asked as typeof fetch)).toBe(want)
  expect(asked.mock.calls[0]).toMatchObject(['https://desk.example/assets/ccp-1.js', { method: 'HEAD', cache: 'no-store' }])
})

it('fetches all, and goes on where it had to stop when the connection is back', async () => {
  const heard: (() => void)[] = []
  vi.stubGlobal('addEventListener', (event: string, listener: () => void) => event === 'online' && heard.push(listener))
  const all = [piece(), piece('offline'), piece()]
  await fetchAll(all)
  expect(all.map((p) => p.state())).toEqual(['the piece', 'offline', undefined])
  all[1]!.world.trouble = undefined
  expect(heard).toHaveLength(1)
  heard[0]!()
  await vi.waitFor(() => expect(all.map((p) => p.state())).toEqual(['the piece', 'the piece', 'the piece']))
  expect(all[0]!.world.reads).toBe(1)
  vi.unstubAllGlobals()
})

it('does not stop at a piece that is gone from the server', async () => {
  const all = [piece('upgraded'), piece()]
  await fetchAll(all)
  expect(all.map((p) => p.state())).toEqual(['upgraded', 'the piece'])
})
