import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import FileInput from '@cloudscape-design/components/file-input'
import ProgressBar from '@cloudscape-design/components/progress-bar'
import { useState, useSyncExternalStore, type DragEvent, type ReactNode } from 'react'
import type { Commands } from './commands'
import type { ShownReference } from './fields'
import { accepted, download, filesOf, limitText, remove, sizeText, stateOf } from './files'
import { uploads } from './uploads'
import { useLoaded } from './useLoaded'
import { changeable, type Task } from './view'
import type { AttachedFile, FileLimits } from './wire'

interface Props {
  task: Task
  commands: Commands
  files: ShownReference[]
  /** Undefined where none can be attached. */
  limits: FileLimits | undefined
}

/** The files of a task: to download, to attach, and to take back what one has attached oneself. */
export default function Files({ task, commands, files, limits }: Props) {
  const { session, actions } = commands
  const key = files.map(({ reference: { value, status } }) => `${value} ${status}`).join()
  const { value: known } = useLoaded(`${task.id} ${key}`, () => filesOf(session, task.id))
  const under = useSyncExternalStore(uploads.subscribe, uploads.all).filter((u) => u.contactId === task.id)
  const takes = limits && changeable(task) ? limits : undefined
  const add = (chosen: File[]) => uploads.start(session, actions, task.id, chosen)
  if (files.length === 0 && !takes) return null
  return (
    <DropZone drop={takes && add}>
      <Box variant="h2" fontSize="heading-s" padding={{ bottom: 'xs' }}>
        Attachments
      </Box>
      {files.length + under.length > 0 && (
        <ul className="files">
          {files.map((file) => (
            <Entry key={file.name} task={task} commands={commands} shown={file} known={known?.get(file.text)} />
          ))}
          {under.map((upload) => (
            <li key={upload.key}>
              <ProgressBar value={upload.part * 100} label={<span dir="auto">{upload.name}</span>} ariaLabel={upload.name} description="Being attached" />
            </li>
          ))}
        </ul>
      )}
      {takes && (
        <div className="inline">
          <FileInput multiple value={[]} accept={accepted(takes)} onChange={({ detail }) => add(detail.value)}>
            Attach files
          </FileInput>
          <span className="quiet small">{limitText(takes)} Or drop them here.</span>
        </div>
      )}
    </DropZone>
  )
}

function DropZone({ drop, children }: { drop: ((files: File[]) => void) | undefined; children: ReactNode }) {
  const [over, setOver] = useState(false)
  if (!drop) return <section aria-label="Attachments">{children}</section>
  const carries = (event: DragEvent) => event.dataTransfer.types.includes('Files')
  return (
    <section
      aria-label="Attachments"
      className={over ? 'drop over' : 'drop'}
      onDragOver={(event) => {
        if (!carries(event)) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false)
        if (!carries(event)) return
        event.preventDefault()
        drop([...event.dataTransfer.files])
      }}
    >
      {children}
    </section>
  )
}

interface EntryProps {
  task: Task
  commands: Commands
  shown: ShownReference
  known: AttachedFile | undefined
}

function Entry({ task, commands: { session, actions }, shown: { name, text: id, reference }, known }: EntryProps) {
  const [asked, setAsked] = useState(false)
  const trouble = stateOf(reference.status, reference.statusReason)
  const click = (key: string, what: string, work: () => Promise<void>) => () =>
    actions.run({ key: `${key} ${id}`, what: `${what} “${name}”`, work })
  const size = known && known.fileSizeInBytes > 0 ? sizeText(known.fileSizeInBytes) : undefined
  return (
    <li>
      <div className="inline">
        {trouble ? (
          <span dir="auto">{name}</span>
        ) : (
          <Button
            variant="inline-link"
            iconName="download"
            ariaLabel={`Download ${name}`}
            loading={actions.busy(`download ${id}`)}
            onClick={click('download', 'download', () => download(session, task.id, id))}
          >
            <span dir="auto">{name}</span>
          </Button>
        )}
        {size && <span className="quiet small">{size}</span>}
        {known?.own && changeable(task) && !asked && (
          <Button variant="inline-link" ariaLabel={`Remove ${name}`} onClick={() => setAsked(true)}>
            Remove
          </Button>
        )}
      </div>
      {trouble && <div className="quiet small">{trouble}</div>}
      {asked && (
        <div className="inline" role="group" aria-label={`Remove ${name}?`}>
          <span>Remove it for good?</span>
          <Button
            variant="inline-link"
            loading={actions.busy(`remove ${id}`)}
            onClick={click('remove', 'remove', () => remove(session, task.id, id))}
          >
            Remove
          </Button>
          <Button variant="inline-link" onClick={() => setAsked(false)}>
            Keep
          </Button>
        </div>
      )}
    </li>
  )
}
