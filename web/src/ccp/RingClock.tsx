import { useNow } from './Clock'
import { clock, usualRing } from './view'

/** How long the task has been ringing, and how much of the usual time is left. */
export function RingClock({ since }: { since: number }) {
  const rung = Math.max(0, useNow() - since)
  const left = Math.max(0, usualRing - rung)
  return (
    <div className="ring">
      <div className="row">
        <span>
          Ringing for <span className="timer">{clock(rung)}</span>
        </span>
        <span className="quiet">
          {left > 0 ? `about ${Math.ceil(left / 1000)} s left` : 'about to move on'}
        </span>
      </div>
      <progress max={usualRing} value={left} aria-label="Time left to accept" />
    </div>
  )
}
