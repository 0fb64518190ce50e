import Link from '@cloudscape-design/components/link'
import { shown } from './reference'
import type { Reference } from './wire'

export function ReferenceValue({ reference }: { reference: Reference }) {
  const { text, href } = shown(reference)
  if (!href) return <>{text || '–'}</>
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
