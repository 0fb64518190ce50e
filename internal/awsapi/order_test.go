package awsapi_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server"
	"github.com/tasklane/tasklane/internal/server/servertest"
)

// mistake is one thing that is wrong with a StartTaskContact, and the step of the validation that finds it
// (task-api.md §2.9).
type mistake struct {
	step    int
	name    string
	members map[string]any
	kind    string
	says    string // part of the message that tells it from the others
}

// TestEarlierMistakeIsTold has every two things wrong at once that can be, with members of their own: the answer is
// about the one that an earlier step finds. What is found last, that the instance is full, is wrong with every request.
func TestEarlierMistakeIsTold(t *testing.T) {
	t.Parallel()
	const tasks = 14
	x := newTrial(t, lenient, func(c *server.Config) { c.Quota = map[string]int{"active-tasks": tasks} })
	mistakes := mistakesOf(x)
	pairs := 0
	for i, first := range mistakes {
		x.wantMistake(first)
		for _, second := range mistakes[i+1:] {
			if second.step > first.step && !overlap(first, second) {
				both := first
				both.name += " and " + second.name
				both.members = maps.Clone(first.members)
				maps.Copy(both.members, second.members)
				x.wantMistake(both)
				pairs++
			}
		}
	}
	if pairs < 200 {
		t.Errorf("%d pairs, want at least 200", pairs)
	}
	x.wantMistake(mistake{14, "nothing but the quota", m{}, quotaExceeded, "active tasks quota"})
}

func overlap(a, b mistake) bool {
	return slices.ContainsFunc(slices.Collect(maps.Keys(a.members)), func(name string) bool {
		_, both := b.members[name]
		return both
	})
}

func (x *trial) wantMistake(k mistake) {
	x.t.Helper()
	if _, kind, message := x.put(k.members); kind != k.kind || !strings.Contains(message, k.says) {
		x.t.Errorf("%s: %s %q, want %s of step %d, with %q", k.name, kind, message, k.kind, k.step, k.says)
	}
}

// mistakesOf makes what the mistakes need, and fills the instance up.
func mistakesOf(x *trial) []mistake {
	draft, err := x.sdk.CreateContactFlow(x.ctx, &connect.CreateContactFlowInput{
		InstanceId: &x.InstanceID, Name: aws.String("draft"), Type: types.ContactFlowTypeContactFlow,
		Content: aws.String(script(enqueue()...)), Status: types.ContactFlowStatusSaved,
	})
	x.ok(err)
	bare := x.template("bare", flowless)
	inactive := x.template("inactive", func(in *connect.CreateTaskTemplateInput) { in.Status = types.TaskTemplateStatusInactive })
	drafted := x.template("draft", func(in *connect.CreateTaskTemplateInput) { in.ContactFlowId = draft.ContactFlowId })
	phoned := x.connectTo("phone", phone("+14155550123"))
	first := x.start(startInput{ClientToken: aws.String("used"), Description: aws.String("the first")})
	for range 12 {
		x.follow(first)
	}
	x.begin()
	long := strings.Repeat("x", 4097)
	return []mistake{
		{3, "unreadable", m{"Description": 7}, "SerializationException", "Description"},
		{4, "token too long", m{"ClientToken": long[:501]}, invalidParameter, "'ClientToken'"},
		{4, "attribute key", m{"Attributes": m{"a b": "v"}}, invalidParameter, "a b"},
		{4, "reference type", m{"References": m{"Scan": ref("ATTACHMENT", "v")}}, invalidParameter, "ATTACHMENT"},
		{4, "segment attribute", m{"SegmentAttributes": m{"connect:Direction": m{"ValueString": "v"}}}, invalidParameter, "Direction"},
		{4, "attachment", m{"Attachments": []m{{"FileName": "scan.exe", "S3Url": "https://example.com"}}}, invalidParameter, "Attachments: "},
		{5, "instance", m{"InstanceId": unknown}, notFound, "Instance " + unknown},
		{6, "token reused", m{"ClientToken": "used"}, invalidRequest, "ClientToken was already used"},
		{7, "both links", m{"PreviousContactId": first, "RelatedContactId": first}, invalidRequest, "only one of PreviousContactId"},
		{7, "flow and quick connect", m{"ContactFlowId": x.FlowID, "QuickConnectId": unknown}, invalidRequest, "only one of ContactFlowId"},
		{7, "no flow", m{"ContactFlowId": nil, "QuickConnectId": nil, "TaskTemplateId": nil}, invalidRequest, "is required"},
		{8, "previous contact", m{"PreviousContactId": unknown, "RelatedContactId": nil}, notFound, "PreviousContactId"},
		{8, "related contact", m{"PreviousContactId": nil, "RelatedContactId": unknown}, notFound, "RelatedContactId"},
		{8, "quick connect", m{"ContactFlowId": nil, "QuickConnectId": unknown}, notFound, "quick connect " + unknown},
		{8, "template", m{"TaskTemplateId": unknown}, notFound, "task template " + unknown},
		{8, "flow", m{"ContactFlowId": unknown}, notFound, "flow " + unknown},
		{8, "creator", m{"SegmentAttributes": m{"connect:CreatedByUser": m{"ValueString": unknown}}}, notFound, "user " + unknown},
		{9, "two flows", m{"TaskTemplateId": x.TemplateID}, invalidRequest, "unique flow"},
		{9, "draft", m{"ContactFlowId": *draft.ContactFlowId}, invalidRequest, "not published"},
		{9, "inactive", m{"TaskTemplateId": inactive}, invalidRequest, "not active"},
		{9, "template's draft and nameless", m{"ContactFlowId": nil, "TaskTemplateId": drafted, "Name": ""}, invalidRequest, "not published"},
		{9, "phone and nameless", m{"ContactFlowId": nil, "QuickConnectId": phoned, "TaskTemplateId": bare, "Name": ""}, invalidRequest, "PHONE_NUMBER"},
		{10, "nameless", m{"TaskTemplateId": bare, "Name": ""}, invalidParameter, "Field 'Title'"},
		{11, "past", m{"ScheduledTime": 0}, invalidParameter, "past"},
		{12, "attributes", m{"Attributes": m{"a": strings.Repeat("x", 32_767), "b": "x"}}, invalidParameter, "Attributes exceed"},
		{12, "references", m{"References": m{"k": ref("STRING", long[:4096])}}, invalidParameter, "References exceed"},
		{13, "chain full", m{"PreviousContactId": first}, quotaExceeded, "linked task contacts"},
	}
}

// TestCallerIsCheckedFirst has requests of nobody, and too many of them, that cannot even be read.
func TestCallerIsCheckedFirst(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, throttled)
	for range 3 { // and takes nothing from the bucket
		if status, kind, _ := send(t, s, http.MethodPut, "/contact/task", "{"); status != 403 || kind != "MissingAuthenticationTokenException" {
			t.Errorf("unsigned and unreadable: %d %s, want 403 MissingAuthenticationTokenException", status, kind)
		}
	}
	x := &trial{Server: s, t: t, sdk: s.Client(), ctx: t.Context()}
	x.begin()
	x = newTrial(t, throttled)
	x.begin()
	for _, body := range []string{"{", `{}`, fmt.Sprintf(`{"InstanceId":unknown,"Name":%q}`, strings.Repeat("x", 1025))} {
		if status, kind, _ := send(t, x.Server, http.MethodPut, "/contact/task", body); status != 429 || kind != "ThrottlingException" {
			t.Errorf("one too many, with %s: %d %s, want 429 ThrottlingException", body, status, kind)
		}
	}
}

// TestTokenIsReplayedBeforeAnythingIsFound repeats a request that could not be made any more.
func TestTokenIsReplayedBeforeAnythingIsFound(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	template := x.template("gone")
	soon := x.Now().Unix() + 60
	request, err := json.Marshal(m{"InstanceId": x.InstanceID, "TaskTemplateId": template, "Name": "n", "ClientToken": "t", "ScheduledTime": soon})
	x.ok(err)
	send(t, x.Server, http.MethodPut, "/contact/task", string(request))
	_, err = x.sdk.DeleteTaskTemplate(x.ctx, &connect.DeleteTaskTemplateInput{InstanceId: &x.InstanceID, TaskTemplateId: &template})
	x.ok(err)
	x.Advance(3600e9)
	if status, kind, message := send(t, x.Server, http.MethodPut, "/contact/task", string(request)); status != 200 {
		t.Errorf("repeated when the template is gone and the time is past: %d %s %s, want 200", status, kind, message)
	}
}
