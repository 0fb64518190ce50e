// Finding one among the quick connects.
import type { Endpoint } from './wire'

/** Those that have every word of the search in their name or in what they lead to; best matches first. */
export function searched(endpoints: Endpoint[], text: string): Endpoint[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  return endpoints
    .map((endpoint) => ({ endpoint, rank: rankOf(endpoint, words) }))
    .filter(({ rank }) => rank < 3)
    .sort((a, b) => a.rank - b.rank || a.endpoint.name.localeCompare(b.endpoint.name))
    .map(({ endpoint }) => endpoint)
}

/** 0: the name begins with the first word; 1: one of its words does; 2: somewhere; 3: not all words are there. */
function rankOf(endpoint: Endpoint, words: string[]): number {
  const name = endpoint.name.toLowerCase()
  const all = `${name} ${endpoint.agentLogin ?? ''} ${endpoint.queue?.name ?? ''}`.toLowerCase()
  if (!words.every((word) => all.includes(word))) return 3
  const first = words[0]
  if (first === undefined || name.startsWith(first)) return 0
  return name.split(/[\s\-_/.]+/).some((part) => part.startsWith(first)) ? 1 : 2
}

/** What an endpoint leads to, in words. */
export function leadsTo(endpoint: Endpoint, self?: string): string {
  const queue = endpoint.type === 'queue'
  const target = queue ? endpoint.queue?.name : endpoint.agentLogin
  if (!queue && target && target === self) return 'You'
  const kind = queue ? 'Queue' : 'Agent'
  return target && target !== endpoint.name ? `${kind} ${target}` : kind
}

/** The id of a quick connect, which task templates name it by. */
export function idOf(endpoint: Endpoint): string {
  return endpoint.endpointARN.split('/').at(-1) ?? ''
}
