import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { Question } from './commands'

/** Asks a question that has two answers. Esc is the harmless one. */
export default function Ask({ question, close }: { question: Question; close: () => void }) {
  const { title, text, yes, no, act } = question
  return (
    <Modal
      visible
      size="small"
      header={title}
      closeAriaLabel={no}
      onDismiss={close}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button
              onClick={() => {
                close()
                act()
              }}
            >
              {yes}
            </Button>
            <Button variant="primary" onClick={close}>
              {no}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      {text}
    </Modal>
  )
}
