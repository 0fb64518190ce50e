package awsapi_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server"
)

func TestCreateContactThatNobodyHas(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	related := x.start(startInput{Attributes: map[string]string{"tier": "gold", "order": "1"}})
	out, err := x.tryCreate(connect.CreateContactInput{
		Name: aws.String("Visit"), Description: aws.String("at noon"), References: everyReference, RelatedContactId: &related,
		Attributes: map[string]string{"order": "2"}, ExpiryDurationInMinutes: aws.Int32(60),
		SegmentAttributes: map[string]types.SegmentAttributeValue{"connect:CreatedByUser": {ValueString: &x.Admin.UserID}},
	})
	x.ok(err)
	id := *out.ContactId
	if want := x.InstanceARN + "/contact/" + id; *out.ContactArn != want {
		t.Errorf("ContactArn = %s, want %s", *out.ContactArn, want)
	}
	c := x.wantReason(id, "")
	if *c.Name != "Visit" || *c.Description != "at noon" || c.InitiationMethod != types.ContactInitiationMethodApi || *c.RelatedContactId != related ||
		aws.ToString(c.SegmentAttributes["connect:Subtype"].ValueString) != "connect:ExternalTask" || c.QueueInfo != nil || c.AgentInfo != nil {
		t.Errorf("DescribeContact = %q, %q by %s, related to %s, subtype %v, queue %v, agent %v", *c.Name, *c.Description,
			c.InitiationMethod, *c.RelatedContactId, c.SegmentAttributes["connect:Subtype"], c.QueueInfo, c.AgentInfo)
	}
	if got, want := aws.ToString(c.SegmentAttributes["connect:CreatedByUser"].ValueString), x.InstanceARN+"/agent/"+x.Admin.UserID; got != want {
		t.Errorf("connect:CreatedByUser = %q, want %s", got, want)
	}
	x.wantAttribute("tier", "gold", id)
	x.wantAttribute("order", "2", id)
	x.wantAttribute("order", "1", related)
	if got := x.references(id); len(got) != len(everyReference) {
		t.Errorf("references = %v", got)
	}
	x.SetStatus(x.Agent.UserID, "Available")
	desk := x.SignIn(x.Agent)
	desk.Ringing(related)
	x.wantOnDesk(desk, id, "")
	x.Advance(61 * time.Minute)
	if c := x.wantReason(id, "EXPIRED"); !near(c.DisconnectTimestamp, c.InitiationTimestamp.Add(time.Hour)) {
		t.Errorf("expired at %v, want an hour after %v", c.DisconnectTimestamp, c.InitiationTimestamp)
	}
	stopped := x.create(connect.CreateContactInput{})
	x.stop(stopped)
	x.wantReason(stopped, "API")
}

func TestCreateContactOfAnAgent(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	desk := x.SignIn(x.Agent) // who is offline
	for _, user := range []string{x.Agent.UserID, x.InstanceARN + "/agent/" + x.Agent.UserID} {
		id := x.create(connect.CreateContactInput{
			Name: aws.String("Walk-in"), InitiateAs: types.InitiateAsConnectedToUser, UserInfo: &types.UserInfo{UserId: &user},
		})
		c := x.wantReason(id, "")
		if c.AgentInfo == nil || *c.AgentInfo.Id != x.Agent.UserID || c.AgentInfo.ConnectedToAgentTimestamp == nil || c.QueueInfo != nil {
			t.Fatalf("agent %v, queue %v; want %s and "+unknown, c.AgentInfo, c.QueueInfo, x.Agent.UserID)
		}
		x.wantOnDesk(desk, id, "connected")
		x.ok(x.pause(id))
		x.wantOnDesk(desk, id, "paused")
		x.ok(x.resume(id))
		desk.End(id)
		x.wantReason(id, "AGENT_DISCONNECT")
		desk.Clear(id)
		x.wantOnDesk(desk, id, "")
	}
	if got := contacts(t, x.Server); len(got) != 0 {
		t.Errorf("afterwards the agent has %v", got)
	}
}

// TestSelfAssignedTask is about tasks that an agent makes for themselves, by a template and its self-assign flow.
func TestSelfAssignedTask(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	template := x.template("mine", func(in *connect.CreateTaskTemplateInput) { in.SelfAssignFlowId = x.stock("Default agent transfer") })
	me := types.SegmentAttributeValue{ValueString: aws.String(x.InstanceARN + "/agent/" + x.Agent.UserID)}
	id := x.start(startInput{TaskTemplateId: &template, SegmentAttributes: map[string]types.SegmentAttributeValue{
		"connect:CreatedByUser": me, "connect:AssignmentType": {ValueString: aws.String("SELF")},
	}})
	c := x.wantReason(id, "")
	if c.AgentInfo == nil || *c.AgentInfo.Id != x.Agent.UserID || aws.ToString(c.SegmentAttributes["connect:AssignmentType"].ValueString) != "SELF" {
		t.Errorf("agent %v, segment attributes %v; want the task with its creator", c.AgentInfo, c.SegmentAttributes)
	}
	x.wantOnDesk(x.SignIn(x.Agent), id, "connected")
	other := x.start(startInput{TaskTemplateId: &template, SegmentAttributes: map[string]types.SegmentAttributeValue{"connect:CreatedByUser": me}})
	if c := x.wantReason(other, ""); c.AgentInfo != nil || inQueue(c) != x.QueueID {
		t.Errorf("for somebody else: agent %v, queue %q; want none and BasicQueue", c.AgentInfo, inQueue(c))
	}
}

func TestCreateContactOfWorkThatIsDone(t *testing.T) {
	t.Parallel()
	x := newTrial(t, func(c *server.Config) { c.Quota = map[string]int{"active-tasks": 1} })
	id := x.create(connect.CreateContactInput{Name: aws.String("Done"), InitiateAs: types.InitiateAsCompleted})
	x.wantReason(id, "AGENT_COMPLETED")
	x.refused(x.tryStop(id), contactGone, 410, id)
	if got := x.Events(id); !strings.HasSuffix(got, "DISCONNECTED COMPLETED") {
		t.Errorf("events = %s", got)
	}
	x.create(connect.CreateContactInput{}) // there is room for it
	for _, as := range []types.InitiateAs{"", types.InitiateAsCompleted} {
		_, err := x.tryCreate(connect.CreateContactInput{InitiateAs: as})
		x.refused(err, quotaExceeded, 402, "active tasks")
	}
}

func TestCreateContactTokens(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	in := connect.CreateContactInput{Name: aws.String("n"), ClientToken: aws.String("token")}
	first := x.create(in)
	if again := x.create(in); again != first {
		t.Errorf("one token made %s and %s", first, again)
	}
	in.Name = aws.String("m")
	_, err := x.tryCreate(in)
	x.refused(err, reused, 409, "ClientToken")
	in.ClientToken = aws.String("TOKEN")
	if other := x.create(in); other == first {
		t.Error("tokens that differ in case made one contact")
	}
}

func TestCreateContactThatIsRefused(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	toUser := types.InitiateAsConnectedToUser
	agent := &types.UserInfo{UserId: &x.Agent.UserID}
	segment := func(key, value string) map[string]types.SegmentAttributeValue {
		return map[string]types.SegmentAttributeValue{key: {ValueString: &value}}
	}
	for _, tt := range []struct {
		name string
		in   connect.CreateContactInput
		kind string
		says []string
	}{
		{"transfer", connect.CreateContactInput{InitiationMethod: types.ContactInitiationMethodTransfer}, invalidRequest, []string{"InitiationMethod"}},
		{"previous contact", connect.CreateContactInput{PreviousContactId: aws.String(x.begin())}, invalidRequest, []string{"PreviousContactId"}},
		{"to " + unknown, connect.CreateContactInput{InitiateAs: toUser}, invalidRequest, []string{"InitiateAs", "UserInfo"}},
		{"to no id", connect.CreateContactInput{InitiateAs: toUser, UserInfo: &types.UserInfo{}}, invalidRequest, []string{"UserInfo.UserId"}},
		{"user for nothing", connect.CreateContactInput{UserInfo: agent}, invalidRequest, []string{"UserInfo"}},
		{"user of work done", connect.CreateContactInput{InitiateAs: types.InitiateAsCompleted, UserInfo: agent}, invalidRequest, []string{"UserInfo"}},
		{"unknown user", connect.CreateContactInput{InitiateAs: toUser, UserInfo: &types.UserInfo{UserId: aws.String(unknown)}}, notFound, []string{"UserInfo", unknown}},
		{"unknown related contact", connect.CreateContactInput{RelatedContactId: aws.String(unknown)}, notFound, []string{"RelatedContactId", unknown}},
		{"unknown InitiateAs", connect.CreateContactInput{InitiateAs: "LATER"}, invalidParameter, []string{"'InitiateAs'"}},
		{"no life", connect.CreateContactInput{ExpiryDurationInMinutes: aws.Int32(0)}, invalidParameter, []string{"ExpiryDurationInMinutes"}},
		{"too long a life", connect.CreateContactInput{ExpiryDurationInMinutes: aws.Int32(129_601)}, invalidParameter, []string{"ExpiryDurationInMinutes"}},
		{"two lives", connect.CreateContactInput{ExpiryDurationInMinutes: aws.Int32(60), SegmentAttributes: living(60)}, invalidRequest, []string{"ExpiryDurationInMinutes", "connect:ContactExpiry"}},
		{"self", connect.CreateContactInput{SegmentAttributes: segment("connect:AssignmentType", "SELF")}, invalidParameter, []string{"connect:AssignmentType"}},
		{"unknown creator", connect.CreateContactInput{SegmentAttributes: segment("connect:CreatedByUser", unknown)}, notFound, []string{"SegmentAttributes", "connect:CreatedByUser", unknown}},
		{"undefined attribute", connect.CreateContactInput{SegmentAttributes: segment("tier", "gold")}, invalidParameter, []string{"SegmentAttributes", "tier"}},
		{"attribute key", connect.CreateContactInput{Attributes: map[string]string{"a b": "v"}}, invalidParameter, []string{"Attributes", "a b"}},
		{"attachment", connect.CreateContactInput{References: map[string]types.Reference{"a": reference(types.ReferenceTypeAttachment, "v")}}, invalidParameter, []string{"References", "ATTACHMENT"}},
		{"name too long", connect.CreateContactInput{Name: aws.String(strings.Repeat("x", 1025))}, invalidParameter, []string{"'Name'"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status := 400
			if tt.kind == notFound {
				status = 404
			}
			_, err := x.tryCreate(tt.in)
			x.in(t).refused(err, tt.kind, status, tt.says...)
		})
	}
}
