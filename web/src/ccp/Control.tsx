import Checkbox from '@cloudscape-design/components/checkbox'
import FormField from '@cloudscape-design/components/form-field'
import Input, { type InputProps } from '@cloudscape-design/components/input'
import Select from '@cloudscape-design/components/select'
import Textarea from '@cloudscape-design/components/textarea'
import { fromLocal, toLocal, type Field, type FieldType } from './form'

interface Props {
  field: Field
  value: string
  problem: string | undefined
  change: (value: string) => void
}

const hints: Partial<Record<FieldType, string>> = {
  SCHEDULED_TIME: 'Leave empty to start it now.',
  EXPIRY_DURATION: 'In minutes.',
}

/** The control of a field, by its type. */
export function Control({ field, value, problem, change }: Props) {
  const { type, label, required, hint, locked } = field
  if (type === 'BOOLEAN' || type === 'SELF_ASSIGN')
    return (
      <Checkbox
        checked={value === 'true'}
        disabled={locked}
        description={hint}
        onChange={({ detail }) => change(String(detail.checked))}
      >
        {label}
      </Checkbox>
    )
  return (
    <FormField
      label={label}
      description={hint || hints[type]}
      errorText={problem}
      info={!required && !locked && <i className="quiet">optional</i>}
      stretch
    >
      <Plain field={field} value={value} change={change} />
    </FormField>
  )
}

const inputTypes: Partial<Record<FieldType, InputProps['inputMode']>> = {
  NUMBER: 'decimal',
  EXPIRY_DURATION: 'numeric',
  URL: 'url',
  EMAIL: 'email',
}

function Plain({ field, value, change }: Omit<Props, 'problem'>) {
  const { type, locked, options, required } = field
  const mode = inputTypes[type]
  switch (type) {
    case 'DESCRIPTION':
    case 'TEXT_AREA':
      return (
        <Textarea
          nativeTextareaAttributes={{ dir: 'auto' }}
          value={value}
          readOnly={locked}
          rows={3}
          ariaRequired={required}
          onChange={({ detail }) => change(detail.value)}
        />
      )
    case 'SINGLE_SELECT':
      return (
        <Select
          options={[
            ...(required ? [] : [{ value: '', label: 'None' }]),
            ...options.map((o) => ({ value: o, label: o })),
          ]}
          selectedOption={value === '' ? null : { value, label: value }}
          placeholder="Choose"
          disabled={locked}
          filteringType={options.length > 10 ? 'auto' : 'none'}
          filteringAriaLabel="Search the list"
          expandToViewport
          onChange={({ detail }) => change(detail.selectedOption.value ?? '')}
        />
      )
    case 'DATE_TIME':
    case 'SCHEDULED_TIME':
      return (
        <Input
          value={toLocal(value)}
          readOnly={locked}
          nativeInputAttributes={{ type: 'datetime-local', 'aria-required': required }}
          onChange={({ detail }) => change(fromLocal(detail.value))}
        />
      )
    default:
      return (
        <Input
          value={value}
          readOnly={locked}
          ariaRequired={required}
          nativeInputAttributes={{ dir: 'auto' }}
          {...(mode && { inputMode: mode })}
          onChange={({ detail }) => change(detail.value)}
        />
      )
  }
}
