import Link from '@cloudscape-design/components/link'
import { LinkedText } from './LinkedText'
import type { Shown } from './reference'

export function ReferenceValue({ text, href }: Shown) {
  if (!href) return text ? <LinkedText text={text} /> : <>–</>
  const away = !href.startsWith('mailto:')
  return (
    <Link
      href={href}
      external={away}
      {...(away && { target: '_blank', rel: 'noopener noreferrer', externalIconAriaLabel: 'Opens in a new tab' })}
    >
      {text}
    </Link>
  )
}
