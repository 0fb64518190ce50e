import { useNow } from './Clock'
import { clock, usualRing } from './view'

/** How long the task has been ringing, and how much of the usual time is left. */
export function RingClock({ since, until }: { since: number; until: number | undefined }) {
  const now = useNow()
  const rung = Math.max(0, now - since)
  const whole = (until ?? since + usualRing) - since
  const left = Math.max(0, whole - rung)
  return (
    <div className="ring">
      <div className="row">
        <span>
          Ringing for <span className="timer">{clock(rung)}</span>
        </span>
        <span className="quiet">
          {left > 0 ? `${until === undefined ? 'about ' : ''}${Math.ceil(left / 1000)} s left` : 'about to move on'}
        </span>
      </div>
      <progress max={whole} value={left} aria-label="Time left to accept" />
    </div>
  )
}
