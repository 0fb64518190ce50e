import Button from '@cloudscape-design/components/button'
import FileInput from '@cloudscape-design/components/file-input'
import { accepted, limitText, sizeText } from './files'
import type { FileLimits } from './wire'

interface Props {
  files: File[]
  limits: FileLimits
  change: (files: File[]) => void
}

/** The files that a new task is to have. They are attached when it is made. */
export function ChosenFiles({ files, limits, change }: Props) {
  return (
    <div>
      {files.length > 0 && (
        <ul className="files" aria-label="Files to attach">
          {files.map((file, i) => (
            <li key={i} className="inline">
              <span>{file.name}</span>
              <span className="quiet small">{sizeText(file.size)}</span>
              <Button
                formAction="none"
                variant="inline-link"
                ariaLabel={`Remove ${file.name}`}
                onClick={() => change(files.filter((_, at) => at !== i))}
              >
                Remove
              </Button>
            </li>
          ))}
        </ul>
      )}
      <div className="inline">
        <FileInput
          multiple
          value={[]}
          accept={accepted(limits)}
          onChange={({ detail }) => change([...files, ...detail.value])}
        >
          Attach files
        </FileInput>
        <span className="quiet small">{limitText(limits)}</span>
      </div>
    </div>
  )
}
