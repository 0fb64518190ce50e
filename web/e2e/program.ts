// A server of the story's own: the program that TASKLANE_PROGRAM names, in development mode, with data of its own. It
// can be killed and started again, and its clock moved.
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Stories that need a server of their own are skipped without a program. */
export const program = process.env.TASKLANE_PROGRAM

interface Bootstrap {
  endpoint: string
  instanceId: string
  contactFlowId: string
  queueId: string
  agent: { username: string; password: string; userId: string }
}

const within = 60_000

export class Program {
  private readonly data = mkdtempSync(join(tmpdir(), 'tasklane-e2e-'))
  private process: ChildProcess | undefined
  boot!: Bootstrap

  constructor(private readonly flags: string[] = []) {}

  get url(): string {
    return this.boot.endpoint
  }

  get agent(): { url: string; username: string; password: string } {
    return { url: this.url, ...this.boot.agent }
  }

  /** Starts the server, again at the same address. */
  async start(): Promise<void> {
    const listen = this.process ? new URL(this.url).host : '127.0.0.1:0'
    const child = spawn(program!, ['dev', '--data', this.data, '--listen', listen, ...this.flags], {
      stdio: ['ignore', 'ignore', 'pipe'],
      // The variables of these tests are no settings, and would be refused.
      env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TASKLANE_'))),
    })
    this.process = child
    await new Promise<void>((resolve, reject) => {
      const said: string[] = []
      const timer = setTimeout(() => reject(new Error(`the server is not ready: ${said.join('')}`)), within)
      child.once('exit', () => reject(new Error(`the server ended: ${said.join('')}`)))
      child.stderr!.on('data', (text: Buffer) => {
        said.push(String(text))
        if (!said.join('').includes('Ready.')) return
        clearTimeout(timer)
        resolve()
      })
    })
    this.boot = JSON.parse(readFileSync(join(this.data, 'bootstrap.json'), 'utf8')) as Bootstrap
  }

  /** Ends the server as a power cut does. */
  async kill(): Promise<void> {
    const child = this.process
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }

  async remove(): Promise<void> {
    await this.kill()
    rmSync(this.data, { recursive: true, force: true })
  }

  /** A call of the Connect API, or of the development mode. */
  async api<T = Record<string, string>>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(this.url + path, {
      method,
      headers: { 'Content-Type': 'application/json' },
      signal: AbortSignal.timeout(within),
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return (text ? JSON.parse(text) : {}) as T
  }

  async startTask(Name: string, more: object = {}): Promise<string> {
    const { instanceId: InstanceId, contactFlowId: ContactFlowId } = this.boot
    return (await this.api('PUT', '/contact/task', { InstanceId, ContactFlowId, Name, ...more })).ContactId!
  }

  /** Moves the clock; what falls due on the way has happened when this returns. */
  async advance(advanceSeconds: number): Promise<void> {
    await this.api('POST', '/_tasklane/clock', { advanceSeconds })
  }

  /** Moves the clock, and with it the time of sessions, which else last by the machine's. */
  async advanceSessions(advanceSeconds: number): Promise<void> {
    await this.api('POST', '/_tasklane/clock', { advanceSeconds, sessions: true })
  }

  /** Moves the clock to a time in epoch milliseconds, and no further: a task that is then offered still rings. */
  async advanceTo(time: number): Promise<void> {
    await this.api('POST', '/_tasklane/clock', { advanceTo: time / 1000 })
  }

  /** Makes another agent like the first, whom the queue's agents can transfer tasks to by a quick connect. */
  async hire(Username: string, FirstName: string): Promise<{ url: string; username: string; password: string }> {
    const { instanceId: i, queueId, agent } = this.boot
    const { User: like } = await this.api<{ User: { RoutingProfileId: string; SecurityProfileIds: string[] } }>(
      'GET',
      `/users/${i}/${agent.userId}`,
    )
    const { UserId } = await this.api('PUT', `/users/${i}`, {
      Username,
      Password: 'Tasklane-1',
      IdentityInfo: { FirstName, LastName: 'Agent' },
      PhoneConfig: { PhoneType: 'SOFT_PHONE' },
      ...{ SecurityProfileIds: like.SecurityProfileIds, RoutingProfileId: like.RoutingProfileId },
    })
    const { ContactFlowSummaryList: flows } = await this.api<{
      ContactFlowSummaryList: { Id: string; Name: string }[]
    }>('GET', `/contact-flows-summary/${i}`)
    const ContactFlowId = flows.find(({ Name }) => Name === 'Default agent transfer')!.Id
    const { QuickConnectId } = await this.api('PUT', `/quick-connects/${i}`, {
      Name: FirstName,
      QuickConnectConfig: { QuickConnectType: 'USER', UserConfig: { UserId, ContactFlowId } },
    })
    await this.api('POST', `/queues/${i}/${queueId}/associate-quick-connects`, { QuickConnectIds: [QuickConnectId] })
    return { url: this.url, username: Username, password: 'Tasklane-1' }
  }

  /** Lets the agents pick tasks out of the queue, too. */
  async letPick(): Promise<void> {
    const { instanceId: i, queueId: QueueId, agent } = this.boot
    const { User: user } = await this.api<{ User: { RoutingProfileId: string } }>('GET', `/users/${i}/${agent.userId}`)
    await this.api('POST', `/routing-profiles/${i}/${user.RoutingProfileId}/associate-queues`, {
      ManualAssignmentQueueConfigs: [{ QueueReference: { QueueId, Channel: 'TASK' } }],
    })
  }

  /** Makes a task template that starts tasks with the sample flow. */
  async template(Name: string, template: object): Promise<string> {
    const { instanceId, contactFlowId: ContactFlowId } = this.boot
    const made = { Name, Status: 'ACTIVE', ContactFlowId, ...template }
    return (await this.api('PUT', `/instance/${instanceId}/task/template`, made)).Id!
  }
}
