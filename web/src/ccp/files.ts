// The files of a task: what is told of them, and the ways of their bytes. They go by addresses that the server signs for
// one file and a few minutes, asked for when they are needed.
import { CallError } from './client'
import type { Session } from './session'
import type { AttachedFile, FileLimits } from './wire'

/** The files of a task in hand, by id. */
export async function filesOf(session: Session, contactId: string): Promise<Map<string, AttachedFile>> {
  const { files } = await session.call<{ files: AttachedFile[] }>('Tasklane.GetAttachedFiles', { contactId })
  return new Map(files.map((file) => [file.fileId, file]))
}

/** Has the browser save a file of a task in hand. */
export async function download(session: Session, contactId: string, fileId: string): Promise<void> {
  const file = await session.call<AttachedFile>('Tasklane.GetAttachedFile', { contactId, fileId })
  if (!file.downloadUrl) throw new Error(stateOf(file.fileStatus, file.statusReason) ?? 'The file is not there.')
  const link = document.createElement('a')
  link.href = file.downloadUrl
  link.download = file.fileName
  document.body.append(link)
  link.click()
  link.remove()
}

/** Removes a file of one's own for good. */
export async function remove(session: Session, contactId: string, fileId: string): Promise<void> {
  await session.call('Tasklane.DeleteAttachedFile', { contactId, fileId })
}

/** Attaches a file to a task. The same token makes one attachment, however often this is tried. */
export async function attach(
  session: Session,
  contactId: string,
  file: File,
  idempotencyToken: string,
  progress: (part: number) => void,
): Promise<void> {
  const begun = await session.call<AttachedFile>('Tasklane.StartAttachedFileUpload', {
    contactId,
    fileName: file.name,
    fileSizeInBytes: file.size,
    idempotencyToken,
  })
  if (begun.fileStatus === 'APPROVED') return // it had got through before
  await put(begun.uploadUrl!, begun.headersToInclude ?? {}, file, progress)
  await session.call('Tasklane.CompleteAttachedFileUpload', { contactId, fileId: begun.fileId })
}

/** How long an upload may stand still. */
const stall = 60_000

/** Not fetch: that does not tell how far an upload is. */
function put(url: string, headers: Record<string, string>, file: File, progress: (part: number) => void) {
  return new Promise<void>((resolve, reject) => {
    const request = new XMLHttpRequest()
    const fail = (message: string, status = 0) => {
      clearTimeout(patience)
      reject(new CallError(message, status, status ? 'UploadRefused' : 'NetworkError'))
    }
    const abort = () => request.abort()
    let patience = setTimeout(abort, stall)
    request.upload.onprogress = ({ loaded, total }) => {
      clearTimeout(patience)
      patience = setTimeout(abort, stall)
      progress(total ? loaded / total : 0)
    }
    request.onerror = request.onabort = () => fail('The server could not be reached.')
    request.onload = () => {
      if (request.status !== 200) return fail(messageOf(request), request.status)
      clearTimeout(patience)
      resolve()
    }
    request.open('PUT', url)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    request.send(file)
  })
}

function messageOf({ status, responseText }: XMLHttpRequest): string {
  try {
    return (JSON.parse(responseText) as { message: string }).message
  } catch {
    return `The server answered ${status}.`
  }
}

/** Why a file cannot be downloaded, in words; undefined when it can. */
export function stateOf(status: string | null | undefined, reason: string | null | undefined): string | undefined {
  const why = reason ? `: ${reason}` : '.'
  switch (status) {
    case 'PROCESSING':
      return 'On its way: it can be downloaded soon.'
    case 'REJECTED':
      return `Rejected${why}`
    case 'FAILED':
      return `Could not be fetched${why}`
    default:
      return undefined
  }
}

const units = ['B', 'kB', 'MB', 'GB']

/** A number of bytes for people: 512 B, 1.5 kB, 20 MB. As with the limits, a kB has 1024. */
export function sizeText(bytes: number): string {
  let size = bytes
  let unit = 0
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1024
    unit++
  }
  const digits = unit === 0 || size >= 10 ? 0 : 1
  return `${size.toLocaleString(undefined, { maximumFractionDigits: digits })} ${units[unit]}`
}

/** What a chooser of files offers. */
export const accepted = (limits: FileLimits): string => limits.extensions.map((e) => `.${e}`).join(',')

export const limitText = ({ maxBytes }: FileLimits): string => (maxBytes > 0 ? `At most ${sizeText(maxBytes)} each.` : '')
