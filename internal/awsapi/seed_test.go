package awsapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
)

// clauses are the statements of the page of StartTaskContact that Tasklane starts from
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_StartTaskContact.html), S1 to S53 in their order.
var clauses = []struct {
	says string
	hold func(*trial)
}{
	{"creates a task contact and runs a flow for it", s1},
	{"a valid call answers 200 with ContactId, a string", s2},
	{"the ContactId identifies the contact within the instance", s3},
	{"InstanceId is required", s4},
	{"Name is required", s5},
	{"Name is stored and presented to the agent", s6},
	{"Description is optional, stored and presented to the agent", s7},
	{"PreviousContactId may name a chat, voice or task contact", s8},
	{"an attribute that is updated on one contact of a chain is updated on all", s9},
	{"twelve tasks can have the same PreviousContactId", s10},
	{"a thirteenth fails with ServiceQuotaExceededException", s11},
	{"a chain holds at most 12 linked task contacts", s12},
	{"RelatedContactId copies the attributes of that contact", s13},
	{"updates on a related task leave the earlier contact alone", s14},
	{"updates on a related task are limited to that contact", s15},
	{"more than 12 tasks can have the same RelatedContactId", s16},
	{"ContactFlowId alone is accepted and runs that flow", s17},
	{"QuickConnectId alone is accepted and runs the flow of the quick connect", s18},
	{"that holds for an agent's quick connect", s19},
	{"that holds for a queue's quick connect", s20},
	{"TaskTemplateId alone is accepted and runs the flow of the template", s21},
	{"more than one of the three, each with a flow, is an error", s22},
	{"TaskTemplateId alone of a template without a flow is an error", s23},
	{"none of the three is an error", s24},
	{"the quota of active tasks fails with ServiceQuotaExceededException", s25},
	{"ContactFlowId is the last part of the flow's ARN", s26},
	{"Attributes can be read in flows like any contact attribute", s27},
	{"Attributes may have 32,768 UTF-8 bytes and no more", s28},
	{"keys of Attributes have letters, digits, dash and underscore only", s29},
	{"References may be of type URL, NUMBER, STRING, DATE and EMAIL", s30},
	{"a reference of type ATTACHMENT is refused", s31},
	{"a reference without Type is refused", s32},
	{"a reference without Value is refused", s33},
	{"References may have 4,096 UTF-8 bytes and no more", s34},
	{"a DATE reference is an epoch timestamp", s35},
	{"References are presented to the agent", s36},
	{"ClientToken is optional; the SDK makes one", s37},
	{"the same ClientToken makes no second task and returns the first ContactId", s38},
	{"ClientToken is case-sensitive", s39},
	{"ScheduledTime delays the start of the flow to that second", s40},
	{"ScheduledTime in the past is refused", s41},
	{"ScheduledTime may be 6 days ahead and no more", s42},
	{"TaskTemplateId must identify a template", s43},
	{"QuickConnectId must identify a quick connect", s44},
	{"raises InvalidRequestException (400)", s45},
	{"raises InvalidParameterException (400)", s46},
	{"raises ResourceNotFoundException (404)", s47},
	{"raises ThrottlingException (429)", s48},
	{"raises ServiceQuotaExceededException (402)", s49},
	{"raises InternalServiceException (500)", s50},
	{"a stock SDK completes the call, with a time for ScheduledTime", s51},
	{"the instance id is the part of the instance's ARN after instance/", s52},
	{"quotas are per instance and documented; 2,500 active tasks by default", s53},
}

func TestSeedClauses(t *testing.T) {
	t.Parallel()
	if len(clauses) != 53 {
		t.Errorf("%d clauses, want 53", len(clauses))
	}
	x := newTrial(t)
	for i, c := range clauses {
		t.Run(fmt.Sprintf("S%d: %s", i+1, c.says), func(t *testing.T) { c.hold(x.in(t)) })
	}
}

func s1(x *trial) {
	flow := x.marked("s1", types.ContactFlowTypeContactFlow, x.QueueID)
	id := x.start(startInput{ContactFlowId: &flow})
	c := x.Describe(id)
	if c.Channel != types.ChannelTask || c.InitiationMethod != types.ContactInitiationMethodApi || c.ConnectedToSystemTimestamp == nil {
		x.t.Errorf("channel %s, initiated by %s, connected to the system at %v; want TASK, API and a time", c.Channel, c.InitiationMethod, c.ConnectedToSystemTimestamp)
	}
	x.wantAttribute("ran", "s1", id)
}

func s2(x *trial) {
	body := fmt.Sprintf(`{"InstanceId":%q,"ContactFlowId":%q,"Name":"n"}`, x.InstanceID, x.FlowID)
	r, err := http.NewRequest(http.MethodPut, x.URL+"/contact/task", strings.NewReader(body))
	x.ok(err)
	res, err := http.DefaultClient.Do(r)
	x.ok(err)
	defer res.Body.Close()
	var out map[string]any
	x.ok(json.NewDecoder(res.Body).Decode(&out))
	if id, _ := out["ContactId"].(string); res.StatusCode != http.StatusOK || id == "" || len(out) != 1 {
		x.t.Errorf("%s %v, want 200 and a ContactId", res.Status, out)
	}
}

func s3(x *trial) {
	id := x.begin()
	if c := x.Describe(id); *c.Id != id || *c.Arn != x.InstanceARN+"/contact/"+id {
		x.t.Errorf("DescribeContact of %s = %s, %s", id, *c.Id, *c.Arn)
	}
	other := "99999999-1111-4111-8111-111111111111"
	_, err := x.sdk.DescribeContact(x.ctx, &connect.DescribeContactInput{InstanceId: &other, ContactId: &id})
	x.refused(err, notFound, 404, other)
}

func s4(x *trial) { x.wantMissing("InstanceId", `{"Name":"n","ContactFlowId":"`+x.FlowID+`"}`) }

func s5(x *trial) {
	x.wantMissing("Name", `{"InstanceId":"`+x.InstanceID+`","ContactFlowId":"`+x.FlowID+`"}`)
	x.wantMissing("Name", `{"InstanceId":"`+x.InstanceID+`","ContactFlowId":"`+x.FlowID+`","Name":null}`)
}

// wantMissing sends a request that lacks a member, which no SDK would send.
func (x *trial) wantMissing(member, body string) {
	x.t.Helper()
	status, kind, message := send(x.t, x.Server, http.MethodPut, "/contact/task", body)
	if status != 400 || kind != invalidParameter || message != member+" is required" {
		x.t.Errorf("%d %s %q, want 400 InvalidParameterException: %s is required", status, kind, message, member)
	}
}

func s6(x *trial) {
	in := startInput{Name: aws.String("Call Zoë back ☎")}
	id := x.start(in)
	if c := x.Describe(id); *c.Name != "Call Zoë back ☎" || *c.ContactDetails.Name != *c.Name {
		x.t.Errorf("Name = %q, ContactDetails.Name = %q", *c.Name, *c.ContactDetails.Name)
	}
	if task := atAgent(x.t, in); task["name"] != "Call Zoë back ☎" {
		x.t.Errorf("the agent sees the name %v", task["name"])
	}
}

// atAgent starts a task on a server where nothing else waits, and returns it as the agent sees whom it rings at.
func atAgent(t *testing.T, in startInput) map[string]any {
	t.Helper()
	x := newTrial(t)
	desk := x.SignIn(x.Agent)
	x.SetStatus(x.Agent.UserID, "Available")
	id := x.start(in)
	desk.Ringing(id)
	return desk.Task(id)
}

func s7(x *trial) {
	if c := x.Describe(x.begin()); c.Description != nil {
		x.t.Errorf("Description of a task without one = %q", *c.Description)
	}
	long := strings.Repeat("é", 4096)
	in := startInput{Description: &long}
	c := x.Describe(x.start(in))
	if *c.Description != long || *c.ContactDetails.Description != long[:2*1024] {
		x.t.Errorf("Description has %d bytes and %d in ContactDetails, want %d and 2048", len(*c.Description), len(*c.ContactDetails.Description), len(long))
	}
	if task := atAgent(x.t, in); task["description"] != long {
		x.t.Errorf("the agent sees the description %v", task["description"])
	}
}
