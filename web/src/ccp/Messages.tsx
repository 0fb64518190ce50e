import Button from '@cloudscape-design/components/button'
import Flashbar, { type FlashbarProps } from '@cloudscape-design/components/flashbar'
import type { Actions, Failure } from './useActions'

/** What went wrong, above everything else: the lost connection, and clicks that failed. */
export function Messages({ live, actions }: { live: boolean; actions: Actions }) {
  const items = actions.failures.map((failure) => failed(failure, actions))
  if (!live) items.unshift(lost)
  if (items.length === 0) return null
  return (
    <div className="messages">
      <Flashbar items={items} />
    </div>
  )
}

const lost: FlashbarProps.MessageDefinition = {
  id: 'lost',
  type: 'warning',
  loading: true,
  header: 'Connection lost, reconnecting',
  content: 'What you see may be out of date until the server answers again.',
}

function failed({ key, title, reason, retry }: Failure, actions: Actions): FlashbarProps.MessageDefinition {
  return {
    id: key,
    type: 'error',
    header: title,
    content: reason,
    action: <Button onClick={retry}>Try again</Button>,
    dismissible: true,
    dismissLabel: 'Dismiss',
    onDismiss: () => actions.dismiss(key),
  }
}
