import Box from '@cloudscape-design/components/box'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { Brand } from '../Brand'

/** Shown until the first snapshot has come. */
export function Starting({ problem }: { problem: string | undefined }) {
  return (
    <main className="column">
      <Brand />
      <Box padding={{ vertical: 'l' }}>
        {problem === undefined ? (
          <StatusIndicator type="loading">Opening your panel</StatusIndicator>
        ) : (
          <>
            <StatusIndicator type="error">{problem}</StatusIndicator>
            <Box color="text-body-secondary" padding={{ top: 'xs' }}>
              Trying again by itself. You need not reload this page.
            </Box>
          </>
        )}
      </Box>
    </main>
  )
}
