// Calls that the host page makes through the panel: of the CTI protocol, and of the companion library for tasks.
import { CallError } from '../ccp/client'
import type { Session } from '../ccp/session'

type Params = Record<string, unknown>

const templates = '/task-templates/api/ccp'
const callTimeout = 20_000

export class Api {
  constructor(private readonly session: Session) {}

  /** Makes the call of a method of the library, such as acceptContact. */
  call(method: string, params: Params): Promise<unknown> {
    switch (method) {
      case 'listTaskTemplates':
        return this.templates('GET', proxied(params, '', params.queryParams as Params | undefined))
      case 'getTaskTemplate': {
        const { id, version } = (params.templateParams ?? {}) as Params
        const query = version === undefined ? undefined : { snapshotVersion: version }
        return this.templates('GET', proxied(params, `/${encodeURIComponent(String(id))}`, query))
      }
      case 'createTemplatedTask':
        return this.templates('PUT', '/createTemplatedTask', params)
      case 'updateContact':
        return this.templates('POST', '/updateContact', params)
    }
    if (!/^[a-z][A-Za-z]*$/.test(method)) {
      return Promise.reject(new CallError(`Tasks have no ${method}.`, 400, 'UnsupportedOperationException'))
    }
    return this.session.call(method[0]!.toUpperCase() + method.slice(1), params)
  }

  private async templates(method: string, path: string, body?: Params): Promise<unknown> {
    const response = await fetch(templates + path, {
      method,
      headers: { 'Content-Type': 'application/json', 'X-Csrf-Token': 'csrf' },
      signal: AbortSignal.timeout(callTimeout),
      ...(body && { body: JSON.stringify(body) }),
    })
    const answer = (await response.json()) as Params
    if (response.ok) return answer
    throw new CallError(
      String(answer.message ?? answer.Message ?? response.status),
      response.status,
      String(answer.__type ?? 'Unknown'),
    )
  }
}

function proxied(params: Params, rest: string, query: Params | undefined): string {
  const instance = encodeURIComponent(String(params.instanceId))
  const search = new URLSearchParams(Object.entries(query ?? {}).map(([k, v]) => [k, String(v)])).toString()
  return `/proxy/instance/${instance}/task/template${rest}${search && `?${search}`}`
}

/** An error as the library hands it to the caller: JSON in a text. */
export function errorText(error: unknown): string {
  const known = error instanceof CallError
  return JSON.stringify({
    type: known ? error.type : 'Error',
    message: error instanceof Error ? error.message : String(error),
    stack: [],
    retryStatus: 'NONE',
    statusCode: known ? error.status : 0,
  })
}
