import Button from '@cloudscape-design/components/button'
import Flashbar, { type FlashbarProps } from '@cloudscape-design/components/flashbar'
import { useEffect } from 'react'
import type { Actions, Click, Failure } from './useActions'
import type { Note, Notes } from './useNews'

interface Props {
  actions: Actions
  notes: Notes
}

/**
 * Over everything else, at the foot of the window, so that nothing moves that the agent is about to click: clicks that wait
 * for the connection, clicks that failed, what others have done, and what went well.
 */
export function Messages({ actions, notes: { notes, forget } }: Props) {
  const passing = notes.find(({ kind }) => kind === 'well')?.key
  useEffect(() => {
    if (passing === undefined) return
    const timer = setTimeout(() => forget(passing), noteLasts)
    return () => clearTimeout(timer)
  }, [passing])
  const items = [
    ...(actions.waiting.length > 0 ? [kept(actions.waiting, actions)] : []),
    ...actions.failures.map((failure) => failed(failure, actions)),
    ...actions.pointless.map((click) => pointless(click, actions)),
    ...notes.map((note) => told(note, forget)),
  ]
  return (
    <section className="messages" aria-label="Messages">
      <Flashbar items={items} i18nStrings={words} />
    </section>
  )
}

const noteLasts = 8000

const words: FlashbarProps.I18nStrings = {
  ariaLabel: 'Messages',
  errorIconAriaLabel: 'Error',
  warningIconAriaLabel: 'Warning',
  successIconAriaLabel: 'Success',
  infoIconAriaLabel: 'Information',
  inProgressIconAriaLabel: 'In progress',
}

function told({ key, text, kind }: Note, forget: (key: string) => void): FlashbarProps.MessageDefinition {
  return {
    id: key,
    type: kind === 'well' ? 'success' : 'info',
    ariaRole: 'status',
    content: <span dir="auto">{text}</span>,
    dismissible: true,
    dismissLabel: 'Dismiss',
    onDismiss: () => forget(key),
  }
}

/** All that waits is one message: there may be many. */
function kept(clicks: Click[], actions: Actions): FlashbarProps.MessageDefinition {
  return {
    id: 'kept',
    type: 'info',
    ariaRole: 'status',
    header: 'Waiting for the server',
    content: (
      <ul className="kept">
        {clicks.map(({ key, what }) => (
          <li key={key}>
            <span>Waiting to {what}</span>
            <Button ariaLabel={`Do not send: ${what}`} onClick={() => actions.drop(key)}>
              Do not send
            </Button>
          </li>
        ))}
      </ul>
    ),
  }
}

function failed({ click, reason, detail, final }: Failure, actions: Actions): FlashbarProps.MessageDefinition {
  return {
    id: click.key,
    type: 'error',
    ariaRole: 'alert',
    header: `Could not ${click.what}`,
    content: (
      <>
        {reason}
        {detail && <div className="small">{detail}</div>}
      </>
    ),
    action: final ? undefined : <Button onClick={() => actions.run(click)}>Try again</Button>,
    dismissible: true,
    dismissLabel: 'Dismiss',
    onDismiss: () => actions.drop(click.key),
  }
}

function pointless({ key, what }: Click, actions: Actions): FlashbarProps.MessageDefinition {
  return {
    id: `pointless ${key}`,
    type: 'warning',
    ariaRole: 'status',
    header: `Did not ${what}`,
    content: 'The task has moved on meanwhile.',
    dismissible: true,
    dismissLabel: 'Dismiss',
    onDismiss: () => actions.drop(key),
  }
}
