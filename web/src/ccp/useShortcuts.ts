import { useEffect, useRef } from 'react'
import { pressed, writes, type Shortcut } from './shortcuts'

/** Calls act for what is pressed anywhere on the page; it reports whether it had something to do. */
export function useShortcuts(act: (shortcut: Shortcut) => boolean): void {
  const newest = useRef(act)
  newest.current = act
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      // A dialog that is open has the keyboard to itself.
      if (document.querySelector('[role=dialog]')) return
      if (writes(event.target as HTMLElement | null) || event.getModifierState('AltGraph')) return
      const meant = pressed(event)
      if (meant.length === 0) return
      event.preventDefault()
      meant.some((shortcut) => newest.current(shortcut))
    }
    addEventListener('keydown', listen)
    return () => removeEventListener('keydown', listen)
  }, [])
}
