// A small server that speaks as much of the desk's protocol as the panel needs, for tests and for looking at
// the panel without the Go server. State lives in memory; it closes itself after its bounded life.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname } from 'node:path'
import { WebSocketServer, type WebSocket } from 'ws'
import type { AgentState, Contact, ContactStateType, Snapshot } from '../src/ccp/wire'

const dist = new URL('../../internal/console/dist/', import.meta.url)
const pages: Record<string, string> = { '/': 'index.html', '/login': 'login.html', '/ccp-v2/': 'ccp.html' }
const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}
// The policy of internal/console, so that a breach shows here too.
const policy =
  "default-src 'self'; connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"

const arn = (kind: string, id: string) => `arn:aws:connect:us-east-1:000000000000:instance/1/${kind}/${id}`
const seconds = () => Date.now() / 1000

class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly type: string,
    message: string,
  ) {
    super(message)
  }
}

type Params = Record<string, unknown>

export class Fake {
  readonly states: AgentState[] = [
    { agentStateARN: arn('agent-state', 'a'), type: 'routable', name: 'Available' },
    { agentStateARN: arn('agent-state', 'l'), type: 'not_routable', name: 'Lunch' },
    { agentStateARN: arn('agent-state', 't'), type: 'not_routable', name: 'Training' },
    { agentStateARN: arn('agent-state', 'o'), type: 'offline', name: 'Offline' },
  ]
  state: AgentState = { ...this.states[3]!, startTimestamp: seconds() - 750 }
  nextState: AgentState | null = null
  contacts: Contact[] = []
  /** While true, no call and no socket gets through. */
  down = false
  /** What the sign-in page offers. */
  options: { passwords: boolean; provider?: string } = { passwords: true }
  password = 'tasklane'
  /** The password must be changed before it signs in. */
  changePassword = false
  /** The next call of this operation is refused once. */
  refuse: string | undefined
  /** The operations that were called. */
  readonly calls: string[] = []
  private token = randomUUID()
  private version = 0
  private readonly sockets = new WebSocketServer({ noServer: true })
  private readonly server = createServer((req, res) => void this.serve(req, res))

  /** Starts on a free loopback port; closes by itself after ten minutes at the latest. */
  async start(port = 0): Promise<string> {
    this.server.on('upgrade', (req, socket, head) => {
      if (this.down) return socket.destroy()
      this.sockets.handleUpgrade(req, socket, head, (ws) => this.attend(ws))
    })
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve))
    setTimeout(() => this.stop(), 10 * 60_000).unref()
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  stop(): void {
    for (const ws of this.sockets.clients) ws.terminate()
    this.server.close()
    this.server.closeAllConnections()
  }

  /** Breaks the network, or mends it. */
  cut(down: boolean): void {
    this.down = down
    if (down) for (const ws of this.sockets.clients) ws.terminate()
  }

  /** Forgets every token, as a restarted server might. */
  revoke(): void {
    this.token = randomUUID()
  }

  add(state: ContactStateType, task: Partial<Contact> = {}, ago = 0): Contact {
    const contact: Contact = {
      contactId: randomUUID(),
      type: 'task',
      state: { type: state, timestamp: seconds() - ago },
      queue: { queueARN: arn('queue', 'q'), name: 'BasicQueue' },
      queueTimestamp: seconds() - ago - 30,
      connections: [{ connectionId: randomUUID(), type: 'agent' }],
      attributes: {},
      name: 'Task',
      description: null,
      references: {},
      ...task,
    }
    this.contacts.push(contact)
    this.push()
    return contact
  }

  /** Takes tasks off the desk, as their closing would. */
  remove(...contacts: Contact[]): void {
    this.contacts = this.contacts.filter((c) => !contacts.includes(c))
    this.push()
  }

  private push(): void {
    this.version++
    for (const ws of this.sockets.clients) this.announce(ws)
  }

  private announce(ws: WebSocket): void {
    ws.send(JSON.stringify({ topic: 'ccp/snapshot', content: String(this.version) }))
  }

  private attend(ws: WebSocket): void {
    ws.on('message', (frame) => {
      if (String(frame).includes('aws/heartbeat')) ws.send('{"topic":"aws/heartbeat"}')
    })
    this.announce(ws)
  }

  private async serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (this.down) return void req.socket.destroy()
    try {
      const body = await read(req)
      await this.route(req, res, body)
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal(500, 'InternalServiceException', String(error))
      json(res, refusal.status, { __type: refusal.type, message: refusal.message })
    }
  }

  private async route(req: IncomingMessage, res: ServerResponse, body: string): Promise<void> {
    const path = new URL(req.url ?? '/', 'http://fake').pathname
    const signedIn = req.headers.cookie?.includes('lily-auth-fake=1')
    switch (`${req.method} ${path}`) {
      case 'POST /login': {
        const { username, password } = JSON.parse(body) as Params
        if (username !== 'agent' || password !== this.password)
          return json(res, 401, { message: 'The username or password is wrong.' })
        if (this.changePassword) return json(res, 403, { message: 'Choose a new password', changePassword: true })
        res.setHeader('Set-Cookie', 'lily-auth-fake=1; Path=/; HttpOnly; SameSite=Lax')
        return json(res, 200, {})
      }
      case 'POST /auth/password': {
        const { password, newPassword } = JSON.parse(body) as Params
        if (password !== this.password) return json(res, 401, { message: 'The username or password is wrong.' })
        this.password = String(newPassword)
        this.changePassword = false
        res.setHeader('Set-Cookie', 'lily-auth-fake=1; Path=/; HttpOnly; SameSite=Lax')
        return json(res, 200, {})
      }
      case 'GET /auth/options':
        return json(res, 200, this.options)
      case 'GET /auth/oidc':
        return void res.writeHead(303, { Location: '/login?failed=unknown' }).end()
      case 'GET /logout':
        res.setHeader('Set-Cookie', 'lily-auth-fake=; Path=/; Max-Age=0')
        return json(res, 200, {})
      case 'GET /auth/authorize':
        if (!signedIn) return json(res, 401, { message: 'not signed in' })
        return json(res, 200, {
          accessToken: this.token,
          refreshToken: 'r',
          expiration: Date.now() + 43_200_000,
          refreshTokenExpiration: 0,
          region: 'us-east-1',
        })
      case 'POST /api': {
        if (req.headers['x-amz-bearer'] !== this.token) throw new Refusal(401, 'UnauthorizedException', 'unknown token')
        const operation = String(req.headers['x-amz-target']).split('.')[1] ?? ''
        return json(res, 200, this.call(operation, JSON.parse(body) as Params, req.headers.host ?? ''))
      }
      case 'PUT /contact/task': {
        const task = JSON.parse(body) as {
          Name: string
          Description?: string
          References?: Record<string, { Type: string; Value: string }>
          Attributes?: Record<string, string>
        }
        const ContactId = this.add('connecting', {
          name: task.Name,
          description: task.Description ?? null,
          references: mapped(task.References, ({ Type, Value }) => ({ type: Type, value: Value })),
          attributes: mapped(task.Attributes, (value, name) => ({ name, value })),
        }).contactId
        return json(res, 200, { ContactId })
      }
    }
    return file(res, pages[path] ?? path.slice(1))
  }

  private call(operation: string, params: Params, host: string): object {
    this.calls.push(operation)
    if (this.refuse === operation) {
      this.refuse = undefined
      throw new Refusal(400, 'InvalidStateException', 'The task was taken back.')
    }
    switch (operation) {
      case 'GetAgentSnapshot':
        return { nextToken: String(this.version), snapshot: this.snapshot() }
      case 'GetAgentConfiguration':
        return {
          configuration: {
            name: 'Ann Agent',
            username: 'agent',
            agentARN: arn('agent', 'ann'),
            routingProfile: { name: 'Basic Routing Profile', routingProfileARN: arn('routing-profile', 'r') },
          },
        }
      case 'GetAgentPermissions':
        return { permissions: ['BasicAgentAccess'], nextToken: null }
      case 'GetAgentStates':
        return { states: this.states, nextToken: null }
      case 'GetRoutingProfileQueues':
        return {
          queues: [
            { queueARN: arn('queue', 'q'), name: 'BasicQueue' },
            { queueARN: arn('queue', 'q2'), name: 'Refunds' },
          ],
          nextToken: null,
        }
      case 'CreateTransport':
        return { webSocketTransport: { url: `ws://${host}/ccp-ws`, transportLifeTimeInSeconds: 3600, expiry: null } }
      case 'PutAgentState':
        this.setState(params.state as AgentState)
        break
      case 'AcceptContact':
        this.move(params, ['connecting'], 'connected')
        break
      case 'RejectContact':
        this.move(params, ['connecting'], 'rejected')
        break
      case 'PauseContact':
        this.move(params, ['connected'], 'paused')
        break
      case 'ResumeContact':
        this.move(params, ['paused'], 'connected')
        break
      case 'DestroyConnection':
        this.move(params, ['connected', 'paused'], 'ended')
        break
      case 'ClearContact':
        this.clear(this.find(params, ['ended', 'missed', 'rejected', 'error']))
        break
      default:
        throw new Refusal(400, 'UnknownOperationException', operation)
    }
    this.push()
    return {}
  }

  private snapshot(): Snapshot {
    return { state: this.state, nextState: this.nextState, contacts: this.contacts, snapshotTimestamp: seconds() }
  }

  private setState(state: AgentState): void {
    const busy = this.contacts.some((c) => ['connecting', 'connected', 'paused'].includes(c.state.type))
    if (busy && state.name !== this.state.name) {
      this.nextState = { ...state, startTimestamp: seconds() }
      return
    }
    this.nextState = null
    if (state.name !== this.state.name) this.state = { ...state, startTimestamp: seconds() }
  }

  private find(params: Params, from: ContactStateType[]): Contact {
    const contact = this.contacts.find((c) => c.contactId === params.contactId)
    if (!contact || !from.includes(contact.state.type))
      throw new Refusal(400, 'InvalidStateException', 'The task is not in a state that allows this.')
    return contact
  }

  private move(params: Params, from: ContactStateType[], to: ContactStateType): void {
    this.find(params, from).state = { type: to, timestamp: seconds() }
  }

  private clear(contact: Contact): void {
    this.contacts = this.contacts.filter((c) => c !== contact)
    if (this.nextState && this.contacts.length === 0) {
      this.state = this.nextState
      this.nextState = null
    }
  }
}

function mapped<A, B>(record: Record<string, A> = {}, make: (value: A, key: string) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, make(value, key)]))
}

async function read(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

function json(res: ServerResponse, status: number, body: object): void {
  res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}

function file(res: ServerResponse, name: string): void {
  try {
    const data = readFileSync(new URL(name, dist))
    res
      .writeHead(200, {
        'Content-Type': types[extname(name)] ?? 'text/plain',
        'Content-Security-Policy': policy,
        'X-Content-Type-Options': 'nosniff',
      })
      .end(data)
  } catch {
    res.writeHead(404).end()
  }
}
