import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useEffect, useState, type FormEvent } from 'react'
import { Brand } from '../Brand'
import { handOver } from '../signin/handoff'
import { namedInstance } from '../signin/instance'
import { failure, options, signIn, type Credentials, type Options, type Refusal } from './signIn'

const rules = '8 to 64 characters, with an upper-case letter, a lower-case letter and a digit, and no spaces.'

// A reload must not tell again what was told.
const meant = namedInstance(location.search)
const sentBack = failure(location.search)
if (sentBack) history.replaceState(null, '', location.pathname)

/** Where the sign-in with the provider begins. */
const providerPage = (instance: string) => `/auth/oidc${instance && `?${new URLSearchParams({ instance })}`}`

/** What the form is for. A password that must be changed is told as a notice, not as a mistake. */
type Task = 'sign in' | 'change' | 'must change'

export function SignIn() {
  const [given, setGiven] = useState<Credentials>({ username: '', password: '', newPassword: '', instance: meant ?? '' })
  const [task, setTask] = useState<Task>(sentBack?.change ? 'must change' : 'sign in')
  const [busy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<Refusal | undefined>(sentBack?.change ? undefined : sentBack)
  const [ways, setWays] = useState<Options>()
  const [choice, setChoice] = useState<string[] | undefined>(sentBack?.instances)
  useEffect(() => void options().then(setWays), [])

  const changing = task !== 'sign in'
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    const why = await signIn(given, changing)
    if (why === undefined) {
      await handOver()
      return location.assign('/ccp-v2/')
    }
    setBusy(false)
    setRefusal(why.change ? undefined : why)
    if (why.change) setTask('must change')
    if (why.instances) setChoice(why.instances)
  }
  const turn = (to: Task) => {
    setTask(to)
    setRefusal(undefined)
  }
  const field = (name: keyof Credentials) => ({
    name,
    value: given[name],
    onChange: ({ detail }: { detail: { value: string } }) => setGiven((old) => ({ ...old, [name]: detail.value })),
  })

  const notice = refusal ? (
    <Alert type={refusal.notice ? 'info' : 'error'}>{refusal.message}</Alert>
  ) : (
    task === 'must change' && <Alert type="info">Choose a new password before you sign in.</Alert>
  )

  return (
    <main className="column">
      <Box padding={{ bottom: 'l' }}>
        <Brand />
      </Box>
      <Container header={<Header variant="h1">{changing ? 'Change password' : 'Sign in'}</Header>}>
        <div role="status">{notice && <Box padding={{ bottom: 'l' }}>{notice}</Box>}</div>
        <SpaceBetween size="l">
          {ways?.passwords !== false && (
            <form onSubmit={submit}>
              <SpaceBetween size="l">
                {(choice || ways?.instances || meant) && (
                  <FormField label="Instance" constraintText={choice ? undefined : 'Alias or id. Needed where users of several instances have your name.'}>
                    {choice && choice.length > 0 ? (
                      <Select
                        options={choice.map((value) => ({ value }))}
                        selectedOption={choice.includes(given.instance) ? { value: given.instance } : null}
                        placeholder="Choose an instance"
                        onChange={({ detail }) => setGiven((old) => ({ ...old, instance: detail.selectedOption.value ?? '' }))}
                      />
                    ) : (
                      <Input {...field('instance')} autoComplete="organization" />
                    )}
                  </FormField>
                )}
                <FormField label="Username">
                  <Input {...field('username')} autoComplete="username" autoFocus />
                </FormField>
                <FormField label={changing ? 'Current password' : 'Password'}>
                  <Input {...field('password')} type="password" autoComplete="current-password" />
                </FormField>
                {changing && (
                  <FormField label="New password" constraintText={rules}>
                    <Input
                      {...field('newPassword')}
                      type="password"
                      autoComplete="new-password"
                      autoFocus={task === 'must change' && given.username !== ''}
                    />
                  </FormField>
                )}
                <Button variant="primary" formAction="submit" fullWidth loading={busy} loadingText="Signing in">
                  {changing ? 'Change and sign in' : 'Sign in'}
                </Button>
                {task !== 'must change' && (
                  <Button variant="inline-link" formAction="none" onClick={() => turn(changing ? 'sign in' : 'change')}>
                    {changing ? 'Sign in without changing it' : 'Change password'}
                  </Button>
                )}
              </SpaceBetween>
            </form>
          )}
          {ways?.provider && !changing && (
            <Button href={providerPage(given.instance)} fullWidth variant={ways.passwords ? 'normal' : 'primary'}>
              {`Sign in with ${ways.provider}`}
            </Button>
          )}
        </SpaceBetween>
      </Container>
    </main>
  )
}
