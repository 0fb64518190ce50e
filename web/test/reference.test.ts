import { expect, it } from 'vitest'
import { dateOf, nearTime, shown } from '../src/ccp/reference'

it.each([
  ['URL', 'https://shop.example/orders/1', 'https://shop.example/orders/1'],
  ['URL', 'HTTP://shop.example', 'http://shop.example/'],
  ['URL', 'mailto:bo@example.com', 'mailto:bo@example.com'],
  ['EMAIL', 'bo@example.com', 'mailto:bo@example.com'],
])('links %s %s', (type, value, href) => {
  expect(shown({ type, value })).toEqual({ text: value, href })
})

it.each([
  ['URL', 'javascript:alert(1)'],
  ['URL', ' java\tscript:alert(1)'],
  ['URL', 'data:text/html,<script>alert(1)</script>'],
  ['URL', 'file:///etc/passwd'],
  ['URL', '/relative'],
  ['EMAIL', 'bo@example.com?bcc=all@example.com'],
  ['EMAIL', 'bo@example.com,al@example.com'],
  ['EMAIL', 'bo%0abcc:al@example.com'],
  ['STRING', 'https://shop.example/'],
])('leaves %s %s as text', (type, value) => {
  expect(shown({ type, value })).toEqual({ text: value })
})

it('reads a date as epoch seconds', () => {
  expect(dateOf('1795429300')?.toISOString()).toBe('2026-11-23T10:21:40.000Z')
})

it.each(['tomorrow', '', '12.5', '9999999999999'])('takes %j for no date, and shows it as it is', (value) => {
  expect(dateOf(value)).toBeUndefined()
  expect(shown({ type: 'DATE', value })).toEqual({ text: value })
})

it('shows nothing for a reference without a value', () => {
  expect(shown({ type: 'URL', value: null })).toEqual({ text: '' })
})

it.each(['1042.50', '-7', '0', '0.05'])('separates the thousands of %s, and keeps every digit', (value) => {
  expect(shown({ type: 'NUMBER', value }).text.replace(/[^\d-]/g, '')).toBe(value.replace('.', ''))
})

it.each(['007', '1e3', '12345678901234567', '1.12345678', 'two', '+5'])(
  'leaves %s, which is more than a number, as it is',
  (value) => {
    expect(shown({ type: 'NUMBER', value })).toEqual({ text: value })
  },
)

it('leaves the day out of a time of today', () => {
  const noon = new Date(2026, 10, 24, 12, 0)
  expect(nearTime(noon, 'short', noon)).toBe(noon.toLocaleTimeString(undefined, { timeStyle: 'short' }))
  expect(nearTime(noon, 'short', new Date(2026, 10, 25))).toContain('24')
})
