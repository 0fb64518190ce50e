// What the panel knows of the agent, as amazon-connect-streams takes it (`agent::update`): times are dates, and some
// members have two names. The object that came from the server stays as it is.
import type { Desk } from '../ccp/session'

type Members = Record<string, unknown>

const date = (seconds: unknown): Date | null =>
  typeof seconds === 'number' ? new Date(Math.round(seconds * 1000)) : null

function dated(object: unknown, ...members: string[]): Members | null {
  if (typeof object !== 'object' || object === null) return null
  const out: Members = { ...object }
  for (const member of members) if (member in out) out[member] = date(out[member])
  return out
}

function connectionOf(connection: Members): Members {
  return { ...connection, state: dated(connection.state, 'timestamp'), address: connection.endpoint }
}

/** A queue with the id that the library knows it by. */
export function queueOf(queue: unknown): Members | null {
  if (typeof queue !== 'object' || queue === null) return null
  return { ...queue, queueId: (queue as Members).queueARN }
}

function contactOf(contact: Members): Members {
  const state = dated(contact.state, 'timestamp')
  return {
    ...contact,
    state,
    status: state,
    queue: queueOf(contact.queue),
    queueTimestamp: date(contact.queueTimestamp),
    connections: (contact.connections as Members[]).map(connectionOf),
  }
}

export function snapshotOf(desk: Desk, now: number): Members {
  const snapshot = desk.snapshot as unknown as Members
  const told = date(snapshot.snapshotTimestamp)!
  const since = (contact: Members) => ((contact.state as Members).timestamp as Date).getTime()
  return {
    ...snapshot,
    state: dated(snapshot.state, 'startTimestamp'),
    nextState: dated(snapshot.nextState, 'startTimestamp'),
    agentAvailabilityState: dated(snapshot.agentAvailabilityState, 'timeStamp'),
    contacts: (snapshot.contacts as Members[]).map(contactOf).sort((a, b) => since(a) - since(b)),
    snapshotTimestamp: told,
    localTimestamp: now,
    skew: told.getTime() - now,
  }
}

export function configurationOf(desk: Desk): Members {
  const configuration = desk.configuration as unknown as Members
  const profile = configuration.routingProfile as Members
  return {
    ...configuration,
    permissions: desk.permissions,
    agentStates: desk.agentStates,
    dialableCountries: [],
    routingProfile: {
      ...profile,
      routingProfileId: profile.routingProfileARN,
      queues: desk.queues.map(queueOf),
      defaultOutboundQueue: queueOf(profile.defaultOutboundQueue),
    },
  }
}

export function updateOf(desk: Desk, now: number): Members {
  return { snapshot: snapshotOf(desk, now), configuration: configurationOf(desk) }
}
