import Button from '@cloudscape-design/components/button'
import Flashbar, { type FlashbarProps } from '@cloudscape-design/components/flashbar'
import type { Actions, Click, Failure } from './useActions'

/** What went wrong, above everything else: the lost connection, clicks that wait for it, and clicks that failed. */
export function Messages({ live, actions }: { live: boolean; actions: Actions }) {
  const items = [
    ...(live ? [] : [lost]),
    ...actions.waiting.map((click) => kept(click, actions)),
    ...actions.failures.map((failure) => failed(failure, actions)),
  ]
  return (
    <div className={items.length > 0 ? 'messages' : ''}>
      <Flashbar items={items} i18nStrings={words} />
    </div>
  )
}

const words: FlashbarProps.I18nStrings = {
  ariaLabel: 'Messages',
  errorIconAriaLabel: 'Error',
  warningIconAriaLabel: 'Warning',
  infoIconAriaLabel: 'Information',
  inProgressIconAriaLabel: 'In progress',
}

const lost: FlashbarProps.MessageDefinition = {
  id: 'lost',
  type: 'warning',
  loading: true,
  ariaRole: 'status',
  header: 'Connection lost, reconnecting',
  content: 'What you see may be out of date until the server answers again.',
}

function kept({ key, what }: Click, actions: Actions): FlashbarProps.MessageDefinition {
  return {
    id: `kept ${key}`,
    type: 'info',
    ariaRole: 'status',
    content: `Waiting to ${what}: this is sent as soon as the server answers.`,
    action: <Button onClick={() => actions.drop(key)}>Do not send</Button>,
  }
}

function failed({ click, reason }: Failure, actions: Actions): FlashbarProps.MessageDefinition {
  return {
    id: click.key,
    type: 'error',
    ariaRole: 'alert',
    header: `Could not ${click.what}`,
    content: reason,
    action: <Button onClick={() => actions.run(click)}>Try again</Button>,
    dismissible: true,
    dismissLabel: 'Dismiss',
    onDismiss: () => actions.drop(click.key),
  }
}
