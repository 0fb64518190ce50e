import Box from '@cloudscape-design/components/box'
import Link from '@cloudscape-design/components/link'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { Brand } from '../Brand'
import { otherName, parentOrigin, type Names } from '../signin/names'

/** Shown in a frame while nobody is signed in. */
export function Waiting() {
  const names = otherName(parentOrigin(), new URL(location.href))
  return (
    <main className="column">
      <Brand />
      <Box padding={{ vertical: 'l' }}>{names ? <TwoNames {...names} /> : <SignIn />}</Box>
    </main>
  )
}

function SignIn() {
  return (
    <>
      <StatusIndicator type="pending">Waiting for you to sign in</StatusIndicator>
      <Box color="text-body-secondary" padding={{ top: 'xs' }}>
        Sign in in the window that opens. If none does,{' '}
        <Link href="/login" target="_blank" rel="opener">
          open it here
        </Link>
        .
      </Box>
    </>
  )
}

/** Says why no sign-in reaches the frame: it would wait for one for ever. */
function TwoNames({ page, panel, address }: Names) {
  return (
    <>
      <StatusIndicator type="error">
        The page is on {page}, the panel on {panel}
      </StatusIndicator>
      <Box color="text-body-secondary" padding={{ top: 'xs' }}>
        Browsers take these two names of your machine for different sites, and keep your sign-in from the panel. Show the
        panel from {address}, or open the page by the name {panel}.
      </Box>
    </>
  )
}
