// The CTI protocol as it travels: shapes of the answers of POST /api that the panel reads.
// Timestamps are epoch seconds with milliseconds as a fraction.

export type AgentStateType = 'routable' | 'not_routable' | 'offline' | 'init'

export interface AgentState {
  agentStateARN: string | null
  type: AgentStateType
  name: string
  startTimestamp?: number | null
}

export type ContactStateType =
  'connecting' | 'incoming' | 'pending' | 'connected' | 'paused' | 'ended' | 'missed' | 'rejected' | 'error'

export interface Connection {
  connectionId: string
  type: string
}

export interface Reference {
  type: string
  value: string | null
}

export interface Contact {
  contactId: string
  initialContactId?: string
  type: string
  state: { type: ContactStateType; timestamp: number }
  queue: { queueARN: string; name: string | null } | null
  queueTimestamp: number | null
  connections: Connection[]
  attributes: Record<string, { name: string; value: string }> | null
  name: string | null
  description: string | null
  references: Record<string, Reference> | null
  agentContactHandlingConfig?: { autoAccept: boolean }
}

export interface Snapshot {
  state: AgentState
  nextState: AgentState | null
  contacts: Contact[]
  snapshotTimestamp: number
}

export interface Configuration {
  name: string
  agentARN: string
  routingProfile: { name: string; routingProfileARN: string }
}

export interface Queue {
  queueARN: string | null
  name: string | null
}

export interface Transport {
  url: string
  transportLifeTimeInSeconds: number
}
