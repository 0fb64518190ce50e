// Finding one among the quick connects.
import type { Endpoint, EndpointDetail, Pickable } from './wire'

export type Details = ReadonlyMap<string, EndpointDetail>

const wordsOf = (text: string) => text.toLowerCase().split(/\s+/).filter(Boolean)

/** Those that have every word of the search in their name or in what they lead to; best matches first. */
export function searched(endpoints: Endpoint[], text: string, details?: Details): Endpoint[] {
  const words = wordsOf(text)
  return endpoints
    .map((endpoint) => ({ endpoint, rank: rankOf(endpoint, words, details?.get(endpoint.endpointARN)) }))
    .filter(({ rank }) => rank < 3)
    .sort((a, b) => a.rank - b.rank || a.endpoint.name.localeCompare(b.endpoint.name))
    .map(({ endpoint }) => endpoint)
}

/** 0: the name begins with the first word; 1: one of its words does; 2: somewhere; 3: not all words are there. */
function rankOf(endpoint: Endpoint, words: string[], detail: EndpointDetail | undefined): number {
  const name = endpoint.name.toLowerCase()
  const more = [endpoint.agentLogin, endpoint.queue?.name, detail?.agent?.name, detail?.description]
  const all = [name, ...more].join(' ').toLowerCase()
  if (!words.every((word) => all.includes(word))) return 3
  const first = words[0]
  if (first === undefined || name.startsWith(first)) return 0
  return name.split(/[\s\-_/.]+/).some((part) => part.startsWith(first)) ? 1 : 2
}

/** The waiting tasks that have every word of a search in their name, description or queue, in their order. */
export function searchedTasks(tasks: Pickable[], text: string): Pickable[] {
  const words = wordsOf(text)
  return tasks.filter(({ name, description, queue, contactId }) => {
    const all = [name, description, queue?.name, contactId].join(' ').toLowerCase()
    return words.every((word) => all.includes(word))
  })
}

/** Whether the agent behind an endpoint is there to take a task: as a colour and in words; undefined for a queue. */
export function presenceOf(detail: EndpointDetail | undefined): { tone: string; text: string } | undefined {
  if (!detail?.agent) return undefined
  const { status, type, next, tasks } = detail.agent
  const hands = tasks === 0 ? '' : `, ${tasks} ${tasks === 1 ? 'task' : 'tasks'} in hand`
  return { tone: type, text: `${status}${next ? `, next ${next}` : ''}${hands}` }
}

/** What an endpoint leads to, in words. */
export function leadsTo(endpoint: Endpoint, self?: string, detail?: EndpointDetail): string {
  const queue = endpoint.type === 'queue'
  const target = queue ? endpoint.queue?.name : (detail?.agent?.name ?? endpoint.agentLogin)
  if (!queue && endpoint.agentLogin && endpoint.agentLogin === self) return 'You'
  const kind = queue ? 'Queue' : 'Agent'
  return target && target !== endpoint.name ? `${kind} ${target}` : kind
}

/** The id of a quick connect, which task templates name it by. */
export function idOf(endpoint: Endpoint): string {
  return endpoint.endpointARN.split('/').at(-1) ?? ''
}
