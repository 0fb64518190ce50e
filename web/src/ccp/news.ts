// What others have done to the agent's tasks: found by comparing what was in hand with what is, and told in words.
import type { Task } from './view'
import type { Outcome } from './wire'

export interface Change {
  task: Task
  /** It is not in hand any more, it has been ended in the agent's hands, or it was missed. */
  kind: 'gone' | 'ended' | 'missed'
}

/** What has changed between two snapshots that others may have done, or nobody. */
export function changesOf(before: Task[], after: Task[]): Change[] {
  const present = new Map(after.map((task) => [task.id, task]))
  const changes: Change[] = []
  for (const was of before) {
    const task = present.get(was.id)
    const open = was.stage === 'ringing' || was.stage === 'working' || was.stage === 'paused'
    if (!open) continue
    if (!task) changes.push({ task: was, kind: 'gone' })
    else if (task.stage === 'wrapUp' && endingOf(task)) changes.push({ task, kind: 'ended' })
    else if (task.stage === 'missed') changes.push({ task, kind: 'missed' })
  }
  return changes
}

const endings: Record<string, string> = {
  API: 'was stopped by another system or a supervisor',
  EXPIRED: 'has expired',
  CONTACT_FLOW_DISCONNECT: 'was ended by its flow',
}

/** Why a task is over that is in the agent's hands, after "This task"; undefined when they have ended it themselves. */
export function endingOf(task: Pick<Task, 'endReason' | 'transferred'>): string | undefined {
  if (task.transferred) return 'was transferred'
  return endings[task.endReason ?? '']
}

/** What has become of a task that is gone, after its name; undefined when there is nothing to tell. */
export function outcomeOf(outcome: Outcome | undefined): string | undefined {
  if (!outcome) return 'is no longer with you'
  const { state, reason, transferred, queue, agent, self } = outcome
  if (self && state !== 'ended') return undefined
  const ending = endings[reason ?? '']
  if (!transferred && ending) return ending
  if (agent && !self && (state === 'connecting' || state === 'connected')) return `was given to ${agent}`
  if (transferred) return queue ? `was moved to queue ${queue}` : 'was moved elsewhere'
  if (state === 'paused') return 'was paused by somebody else'
  if (state === 'queued') return queue ? `was taken back, and waits in queue ${queue} again` : 'was taken back'
  return reason === 'AGENT_DISCONNECT' ? undefined : 'is no longer with you'
}
