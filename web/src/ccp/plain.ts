// Refusals of the server in words for agents. What it said itself, with ids in it, is for whoever helps them.
import { CallError } from './client'

const words: Record<string, string> = {
  InvalidStateException: 'The task has moved on meanwhile.',
  ResourceNotFoundException: 'It is no longer there, or no longer yours.',
  AccessDeniedException: 'You are not allowed to do this. An administrator can change that.',
  QuotaExceededException: 'A limit has been reached. Try again when other work is done.',
  ThrottlingException: 'The server is busy. Try again in a moment.',
  InternalServiceException: 'The server has a problem. Try again in a moment.',
  BadEndpointException: 'Tasks cannot be sent there.',
  UnsupportedOperationException: 'This server cannot do that.',
}

export interface Reason {
  reason: string
  /** What the server said, where that is something else. */
  detail: string | undefined
}

/** Why something did not work. */
export function reasonOf(error: unknown): Reason {
  const said = error instanceof Error ? error.message : String(error)
  const plain = error instanceof CallError ? words[error.type] : undefined
  return plain === undefined ? { reason: said, detail: undefined } : { reason: plain, detail: said }
}
