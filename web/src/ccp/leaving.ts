// Asks before the page goes with something that would be lost, unless the panel itself sends it away: what was typed is
// there again then.
let expected = false

/** Goes on without a question: the panel leaves, or loads itself again. */
export function leaveUnasked(go: () => void): void {
  expected = true
  go()
}

/** Has the browser ask before the page goes, as long as there is something to lose; returns what ends that. */
export function askBeforeLeaving(lost: () => boolean): () => void {
  const ask = (event: BeforeUnloadEvent) => {
    if (!expected && lost()) event.preventDefault()
  }
  addEventListener('beforeunload', ask)
  return () => removeEventListener('beforeunload', ask)
}
