// What the story runs against: a server named by the environment, or the fake of test/fake.ts.
import { readFileSync } from 'node:fs'
import { Fake } from '../test/fake'

export interface World {
  url: string
  username: string
  password: string
  /** Creates a task through the Amazon Connect API. */
  startTask: (name: string, more?: object) => Promise<void>
  /** Stops what is left of the tasks, so that none rings in another test. */
  tidy: () => Promise<void>
  /** Present when the server is the fake: breaks what a real server does not let us break. */
  fake: Fake | undefined
}

interface Bootstrap {
  instanceId: string
  contactFlowId: string
  agent: { username: string; password: string }
}

/**
 * TASKLANE_URL names a server that runs with `--auth off` and has the agent to itself; TASKLANE_BOOTSTRAP is
 * the path of its bootstrap.json. TASKLANE_USER and TASKLANE_PASSWORD take the place of the agent named there.
 */
export async function openWorld(): Promise<World> {
  const env = process.env
  const fake = env.TASKLANE_URL ? undefined : new Fake()
  const url = env.TASKLANE_URL ?? (await fake!.start())
  const boot: Bootstrap = env.TASKLANE_BOOTSTRAP
    ? (JSON.parse(readFileSync(env.TASKLANE_BOOTSTRAP, 'utf8')) as Bootstrap)
    : { instanceId: 'i', contactFlowId: 'f', agent: { username: 'agent', password: 'tasklane' } }
  const started: string[] = []
  return {
    url,
    username: env.TASKLANE_USER ?? boot.agent.username,
    password: env.TASKLANE_PASSWORD ?? boot.agent.password,
    async startTask(name, more) {
      const task = { InstanceId: boot.instanceId, ContactFlowId: boot.contactFlowId, Name: name, ...more }
      const response = await send('PUT', `${url}/contact/task`, task)
      if (!response.ok) throw new Error(`StartTaskContact: ${response.status} ${await response.text()}`)
      started.push(((await response.json()) as { ContactId: string }).ContactId)
    },
    async tidy() {
      if (fake) return
      for (const ContactId of started) {
        const response = await send('POST', `${url}/contact/stop`, { InstanceId: boot.instanceId, ContactId })
        // 410: it has ended by itself.
        if (!response.ok && response.status !== 410)
          throw new Error(`StopContact: ${response.status} ${await response.text()}`)
      }
    },
    fake,
  }
}

function send(method: string, url: string, body: object): Promise<Response> {
  return fetch(url, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(60_000),
  })
}
