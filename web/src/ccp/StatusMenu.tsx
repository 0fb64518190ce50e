import ButtonDropdown, { type ButtonDropdownProps } from '@cloudscape-design/components/button-dropdown'
import { useNow } from './Clock'
import { losing, type Commands } from './commands'
import { drafts } from './drafts'
import { clock, type Status, type Task } from './view'
import type { AgentState } from './wire'

interface Props {
  commands: Commands
  tasks: Task[]
  states: AgentState[]
  status: Status
}

export function StatusMenu({ commands, tasks, states, status }: Props) {
  const now = useNow()
  const { session, actions, ask } = commands
  const set = (id: string) => {
    const state = states.find((s) => s.agentStateARN === id)
    if (!state) return
    const click = { key: 'status', what: `change your status to ${state.name}`, work: () => session.setStatus(state) }
    // A status in which nothing rings closes the tasks that are ended.
    const closes = state.type !== 'routable' && tasks.some(({ id, stage }) => stage === 'wrapUp' && drafts.has(id))
    ask(losing(closes, () => actions.run(click), `Throw away and be ${state.name}`))
  }
  const blocked = status.type === 'routable' && status.missed > 0
  return (
    <div className="status">
      <span className="present">
        <span className={`dot ${blocked ? 'blocked' : status.type}`} aria-hidden="true" />
        <ButtonDropdown
          items={items(states, status)}
          loading={actions.busy('status')}
          loadingText="Changing status"
          ariaLabel={`Status: ${status.name}${status.next ? `, next ${status.next}` : ''}`}
          onItemClick={({ detail }) => set(detail.id)}
        >
          <span dir="auto">{status.name}</span>
        </ButtonDropdown>
      </span>
      <span className={`quiet timer ${blocked ? 'warn' : ''}`}>
        {blocked ? (
          <span title="Close what you have missed">
            Missed<span className="wide">: nothing rings</span>
          </span>
        ) : status.next ? (
          <span dir="auto">{`Next: ${status.next}`}</span>
        ) : (
          status.since !== undefined && clock(now - status.since)
        )}
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
