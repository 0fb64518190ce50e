import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CallError } from '../src/ccp/client'
import { Clicks, type Click } from '../src/ccp/clicks'

const unreached = () => new CallError('The server could not be reached.', 0, 'NetworkError')

/** A click that counts how often it runs; what it throws can be changed. */
function click(key: string, more: Partial<Click> = {}) {
  const it = { runs: 0, error: undefined as unknown }
  const work = async () => {
    it.runs++
    if (it.error) throw it.error
  }
  return Object.assign(it, { click: { key, what: `do ${key}`, work, ...more } })
}

const settled = () => vi.advanceTimersByTimeAsync(0)

describe('clicks', () => {
  let clicks: Clicks

  beforeEach(() => {
    vi.useFakeTimers()
    clicks = new Clicks()
    clicks.connected(true)
  })
  afterEach(() => void vi.useRealTimers())

  it('runs one of a key at a time', async () => {
    const end = click('end')
    clicks.run(end.click)
    clicks.run(end.click)
    expect(clicks.busy('end')).toBe(true)
    await settled()
    expect(end.runs).toBe(1)
    expect(clicks.busy('end')).toBe(false)
  })

  it('keeps what was refused, in plain words, and forgets it when it works', async () => {
    const end = click('end')
    end.error = new CallError('contact 1 is ENDED', 400, 'InvalidStateException')
    clicks.run(end.click)
    await settled()
    expect(clicks.state().failures).toMatchObject([
      { reason: 'The task has moved on meanwhile.', detail: 'contact 1 is ENDED', final: false },
    ])
    end.error = undefined
    clicks.run(end.click)
    await settled()
    expect(clicks.state().failures).toEqual([])
  })

  it('sends what did not reach the server when it answers again', async () => {
    const end = click('end')
    clicks.connected(false)
    end.error = unreached()
    clicks.run(end.click)
    await settled()
    expect(clicks.state().waiting).toEqual([end.click])
    expect(clicks.busy('end')).toBe(true)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(end.runs).toBe(1)
    end.error = undefined
    clicks.connected(true)
    await vi.advanceTimersByTimeAsync(600)
    expect(end.runs).toBe(2)
    expect(clicks.state().waiting).toEqual([])
  })

  it.each([
    ['says that it did not send what has become pointless', false, 1],
    ['says nothing of what got through before', true, 0],
  ])('%s', async (_, done, told) => {
    const end = click('end', { still: () => false, done: () => done })
    clicks.connected(false)
    end.error = unreached()
    clicks.run(end.click)
    await settled()
    clicks.connected(true)
    await vi.advanceTimersByTimeAsync(600)
    expect(end.runs).toBe(1)
    expect(clicks.state().pointless).toHaveLength(told)
    clicks.drop('end')
    expect(clicks.state().pointless).toEqual([])
  })

  it('does not send what was taken back', async () => {
    const end = click('end')
    clicks.connected(false)
    end.error = unreached()
    clicks.run(end.click)
    await settled()
    clicks.drop('end')
    clicks.connected(true)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(end.runs).toBe(1)
  })

  describe('that run later', () => {
    it('run after their time, once, however often they are made', async () => {
      const end = click('end')
      clicks.runLater(end.click, 5000)
      clicks.runLater(end.click, 5000)
      expect(clicks.state().later).toMatchObject([{ at: Date.now() + 5000 }])
      expect(clicks.busy('end')).toBe(true)
      await vi.advanceTimersByTimeAsync(4999)
      expect(end.runs).toBe(0)
      await vi.advanceTimersByTimeAsync(1)
      expect(end.runs).toBe(1)
      await vi.advanceTimersByTimeAsync(60_000)
      expect(end.runs).toBe(1)
    })

    it('can be taken back', async () => {
      const end = click('end')
      clicks.runLater(end.click, 5000)
      clicks.undo('end')
      expect(clicks.busy('end')).toBe(false)
      await vi.advanceTimersByTimeAsync(60_000)
      expect(end.runs).toBe(0)
    })

    it('can be hurried, and all are when the page goes', async () => {
      const [one, two, three] = [click('1'), click('2'), click('3')]
      for (const { click } of [one, two, three]) clicks.runLater(click, 5000)
      clicks.hurry('2')
      await settled()
      expect([one.runs, two.runs, three.runs]).toEqual([0, 1, 0])
      clicks.hurryAll()
      await vi.advanceTimersByTimeAsync(60_000)
      expect([one.runs, two.runs, three.runs]).toEqual([1, 1, 1])
    })

    it('are not run when their task has moved on', async () => {
      const end = click('end', { still: () => false })
      clicks.runLater(end.click, 5000)
      await vi.advanceTimersByTimeAsync(5000)
      expect(end.runs).toBe(0)
      expect(clicks.state().pointless).toEqual([end.click])
    })
  })
})
