// The inner half of the conduit that comes with the library itself, in the place of our panel: a check of the wire
// protocol by somebody else's client.
import type { Page } from './gate'
import { library } from './hostPage'

const start = `
fetch('/auth/authorize').then((r) => r.json()).then((auth) => connect.core.initSharedWorker({
  sharedWorkerUrl: '/oracle/worker.js',
  authToken: auth.accessToken,
  refreshToken: auth.refreshToken,
  authTokenExpiration: auth.expiration,
  region: auth.region,
  endpoint: location.origin + '/api',
  authorizeEndpoint: '/auth/authorize',
  agentAppEndpoint: location.origin + '/agent-app/api',
  taskTemplatesEndpoint: location.origin + '/task-templates/api/ccp',
  authCookieName: 'lily-auth-test',
  loginEndpoint: location.href,
}))`

const files: Record<string, () => Page> = {
  '/ccp-v2/': () => ({
    type: 'text/html',
    body: '<!doctype html><meta charset="utf-8"><script src="/oracle/streams.js"></script><script src="/oracle/start.js"></script>',
  }),
  '/oracle/streams.js': () => library('2.28'),
  '/oracle/start.js': () => ({ type: 'text/javascript', body: start }),
  '/oracle/worker.js': () => ({
    type: 'text/javascript',
    body: `importScripts('/oracle/streams.js'); connect.worker.main()`,
  }),
}

export const oraclePages = (path: string): Page | undefined => files[path]?.()
