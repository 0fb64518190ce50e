import Button from '@cloudscape-design/components/button'
import Flashbar, { type FlashbarProps } from '@cloudscape-design/components/flashbar'
import { useEffect } from 'react'
import type { Actions, Click, Failure } from './useActions'

interface Props {
  live: boolean
  actions: Actions
  /** Something that went well and cannot be seen on the desk; empty for nothing. */
  note: string
  forget: () => void
}

/** Above everything else: the lost connection, clicks that wait for it, clicks that failed, and what went well. */
export function Messages({ live, actions, note, forget }: Props) {
  useEffect(() => {
    if (note === '') return
    const timer = setTimeout(forget, noteLasts)
    return () => clearTimeout(timer)
  }, [note])
  const items = [
    ...(live ? [] : [lost]),
    ...actions.waiting.map((click) => kept(click, actions)),
    ...actions.failures.map((failure) => failed(failure, actions)),
  ]
  return (
    <>
      <div className={items.length > 0 ? 'messages' : ''}>
        <Flashbar items={items} i18nStrings={words} />
      </div>
      {/* It comes and goes by itself, so it must not move what the agent is about to click. */}
      <div className="toast">
        <Flashbar items={note === '' ? [] : [well(note, forget)]} i18nStrings={{ ...words, ariaLabel: 'Notes' }} />
      </div>
    </>
  )
}

const noteLasts = 8000

function well(note: string, forget: () => void): FlashbarProps.MessageDefinition {
  return {
    id: 'note',
    type: 'success',
    ariaRole: 'status',
    content: note,
    dismissible: true,
    dismissLabel: 'Dismiss',
    onDismiss: forget,
  }
}

const words: FlashbarProps.I18nStrings = {
  ariaLabel: 'Messages',
  errorIconAriaLabel: 'Error',
  warningIconAriaLabel: 'Warning',
  successIconAriaLabel: 'Success',
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

function failed({ click, reason, final }: Failure, actions: Actions): FlashbarProps.MessageDefinition {
  return {
    id: click.key,
    type: 'error',
    ariaRole: 'alert',
    header: `Could not ${click.what}`,
    content: reason,
    action: final ? undefined : <Button onClick={() => actions.run(click)}>Try again</Button>,
    dismissible: true,
    dismissLabel: 'Dismiss',
    onDismiss: () => actions.drop(click.key),
  }
}
