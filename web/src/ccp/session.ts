// The agent's session with the server: token, socket, snapshot and commands, and nothing of React.
// Whoever shows it reads [Session.state] and calls the commands; a failed command throws, so that the
// caller can say so.
import { signInPage } from '../signin/instance'
import { Activity, reportEvery } from './activity'
import { Client, isSignedOut } from './client'
import { Feed, type Frame } from './feed'
import { ownSettings, type HostSettings } from './host'
import type { AgentState, Change, Configuration, Endpoint, EndpointDetail, History, NewTask, Outcome, Pickable, Queue } from './wire'
import type { Snapshot, TaskTemplate, TemplateSummary, Transport } from './wire'

/** What is known of the agent. All of it arrives together, before the first thing is shown. */
export interface Desk {
  snapshot: Snapshot
  /** Server's clock minus this machine's, in ms: durations are told by the server's clock. */
  skew: number
  configuration: Configuration
  agentStates: AgentState[]
  queues: Queue[]
  permissions: string[]
}

export interface SessionState {
  desk: Desk | undefined
  /** False while changes cannot reach us: what is shown may be old. Undefined before the first try has ended. */
  live: boolean | undefined
  /** Why the last refresh failed. */
  problem: string | undefined
  /** The task whose details are shown, if one was chosen: by the agent here, or by the page that shows the panel. */
  chosen: string | undefined
  /** When the session ends unless the agent does something, once that is near. */
  ending: Ending | undefined
  /** What the page around the panel has set. */
  host: HostSettings
}

/** The end of the session: by the server's clock, and by that of this machine. */
export interface Ending {
  expiration: number
  at: number
}

/** What happens in a session beside its state. */
export interface Happenings {
  /** The agent has accepted a task in this panel. */
  accepted: (contactId: string) => void
  /** The agent has chosen a task in this panel. */
  chose: (contactId: string | undefined) => void
  frame: (frame: Frame) => void
  /** The server could not be told that the agent is there. */
  notExtended: (error: unknown) => void
  /** The session is over: the agent has left in this panel, or it has ended elsewhere. */
  ended: (how: 'left' | 'lost') => void
}

const pollEvery = 10_000
/** After which a task that rang or was worked is over for the agent. */
const parting = new Set(['RejectContact', 'DestroyConnection', 'TransferContact'])
/** How long after a click a change of its task may still be of its making, in ms. */
const doingLasts = 3_000
const settingsLast = 5 * 60_000

type Settings = Omit<Desk, 'snapshot' | 'skew'>

/** What has changed of the settings; reload: all of them, for this agent. */
interface Lesson {
  reload?: boolean
  states?: AgentState[]
  queues?: Queue[]
}

export class Session {
  /** The address to go to when the session is over. */
  next = signInPage(location.search)
  private readonly client = new Client()
  private readonly feed = new Feed({
    transport: () => this.transport(),
    onChange: (version) => this.changed(version),
    onUp: () => this.connected(true),
    onDown: () => this.connected(false),
    onFrame: (frame) => this.take(frame),
  })
  private readonly activity = new Activity(
    () => void this.recordActivity(),
    () => {
      const limit = this.settings?.configuration.sessionInactivity
      return limit ? reportEvery(limit) : undefined
    },
  )
  private readonly listeners = new Set<() => void>()
  private readonly watchers: Partial<Happenings>[] = []
  /** How the agent parts from tasks here, by task: whether it has worked. Forgotten a little after that. */
  private readonly doing = new Map<string, Promise<boolean>>()
  private current: SessionState = {
    desk: undefined,
    live: undefined,
    problem: undefined,
    chosen: undefined,
    ending: undefined,
    host: ownSettings,
  }
  private settings: (Settings & { readAt: number }) | undefined
  /** Changes that were told of so far: of the desk, and of the settings. */
  private changes = 0
  private lessons = 0
  /** The version of the snapshot that was read last. */
  private version: string | undefined
  private up: boolean | undefined
  private wanted = false
  private over = false
  private refreshing: Promise<void> | undefined
  private poll: ReturnType<typeof setInterval> | undefined

  /** The state now; a new object after each change. */
  readonly state = (): SessionState => this.current

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Tells of what happens; for as long as the page lives. */
  watch(watcher: Partial<Happenings>): void {
    this.watchers.push(watcher)
  }

  /** True while the socket is open. */
  connectedNow(): boolean {
    return this.up === true
  }

  /** Chooses the task whose details are shown; undefined for none. */
  choose(contactId: string | undefined, told = false): void {
    if (contactId === this.current.chosen) return
    this.set({ chosen: contactId })
    if (!told) this.happened('chose', contactId)
  }

  /** Takes what the page around the panel sets. */
  configure(host: HostSettings): void {
    this.set({ host })
  }

  /** The agent has done something, here or in the page around the panel. */
  active(atOnce = false): void {
    this.activity.note(atOnce || this.current.ending !== undefined)
  }

  /** Makes any call of the protocol. */
  call<T>(operation: string, params: object): Promise<T> {
    return this.guarded(() => this.client.call<T>(operation, params))
  }

  /** Asks the server for frames of these topics. */
  subscribeTopics(topics: string[]): void {
    this.feed.subscribe(topics)
  }

  /** Sends a frame to the server; lost while there is no connection. */
  send(frame: Frame): void {
    this.feed.send(frame)
  }

  /** Reads what an administrator, or the agent in another place, has set. */
  reload(): Promise<void> {
    this.settings = undefined
    return this.refresh()
  }

  start(): void {
    void this.refresh()
    void this.feed.run()
    this.poll = setInterval(() => {
      if (!this.current.live) void this.refresh()
    }, pollEvery)
  }

  /** Whether it is the agent's own doing here that a task is ended now, or gone. */
  async did(contactId: string): Promise<boolean> {
    return (await this.doing.get(contactId)) ?? false
  }

  /** What has become of a task that was in hand. */
  outcome(contactId: string): Promise<Outcome> {
    return this.guarded(() => this.client.call<Outcome>('Tasklane.GetContactOutcome', { contactId }))
  }

  /** What is told of the quick connects beside their names: who is there, above all. By endpoint. */
  async endpointDetails(): Promise<Map<string, EndpointDetail>> {
    const { endpoints } = await this.guarded(() =>
      this.client.call<{ endpoints: EndpointDetail[] }>('Tasklane.GetEndpointDetails'),
    )
    return new Map(endpoints.map((detail) => [detail.endpointARN, detail]))
  }

  /** Changes the status now, or after the tasks in hand are done. */
  setStatus(state: AgentState): Promise<void> {
    return this.command('PutAgentState', { state, enqueueNextState: true })
  }

  async accept(contactId: string): Promise<void> {
    await this.command('AcceptContact', { contactId })
    this.happened('accepted', contactId)
  }

  reject(contactId: string): Promise<void> {
    return this.command('RejectContact', { contactId })
  }

  /** Ends the task; it stays in hand for after-contact work until it is closed. */
  end(contactId: string, connectionId: string): Promise<void> {
    return this.command('DestroyConnection', { contactId, connectionId })
  }

  /** Sets the task aside; the slot is free for another. */
  pause(contactId: string): Promise<void> {
    return this.command('PauseContact', { contactId })
  }

  resume(contactId: string): Promise<void> {
    return this.command('ResumeContact', { contactId })
  }

  close(contactId: string): Promise<void> {
    return this.command('ClearContact', { contactId })
  }

  /** Sends the task to a quick connect; it stays in hand for after-contact work. */
  transfer(contactId: string, endpoint: Endpoint): Promise<void> {
    return this.command('TransferContact', { contactId, endpoint })
  }

  /** Makes a task and gives its id. The same token makes one task, however often this is tried. */
  async create(task: NewTask): Promise<string> {
    const { contactId } = await this.call<{ contactId: string }>('CreateTaskContact', task)
    await this.refresh()
    return contactId
  }

  /** Changes what is told of a task in hand. */
  async edit(contactId: string, change: Change): Promise<void> {
    await this.guarded(() => this.client.tasks('POST', '/updateContact', { ContactId: contactId, ...change }))
    await this.refresh()
  }

  /** What happened to a task in hand. */
  history(contactId: string): Promise<History> {
    return this.guarded(() => this.client.call<History>('Tasklane.GetContactHistory', { contactId }))
  }

  /** The tasks that the agent may pick; more when there are more than are told. */
  async pickable(): Promise<{ contacts: Pickable[]; truncated: boolean }> {
    return this.guarded(() => this.client.call('Tasklane.GetPickableContacts'))
  }

  /** Takes a task out of its queue: it rings at the agent, and is accepted. */
  async pick(contactId: string): Promise<void> {
    await this.guarded(() => this.client.call('Tasklane.PickContact', { contactId }))
    await this.accept(contactId)
  }

  /** The quick connects of the agent's queues: where tasks can be sent. */
  async endpoints(): Promise<Endpoint[]> {
    const all = await this.guarded(() => this.client.list<Endpoint>('GetEndpoints', 'endpoints'))
    return all.filter((endpoint) => endpoint.type !== 'phone_number')
  }

  /** The task templates that tasks can start with. */
  async templates(): Promise<TemplateSummary[]> {
    const all: TemplateSummary[] = []
    for (let next: string | undefined, first = true; first || next; first = false) {
      const query = new URLSearchParams({ status: 'ACTIVE', maxResults: '100', ...(next && { nextToken: next }) })
      const page = await this.templateCall<{ TaskTemplates: TemplateSummary[]; NextToken?: string }>(`?${query}`)
      all.push(...page.TaskTemplates)
      next = page.NextToken
    }
    return all
  }

  /** A task template, as it is or as it was. */
  template(id: string, version?: number): Promise<TaskTemplate> {
    return this.templateCall<TaskTemplate>(`/${id}${version ? `?snapshotVersion=${version}` : ''}`)
  }

  /** Goes offline, as the agent would wish, and ends the sign-in. */
  async signOut(everywhere = false): Promise<void> {
    const offline = this.settings?.agentStates.find((state) => state.type === 'offline')
    if (offline) await this.setStatus(offline)
    await this.endSignIn(everywhere)
  }

  /** Ends the sign-in; everywhere: those in other browsers, too. */
  async endSignIn(everywhere = false): Promise<void> {
    this.next = await this.client.signOut(everywhere)
    this.leave('left')
  }

  private async command(operation: string, params: { contactId?: string } & Record<string, unknown>): Promise<void> {
    const done = this.guarded(() => this.client.call(operation, params))
    if (params.contactId !== undefined && parting.has(operation)) this.remember(params.contactId, done)
    const before = this.changes
    await done
    // What was told of meanwhile is being read, or has been; what is not told of yet is told of with the version read here.
    await (this.changes > before ? this.refreshing : this.refresh())
  }

  private remember(contactId: string, done: Promise<unknown>): void {
    const worked = done.then(
      () => true,
      () => false,
    )
    this.doing.set(contactId, worked)
    void worked.then(() =>
      setTimeout(() => this.doing.get(contactId) === worked && this.doing.delete(contactId), doingLasts),
    )
  }

  private templateCall<T>(rest: string): Promise<T> {
    const instance = /instance\/([^/]+)/.exec(this.settings?.configuration.agentARN ?? '')?.[1]
    return this.guarded(() => this.client.tasks<T>('GET', `/proxy/instance/${instance}/task/template${rest}`))
  }

  private async transport(): Promise<Transport> {
    const answer = await this.guarded(() =>
      this.client.call<{ webSocketTransport: Transport }>('CreateTransport', { transportType: 'web_socket' }),
    )
    return answer.webSocketTransport
  }

  private connected(up: boolean): void {
    this.up = up
    this.set({ live: up && this.current.problem === undefined })
    void this.refresh()
  }

  /** The desk has another version: read, unless that is the one which was read. */
  private changed(version: unknown): void {
    this.changes++
    if (version === undefined || version !== this.version) void this.refresh()
  }

  /** Reads the snapshot. A call during another makes that one read once more, so the newest is never missed. */
  private refresh(): Promise<void> {
    this.wanted = true
    this.refreshing ??= this.drain().finally(() => {
      this.refreshing = undefined
    })
    return this.refreshing
  }

  private async drain(): Promise<void> {
    while (this.wanted) {
      this.wanted = false
      try {
        const desk = await this.guarded(() => this.read())
        this.set({ desk, problem: undefined, live: this.up })
      } catch (error) {
        this.set({ problem: error instanceof Error ? error.message : String(error), live: false })
      }
    }
  }

  private async read(): Promise<Desk> {
    const settings = await this.readSettings()
    const { snapshot, nextToken } = await this.client.call<{ snapshot: Snapshot; nextToken?: string }>('GetAgentSnapshot', {
      timeout: 0,
    })
    this.version = nextToken
    return { ...settings, snapshot, skew: snapshot.snapshotTimestamp * 1000 - Date.now() }
  }

  /** What an administrator changes is told of, and read again every few minutes in case that got lost. */
  private async readSettings(): Promise<Settings> {
    if (this.settings && Date.now() - this.settings.readAt < settingsLast) return this.settings
    const { lessons } = this
    const { configuration } = await this.client.call<{ configuration: Configuration }>('GetAgentConfiguration')
    const { routingProfileARN } = configuration.routingProfile
    const [agentStates, queues, permissions] = await Promise.all([
      this.client.list<AgentState>('GetAgentStates', 'states'),
      this.client.list<Queue>('GetRoutingProfileQueues', 'queues', { routingProfileARN }),
      this.client.list<string>('GetAgentPermissions', 'permissions'),
    ])
    const readAt = lessons === this.lessons ? Date.now() : 0 // what has changed while it was read is read again
    this.settings = { configuration, agentStates, queues, permissions, readAt }
    return this.settings
  }

  private async guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (isSignedOut(error)) this.leave('lost')
      throw error
    }
  }

  private take(frame: Frame): void {
    if (frame.topic === 'ccp/inactivity') {
      const { expiration, remaining = 0 } = (frame.content ?? {}) as { expiration?: number | null; remaining?: number }
      this.set({ ending: expiration ? { expiration, at: Date.now() + remaining } : undefined })
    }
    if (frame.topic === 'ccp/settings') this.learn((frame.content ?? {}) as Lesson)
    this.happened('frame', frame)
  }

  /** Takes in what an administrator has changed. */
  private learn({ reload, states, queues }: Lesson): void {
    this.lessons++
    if (reload) {
      void this.reload()
      return
    }
    const news = { ...(states && { agentStates: states }), ...(queues && { queues }) }
    if (this.settings) this.settings = { ...this.settings, ...news }
    if (this.current.desk) this.set({ desk: { ...this.current.desk, ...news } })
  }

  /** What comes of it is heard by the socket, in every panel of the session. */
  private async recordActivity(): Promise<void> {
    await this.guarded(() => this.client.call('Tasklane.RecordActivity')).catch((error: unknown) =>
      this.happened('notExtended', error),
    )
  }

  private leave(how: 'left' | 'lost'): void {
    if (this.over) return
    this.over = true
    if (how === 'lost' && this.current.ending !== undefined) this.next = signInPage(location.search, 'inactive')
    this.feed.stop()
    clearInterval(this.poll)
    this.happened('ended', how)
  }

  private happened<K extends keyof Happenings>(what: K, ...details: Parameters<Happenings[K]>): void {
    for (const watcher of this.watchers) {
      const tell = watcher[what] as ((...details: Parameters<Happenings[K]>) => void) | undefined
      tell?.(...details)
    }
  }

  private set(change: Partial<SessionState>): void {
    this.current = { ...this.current, ...change }
    for (const listener of this.listeners) listener()
  }
}
