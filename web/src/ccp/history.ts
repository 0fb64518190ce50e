// What happened to a task, told in plain words.
import type { HistoryEvent } from './wire'

export interface Told {
  at: number
  text: string
  tone: 'plain' | 'good' | 'bad' | 'quiet'
  /** How often in a row, when more than once. */
  times: number
}

/** Events of the system that tell an agent nothing of their own. */
const untold = new Set(['CONNECTED_TO_SYSTEM', 'COMPLETED'])

const reasons: Record<string, string> = {
  AGENT_DISCONNECT: 'Ended by the agent',
  AGENT_COMPLETED: 'Recorded as done',
  API: 'Stopped by another system',
  CONTACT_FLOW_DISCONNECT: 'Ended by its flow',
  EXPIRED: 'Expired',
}

const steps: Record<string, string> = {
  UpdateContactTargetQueue: 'chose the queue',
  TransferContactToQueue: 'sent it to the queue',
  TransferContactToAgent: 'sent it to an agent',
  TransferToFlow: 'went on with another flow',
  UpdateContactAttributes: 'set attributes',
  UpdateContactData: 'changed its details',
  UpdateContactRoutingBehavior: 'set its priority',
  UpdateContactRoutingCriteria: 'set who it needs',
  UpdateContactEventHooks: 'chose flows for later',
  UpdateContactTextToSpeechVoice: 'set the voice',
  UpdateFlowLoggingBehavior: 'set its logging',
  UpdateFlowAttributes: 'noted something',
  InvokeLambdaFunction: 'asked another system',
  InvokeFlowModule: 'ran a module',
  CheckHoursOfOperation: 'looked at opening hours',
  CheckMetricData: 'looked at the queue',
  GetMetricData: 'looked at the queue',
  Compare: 'made a decision',
  DistributeByPercentage: 'made a decision',
  Loop: 'repeated a step',
  Wait: 'waited',
  CreateTask: 'made another task',
  DequeueContactAndTransferToQueue: 'sent it to another queue',
  RouteContactToAgent: 'sent it to an agent',
  ResumeContact: 'resumed it',
  TagContact: 'tagged it',
  UntagContact: 'took tags off',
  DisconnectParticipant: 'ended it',
  EndFlowExecution: 'was done',
  EndFlowModuleExecution: 'finished a module',
}

/** The history as lines, the newest first. What happens again and again is one line. */
export function toldOf(events: HistoryEvent[]): Told[] {
  const present = events.at(-1)?.contactId
  const lines: Told[] = []
  for (const event of events.toSorted((a, b) => a.timestamp - b.timestamp)) {
    const line = lineOf(event, event.contactId !== present)
    const before = lines[0]
    if (!line) continue
    if (before && before.text === line.text) lines[0] = { ...line, times: before.times + 1 }
    else lines.unshift(line)
  }
  return lines
}

/** earlier: the event is of a contact that the present one of the chain has followed. */
function lineOf(event: HistoryEvent, earlier: boolean): Told | undefined {
  const words = event.action ? flowStep(event.action) : happening(event, earlier)
  return words && { at: event.timestamp * 1000, times: 1, tone: 'plain', ...words }
}

type Words = Pick<Told, 'text'> & Partial<Pick<Told, 'tone'>>

function flowStep({ type, flow, error, ended }: NonNullable<HistoryEvent['action']>): Words {
  const who = flow ? `Flow “${flow}”` : 'A flow'
  if (ended === 'error') return { text: `${who} could not go on`, tone: 'bad' }
  const did = steps[type] ?? `ran ${type}`
  return error
    ? { text: `${who} ${did}: that failed, and it went on`, tone: 'bad' }
    : { text: `${who} ${did}`, tone: 'quiet' }
}

function happening(event: HistoryEvent, earlier: boolean): Words | undefined {
  if (untold.has(event.type)) return undefined
  const who = event.self ? 'you' : (event.agent ?? 'an agent')
  const whose = event.self ? 'You' : (event.agent ?? 'An agent')
  switch (event.type) {
    case 'INITIATED':
      return { text: 'Task created' }
    case 'QUEUED':
      return { text: event.queue ? `Waiting in queue ${event.queue}` : 'Waiting for an agent' }
    case 'OFFERED':
      return { text: `Offered to ${who}` }
    case 'MISSED':
      return { text: `${whose} missed it`, tone: 'bad' }
    case 'REJECTED':
      return { text: `${whose} declined it`, tone: 'bad' }
    case 'WITHDRAWN':
      return { text: 'The offer was taken back' }
    case 'CONNECTED_TO_AGENT':
      return { text: `${whose} accepted it`, tone: 'good' }
    case 'PAUSED':
      return { text: 'Paused' }
    case 'RESUMED':
      return { text: 'Resumed' }
    case 'CONTACT_DATA_UPDATED':
    case 'EDITED':
      return { text: event.updated?.includes('References') ? 'References changed' : 'Details changed' }
    case 'DISCONNECTED':
      return { text: (earlier && event.reason === 'OTHER' ? 'Transferred' : reasons[event.reason ?? '']) ?? 'Ended' }
    default:
      return { text: event.type.toLowerCase().replaceAll('_', ' ') }
  }
}
