import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useEffect } from 'react'
import { useNow } from './Clock'
import type { Session } from './session'
import type { Actions } from './useActions'
import { clock } from './view'

interface Props {
  session: Session
  actions: Actions
  /** When the session ends, in ms of this machine's time. */
  end: number
}

/** Says that the session is about to end, because the agent does nothing. */
export default function Inactivity({ session, actions, end }: Props) {
  useNow() // every second
  const stay = () => session.active(true)
  const leave = () => actions.run({ key: 'sign-out', what: 'sign you out', work: () => session.signOut() })
  useEffect(() => {
    const before = document.title
    document.title = `Signing out soon – ${before}`
    return () => void (document.title = before)
  }, [])
  return (
    <Modal
      visible
      header="Are you still there?"
      closeAriaLabel="Stay signed in"
      onDismiss={stay}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button onClick={leave}>Sign out now</Button>
            <Button variant="primary" onClick={stay}>
              Stay signed in
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      You have done nothing here for a while. In <span className="timer">{clock(end - Date.now())}</span> you will be signed out
      and set offline. Your tasks stay yours.
    </Modal>
  )
}
