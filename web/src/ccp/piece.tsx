import Spinner from '@cloudscape-design/components/spinner'
import { useEffect, useSyncExternalStore, type ComponentType, type ReactNode } from 'react'
import { NotLoaded } from './NotLoaded'
import { fetchAll, Piece } from './pieces'

const all: Piece<ComponentType<never>>[] = []

/** How long after its start the panel looks for a moment in which to fetch its pieces. */
const settled = 2_000

/** A component that is loaded when it is shown first, or before when the browser has nothing to do. */
export function piece<P extends object>(
  read: () => Promise<{ default: ComponentType<P> }>,
  waiting: ReactNode = <Spinner />,
): ComponentType<P> {
  const it = new Piece(async () => (await read()).default)
  all.push(it as unknown as Piece<ComponentType<never>>)
  return function Loaded(props: P) {
    const state = useSyncExternalStore(it.subscribe, it.state)
    useEffect(() => void it.load(), [])
    if (state === undefined) return waiting
    if (typeof state === 'string') return <NotLoaded trouble={state} again={() => void it.load()} />
    const Component = state
    return <Component {...props} />
  }
}

/** Fetches all pieces in a quiet moment. */
export function fetchPieces(): void {
  const fetch = () => void fetchAll(all)
  setTimeout(() => ('requestIdleCallback' in window ? requestIdleCallback(fetch, { timeout: 10_000 }) : fetch()), settled)
}
