# The story with the aws command.
set -euo pipefail

connect() { aws connect "$1" --endpoint-url "$ENDPOINT" --instance-id "$INSTANCE_ID" --output text "${@:2}"; }
fail() { echo "$*" >&2; exit 1; }

# cti OPERATION JSON: the agent's side of a task, as the panel speaks it.
jar=$(mktemp)
trap 'rm -f "$jar"' EXIT
curl -sf -c "$jar" -H 'Content-Type: application/json' \
  -d "{\"username\":\"$AGENT_NAME\",\"password\":\"$AGENT_PASSWORD\"}" "$ENDPOINT/login" >/dev/null
token=$(curl -sf -b "$jar" "$ENDPOINT/auth/authorize" | sed 's/.*"accessToken":"\([^"]*\)".*/\1/')
cti() {
  curl -sf -H 'Content-Type: application/x-amz-json-1.0' -H "X-Amz-Target: AmazonConnectCTIService.$1" \
    -H "X-Amz-Bearer: $token" -d "$2" "$ENDPOINT/api"
}
# await STATE: waits until the task is in a state, as GetCurrentUserData tells it.
await() {
  for _ in $(seq 50); do
    got=$(connect get-current-user-data --filters "Agents=$AGENT_ID" --query "UserDataList[].Contacts[].AgentContactState")
    [ "$got" = "$1" ] && return
    sleep 0.1
  done
  fail "the task did not become '$1' but '$got'"
}

[ "$(aws connect list-instances --endpoint-url "$ENDPOINT" --query 'InstanceSummaryList[0].Id' --output text)" = "$INSTANCE_ID" ]
task=$(connect start-task-contact --contact-flow-id "$FLOW_ID" --name "aws" --query ContactId \
  --references '{"Order":{"Type":"URL","Value":"https://example.com/1"}}' --attributes tier=gold)
later=$(connect start-task-contact --contact-flow-id "$FLOW_ID" --name "later" --query ContactId \
  --scheduled-time "$(date -u -d '+5 days' +%Y-%m-%dT%H:%M:%SZ)")
connect stop-contact --contact-id "$later"

available=$(connect list-agent-statuses --agent-status-types ROUTABLE --query 'AgentStatusSummaryList[0].Id')
offline=$(connect list-agent-statuses --agent-status-types OFFLINE --query 'AgentStatusSummaryList[0].Id')
connect put-user-status --user-id "$AGENT_ID" --agent-status-id "$available"
await CONNECTING
cti AcceptContact "{\"contactId\":\"$task\"}" >/dev/null
await CONNECTED
connection=$(cti GetAgentSnapshot '{}' | sed 's/.*"connectionId":"\([^"]*\)".*/\1/')
cti DestroyConnection "{\"contactId\":\"$task\",\"connectionId\":\"$connection\"}" >/dev/null
await ENDED
cti ClearContact "{\"contactId\":\"$task\"}" >/dev/null
await ""
connect put-user-status --user-id "$AGENT_ID" --agent-status-id "$offline"

# describe CONTACT MEMBER: what DescribeContact says of a contact.
describe() { connect describe-contact --contact-id "$1" --query "Contact.$2"; }
more=$(connect start-task-contact --quick-connect-id "$QUICK_CONNECT_ID" --name "by quick connect" --query ContactId)
connect tag-contact --contact-id "$more" --tags team=refunds
connect pause-contact --contact-id "$more"
[[ $(describe "$more" '[Tags.team,TotalPauseCount]') == refunds*1 ]]
connect resume-contact --contact-id "$more" --contact-flow-id "$FLOW_ID"
moved=$(connect transfer-contact --contact-id "$more" --contact-flow-id "$FLOW_ID" --queue-id "$QUEUE_ID" --query ContactId)
[ "$(describe "$moved" PreviousContactId)" = "$more" ]
more=$(connect start-task-contact --task-template-id "$TEMPLATE_ID" --name "by template" --query ContactId \
  --scheduled-time "$(date -u -d '+5 days' +%Y-%m-%dT%H:%M:%SZ)")
connect update-contact-schedule --contact-id "$more" --scheduled-time "$(date -u -d '+4 days' +%Y-%m-%dT%H:%M:%SZ)"
connect update-contact --contact-id "$more" --name renamed
[ "$(describe "$more" Name)" = renamed ]
more=$(connect create-contact --channel TASK --initiation-method API --initiate-as COMPLETED --name "by hand" --query ContactId)
[ "$(describe "$more" DisconnectReason)" = AGENT_COMPLETED ]

content='{"Version":"2019-10-30","StartAction":"wait","Actions":[{"Identifier":"wait","Type":"Wait","Parameters":{"TimeLimitSeconds":"1"},"Transitions":{"NextAction":"end","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}],"Conditions":[{"NextAction":"end","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}}]}},{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}'
flow=$(connect create-contact-flow --name "waits for aws" --type CONTACT_FLOW --content "$content" --query ContactFlowId)
more=$(connect start-task-contact --contact-flow-id "$flow" --name "in flow" --query ContactId)
if out=$(connect update-contact-flow-content --contact-flow-id "$flow" --content "${content/Wait/Sleep}" 2>&1); then fail "a flow with a problem was published"; fi
[[ $out == *InvalidContactFlowException* ]] || fail "$out"
sleep 1
for _ in $(seq 20); do [ "$(describe "$more" DisconnectReason)" = CONTACT_FLOW_DISCONNECT ] && break; done
[ "$(describe "$more" DisconnectReason)" = CONTACT_FLOW_DISCONNECT ]

[ "$(connect describe-contact --contact-id "$task" --query Contact.DisconnectReason)" = AGENT_DISCONNECT ]
if out=$(connect stop-contact --contact-id "$task" 2>&1); then fail "an ended task was stopped"; fi
[[ $out == *ContactNotFoundException* ]] || fail "$out"
if out=$(connect start-task-contact --contact-flow-id "$FLOW_ID" --name "$(printf 'x%.0s' {1..1025})" 2>&1); then fail "a name too long was taken"; fi
[[ $out == *InvalidParameterException*Name* ]] || fail "$out"
echo "$(aws --version) told the story"
