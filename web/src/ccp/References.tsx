import Button from '@cloudscape-design/components/button'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { Control } from './Control'
import { referenceField, type FreeReference } from './form'

interface Props {
  references: FreeReference[]
  problems: Record<string, string>
  change: (references: FreeReference[]) => void
  /** References that the task has already: their name and type stay. */
  fixed?: number
}

const types = [
  { value: 'URL', label: 'Link' },
  { value: 'STRING', label: 'Text' },
  { value: 'NUMBER', label: 'Number' },
  { value: 'DATE', label: 'Date' },
  { value: 'EMAIL', label: 'E-mail' },
]

/** References that an agent writes: each has a name, a type and a value of that type. */
export function References({ references, problems, change, fixed = 0 }: Props) {
  const set = (i: number, part: Partial<FreeReference>) =>
    change(references.map((r, at) => (at === i ? { ...r, ...part } : r)))
  return (
    <SpaceBetween size="s">
      {references.map((reference, i) => (
        <fieldset key={i} className="reference" {...(i >= fixed && { 'aria-label': `New reference ${i - fixed + 1}` })}>
          {i >= fixed && (
            <div className="pair">
              <FormField label="Reference name" errorText={problems[`name ${i}`]} stretch>
                <Input value={reference.name} onChange={({ detail }) => set(i, { name: detail.value })} />
              </FormField>
              <FormField label="Type">
                <Select
                  options={types}
                  selectedOption={types.find(({ value }) => value === reference.type) ?? null}
                  expandToViewport
                  onChange={({ detail }) => set(i, { type: detail.selectedOption.value ?? 'STRING', value: '' })}
                />
              </FormField>
            </div>
          )}
          {!reference.removed && (
            <Control
              field={
                reference.field ?? { ...referenceField(reference.type), ...(i < fixed && { label: reference.name }) }
              }
              value={reference.value}
              problem={problems[`value ${i}`]}
              change={(value) => set(i, { value })}
            />
          )}
          {!reference.field?.required && (
            <div className="inline">
              {reference.removed && <span className="quiet">“{reference.name}” goes when you save.</span>}
              <Button
                formAction="none"
                variant="inline-link"
                ariaLabel={`${reference.removed ? 'Keep' : 'Remove'} reference ${reference.name || i + 1}`}
                onClick={() =>
                  i < fixed ? set(i, { removed: !reference.removed }) : change(references.filter((_, at) => at !== i))
                }
              >
                {reference.removed ? 'Keep' : 'Remove'}
              </Button>
            </div>
          )}
        </fieldset>
      ))}
      <Button iconName="add-plus" formAction="none" onClick={() => change([...references, { name: '', type: 'URL', value: '' }])}>
        Add a reference
      </Button>
    </SpaceBetween>
  )
}
