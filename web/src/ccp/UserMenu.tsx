import ButtonDropdown, { type ButtonDropdownProps } from '@cloudscape-design/components/button-dropdown'
import { useState, useSyncExternalStore } from 'react'
import type { Session } from './session'
import { keys } from './shortcuts'
import type { Sound } from './sound'
import type { Actions } from './useActions'

const asked = () => ('Notification' in window ? Notification.permission : 'denied')

const silences: Partial<Record<ReturnType<Sound['state']>, string>> = {
  blocked: 'Silent until you click on this page',
  off: 'Turned off by the page around',
}

const leave = { key: 'sign-out', what: 'sign you out' }

interface Props {
  session: Session
  actions: Actions
  sound: Sound
  name: string
  help: () => void
}

export function UserMenu({ session, actions, sound, name, help }: Props) {
  const [notices, setNotices] = useState(asked)
  const heard = useSyncExternalStore(sound.subscribe, sound.state)
  const acts: Record<string, () => void> = {
    sound: () => sound.toggle(),
    notify: () => void Notification.requestPermission().then(() => setNotices(asked())),
    help,
    'sign-out': () => actions.run({ ...leave, work: () => session.signOut() }),
    'sign-out-everywhere': () => actions.run({ ...leave, work: () => session.signOut(true) }),
  }
  const items: ButtonDropdownProps.Items = [
    {
      text: name,
      items: [
        {
          itemType: 'checkbox',
          id: 'sound',
          text: 'Sound for new tasks',
          secondaryText: silences[heard] ?? `Alt+${keys.sound.shown}`,
          checked: heard !== 'muted' && heard !== 'off',
          disabled: heard === 'off',
        },
        ...(notices === 'default' ? [{ id: 'notify', text: 'Notify me of new tasks' }] : []),
        { id: 'help', text: 'Keyboard shortcuts', secondaryText: `Alt+${keys.help.shown}` },
        { id: 'sign-out', text: 'Sign out' },
        { id: 'sign-out-everywhere', text: 'Sign out everywhere' },
      ],
    },
  ]
  return (
    <ButtonDropdown
      variant="icon"
      ariaLabel={`Menu of ${name}`}
      expandToViewport
      items={items}
      onItemClick={({ detail }) => acts[detail.id]?.()}
    />
  )
}
