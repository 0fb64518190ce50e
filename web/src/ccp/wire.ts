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
  /** Of a file only. */
  status?: string | null
  statusReason?: string | null
}

/** A file that is attached to a task. */
export interface AttachedFile {
  fileId: string
  fileName: string
  /** 0 until it has been fetched. */
  fileSizeInBytes: number
  fileStatus: 'PROCESSING' | 'APPROVED' | 'REJECTED' | 'FAILED'
  statusReason: string | null
  /** The agent has attached it. */
  own: boolean
  downloadUrl?: string
  uploadUrl?: string
  headersToInclude?: Record<string, string> | null
}

/** Which files can be attached. */
export interface FileLimits {
  /** Of one file; 0 for any size. */
  maxBytes: number
  extensions: string[]
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
  channelContext?: { taskTemplateId: string | null; taskTemplateVersion: number | null } | null
  agentContactHandlingConfig?: { autoAccept: boolean }
  /** Ours. */
  tasklane?: {
    created: number | null
    accepted: number | null
    ringsUntil: number | null
    expires: number | null
    endReason: string | null
    transferred: boolean
    from: string | null
  }
}

/** What has become of a task that was in hand. */
export interface Outcome {
  contactId: string
  state: string
  reason: string | null
  transferred: boolean
  queue: string | null
  agent: string | null
  /** The agent who has it is the one who asks. */
  self: boolean
}

/** What an endpoint itself has no room for. */
export interface EndpointDetail {
  endpointARN: string
  description: string | null
  agent: {
    name: string
    status: string
    type: AgentStateType
    since: number | null
    next: string | null
    tasks: number
  } | null
}

export interface Snapshot {
  state: AgentState
  nextState: AgentState | null
  contacts: Contact[]
  snapshotTimestamp: number
}

export interface Configuration {
  name: string
  username: string
  agentARN: string
  /** Null where no files can be attached. */
  attachments?: FileLimits | null
  /** How long the agent may do nothing, in seconds; null for any time. */
  sessionInactivity?: number | null
  routingProfile: { name: string; routingProfileARN: string; manualAssignmentQueues?: Queue[] }
}

export interface Queue {
  queueARN: string | null
  name: string | null
}

/** A quick connect: where a task can be sent. */
export interface Endpoint {
  endpointARN: string
  type: 'agent' | 'queue' | 'phone_number'
  name: string
  agentLogin: string | null
  queue: { queueARN: string; name: string | null } | null
}

/** A task that an agent makes. */
export interface NewTask {
  name: string
  description?: string
  references?: Record<string, Reference>
  endpoint?: Endpoint
  taskTemplateId?: string
  selfAssign?: boolean
  expiryMinutes?: number
  scheduledTime?: number
  relatedContactId?: string
  idempotencyToken: string
}

/** What an agent changes of a task in hand; references are merged by name. */
export interface Change {
  Name?: string
  Description?: string
  References?: Record<string, { Type: string; Value: string }>
  /** Names of those that go. */
  RemoveReferences?: string[]
}

export interface TemplateSummary {
  Id: string
  Name: string
}

interface Named {
  Id: { Name: string }
}

export interface TemplateField extends Named {
  Type: string
  Description?: string | null
  SingleSelectOptions?: string[] | null
}

/** A task template, as the Connect API tells it. */
export interface TaskTemplate extends TemplateSummary {
  ContactFlowId?: string | null
  SelfAssignFlowId?: string | null
  Fields: TemplateField[]
  Constraints?: {
    RequiredFields?: Named[] | null
    ReadOnlyFields?: Named[] | null
    InvisibleFields?: Named[] | null
  } | null
  Defaults?: { DefaultFieldValues?: (Named & { DefaultValue?: string | null })[] | null } | null
}

/** A task that waits in a queue out of which the agent may pick. */
export interface Pickable {
  contactId: string
  name: string
  description: string | null
  queue: { queueARN: string; name: string | null } | null
  queueTimestamp: number
  priority: number
}

/** One thing that happened to a task. */
export interface HistoryEvent {
  contactId: string
  type: string
  timestamp: number
  queue: string | null
  agent: string | null
  /** The agent is the one who asks. */
  self: boolean
  reason: string | null
  updated: string[] | null
  action: { type: string; run: string; flow: string | null; error: boolean; ended: string | null } | null
}

export interface History {
  events: HistoryEvent[]
  /** There was more before the first event. */
  truncated: boolean
}

export interface Transport {
  url: string
  transportLifeTimeInSeconds: number
}
