// Which panel of a browser does what only one may do, such as ringing. A lock of the browser tells; it is free again
// when its panel is gone.
import { newToken } from '../ccp/token'

const held = new Map<string, boolean>()
const own = newToken()

interface Request {
  method?: string
  params?: { topic?: string; shouldNotBecomeMasterIfNone?: boolean }
}

/** Takes the lock of a topic, and reports whether this panel has it. Without locks every panel is its own master. */
function take(topic: string, options: LockOptions): Promise<boolean> {
  return new Promise((resolve) => {
    const keep = (lock: Lock | null): Promise<void> | undefined => {
      held.set(topic, lock !== null)
      resolve(lock !== null)
      return lock ? new Promise(() => undefined) : undefined
    }
    try {
      navigator.locks.request(`tasklane/master/${topic}`, options, keep).catch(() => {
        held.set(topic, false) // another panel has taken it
        resolve(false)
      })
    } catch {
      resolve(true)
    }
  })
}

/** Answers what the library asks of a topic. */
export async function master({ method, params = {} }: Request): Promise<object> {
  const topic = params.topic ?? ''
  if (method === 'becomeMaster') {
    const takeOver = !held.get(topic)
    await take(topic, { steal: true })
    return { masterId: own, takeOver, topic }
  }
  const mine =
    held.get(topic) === true || (!params.shouldNotBecomeMasterIfNone && (await take(topic, { ifAvailable: true })))
  return { masterId: mine ? own : 'another panel', isMaster: mine, topic }
}
