import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { leaveUnasked } from './leaving'
import type { Trouble } from './pieces'

const words: Record<Trouble | 'broken', { header: string; text: string }> = {
  offline: { header: 'This part could not be loaded', text: 'The server cannot be reached.' },
  upgraded: {
    header: 'There is a newer version of this panel',
    text: 'Load the page again to go on. What you have typed is kept.',
  },
  unknown: {
    header: 'This part could not be loaded',
    text: 'If it fails again, load the page again: what you have typed is kept.',
  },
  broken: {
    header: 'Something went wrong here',
    text: 'Your tasks are not affected. If it fails again, load the page again: what you have typed is kept.',
  },
}

/** In the place of what could not be loaded, or shown: says why, and what helps. */
export function NotLoaded({ trouble, again }: { trouble: Trouble | 'broken'; again: () => void }) {
  const { header, text } = words[trouble]
  return (
    <Alert
      type={trouble === 'upgraded' ? 'info' : 'error'}
      header={header}
      action={
        <SpaceBetween direction="horizontal" size="xs">
          {trouble !== 'upgraded' && <Button onClick={again}>Try again</Button>}
          <Button onClick={() => leaveUnasked(() => location.reload())}>Reload</Button>
        </SpaceBetween>
      }
    >
      <span role="alert">{text}</span>
    </Alert>
  )
}
