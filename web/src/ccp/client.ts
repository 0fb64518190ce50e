// Calls of the CTI protocol: one POST address, the operation in a header, a bearer token that renews itself.

/** A call that the server refused, or that never reached it (status 0). */
export class CallError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly type: string,
  ) {
    super(message)
  }
}

/** True when the browser's sign-in has ended and no call can succeed before a new one. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof CallError && error.type === 'SignedOut'
}

interface Token {
  value: string
  renewAt: number
}

const callTimeout = 10_000
// The server keeps old tokens valid until they expire, so renewing early never breaks a call in flight.
const renewBefore = 30 * 60_000

async function request(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { ...init, signal: AbortSignal.timeout(callTimeout) })
  } catch {
    throw new CallError('The server could not be reached.', 0, 'NetworkError')
  }
}

async function body<T>(response: Response): Promise<T> {
  try {
    return (await response.json()) as T
  } catch {
    throw new CallError(`The server's answer (${response.status}) could not be read.`, response.status, 'Unreadable')
  }
}

export class Client {
  private token: Promise<Token> | undefined

  async call<T>(operation: string, params: object = {}): Promise<T> {
    const first = await this.send(operation, params)
    if (first.status !== 401) return this.answer<T>(first)
    this.token = undefined
    return this.answer<T>(await this.send(operation, params))
  }

  /** Reads every page of a list operation. */
  async list<T>(operation: string, member: string, params: object = {}): Promise<T[]> {
    const items: T[] = []
    let nextToken: string | undefined
    do {
      const page = await this.call<Record<string, unknown>>(operation, { ...params, nextToken, maxResults: 100 })
      items.push(...((page[member] as T[] | null) ?? []))
      nextToken = (page.nextToken as string | null) || undefined
    } while (nextToken)
    return items
  }

  /** A call of the companion library for tasks: signed in by the cookie, and kept from other sites by the header. */
  async tasks<T>(method: string, path: string, params?: object): Promise<T> {
    const response = await request(`/task-templates/api/ccp${path}`, {
      method,
      cache: 'no-store',
      headers: { 'X-Csrf-Token': 'csrf', 'Content-Type': 'application/json' },
      ...(params && { body: JSON.stringify(params) }),
    })
    return this.answer<T>(response)
  }

  /** Signs out, and gives the address to go to then: of the sign-in page, or of the identity provider. */
  async signOut(everywhere = false): Promise<string> {
    this.token = undefined
    const response = everywhere
      ? await request('/logout/everywhere', { method: 'POST' })
      : await request('/logout', { cache: 'no-store' })
    if (!response.ok) throw new CallError(`The server answered ${response.status}.`, response.status, 'Unknown')
    const { next } = (await response.json().catch(() => ({}))) as { next?: string }
    return next || '/login'
  }

  private async send(operation: string, params: object): Promise<Response> {
    const token = await this.bearer()
    return request('/api', {
      method: 'POST',
      // A task that is ended as the page goes is ended.
      keepalive: operation === 'DestroyConnection',
      headers: {
        'Content-Type': 'application/x-amz-json-1.0',
        // An operation of our own brings its prefix with it.
        'X-Amz-Target': operation.includes('.') ? operation : `AmazonConnectCTIService.${operation}`,
        'X-Amz-Bearer': token,
      },
      body: JSON.stringify({ ...params, authentication: { authToken: token } }),
    })
  }

  private async answer<T>(response: Response): Promise<T> {
    if (response.ok) return body<T>(response)
    const fault = await body<{ __type?: string; message?: string }>(response)
    throw new CallError(
      fault.message || `The server answered ${response.status}.`,
      response.status,
      fault.__type ?? 'Unknown',
    )
  }

  private async bearer(): Promise<string> {
    // One shared promise, so that calls that start together ask for one token.
    this.token ??= this.authorize().catch((error: unknown) => {
      this.token = undefined
      throw error
    })
    const token = await this.token
    if (Date.now() < token.renewAt) return token.value
    this.token = undefined
    return this.bearer()
  }

  private async authorize(): Promise<Token> {
    const response = await request('/auth/authorize', { cache: 'no-store' })
    if (response.status === 401) throw new CallError('You are signed out.', 401, 'SignedOut')
    const granted = await this.answer<{ accessToken: string; expiration: number }>(response)
    return { value: granted.accessToken, renewAt: Math.max(granted.expiration - renewBefore, Date.now() + 60_000) }
  }
}
