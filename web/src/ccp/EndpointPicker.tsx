import Input from '@cloudscape-design/components/input'
import { useId, useRef, useState, type RefObject } from 'react'
import type { InputProps } from '@cloudscape-design/components/input'
import { leadsTo, presenceOf, searched, type Details } from './endpoints'
import type { Endpoint } from './wire'

interface Props {
  endpoints: Endpoint[]
  /** What is known of them beside their names. */
  details?: Details | undefined
  chosen: Endpoint | undefined
  choose: (endpoint: Endpoint) => void
  /** The sign-in name of the agent, whose own quick connect is shown as theirs. */
  self: string
  input?: RefObject<InputProps.Ref | null>
  disabled?: boolean
}

/** A search with a list below it: arrows move, Enter or a click chooses. */
export function EndpointPicker({ endpoints, details, chosen, choose, self, input, disabled = false }: Props) {
  const [text, setText] = useState('')
  const [active, setActive] = useState(0)
  const list = useRef<HTMLUListElement>(null)
  const id = useId()
  const found = searched(endpoints, text, details)
  const at = Math.min(active, found.length - 1)
  const move = (to: number) => {
    if (found.length === 0) return
    const next = Math.max(0, Math.min(found.length - 1, to))
    setActive(next)
    list.current?.children[next]?.scrollIntoView({ block: 'nearest' })
  }
  const onKey: InputProps['onKeyDown'] = (event) => {
    const { key } = event.detail
    const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1 }
    if (key === 'Enter' && found[at]) choose(found[at])
    else if (key in steps) move(steps[key]!)
    else return
    event.preventDefault()
  }
  return (
    <div className="picker">
      <Input
        type="search"
        value={text}
        placeholder="Search agents and queues"
        disabled={disabled}
        {...(input && { ref: input })}
        nativeInputAttributes={{
          role: 'combobox',
          'aria-expanded': true,
          'aria-autocomplete': 'list',
          'aria-controls': `${id}-list`,
          ...(found[at] && { 'aria-activedescendant': `${id}-${at}` }),
        }}
        clearAriaLabel="Clear the search"
        onChange={({ detail }) => {
          setText(detail.value)
          setActive(0)
        }}
        onKeyDown={onKey}
      />
      <ul role="listbox" id={`${id}-list`} ref={list} aria-label="Agents and queues">
        {found.map((endpoint, i) => (
          <li
            key={endpoint.endpointARN}
            id={`${id}-${i}`}
            role="option"
            aria-selected={endpoint.endpointARN === chosen?.endpointARN}
            className={i === at ? 'active' : ''}
            onClick={() => !disabled && choose(endpoint)}
            onMouseMove={() => setActive(i)}
          >
            <Destination endpoint={endpoint} self={self} details={details} />
          </li>
        ))}
      </ul>
      {found.length === 0 && (
        <p className="quiet" role="status">
          {endpoints.length === 0
            ? 'Your queues have no quick connects. An administrator can add some.'
            : `Nothing is called “${text}”.`}
        </p>
      )}
    </div>
  )
}

function Destination({ endpoint, self, details }: Pick<Props, 'self' | 'details'> & { endpoint: Endpoint }) {
  const detail = details?.get(endpoint.endpointARN)
  const presence = presenceOf(detail)
  return (
    <>
      <span className="name" dir="auto">
        {endpoint.name}
      </span>
      <span className="quiet" dir="auto">
        {leadsTo(endpoint, self, detail)}
      </span>
      {presence && (
        <span className="quiet small presence">
          <span className={`dot ${presence.tone}`} aria-hidden="true" /> {presence.text}
        </span>
      )}
      {detail?.description && (
        <span className="quiet small note" dir="auto">
          {detail.description}
        </span>
      )}
    </>
  )
}
