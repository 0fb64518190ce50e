// The page around a panel in a frame, and the names of this machine. A browser takes localhost and 127.0.0.1 for
// different sites, and keeps the cookie of one from a frame on a page of the other.

/** The origin of the page around, as far as the browser tells it. */
export function parentOrigin(): string | undefined {
  const [nearest] = location.ancestorOrigins ?? []
  if (nearest) return nearest
  const from = URL.canParse(document.referrer) ? new URL(document.referrer).origin : undefined
  return from === location.origin ? undefined : from
}

/** Two names of this machine: that of the page around and that of the panel. */
export interface Names {
  page: string
  panel: string
  /** The panel's address by the name of the page. */
  address: string
}

/**
 * The two names, when a page of this machine shows the panel by another name than its own; else undefined. Over TLS the
 * cookie is handed over to the frame, whatever the names.
 */
export function otherName(page: string | undefined, panel: URL): Names | undefined {
  if (page === undefined || !URL.canParse(page) || panel.protocol === 'https:') return undefined
  const { hostname } = new URL(page)
  if (hostname === panel.hostname || !local(hostname) || !local(panel.hostname)) return undefined
  const address = new URL(panel.pathname, panel)
  address.hostname = hostname
  return { page: hostname, panel: panel.hostname, address: address.href }
}

function local(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
}
