package awsapi_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server"
)

// decision is what StartTaskContact answers to one thing that is wrong. Requests are sent as JSON, because no SDK
// would send some of them.
type decision struct {
	row     int // of the decision table, task-api.md §2.10
	name    string
	members map[string]any // of the request, besides InstanceId, ContactFlowId and Name; nil takes one away
	status  int
	kind    string
	says    []string // parts of the message: the member, or what names the value
	at      *trial   // nil: the server of the table
	cannot  string   // why it cannot happen here
}

// decisions of the table's last row.
const lastDecision = 34

func TestDecisions(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	var table []decision
	for _, part := range []func(*trial) []decision{
		serverDecisions, instanceDecisions, flowDecisions, unusableFlowDecisions, connectDecisions, templateDecisions,
		fieldDecisions, linkDecisions, attributeDecisions, referenceDecisions, timeDecisions, segmentDecisions,
		selfAssignDecisions, attachmentDecisions,
	} {
		table = append(table, part(x)...)
	}
	seen := map[int]bool{}
	for _, d := range table {
		seen[d.row] = true
		t.Run(d.name, func(t *testing.T) {
			if d.cannot != "" {
				t.Skipf("row %d: %s", d.row, d.cannot)
			}
			d.decide(x.in(t))
		})
	}
	for row := 1; row <= lastDecision; row++ {
		if !seen[row] {
			t.Errorf("row %d is not in the table", row)
		}
	}
}

// decide sends the request and compares the answer.
func (d decision) decide(x *trial) {
	x.t.Helper()
	if d.at != nil {
		x = d.at.in(x.t)
	}
	status, kind, message := x.put(d.members)
	if status != d.status || kind != d.kind {
		x.t.Errorf("row %d: %d %s %q, want %d %s", d.row, status, kind, message, d.status, d.kind)
	}
	for _, s := range d.says {
		if !strings.Contains(message, s) {
			x.t.Errorf("row %d: message %q does not say %q", d.row, message, s)
		}
	}
}

// put sends a StartTaskContact that runs the sample flow, with some members changed.
func (x *trial) put(members map[string]any) (status int, kind, message string) {
	x.t.Helper()
	all := map[string]any{"InstanceId": x.InstanceID, "ContactFlowId": x.FlowID, "Name": "n"}
	maps.Copy(all, members)
	maps.DeleteFunc(all, func(_ string, v any) bool { return v == nil })
	body, err := json.Marshal(all)
	x.ok(err)
	return send(x.t, x.Server, http.MethodPut, "/contact/task", string(body))
}

type m = map[string]any

func serverDecisions(x *trial) []decision {
	full := newTrial(x.t, func(c *server.Config) { c.Quota = map[string]int{"active-tasks": 1} })
	full.begin()
	empty := newTrial(x.t, throttled)
	empty.begin()
	return []decision{
		{row: 1, name: "rate bucket empty", at: empty, status: 429, kind: "ThrottlingException", says: []string{"Rate exceeded"}},
		{row: 4, name: "instance not ACTIVE", cannot: "every instance is ACTIVE from its creation on"},
		{row: 21, name: "as many open tasks as the quota", at: full, status: 402, kind: quotaExceeded, says: []string{"active tasks quota (1)"}},
		{row: 34, name: "storage fails", at: broken(x.t), status: 500, kind: "InternalServiceException", says: []string{"Internal"}},
	}
}

func instanceDecisions(*trial) []decision {
	long := strings.Repeat("é", 4097)
	return []decision{
		{2, "no InstanceId", m{"InstanceId": nil}, 400, invalidParameter, []string{"InstanceId is required"}, nil, ""},
		{2, "InstanceId empty", m{"InstanceId": ""}, 400, invalidParameter, []string{"'InstanceId'", "length"}, nil, ""},
		{2, "InstanceId too long", m{"InstanceId": long[:2*101]}, 400, invalidParameter, []string{"'InstanceId'", "100"}, nil, ""},
		{3, "instance unknown", m{"InstanceId": unknown}, 404, notFound, []string{"Instance " + unknown}, nil, ""},
		{3, "instance by the ARN of another account", m{"InstanceId": "arn:aws:connect:us-east-1:999999999999:instance/11111111-1111-4111-8111-111111111111"}, 404, notFound, []string{"Instance arn:"}, nil, ""},
		{5, "no Name", m{"Name": nil}, 400, invalidParameter, []string{"Name is required"}, nil, ""},
		{5, "Name too long", m{"Name": long[:2*1025]}, 400, invalidParameter, []string{"'Name'", "1024"}, nil, ""},
		{6, "Description too long", m{"Description": long}, 400, invalidParameter, []string{"'Description'", "4096"}, nil, ""},
		{29, "ClientToken too long", m{"ClientToken": long[:2*501]}, 400, invalidParameter, []string{"'ClientToken'", "500"}, nil, ""},
	}
}

func flowDecisions(x *trial) []decision {
	bare := x.template("without a flow", flowless)
	three := []string{"ContactFlowId", "QuickConnectId", "TaskTemplateId"}
	q, tpl := x.QuickConnectIDs.Queue, x.TemplateID
	x.start(startInput{ClientToken: aws.String("used")})
	return []decision{
		{7, "no flow named", m{"ContactFlowId": nil}, 400, invalidRequest, three, nil, ""},
		{4, "flow empty", m{"ContactFlowId": ""}, 400, invalidParameter, []string{"'ContactFlowId'"}, nil, ""},
		{4, "quick connect empty", m{"ContactFlowId": nil, "QuickConnectId": ""}, 400, invalidParameter, []string{"'QuickConnectId'"}, nil, ""},
		{8, "flow and quick connect", m{"QuickConnectId": q}, 400, invalidRequest, three, nil, ""},
		{8, "flow and template with a flow", m{"TaskTemplateId": tpl}, 400, invalidRequest, three, nil, ""},
		{8, "quick connect and template with a flow", m{"ContactFlowId": nil, "QuickConnectId": q, "TaskTemplateId": tpl}, 400, invalidRequest, three, nil, ""},
		{8, "all three", m{"QuickConnectId": q, "TaskTemplateId": bare}, 400, invalidRequest, three, nil, ""},
		{9, "only a template, without a flow", m{"ContactFlowId": nil, "TaskTemplateId": bare}, 400, invalidRequest, []string{"TaskTemplateId", "no flow"}, nil, ""},
		{10, "flow unknown", m{"ContactFlowId": unknown}, 404, notFound, []string{"ContactFlowId", "flow " + unknown}, nil, ""},
		{10, "flow by the ARN of a queue", m{"ContactFlowId": x.InstanceARN + "/queue/" + x.QueueID}, 404, notFound, []string{"ContactFlowId"}, nil, ""},
		{30, "token reused with other parameters", m{"ClientToken": "used", "Name": "other"}, 400, invalidRequest, []string{"ClientToken", "different parameters"}, nil, ""},
	}
}

// unusableFlowDecisions has flows that were never published, and flows of the wrong type.
func unusableFlowDecisions(x *trial) []decision {
	saved := func(name string, of types.ContactFlowType) string {
		out, err := x.sdk.CreateContactFlow(x.ctx, &connect.CreateContactFlowInput{
			InstanceId: &x.InstanceID, Name: &name, Type: of, Content: aws.String(script(enqueue()...)), Status: types.ContactFlowStatusSaved,
		})
		x.ok(err)
		return *out.ContactFlowId
	}
	draft, draftTransfer := saved("draft", types.ContactFlowTypeContactFlow), saved("draft transfer", types.ContactFlowTypeQueueTransfer)
	queueFlow := x.publish("in queue", types.ContactFlowTypeCustomerQueue, `{"Version":"2019-10-30","StartAction":"0","Actions":[{"Identifier":"0","Type":"EndFlowExecution","Parameters":{},"Transitions":{}}]}`)
	transfer := x.publish("transfer", types.ContactFlowTypeQueueTransfer, script(enqueue()...))
	archived := x.publish("archived", types.ContactFlowTypeContactFlow, script(enqueue()...))
	_, err := x.sdk.UpdateContactFlowMetadata(x.ctx, &connect.UpdateContactFlowMetadataInput{
		InstanceId: &x.InstanceID, ContactFlowId: &archived, ContactFlowState: types.ContactFlowStateArchived,
	})
	x.ok(err)
	withFlow := func(flow string) string {
		return x.template("starts "+flow, func(in *connect.CreateTaskTemplateInput) { in.ContactFlowId = &flow })
	}
	return []decision{
		{11, "flow never published", m{"ContactFlowId": draft}, 400, invalidRequest, []string{"ContactFlowId", "not published"}, nil, ""},
		{11, "flow of a quick connect never published", m{"ContactFlowId": nil, "QuickConnectId": x.connectTo("draft", toQueue(x.QueueID, draftTransfer))}, 400, invalidRequest, []string{"QuickConnectId", "not published"}, nil, ""},
		{11, "flow of a template never published", m{"ContactFlowId": nil, "TaskTemplateId": withFlow(draft)}, 400, invalidRequest, []string{"TaskTemplateId", "not published"}, nil, ""},
		{11, "flow archived", m{"ContactFlowId": archived}, 400, invalidRequest, []string{"ContactFlowId", "archived"}, nil, ""},
		{11, "flow of a template archived", m{"ContactFlowId": nil, "TaskTemplateId": withFlow(archived)}, 400, invalidRequest, []string{"TaskTemplateId", "archived"}, nil, ""},
		{12, "flow of type CUSTOMER_QUEUE", m{"ContactFlowId": queueFlow}, 400, invalidRequest, []string{"ContactFlowId", "CUSTOMER_QUEUE"}, nil, ""},
		{12, "flow of type QUEUE_TRANSFER", m{"ContactFlowId": transfer}, 400, invalidRequest, []string{"ContactFlowId", "QUEUE_TRANSFER"}, nil, ""},
		{12, "flow of a template of type CUSTOMER_QUEUE", m{"ContactFlowId": nil, "TaskTemplateId": withFlow(queueFlow)}, 400, invalidRequest, []string{"TaskTemplateId", "CUSTOMER_QUEUE"}, nil, ""},
	}
}

func connectDecisions(x *trial) []decision {
	none := func(id string) m { return m{"ContactFlowId": nil, "QuickConnectId": id} }
	return []decision{
		{13, "quick connect unknown", none(unknown), 404, notFound, []string{"QuickConnectId", "quick connect " + unknown}, nil, ""},
		{14, "quick connect of a phone number", none(x.connectTo("phone", phone("+14155550123"))), 400, invalidRequest, []string{"QuickConnectId", "PHONE_NUMBER"}, nil, ""},
		{14, "quick connect of a flow", none(x.connectTo("flow", toFlow(x.FlowID))), 400, invalidRequest, []string{"QuickConnectId", "type FLOW"}, nil, ""},
	}
}

func linkDecisions(x *trial) []decision {
	first := x.begin()
	for range 12 {
		x.follow(first)
	}
	elsewhere := "arn:aws:connect:us-east-1:000000000000:instance/99999999-1111-4111-8111-111111111111/contact/" + first
	return []decision{
		{18, "both links", m{"PreviousContactId": first, "RelatedContactId": first}, 400, invalidRequest, []string{"PreviousContactId", "RelatedContactId"}, nil, ""},
		{19, "previous contact unknown", m{"PreviousContactId": unknown}, 404, notFound, []string{"PreviousContactId", "contact " + unknown}, nil, ""},
		{19, "related contact unknown", m{"RelatedContactId": unknown}, 404, notFound, []string{"RelatedContactId", "contact " + unknown}, nil, ""},
		{19, "previous contact of another instance", m{"PreviousContactId": elsewhere}, 404, notFound, []string{"PreviousContactId"}, nil, ""},
		{19, "previous contact empty", m{"PreviousContactId": ""}, 400, invalidParameter, []string{"'PreviousContactId'"}, nil, ""},
		{20, "12 tasks have this PreviousContactId", m{"PreviousContactId": first}, 402, quotaExceeded, []string{"PreviousContactId", "12"}, nil, ""},
	}
}

func timeDecisions(x *trial) []decision {
	at := func(ahead time.Duration) m { return m{"ScheduledTime": x.Now().Add(ahead).Unix()} }
	return []decision{
		{27, "an hour ago", at(-time.Hour), 400, invalidParameter, []string{"ScheduledTime", "past"}, nil, ""},
		{27, "long ago", m{"ScheduledTime": 0}, 400, invalidParameter, []string{"ScheduledTime", "past"}, nil, ""},
		{27, "before 1970", m{"ScheduledTime": -1e9}, 400, invalidParameter, []string{"ScheduledTime"}, nil, ""},
		{28, "more than 6 days ahead", at(6*24*time.Hour + 5*time.Minute), 400, invalidParameter, []string{"ScheduledTime", "6 days"}, nil, ""},
		{28, "beyond all time", m{"ScheduledTime": 9e15}, 400, invalidParameter, []string{"ScheduledTime"}, nil, ""},
	}
}
