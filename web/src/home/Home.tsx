import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import Link from '@cloudscape-design/components/link'
import { Brand } from '../Brand'

/** Says where things are on this server. */
export function Home() {
  return (
    <main className="column">
      <Box padding={{ bottom: 'l' }}>
        <Brand />
      </Box>
      <Container header={<Header variant="h1">This server</Header>}>
        <KeyValuePairs
          items={[
            { label: 'Agents', value: <Link href="/ccp-v2/">Open the agent panel</Link> },
            {
              label: 'Amazon Connect API',
              value: <Box variant="code">{location.origin}</Box>,
            },
            { label: 'AWS CLI', value: <Box variant="code">aws connect --endpoint-url {location.origin} …</Box> },
            {
              label: 'Operations',
              value: (
                <>
                  <Link href="/_tasklane/health">Health</Link>, <Link href="/metrics">metrics</Link>
                </>
              ),
            },
            {
              label: 'Documentation',
              value: (
                <Link href="https://github.com/tasklane/tasklane/tree/main/docs" external>
                  Read the documentation
                </Link>
              ),
            },
          ]}
        />
      </Container>
    </main>
  )
}
