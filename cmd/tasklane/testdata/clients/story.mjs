// The story with the AWS SDK for JavaScript.
import assert from 'node:assert/strict'
import * as sdk from '@aws-sdk/client-connect'

const { ENDPOINT: endpoint, INSTANCE_ID: InstanceId, FLOW_ID: ContactFlowId, AGENT_ID: UserId } = process.env
const client = new sdk.ConnectClient({ endpoint })

/** The agent's side of a task, as the panel speaks it. */
async function openDesk() {
  const login = await fetch(`${endpoint}/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username: process.env.AGENT_NAME, password: process.env.AGENT_PASSWORD }),
  })
  const Cookie = login.headers.get('set-cookie').split(';')[0]
  const { accessToken } = await (await fetch(`${endpoint}/auth/authorize`, { headers: { Cookie } })).json()
  const call = async (operation, members = {}) => {
    const response = await fetch(`${endpoint}/api`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-amz-json-1.0',
        'X-Amz-Target': `AmazonConnectCTIService.${operation}`,
        'X-Amz-Bearer': accessToken,
      },
      body: JSON.stringify(members),
    })
    assert.equal(response.status, 200, `${operation}: ${response.status}`)
    return response.json()
  }
  const wait = async (contactId, state) => {
    for (let i = 0; i < 200; i++) {
      const { snapshot } = await call('GetAgentSnapshot')
      const found = snapshot.contacts.find((c) => c.contactId === contactId)
      if (found?.state.type === state) return found
      await new Promise((done) => setTimeout(done, 50))
    }
    assert.fail(`${contactId} did not become ${state}`)
  }
  return { call, wait }
}

const { Instance } = await client.send(new sdk.DescribeInstanceCommand({ InstanceId }))
assert.equal(Instance.InstanceStatus, 'ACTIVE')

const { ContactId } = await client.send(
  new sdk.StartTaskContactCommand({
    InstanceId, ContactFlowId, Name: 'JavaScript', Attributes: { tier: 'gold' },
    References: { Order: { Type: 'URL', Value: 'https://example.com/1' } },
  }),
)
const ScheduledTime = new Date(Date.now() + 5 * 86400_000)
const later = await client.send(new sdk.StartTaskContactCommand({ InstanceId, ContactFlowId, Name: 'later', ScheduledTime }))
const { Contact: scheduled } = await client.send(new sdk.DescribeContactCommand({ InstanceId, ContactId: later.ContactId }))
assert.equal(scheduled.ScheduledTimestamp.getTime(), ScheduledTime.getTime())
await client.send(new sdk.StopContactCommand({ InstanceId, ContactId: later.ContactId }))

const { AgentStatusSummaryList } = await client.send(new sdk.ListAgentStatusesCommand({ InstanceId }))
const setStatus = (name) =>
  client.send(
    new sdk.PutUserStatusCommand({ InstanceId, UserId, AgentStatusId: AgentStatusSummaryList.find((s) => s.Name === name).Id }),
  )
await setStatus('Available')
const desk = await openDesk()
const ringing = await desk.wait(ContactId, 'connecting')
assert.equal(ringing.attributes.tier.value, 'gold')
await desk.call('AcceptContact', { contactId: ContactId })
await desk.wait(ContactId, 'connected')
await desk.call('DestroyConnection', { contactId: ContactId, connectionId: ringing.connections[0].connectionId })
await desk.wait(ContactId, 'ended')
await desk.call('ClearContact', { contactId: ContactId })
await desk.wait(ContactId, undefined)
await setStatus('Offline')

const describe = async (ContactId) => (await client.send(new sdk.DescribeContactCommand({ InstanceId, ContactId }))).Contact
const more = await client.send(
  new sdk.StartTaskContactCommand({ InstanceId, QuickConnectId: process.env.QUICK_CONNECT_ID, Name: 'by quick connect' }),
)
await client.send(new sdk.TagContactCommand({ InstanceId, ContactId: more.ContactId, Tags: { team: 'refunds' } }))
await client.send(new sdk.PauseContactCommand({ InstanceId, ContactId: more.ContactId }))
const paused = await describe(more.ContactId)
assert.deepEqual(paused.Tags, { team: 'refunds' })
assert.ok(paused.LastPausedTimestamp instanceof Date)
await client.send(new sdk.ResumeContactCommand({ InstanceId, ContactId: more.ContactId, ContactFlowId }))
const moved = await client.send(
  new sdk.TransferContactCommand({ InstanceId, ContactId: more.ContactId, ContactFlowId, QueueId: process.env.QUEUE_ID }),
)
assert.equal((await describe(moved.ContactId)).PreviousContactId, more.ContactId)
await client.send(new sdk.StopContactCommand({ InstanceId, ContactId: moved.ContactId }))

const putOff = await client.send(
  new sdk.StartTaskContactCommand({ InstanceId, TaskTemplateId: process.env.TEMPLATE_ID, Name: 'by template', ScheduledTime }),
)
const sooner = new Date(ScheduledTime.getTime() - 86400_000)
await client.send(new sdk.UpdateContactScheduleCommand({ InstanceId, ContactId: putOff.ContactId, ScheduledTime: sooner }))
await client.send(new sdk.UpdateContactCommand({ InstanceId, ContactId: putOff.ContactId, Name: 'renamed' }))
const changed = await describe(putOff.ContactId)
assert.equal(changed.Name, 'renamed')
assert.equal(changed.ScheduledTimestamp.getTime(), sooner.getTime())
await client.send(new sdk.StopContactCommand({ InstanceId, ContactId: putOff.ContactId }))

const byHand = await client.send(
  new sdk.CreateContactCommand({
    InstanceId, Channel: 'TASK', InitiationMethod: 'API', InitiateAs: 'CONNECTED_TO_USER', UserInfo: { UserId }, Name: 'by hand',
  }),
)
await desk.wait(byHand.ContactId, 'connected')
await client.send(new sdk.StopContactCommand({ InstanceId, ContactId: byHand.ContactId }))
await desk.wait(byHand.ContactId, 'ended')
await desk.call('ClearContact', { contactId: byHand.ContactId })

const action = (Identifier, Type, Parameters, NextAction, Conditions = []) => ({
  Identifier, Type, Parameters,
  Transitions: NextAction ? { NextAction, Errors: [{ NextAction: 'end', ErrorType: 'NoMatchingError' }], Conditions } : {},
})
const equals = (word, NextAction) => ({ NextAction, Condition: { Operator: 'Equals', Operands: [word] } })
const documentOf = (...Actions) => JSON.stringify({ Version: '2019-10-30', StartAction: Actions[0].Identifier, Actions, Settings: {} })
const marks = await client.send(
  new sdk.CreateContactFlowModuleCommand({
    InstanceId, Name: 'marks for JavaScript',
    Content: documentOf(
      action('mark', 'UpdateContactAttributes', { Attributes: { marked: '$.Name' } }, 'end'),
      action('end', 'EndFlowModuleExecution', {}),
    ),
  }),
)
const Content = documentOf(
  action('call', 'InvokeFlowModule', { FlowModuleId: marks.Id }, 'wait'),
  action('wait', 'Wait', { TimeLimitSeconds: '1' }, 'end', [equals('WaitCompleted', 'end')]),
  action('end', 'DisconnectParticipant', {}),
)
const flow = await client.send(
  new sdk.CreateContactFlowCommand({ InstanceId, Name: 'waits for JavaScript', Type: 'CONTACT_FLOW', Content }),
)
const inFlow = await client.send(new sdk.StartTaskContactCommand({ InstanceId, ContactFlowId: flow.ContactFlowId, Name: 'in flow' }))
assert.deepEqual((await describe(inFlow.ContactId)).Attributes, { marked: 'in flow' })
for (let i = 0; i < 100 && !(await describe(inFlow.ContactId)).DisconnectTimestamp; i++) await new Promise((done) => setTimeout(done, 100))
assert.equal((await describe(inFlow.ContactId)).DisconnectReason, 'CONTACT_FLOW_DISCONNECT')
await assert.rejects(
  client.send(
    new sdk.UpdateContactFlowContentCommand({
      InstanceId, ContactFlowId: flow.ContactFlowId, Content: Content.replace('"Wait"', '"Sleep"'),
    }),
  ),
  (error) => error instanceof sdk.InvalidContactFlowException && error.problems[0].message.includes('Type: Sleep'),
)

const { Contact: done } = await client.send(new sdk.DescribeContactCommand({ InstanceId, ContactId }))
assert.equal(done.DisconnectReason, 'AGENT_DISCONNECT')
assert.equal(done.AgentInfo.Id, UserId)
await assert.rejects(client.send(new sdk.StopContactCommand({ InstanceId, ContactId })), sdk.ContactNotFoundException)
await assert.rejects(
  client.send(new sdk.StartTaskContactCommand({ InstanceId, ContactFlowId: '99999999-9999-4999-8999-999999999999', Name: 'x' })),
  sdk.ResourceNotFoundException,
)
console.log('the AWS SDK for JavaScript told the story')
