import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Tabs } from '../src/ccp/tabs'

/** Channels that hear each other, as those of the tabs of one browser do. */
function browser(...names: string[]) {
  const channels: {
    onmessage: ((event: { data: unknown }) => void) | null
    postMessage: (message: unknown) => void
  }[] = []
  return names.map((name) => {
    const channel = {
      onmessage: null as ((event: { data: unknown }) => void) | null,
      postMessage: (data: unknown) => channels.filter((c) => c !== channel).forEach((c) => c.onmessage?.({ data })),
    }
    channels.push(channel)
    return new Tabs(channel, name)
  })
}

async function claims(...asked: Promise<boolean>[]): Promise<boolean[]> {
  const all = Promise.all(asked)
  await vi.advanceTimersByTimeAsync(200)
  return all
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('lets one of several tabs tell', async () => {
  const [a, b, c] = browser('a', 'b', 'c')
  const told = await claims(a!.claim('ring', 1), b!.claim('ring', 1), c!.claim('ring', 1))
  expect(told.filter(Boolean)).toHaveLength(1)
})

it('prefers the tab of the highest rank, whoever asks first', async () => {
  const [a, b] = browser('z', 'a')
  expect(await claims(a!.claim('ring', 1), b!.claim('ring', 2))).toEqual([false, true])
})

it('tells once in a while, also when a tab comes late', async () => {
  const [a, b] = browser('a', 'b')
  expect(await claims(a!.claim('ring', 1))).toEqual([true])
  expect(await claims(b!.claim('ring', 2))).toEqual([false])
  await vi.advanceTimersByTimeAsync(3000)
  expect(await claims(a!.claim('ring', 1), b!.claim('ring', 2))).toEqual([false, true])
})

it('goes on when the tab that told is closed', async () => {
  const [a, b] = browser('a', 'b')
  await claims(a!.claim('ring', 2), b!.claim('ring', 1))
  await vi.advanceTimersByTimeAsync(3000)
  expect(await claims(b!.claim('ring', 1))).toEqual([true])
})

it('keeps topics apart', async () => {
  const [a, b] = browser('a', 'b')
  expect(await claims(a!.claim('one', 1), b!.claim('two', 1))).toEqual([true, true])
})

it('tells in a browser whose tabs cannot talk', async () => {
  expect(await claims(new Tabs(undefined, 'a').claim('ring', 1))).toEqual([true])
})
