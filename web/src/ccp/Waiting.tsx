import Box from '@cloudscape-design/components/box'
import Link from '@cloudscape-design/components/link'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { Brand } from '../Brand'

/** Shown in a frame while nobody is signed in. */
export function Waiting() {
  return (
    <main className="column">
      <Brand />
      <Box padding={{ vertical: 'l' }}>
        <StatusIndicator type="pending">Waiting for you to sign in</StatusIndicator>
        <Box color="text-body-secondary" padding={{ top: 'xs' }}>
          Sign in in the window that opens. If none does,{' '}
          <Link href="/login" target="_blank" rel="opener">
            open it here
          </Link>
          .
        </Box>
      </Box>
    </main>
  )
}
