import { expect, it } from 'vitest'
import { CallError } from '../src/ccp/client'
import { reasonOf } from '../src/ccp/plain'

it('says in plain words why something did not work, and keeps what the server said', () => {
  expect(reasonOf(new CallError('contact 4f is ENDED', 400, 'InvalidStateException'))).toEqual({
    reason: 'The task has moved on meanwhile.',
    detail: 'contact 4f is ENDED',
  })
})

it.each([new CallError('name is required', 400, 'ValidationException'), new Error('The file is not there.')])(
  'leaves %s as it is',
  (error) => expect(reasonOf(error)).toEqual({ reason: error.message, detail: undefined }),
)
