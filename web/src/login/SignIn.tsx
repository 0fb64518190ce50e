import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState, type FormEvent } from 'react'
import { Brand } from '../Brand'
import { handOver } from '../signin/handoff'
import { signIn } from './signIn'

export function SignIn() {
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<string>()

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    const why = await signIn(username, password)
    if (why === undefined) {
      await handOver()
      return location.assign('/ccp-v2/')
    }
    setRefusal(why)
    setBusy(false)
  }

  return (
    <main className="column">
      <Box padding={{ bottom: 'l' }}>
        <Brand />
      </Box>
      <form onSubmit={submit}>
        <Container header={<Header variant="h1">Sign in</Header>}>
          <SpaceBetween size="l">
            {refusal && <Alert type="error">{refusal}</Alert>}
            <FormField label="Username">
              <Input
                name="username"
                autoComplete="username"
                autoFocus
                value={username}
                onChange={({ detail }) => setUsername(detail.value)}
              />
            </FormField>
            <FormField label="Password">
              <Input
                name="password"
                type="password"
                autoComplete="current-password"
                value={password}
                onChange={({ detail }) => setPassword(detail.value)}
              />
            </FormField>
            <Button variant="primary" formAction="submit" fullWidth loading={busy} loadingText="Signing in">
              Sign in
            </Button>
          </SpaceBetween>
        </Container>
      </form>
    </main>
  )
}
