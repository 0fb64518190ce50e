import { expect, it } from 'vitest'
import { accepted, limitText, sizeText, stateOf } from '../src/ccp/files'

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1 kB'],
  [1536, '1.5 kB'],
  [345_678, '338 kB'],
  [20 * 1024 * 1024, '20 MB'],
  [2 ** 40, '1,024 GB'],
])('writes %i bytes as %s', (bytes, text) => expect(sizeText(bytes)).toBe(text))

it('says in words why a file cannot be had', () => {
  expect(stateOf('APPROVED', null)).toBeUndefined()
  expect(stateOf(undefined, undefined)).toBeUndefined()
  expect(stateOf('PROCESSING', null)).toMatch(/soon/)
  expect(stateOf('REJECTED', 'The file is too large')).toBe('Rejected: The file is too large')
  expect(stateOf('FAILED', null)).toBe('Could not be fetched.')
})

it('offers what the server takes', () => {
  expect(accepted({ maxBytes: 0, extensions: ['csv', 'pdf'] })).toBe('.csv,.pdf')
  expect(limitText({ maxBytes: 0, extensions: [] })).toBe('')
  expect(limitText({ maxBytes: 20 << 20, extensions: [] })).toBe('At most 20 MB each.')
})
