import { describe, expect, it } from 'vitest'
import { otherName } from '../src/signin/names'

describe('a page that shows the panel by another name of the machine', () => {
  const panel = new URL('http://127.0.0.1:8484/ccp-v2/?x=1')
  it.each([
    ['http://localhost:3000', 'http://localhost:8484/ccp-v2/'],
    ['http://[::1]:3000', 'http://[::1]:8484/ccp-v2/'],
    ['http://desk.localhost', 'http://desk.localhost:8484/ccp-v2/'],
    ['https://localhost', 'http://localhost:8484/ccp-v2/'],
  ])('is told: %s', (page, address) => {
    expect(otherName(page, panel)).toEqual({ page: new URL(page).hostname, panel: '127.0.0.1', address })
  })

  it.each([undefined, 'null', '', 'http://127.0.0.1:3000', 'https://crm.example.com', 'http://127.evil.example', 'http://localhost.example'])(
    'is not told: %s',
    (page) => {
      expect(otherName(page, panel)).toBeUndefined()
    },
  )

  it('is not told of a panel over TLS, which gets its cookie by any name', () => {
    expect(otherName('https://localhost:3000', new URL('https://127.0.0.1:8484/ccp-v2/'))).toBeUndefined()
  })

  it('is not told of a panel elsewhere', () => {
    expect(otherName('http://localhost:3000', new URL('https://desk.example.com/ccp-v2/'))).toBeUndefined()
  })
})
