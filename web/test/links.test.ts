import { expect, it } from 'vitest'
import { parts } from '../src/ccp/links'

/** Links in brackets. */
const marked = (text: string) =>
  parts(text)
    .map((part) => (part.href ? `[${part.text}]` : part.text))
    .join('')

it.each([
  ['nothing to see', 'nothing to see'],
  ['', ''],
  ['see https://a.example/x for more', 'see [https://a.example/x] for more'],
  ['http://a.example', '[http://a.example]'],
  ['see https://a.example/x.', 'see [https://a.example/x].'],
  ['(https://a.example/x), and https://b.example!', '([https://a.example/x]), and [https://b.example]!'],
  ['https://a.example/x_(y) z', '[https://a.example/x_(y)] z'],
  ['(see https://a.example/x_(y))', '(see [https://a.example/x_(y)])'],
  ['https://a.example/?q=1&r=2#top…', '[https://a.example/?q=1&r=2#top]…'],
  ['<https://a.example/x>', '<[https://a.example/x]>'],
  ['"https://a.example/x"', '"[https://a.example/x]"'],
  ['line\nhttps://a.example/x\nline', 'line\n[https://a.example/x]\nline'],
  // Nothing but the web, and nothing that looks like another host.
  ['javascript:alert(1)', 'javascript:alert(1)'],
  ['javascript:alert("https://a.example")', 'javascript:alert("[https://a.example]")'],
  ['data:text/html,<b>', 'data:text/html,<b>'],
  ['ftp://a.example/x', 'ftp://a.example/x'],
  ['mailto:bo@example.com', 'mailto:bo@example.com'],
  ['https://bank.example@evil.example/', 'https://bank.example@evil.example/'],
  ['https://', 'https://'],
  ['xhttps://a.example', 'xhttps://a.example'],
])('of %j is %j', (text, want) => {
  expect(marked(text)).toBe(want)
  expect(parts(text).map((part) => part.text).join('')).toBe(text)
})
