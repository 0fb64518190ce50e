import { useEffect, useState, useSyncExternalStore } from 'react'
import { Clicks, type Click, type ClickState } from './clicks'

export type { Click, Failure, Later } from './clicks'

export interface Actions extends ClickState {
  run: (click: Click) => void
  /** Runs a click in some ms, unless it is taken back before. */
  runLater: (click: Click, ms: number) => void
  undo: (key: string) => void
  hurry: (key: string) => void
  busy: (key: string) => boolean
  /** Forgets a click that waits, has failed or was pointless. */
  drop: (key: string) => void
}

/** The clicks of this panel. live: the server answers. */
export function useActions(live: boolean): Actions {
  const [clicks] = useState(() => new Clicks())
  const state = useSyncExternalStore(clicks.subscribe, clicks.state)
  useEffect(() => clicks.connected(live), [clicks, live])
  useEffect(() => {
    const leave = () => clicks.hurryAll()
    addEventListener('pagehide', leave)
    return () => removeEventListener('pagehide', leave)
  }, [clicks])
  return {
    ...state,
    run: (click) => clicks.run(click),
    runLater: (click, ms) => clicks.runLater(click, ms),
    undo: (key) => clicks.undo(key),
    hurry: (key) => clicks.hurry(key),
    busy: (key) => clicks.busy(key),
    drop: (key) => clicks.drop(key),
  }
}
