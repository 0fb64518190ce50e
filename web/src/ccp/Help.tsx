import Modal from '@cloudscape-design/components/modal'
import { keys, type Shortcut } from './shortcuts'

/** The keyboard shortcuts. */
export default function Help({ close }: { close: () => void }) {
  return (
    <Modal visible header="Keyboard shortcuts" closeAriaLabel="Close" onDismiss={close} size="small">
      <table className="keys">
        <tbody>
          {(Object.keys(keys) as Shortcut[]).map((shortcut) => (
            <tr key={shortcut}>
              <th scope="row">{keys[shortcut].does}</th>
              <td>
                <kbd>Alt</kbd> <kbd>{keys[shortcut].shown}</kbd>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="quiet">
        On a Mac, Alt is the Option key. Tab goes from control to control, Enter or Space presses, Esc closes what is
        open.
      </p>
    </Modal>
  )
}
