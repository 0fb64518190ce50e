import Link from '@cloudscape-design/components/link'
import { parts } from './links'

/** A text that somebody has written, with its addresses as links. */
export function LinkedText({ text }: { text: string }) {
  return (
    <span dir="auto">
      {parts(text).map((part, i) =>
        part.href ? (
          <Link key={i} href={part.href} target="_blank" rel="noopener noreferrer">
            {part.text}
          </Link>
        ) : (
          part.text
        ),
      )}
    </span>
  )
}
