package awsapi_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/server"
	"github.com/tasklane/tasklane/internal/server/servertest"
)

// document is a file of testdata/flows, with values in the place of their names.
func (x *trial) document(name string, values ...string) string {
	x.t.Helper()
	text, err := os.ReadFile("testdata/flows/" + name + ".json")
	x.ok(err)
	for i := 0; i < len(values); i += 2 {
		values[i] = "{{" + values[i] + "}}"
	}
	return strings.NewReplacer(values...).Replace(string(text))
}

// flowOf publishes a file of testdata/flows.
func (x *trial) flowOf(name string, of types.ContactFlowType, values ...string) string {
	x.t.Helper()
	return x.publish(name, of, x.document(name, values...))
}

// action is an action of a flow, as the trace tells it.
type action struct {
	Run, Flow, Identifier, Type, Error, Branch, Next, Ended string

	Inputs map[string]any
	Result any
}

// steps are the actions that have run on a contact, in their order.
func (x *trial) steps(id string) string {
	x.t.Helper()
	var names []string
	for _, a := range x.actions(id) {
		names = append(names, a.Identifier)
	}
	return strings.Join(names, " ")
}

func (x *trial) actions(id string) []action {
	x.t.Helper()
	res, err := http.Get(x.URL + "/_tasklane/contacts/" + id + "/trace")
	x.ok(err)
	defer res.Body.Close()
	var out struct {
		Events []struct {
			Type   string
			Action *action
		}
	}
	x.ok(json.NewDecoder(res.Body).Decode(&out))
	var all []action
	for _, e := range out.Events {
		if e.Type == "FLOW_ACTION" {
			all = append(all, *e.Action)
		}
	}
	return all
}

func (x *trial) wantSteps(id, want string) {
	x.t.Helper()
	if diff := cmp.Diff(want, x.steps(id)); diff != "" {
		x.t.Errorf("actions of %s (-want +got):\n%s", id, diff)
	}
}

func TestFlowWaitsUntilSomebodyIsThere(t *testing.T) {
	t.Parallel()
	x := newTrial(t, servertest.Frozen)
	basic, err := x.sdk.DescribeQueue(x.ctx, &connect.DescribeQueueInput{InstanceId: &x.InstanceID, QueueId: &x.QueueID})
	x.ok(err)
	flow := x.flowOf("hours-loop", types.ContactFlowTypeContactFlow, "queue", x.QueueID, "hours", *basic.Queue.HoursOfOperationId)
	nobody, stopped := x.start(startInput{ContactFlowId: &flow}), x.start(startInput{ContactFlowId: &flow})
	x.Advance(10 * time.Second)
	x.stop(stopped)
	x.Advance(109 * time.Second)
	if c := x.Describe(nobody); c.QueueInfo != nil {
		t.Errorf("queued after 119 s: %v", c.QueueInfo)
	}
	x.Advance(2 * time.Second)
	c := x.Describe(nobody)
	if c.QueueInfo == nil {
		t.Fatalf("not queued after 121 s")
	}
	if took := c.QueueInfo.EnqueueTimestamp.Sub(*c.InitiationTimestamp).Round(time.Second); took != 2*time.Minute {
		t.Errorf("queued after %s, want 2 min", took)
	}
	x.wantSteps(nobody, "q hrs lp st w w lp st w w lp go")
	x.wantSteps(stopped, "q hrs lp st w")
	x.wantReason(stopped, "API")

	later := x.start(startInput{ContactFlowId: &flow})
	x.Advance(30 * time.Second)
	x.SetStatus(x.Agent.UserID, "Available")
	x.Advance(31 * time.Second)
	x.wantSteps(later, "q hrs lp st w w lp st go")
}

// function is a function at an address of its own.
type function struct {
	*httptest.Server

	answer func() (int, string)
	events chan map[string]any
}

func newFunction(t *testing.T) *function {
	t.Helper()
	f := &function{events: make(chan map[string]any, 100)}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var event map[string]any
		_ = json.Unmarshal(body, &event)
		f.events <- event
		status, answer := f.answer()
		w.WriteHeader(status)
		_, _ = w.Write([]byte(answer))
	}))
	t.Cleanup(f.Close)
	return f
}

func TestFunctionDecides(t *testing.T) {
	t.Parallel()
	f := newFunction(t)
	x := newTrial(t, func(c *server.Config) { c.Functions = map[string]string{lookup: f.URL} })
	nested := x.flowOf("function", types.ContactFlowTypeContactFlow, "function", lookup, "type", "JSON")
	flat := x.publish("flat", types.ContactFlowTypeContactFlow, x.document("function", "function", lookup, "type", "STRING_MAP"))
	const bad = "fn set num q go"
	full := `{"owner":{"name":"Bo"},"lines":["a","b"],"keyName":"k1","score":%s,"queueId":"` + x.QueueID + `"}`
	with := func(score string) string { return strings.Replace(full, "%s", score, 1) }
	tests := []struct {
		name, flow, answer string
		status             int
		steps              string
		want               map[string]string
	}{
		{"an answer", nested, with("10"), 200, bad, map[string]string{"owner": "Bo", "line": "b", "k1": "dyn"}},
		{"too little", nested, with(`"9.99"`), 200, "fn set num bad", map[string]string{"owner": "Bo", "line": "b", "k1": "dyn"}},
		{"no number", nested, with(`"ten"`), 200, "fn set num bad", map[string]string{"owner": "Bo", "line": "b", "k1": "dyn"}},
		{"no key", nested, strings.Replace(with("10"), "keyName", "other", 1), 200, "fn set bad", nil},
		{"a queue of another instance", nested, strings.Replace(with("10"), x.QueueID, "arn:aws:connect:us-east-1:000000000000:instance/22222222-1111-4111-8111-111111111111/queue/"+x.QueueID, 1), 200, "fn set num q bad", map[string]string{"owner": "Bo", "line": "b", "k1": "dyn"}},
		{"it fails", nested, with("10"), 500, "fn bad", nil},
		{"too large", nested, `{"a":"` + strings.Repeat("x", 33<<10) + `"}`, 200, "fn bad", nil},
		{"not JSON", nested, "oops", 200, "fn bad", nil},
		{"nested where it must be flat", flat, with("10"), 200, "fn bad", nil},
		{"flat", flat, `{"score":"12","queueId":"` + x.QueueID + `","keyName":"k1"}`, 200, bad, map[string]string{"owner": "", "line": "", "k1": "dyn"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			x := x.in(t)
			f.answer = func() (int, string) { return tt.status, tt.answer }
			id := x.start(startInput{ContactFlowId: &tt.flow, Name: aws.String("T1"), References: map[string]types.Reference{
				"ticket": {Type: types.ReferenceTypeUrl, Value: aws.String("https://x/1")},
			}})
			x.Advance(0) // settles
			x.wantSteps(id, "fn "+tt.steps)
			if got := x.attributes(id); !cmp.Equal(got, tt.want) && len(got)+len(tt.want) > 0 {
				t.Errorf("attributes %v, want %v", got, tt.want)
			}
			details := (<-f.events)["Details"].(map[string]any)
			want := map[string]any{"ticket": "https://x/1", "note": "for T1 in us-east-1:x"}
			if diff := cmp.Diff(want, details["Parameters"]); diff != "" {
				t.Errorf("parameters (-want +got):\n%s", diff)
			}
			data := details["ContactData"].(map[string]any)
			for name, want := range map[string]any{
				"ContactId": id, "InitialContactId": id, "Channel": "TASK", "Name": "T1", "InitiationMethod": "API",
				"LanguageCode": "en-US", "Queue": nil, "Description": nil, "InstanceARN": x.InstanceARN,
				"References":   map[string]any{"ticket": map[string]any{"Type": "URL", "Value": "https://x/1"}},
				"MediaStreams": map[string]any{"Customer": map[string]any{"Audio": map[string]any{}}},
			} {
				if diff := cmp.Diff(want, data[name]); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
			}
		})
	}
}

func TestFunctionThatIsLateOrUnknown(t *testing.T) {
	t.Parallel()
	f := newFunction(t)
	x := newTrial(t, func(c *server.Config) { c.Functions = map[string]string{lookup: f.URL} })
	late := make(chan struct{})
	f.answer = func() (int, string) { <-late; return 200, "{}" }
	defer close(late)
	content := strings.Replace(x.document("function", "function", lookup, "type", "JSON"), `"3"`, `"1"`, 1)
	slow := x.publish("slow", types.ContactFlowTypeContactFlow, content)
	none := x.flowOf("function", types.ContactFlowTypeContactFlow, "function", lookup+"-2", "type", "JSON")
	for _, flow := range []string{slow, none} {
		id := x.start(startInput{ContactFlowId: &flow})
		x.Advance(0)
		x.wantSteps(id, "fn fn bad")
		x.wantReason(id, "CONTACT_FLOW_DISCONNECT")
	}
}

func TestFlowMakesATask(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	flow := x.flowOf("new-task", types.ContactFlowTypeContactFlow, "flow", x.FlowID)
	parent := x.start(startInput{ContactFlowId: &flow, Name: aws.String("T1"), Attributes: map[string]string{"delay": "3600"}})
	x.wantSteps(parent, "new mark tag untag end")
	child := x.attributes(parent)["child"]
	c := x.Describe(child)
	if took := c.ScheduledTimestamp.Sub(*c.InitiationTimestamp).Round(time.Second); took != time.Hour || *c.Name != "Follow-up of T1" || *c.Description != "from "+parent {
		t.Errorf("child %q (%q) is scheduled %s ahead", *c.Name, *c.Description, took)
	}
	x.wantAttribute("parent", parent, child)
	if tags := x.Describe(parent).Tags; len(tags) > 0 {
		t.Errorf("tags %v are left", tags)
	}
	x.Advance(time.Hour)
	x.wantQueued(child)
	for _, delay := range []string{"518401", "soon", "0"} {
		id := x.start(startInput{ContactFlowId: &flow, Attributes: map[string]string{"delay": delay}})
		x.wantSteps(id, "new end")
	}
	now := x.publish("now", types.ContactFlowTypeContactFlow, strings.Replace(
		x.document("new-task", "flow", x.FlowID), `"DelaySeconds": "$.Attributes.delay"`, `"LinkToContact": "true"`, 1))
	parent = x.start(startInput{ContactFlowId: &now})
	x.Advance(0)
	child = x.attributes(parent)["child"]
	x.wantQueued(child)
	if related := aws.ToString(x.Describe(child).RelatedContactId); related != parent {
		t.Errorf("related to %q, want %q", related, parent)
	}
}

func (x *trial) wantQueued(id string) {
	x.t.Helper()
	if c := x.Describe(id); c.QueueInfo == nil || c.DisconnectTimestamp != nil {
		x.t.Errorf("%s is not queued: %v, ended %v", id, c.QueueInfo, c.DisconnectTimestamp)
	}
}

// A flow that makes its own task without end is stopped, and others are not held up.
func TestTasksThatMakeEachOtherEnd(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	self := x.marked("self", types.ContactFlowTypeContactFlow, x.QueueID)
	content := strings.Replace(x.document("new-task", "flow", self), `"DelaySeconds": "$.Attributes.delay"`, `"LinkToContact": "true"`, 1)
	x.ok(x.setFlowContent(self, strings.Replace(content, "Follow-up of $.Name", "again", 1)))
	last := x.start(startInput{ContactFlowId: &self})
	x.Advance(0)
	n := 1
	for ; ; n++ {
		child := x.attributes(last)["child"]
		if child == "" {
			break
		}
		last = child
	}
	if n != 101 {
		t.Errorf("%d tasks made each other, want 101", n)
	}
	if a := x.actions(last); len(a) == 0 || !strings.Contains(a[0].Error, "100 tasks have made each other") {
		t.Errorf("the last one's actions do not say why: %+v", a)
	}
}

func TestTransferToFlowLosesFlowAttributesOnly(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	next := x.flowOf("hopped", types.ContactFlowTypeContactFlow)
	flow := x.flowOf("hop", types.ContactFlowTypeContactFlow, "next", next, "agent", x.Agent.Username)
	id := x.start(startInput{ContactFlowId: &flow})
	x.wantSteps(id, "fa q hop c go")
	if q := x.Describe(id).QueueInfo; q == nil || *q.Id != x.Agent.UserID {
		t.Errorf("queued in %v, want the queue of %s", q, x.Agent.UserID)
	}
	for name, no := range map[string]string{
		"of another type": x.publish("other", types.ContactFlowTypeCustomerQueue, ending("x")),
		"archived":        x.archived(),
	} {
		flow := x.publish("hop "+name, types.ContactFlowTypeContactFlow, x.document("hop", "next", no, "agent", x.Agent.Username))
		id := x.start(startInput{ContactFlowId: &flow})
		x.wantSteps(id, "fa q hop end")
	}
}

func (x *trial) archived() string {
	x.t.Helper()
	id := x.publish("archived", types.ContactFlowTypeContactFlow, ending("x"))
	x.ok(x.setFlow(id, connect.UpdateContactFlowMetadataInput{ContactFlowState: types.ContactFlowStateArchived}))
	return id
}

const moduleContract = `{"input":{"schema":{"type":"object","properties":{"n":{"type":"string"}}}},` +
	`"resultData":{"schema":{"type":"object","properties":{"size":{"type":"string"}}}},` +
	`"transitions":{"results":[{"name":"Big","description":""}]}}`

func TestModuleReturnsByItsContract(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	create := func(name, content string) (string, error) {
		out, err := x.sdk.CreateContactFlowModule(x.ctx, &connect.CreateContactFlowModuleInput{
			InstanceId: &x.InstanceID, Name: &name, Content: &content, Settings: aws.String(moduleContract),
		})
		if err != nil {
			return "", err
		}
		return *out.Id, nil
	}
	module, err := create("sizes", x.document("module"))
	x.ok(err)
	flow := x.flowOf("caller", types.ContactFlowTypeContactFlow, "module", module)
	big, small := x.start(startInput{ContactFlowId: &flow, Attributes: map[string]string{"n": "150"}}),
		x.start(startInput{ContactFlowId: &flow, Attributes: map[string]string{"n": "7"}})
	x.wantSteps(big, "fa m c big set end")
	x.wantAttribute("size", "150", big)
	x.wantAttribute("r", "Big", big)
	x.wantSteps(small, "fa m c ok end")
	x.wantAttribute("size", "", small)
	for name, change := range map[string][2]string{
		"undeclared branch": {`"Big"`, `"Huge"`}, "undeclared data": {`"size"`, `"weight"`},
	} {
		_, err = create(name, strings.Replace(x.document("module"), change[0], change[1], 1))
		x.refused(err, "InvalidContactFlowModuleException", 400)
	}
	_, err = x.sdk.CreateContactFlow(x.ctx, &connect.CreateContactFlowInput{
		InstanceId: &x.InstanceID, Name: aws.String("huge"), Type: types.ContactFlowTypeContactFlow,
		Content: aws.String(strings.Replace(x.document("caller", "module", module), `"Big"`, `"Huge"`, 1)),
	})
	x.refused(err, "InvalidContactFlowException", 400)
}

func TestHooksRunAtTheirEvents(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	flow := x.flowOf("hooks", types.ContactFlowTypeContactFlow, "queue", x.QueueID,
		"queueflow", x.publish("in queue", types.ContactFlowTypeCustomerQueue, ending("waits")),
		"pause", x.flowOf("pause", types.ContactFlowTypeContactFlow), "resume", x.flowOf("resume", types.ContactFlowTypeContactFlow),
		"gone", x.flowOf("gone", types.ContactFlowTypeContactFlow, "queue", x.QueueID))
	id := x.start(startInput{ContactFlowId: &flow})
	x.wantSteps(id, "h1 h2 h3 h4 h5 q go waits")
	first := *x.Describe(id).QueueInfo.EnqueueTimestamp
	x.ok(x.pause(id))
	x.wantAttribute("paused", "yes", id)
	x.Advance(time.Minute)
	x.ok(x.resume(id))
	x.wantSteps(id, "h1 h2 h3 h4 h5 q go waits a e go waits")
	if again := *x.Describe(id).QueueInfo.EnqueueTimestamp; !again.After(first) {
		t.Errorf("queued again at %v, not after %v", again, first)
	}
	x.SetStatus(x.Agent.UserID, "Available")
	desk := x.SignIn(x.Agent)
	desk.Accept(id)
	desk.End(id)
	x.wantSteps(id, "h1 h2 h3 h4 h5 q go waits a e go waits who end")
	if next := x.nextOf(id); next != "" {
		t.Errorf("queued anew as %s although an agent had it", next)
	}
	x.SetStatus(x.Agent.UserID, "Offline")
	expired := x.start(startInput{ContactFlowId: &flow})
	x.Advance(7*24*time.Hour + time.Second)
	x.wantReason(expired, "EXPIRED")
	next := x.nextOf(expired)
	if next == "" {
		t.Fatal("an expired task is not queued anew")
	}
	c := x.Describe(next)
	if c.InitiationMethod != types.ContactInitiationMethodDisconnect || *c.PreviousContactId != expired || *c.InitialContactId != expired {
		t.Errorf("next is %s after %s of %s", c.InitiationMethod, *c.PreviousContactId, *c.InitialContactId)
	}
	x.wantQueued(next)
	x.stop(next)
	if again := x.nextOf(next); again != "" {
		t.Errorf("revived once more as %s", again)
	}
}

// nextOf is the contact that follows another one in its chain.
func (x *trial) nextOf(id string) string {
	x.t.Helper()
	out, err := x.sdk.ListAssociatedContacts(x.ctx, &connect.ListAssociatedContactsInput{InstanceId: &x.InstanceID, ContactId: &id})
	x.ok(err)
	for _, c := range out.ContactSummaryList {
		if aws.ToString(c.PreviousContactId) == id {
			return *c.ContactId
		}
	}
	return ""
}

func TestQueueFlowMovesToAnotherQueue(t *testing.T) {
	t.Parallel()
	x := newTrial(t, servertest.Frozen)
	other, off := x.queue("Other"), x.queue("Off")
	full, err := x.sdk.CreateQueue(x.ctx, &connect.CreateQueueInput{
		InstanceId: &x.InstanceID, Name: aws.String("Full"), HoursOfOperationId: x.hoursID(), MaxContacts: aws.Int32(1),
	})
	x.ok(err)
	_, err = x.sdk.UpdateQueueStatus(x.ctx, &connect.UpdateQueueStatusInput{InstanceId: &x.InstanceID, QueueId: &off, Status: types.QueueStatusDisabled})
	x.ok(err)
	filler := x.marked("filler", types.ContactFlowTypeContactFlow, *full.QueueId)
	x.start(startInput{ContactFlowId: &filler})
	waits := x.flowOf("overflow", types.ContactFlowTypeCustomerQueue)
	content := strings.Replace(x.document("hooks", "queue", x.QueueID, "queueflow", waits), `"NextAction": "h2"`, `"NextAction": "q"`, 1)
	flow := x.publish("overflowing", types.ContactFlowTypeContactFlow, content)
	begin := func(overflow string) string {
		return x.start(startInput{ContactFlowId: &flow, Attributes: map[string]string{"overflow": overflow}})
	}
	moved, stays, nowhere, gone := begin(other), begin(*full.QueueId), begin(off), begin("")
	x.Advance(119 * time.Second)
	x.wantSteps(moved, "h1 q go w")
	x.Advance(2 * time.Second)
	x.wantSteps(moved, "h1 q go w w mv")
	next := x.nextOf(moved)
	c := x.Describe(next)
	if c.InitiationMethod != types.ContactInitiationMethodQueueTransfer || *c.QueueInfo.Id != other || c.DisconnectTimestamp != nil {
		t.Errorf("next is %s in %s", c.InitiationMethod, *c.QueueInfo.Id)
	}
	x.wantAttribute("moved", "", moved, next)
	x.wantSteps(next, "w")
	x.wantSteps(stays, "h1 q go w w mv x")
	x.wantQueued(stays)
	for _, id := range []string{nowhere, gone} {
		x.wantSteps(id, "h1 q go w w mv mark x")
		x.wantAttribute("moved", "failed", id)
		x.wantQueued(id)
	}
}

func (x *trial) hoursID() *string {
	x.t.Helper()
	stock, err := x.sdk.DescribeQueue(x.ctx, &connect.DescribeQueueInput{InstanceId: &x.InstanceID, QueueId: &x.QueueID})
	x.ok(err)
	return stock.Queue.HoursOfOperationId
}

func TestVoiceDocumentRunsOnATask(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	flow := x.flowOf("voice", types.ContactFlowTypeContactFlow)
	id := x.start(startInput{ContactFlowId: &flow})
	x.wantSteps(id, "v rec hi in str cb ph ok t")
	x.wantAttribute("path", "good", id)
	x.wantReason(id, "CONTACT_FLOW_DISCONNECT")
}

func TestFlowChangesData(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	flow := x.flowOf("data", types.ContactFlowTypeContactFlow, "queue", x.QueueID)
	x.begin()
	x.SetStatus(x.Agent.UserID, "Available")
	id := x.start(startInput{ContactFlowId: &flow, Name: aws.String("T1"), Description: aws.String("old"), Attributes: map[string]string{"tier": "gold"}})
	c := x.Describe(id)
	if *c.Name != "[gold] T1" || aws.ToString(c.Description) != "" || aws.ToString(c.CustomerId) != "c-7" ||
		*c.QueuePriority != 1 || aws.ToInt32(c.QueueTimeAdjustmentSeconds) != -60 {
		t.Errorf("name %q, description %q, customer %v, priority %d, adjustment %v", *c.Name, aws.ToString(c.Description), c.CustomerId, *c.QueuePriority, c.QueueTimeAdjustmentSeconds)
	}
	x.wantAttribute("online", "1", id)
	x.wantAttribute("lang", "de-DE", id)
}

// A flow without end is stopped; the task ends and its trace tells why.
func TestFlowWithoutEndIsStopped(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	endless := `{"Version":"2019-10-30","StartAction":"a","Actions":[{"Identifier":"a","Type":"MessageParticipant","Parameters":{"Text":"x"},"Transitions":{"NextAction":"a"}}]}`
	flow := x.publish("endless", types.ContactFlowTypeContactFlow, endless)
	id := x.start(startInput{ContactFlowId: &flow})
	x.wantReason(id, "CONTACT_FLOW_DISCONNECT")
	all := x.actions(id)
	if len(all) != 1001 || !strings.Contains(all[1000].Ended, "no room") {
		t.Errorf("%d actions, the last %+v", len(all), all[len(all)-1])
	}
}
