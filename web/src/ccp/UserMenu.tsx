import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import { useState } from 'react'
import type { Session } from './session'
import type { Actions } from './useActions'

const canAsk = () => 'Notification' in window && Notification.permission === 'default'

export function UserMenu({ session, actions, name }: { session: Session; actions: Actions; name: string }) {
  const [ask, setAsk] = useState(canAsk)
  const choose = (id: string) => {
    if (id === 'notify') void Notification.requestPermission().then(() => setAsk(canAsk()))
    if (id === 'sign-out') actions.run('sign-out', 'You are still signed in', () => session.signOut())
    if (id === 'sign-out-everywhere') actions.run('sign-out', 'You are still signed in', () => session.signOut(true))
  }
  return (
    <ButtonDropdown
      variant="icon"
      ariaLabel={`Menu of ${name}`}
      expandToViewport
      items={[
        {
          text: name,
          items: [
            ...(ask ? [{ id: 'notify', text: 'Notify me of new tasks' }] : []),
            { id: 'sign-out', text: 'Sign out' },
            { id: 'sign-out-everywhere', text: 'Sign out everywhere' },
          ],
        },
      ]}
      onItemClick={({ detail }) => choose(detail.id)}
    />
  )
}
