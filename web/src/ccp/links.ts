// Addresses in what people write. Only those of the web become links, and nothing else is read into a text.

export interface Part {
  text: string
  href?: string
}

const address = /\bhttps?:\/\/[^\s<>"'`\u0000-\u001f\u2028\u2029]+/gi

/** A text cut into plain parts and addresses. */
export function parts(text: string): Part[] {
  const found: Part[] = []
  let from = 0
  for (const match of text.matchAll(address)) {
    const written = trimmed(match[0])
    const href = webLink(written)
    if (!href) continue
    if (match.index > from) found.push({ text: text.slice(from, match.index) })
    found.push({ text: written, href })
    from = match.index + written.length
  }
  if (from < text.length) found.push({ text: text.slice(from) })
  return found
}

/** Without what closes a sentence or a bracket around the address, and is no part of it. */
function trimmed(written: string): string {
  let end = written.length
  for (;;) {
    const last = written[end - 1] ?? ''
    const opening = { ')': '(', ']': '[', '}': '{' }[last]
    const upTo = written.slice(0, end)
    if (/[.,;:!?…]/.test(last) || (opening && count(upTo, last) > count(upTo, opening))) end--
    else return upTo
  }
}

const count = (text: string, sign: string) => text.split(sign).length - 1

function webLink(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined
  const { protocol, href, username, password } = new URL(text)
  // An address that names a user can look like one of another host.
  return (protocol === 'https:' || protocol === 'http:') && !username && !password ? href : undefined
}
