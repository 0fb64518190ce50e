import ButtonDropdown, { type ButtonDropdownProps } from '@cloudscape-design/components/button-dropdown'
import { useState, useSyncExternalStore } from 'react'
import { losing, type Commands } from './commands'
import { drafts } from './drafts'
import { keys } from './shortcuts'
import type { Sound } from './sound'

const asked = () => ('Notification' in window ? Notification.permission : 'denied')

const silences: Partial<Record<ReturnType<Sound['state']>, string>> = {
  blocked: 'Silent until you click on this page',
  off: 'Turned off by the page around',
}

const leave = { key: 'sign-out', what: 'sign you out' }

interface Props {
  commands: Commands
  sound: Sound
  name: string
  help: () => void
}

export function UserMenu({ commands: { session, actions, ask }, sound, name, help }: Props) {
  const [notices, setNotices] = useState(asked)
  const heard = useSyncExternalStore(sound.subscribe, sound.state)
  const signOut = (everywhere: boolean) => {
    const work = async () => {
      await session.signOut(everywhere)
      drafts.clear()
    }
    ask(losing(drafts.any(), () => actions.run({ ...leave, work }), 'Throw away and sign out'))
  }
  const acts: Record<string, () => void> = {
    sound: () => sound.toggle(),
    notify: () => void Notification.requestPermission().then(() => setNotices(asked())),
    help,
    'sign-out': () => signOut(false),
    'sign-out-everywhere': () => signOut(true),
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
