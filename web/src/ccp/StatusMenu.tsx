import ButtonDropdown, { type ButtonDropdownProps } from '@cloudscape-design/components/button-dropdown'
import type { Session } from './session'
import type { Actions } from './useActions'
import { useNow } from './Clock'
import { clock, type Status } from './view'
import type { AgentState } from './wire'

interface Props {
  session: Session
  actions: Actions
  states: AgentState[]
  status: Status
}

export function StatusMenu({ session, actions, states, status }: Props) {
  const now = useNow()
  const set = (id: string) => {
    const state = states.find((s) => s.agentStateARN === id)
    if (state)
      actions.run({ key: 'status', what: `change your status to ${state.name}`, work: () => session.setStatus(state) })
  }
  return (
    <div className="status">
      <span className="present">
        <span className={`dot ${status.type}`} aria-hidden="true" />
        <ButtonDropdown
          items={items(states, status)}
          loading={actions.busy('status')}
          loadingText="Changing status"
          ariaLabel={`Status: ${status.name}${status.next ? `, next ${status.next}` : ''}`}
          onItemClick={({ detail }) => set(detail.id)}
        >
          {status.name}
        </ButtonDropdown>
      </span>
      <span className="quiet timer">
        {status.next ? `Next: ${status.next}` : status.since !== undefined && clock(now - status.since)}
      </span>
    </div>
  )
}

function items(states: AgentState[], status: Status): ButtonDropdownProps.Items {
  return states.map((state) => {
    const current = state.name === status.name
    return {
      itemType: 'checkbox',
      id: state.agentStateARN ?? state.name,
      // Choosing the present status takes back the next one.
      text: current && status.next ? `Stay ${state.name}` : state.name,
      checked: current && !status.next,
    }
  })
}
