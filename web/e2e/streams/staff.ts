// The real server that the tests run against, and agents of their own there, so that no test takes another's tasks.
import { readFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import type { BrowserContext } from 'playwright-core'

export const serverURL = process.env.TASKLANE_URL ?? ''

interface Bootstrap {
  instanceId: string
  queueId: string
  taskTemplateId: string
  agent: { userId: string }
}

export interface Agent {
  username: string
  /** First and last name, as host pages are told. */
  name: string
  userId: string
  /** Leads to the agent's own queue. */
  quickConnectId: string
}

const password = 'Tasklane1'

export class Staff {
  private readonly hired: string[] = []
  readonly boot: Bootstrap = JSON.parse(readFileSync(process.env.TASKLANE_BOOTSTRAP!, 'utf8')) as Bootstrap

  async api<T = unknown>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(serverURL + path, {
      method,
      headers: { 'Content-Type': 'application/json' },
      signal: AbortSignal.timeout(60_000),
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return (text ? JSON.parse(text) : {}) as T
  }

  /** Makes an agent, with a quick connect to them that every agent sees. */
  async hire(last: string): Promise<Agent> {
    const { instanceId, queueId, agent } = this.boot
    const like = await this.api<{ User: Record<string, unknown> }>('GET', `/users/${instanceId}/${agent.userId}`)
    const username = `${last}-${randomBytes(3).toString('hex')}`
    const { UserId: userId } = await this.api<{ UserId: string }>('PUT', `/users/${instanceId}`, {
      Username: username,
      IdentityInfo: { FirstName: 'Test', LastName: last },
      Password: password,
      RoutingProfileId: like.User.RoutingProfileId,
      SecurityProfileIds: like.User.SecurityProfileIds,
    })
    this.hired.push(userId)
    const flows = await this.api<{ ContactFlowSummaryList: { Id: string }[] }>(
      'GET',
      `/contact-flows-summary/${instanceId}?contactFlowTypes=AGENT_TRANSFER`,
    )
    const { QuickConnectId: quickConnectId } = await this.api<{ QuickConnectId: string }>(
      'PUT',
      `/quick-connects/${instanceId}`,
      {
        Name: username,
        QuickConnectConfig: {
          QuickConnectType: 'USER',
          UserConfig: { UserId: userId, ContactFlowId: flows.ContactFlowSummaryList[0]!.Id },
        },
      },
    )
    await this.api('POST', `/queues/${instanceId}/${queueId}/associate-quick-connects`, {
      QuickConnectIds: [quickConnectId],
    })
    return { username, name: `Test ${last}`, userId, quickConnectId }
  }

  /** Deletes the agents, so that they take no task of a test that comes later. */
  async leave(): Promise<void> {
    for (const id of this.hired.splice(0)) await this.api('DELETE', `/users/${this.boot.instanceId}/${id}`)
  }

  /** Starts a task that goes to an agent's own queue. */
  async task(agent: Agent, name: string, more: object = {}): Promise<string> {
    const { ContactId } = await this.api<{ ContactId: string }>('PUT', '/contact/task', {
      InstanceId: this.boot.instanceId,
      QuickConnectId: agent.quickConnectId,
      Name: name,
      ...more,
    })
    return ContactId
  }

  /** Moves the server's clock ahead. */
  advance(seconds: number): Promise<unknown> {
    return this.api('POST', '/_tasklane/clock', { advanceSeconds: seconds })
  }
}

/** Signs an agent in, in a window of its own. */
export async function signIn(context: BrowserContext, panel: string, agent: Agent): Promise<void> {
  const page = await context.newPage()
  await page.goto(`${panel}/login`)
  await fillIn(page, agent)
  await page.waitForURL('**/ccp-v2/')
  await page.close()
}

type Window = Awaited<ReturnType<BrowserContext['newPage']>>

export async function fillIn(page: Window, agent: Agent): Promise<void> {
  await page.getByLabel('Username').fill(agent.username)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}
