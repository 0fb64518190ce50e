// The files that are being attached: they go on while the agent looks at another task.
import { attach } from './files'
import { newToken } from './token'
import type { Session } from './session'
import type { Actions } from './useActions'

export interface Upload {
  key: string
  contactId: string
  name: string
  /** From 0 to 1. */
  part: number
}

export class Uploads {
  private current: Upload[] = []
  private readonly listeners = new Set<() => void>()

  /** Those under way now; a new list after each change. */
  readonly all = (): Upload[] => this.current

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Attaches files to a task. What fails is told as any click that fails, and can be tried again. */
  start(session: Session, actions: Actions, contactId: string, files: File[]): void {
    for (const file of files) {
      const token = newToken()
      const upload: Upload = { key: `attach ${token}`, contactId, name: file.name, part: 0 }
      const work = async () => {
        this.put(upload)
        const progress = (part: number) => this.put({ ...upload, part })
        await attach(session, contactId, file, token, progress).finally(() => this.drop(upload.key))
      }
      actions.run({ key: upload.key, what: `attach “${file.name}”`, work })
    }
  }

  private put(upload: Upload): void {
    const known = this.current.some(({ key }) => key === upload.key)
    this.set(known ? this.current.map((u) => (u.key === upload.key ? upload : u)) : [...this.current, upload])
  }

  private drop(key: string): void {
    this.set(this.current.filter((u) => u.key !== key))
  }

  private set(uploads: Upload[]): void {
    this.current = uploads
    for (const listener of this.listeners) listener()
  }
}

export const uploads = new Uploads()
