// What the page that shows the panel in a frame may set: the message `configure` of amazon-connect-streams.

export interface Tone {
  /** Undefined: the panel's own. */
  url?: string | undefined
  off: boolean
}

export interface HostSettings {
  /** For a task that rings. */
  ring: Tone
  /** For a task that nobody had to accept. */
  arrival: Tone
  /** Whether the panel itself says that the session is about to end. */
  inactivityModal: boolean
}

export const ownSettings: HostSettings = { ring: { off: false }, arrival: { off: false }, inactivityModal: true }

interface Given {
  ringtoneUrl?: unknown
  disableRingtone?: unknown
}

/** The settings of a message, which is whatever the page has sent. */
export function settingsOf(message: unknown): HostSettings {
  const { task, autoAcceptTone, showInactivityModal } = (message ?? {}) as Record<string, unknown>
  return { ring: toneOf(task), arrival: toneOf(autoAcceptTone), inactivityModal: showInactivityModal !== false }
}

function toneOf(given: unknown): Tone {
  const { ringtoneUrl, disableRingtone } = (given ?? {}) as Given
  return { url: safeTone(ringtoneUrl), off: disableRingtone === true }
}

/** The address of a sound, if it is one that can be played: of a server, or of audio within the address itself. */
export function safeTone(url: unknown): string | undefined {
  if (typeof url !== 'string' || !URL.canParse(url)) return undefined
  const { protocol, href } = new URL(url)
  if (protocol === 'https:' || protocol === 'http:') return href
  return protocol === 'data:' && /^data:audio\//i.test(href) ? href : undefined
}
