import { expect, it } from 'vitest'
import { backoff } from '../src/ccp/feed'

it('waits longer each time, up to a bound', () => {
  const longest = [0, 1, 2, 3, 4, 5, 6, 100].map((n) => backoff(n, 1))
  expect(longest).toEqual([500, 1000, 2000, 4000, 4000, 4000, 4000, 4000])
})

it('spreads agents over half of the wait', () => {
  expect(backoff(3, 0)).toBe(2000)
})
