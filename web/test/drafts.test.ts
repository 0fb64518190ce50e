import { beforeEach, describe, expect, it } from 'vitest'
import { Drafts, newTask } from '../src/ccp/drafts'

/** Storage as a browser's tab has it. */
class Tab implements Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'> {
  readonly kept = new Map<string, string>()
  get length() {
    return this.kept.size
  }
  key = (i: number) => [...this.kept.keys()][i] ?? null
  getItem = (key: string) => this.kept.get(key) ?? null
  setItem = (key: string, value: string) => void this.kept.set(key, value)
  removeItem = (key: string) => void this.kept.delete(key)
}

describe('drafts', () => {
  let tab: Tab
  const load = (agent = 'ann') => {
    const drafts = new Drafts(tab)
    drafts.of(agent)
    return drafts
  }
  beforeEach(() => void (tab = new Tab()))

  it('outlive the page, and go when they are dropped', () => {
    load().put('c-1', { name: 'Refund' })
    expect(load().get('c-1')).toEqual({ name: 'Refund' })
    expect(load().any()).toBe(true)
    load().drop('c-1')
    expect(load().any()).toBe(false)
    expect(tab.length).toBe(0)
  })

  it('are those of one agent', () => {
    load('ann').put('c-1', 'hers')
    const drafts = load('bo')
    expect(drafts.has('c-1')).toBe(false)
    drafts.put('c-2', 'his')
    drafts.of('ann')
    expect([drafts.get('c-1'), drafts.has('c-2')]).toEqual(['hers', false])
    drafts.clear()
    expect(load('bo').get('c-2')).toBe('his')
  })

  it('go with their tasks, but for a new one', () => {
    const drafts = load()
    for (const key of ['c-1', 'c-2', newTask]) drafts.put(key, key)
    expect(drafts.keepOnly(['c-2'])).toEqual(['c-1'])
    expect([drafts.has('c-1'), drafts.has('c-2'), drafts.has(newTask)]).toEqual([false, true, true])
    expect(load().has('c-1')).toBe(false)
  })

  it('are kept by the page where the browser keeps nothing, and what cannot be read is none', () => {
    const full = Object.assign(new Tab(), {
      setItem: () => {
        throw new Error('QuotaExceededError')
      },
    })
    for (const storage of [undefined, full]) {
      const drafts = new Drafts(storage)
      drafts.of('ann')
      drafts.put('c-1', 1)
      expect(drafts.get('c-1')).toBe(1)
      drafts.drop('c-1')
      expect(drafts.any()).toBe(false)
    }
    tab.setItem('tasklane.draft ann c-1', '{broken')
    expect(load().get('c-1')).toBeUndefined()
  })

  it('tell of changes, and not of what is the same', () => {
    const drafts = load()
    let told = 0
    const stop = drafts.subscribe(() => told++)
    drafts.put('c-1', { a: 1 })
    drafts.put('c-1', { a: 1 })
    drafts.drop('c-2')
    expect(told).toBe(1)
    stop()
    drafts.drop('c-1')
    expect(told).toBe(1)
  })
})
