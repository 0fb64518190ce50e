// A door in front of the real server: by http or https, on a port of its own. It can be shut, and can serve pages of
// its own besides.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, request, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A certificate for nothing but these tests; the browser is told to take any. */
function certificate(): { key: Buffer; cert: Buffer } {
  const dir = mkdtempSync(join(tmpdir(), 'gate-'))
  try {
    const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')]
    const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
    execFileSync('openssl', [...args, '-subj', '/CN=localhost', '-keyout', key, '-out', cert], { stdio: 'ignore' })
    return { key: readFileSync(key), cert: readFileSync(cert) }
  } finally {
    rmSync(dir, { recursive: true })
  }
}

export type Page = { type: string; body: string | Buffer }

export interface Options {
  tls?: boolean
  /** Served instead of what the server has there. */
  pages?: (path: string) => Page | undefined
}

export class Gate {
  private readonly sockets = new Set<Socket>()
  private readonly server: Server
  private readonly target: URL
  private shut = false
  /** The host name under which browsers reach it. */
  url = ''

  constructor(
    target: string,
    private readonly options: Options = {},
  ) {
    this.target = new URL(target)
    const listener: RequestListener = (req, res) => {
      const page = req.method === 'GET' ? options.pages?.(new URL(req.url!, 'http://gate').pathname) : undefined
      if (page) {
        res.writeHead(200, { 'Content-Type': page.type, 'Cache-Control': 'no-store' })
        return void res.end(page.body)
      }
      const headers = this.headers(req)
      const onward = request({
        host: this.target.hostname,
        port: this.target.port,
        path: req.url,
        method: req.method,
        headers,
      })
      onward.on('response', (answer) => {
        res.writeHead(answer.statusCode!, answer.headers)
        answer.pipe(res)
      })
      onward.on('error', () => res.destroy())
      res.on('close', () => onward.destroy())
      req.pipe(onward)
    }
    this.server = options.tls ? createTlsServer(certificate(), listener) : createServer(listener)
    this.server.on('connection', (socket: Socket) => {
      if (this.shut) return socket.destroy()
      this.sockets.add(socket)
      socket.on('close', () => this.sockets.delete(socket))
    })
    this.server.on('upgrade', (req, socket, head) => this.upgrade(req, socket as Socket, head))
  }

  async open(host = 'localhost'): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
    this.url = `${this.options.tls ? 'https' : 'http'}://${host}:${(this.server.address() as AddressInfo).port}`
    return this
  }

  /** Cuts every connection and takes no more, until it is called with false. */
  cut(shut: boolean): void {
    this.shut = shut
    if (shut) for (const socket of this.sockets) socket.destroy()
  }

  close(): void {
    this.cut(true)
    this.server.close()
  }

  private headers(req: IncomingMessage) {
    return this.options.tls ? { ...req.headers, 'x-forwarded-proto': 'https' } : req.headers
  }

  private upgrade(req: IncomingMessage, socket: Socket, head: Buffer): void {
    const onward = connect(Number(this.target.port), this.target.hostname, () => {
      const lines = Object.entries(this.headers(req)).map(([name, value]) => `${name}: ${String(value)}`)
      onward.write(`GET ${req.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
      onward.write(head)
      onward.pipe(socket)
      socket.pipe(onward)
    })
    for (const [a, b] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      a.on('error', () => b.destroy())
      a.on('close', () => b.destroy())
    }
  }
}
