package awsapi_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server"
	"github.com/tasklane/tasklane/internal/server/servertest"
)

// routing updates the routing data of a contact.
func routing(s *servertest.Server, id string, change func(*connect.UpdateContactRoutingDataInput)) error {
	in := &connect.UpdateContactRoutingDataInput{InstanceId: &s.InstanceID, ContactId: &id}
	change(in)
	_, err := s.Client().UpdateContactRoutingData(context.Background(), in)
	return err
}

func priority(p int64) func(*connect.UpdateContactRoutingDataInput) {
	return func(in *connect.UpdateContactRoutingDataInput) { in.QueuePriority = &p }
}

func age(seconds int32) func(*connect.UpdateContactRoutingDataInput) {
	return func(in *connect.UpdateContactRoutingDataInput) { in.QueueTimeAdjustmentSeconds = &seconds }
}

func stop(t *testing.T, s *servertest.Server, id string) {
	t.Helper()
	if _, err := s.Client().StopContact(context.Background(), &connect.StopContactInput{InstanceId: &s.InstanceID, ContactId: &id}); err != nil {
		t.Fatalf("StopContact: %v", err)
	}
}

func TestRoutingDataIsTold(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	id := s.StartTask("waits")
	want := func(p int64, seconds int32) {
		t.Helper()
		c := s.Describe(id)
		if got := aws.ToInt64(c.QueuePriority); got != p {
			t.Errorf("QueuePriority = %d, want %d", got, p)
		}
		if got := aws.ToInt32(c.QueueTimeAdjustmentSeconds); got != seconds {
			t.Errorf("QueueTimeAdjustmentSeconds = %d, want %d", got, seconds)
		}
	}
	want(5, 0)
	enqueued := *s.Describe(id).QueueInfo.EnqueueTimestamp
	for _, change := range []func(*connect.UpdateContactRoutingDataInput){priority(9223372036854775807), age(-2147483648), age(300)} {
		if err := routing(s, id, change); err != nil {
			t.Fatal(err)
		}
	}
	want(9223372036854775807, 300)
	if got := s.Describe(id).QueueInfo.EnqueueTimestamp; !got.Equal(enqueued) {
		t.Errorf("EnqueueTimestamp = %v, want %v as before", got, enqueued)
	}
}

func TestRoutingDataThatIsRefused(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	waits, ended := s.StartTask("waits"), s.StartTask("ended")
	stop(t, s, ended)
	criteria := func(in *connect.UpdateContactRoutingDataInput) {
		in.QueuePriority = aws.Int64(1)
		in.RoutingCriteria = &types.RoutingCriteriaInput{Steps: []types.RoutingCriteriaInputStep{}}
	}
	tests := []struct {
		name, contact string
		change        func(*connect.UpdateContactRoutingDataInput)
		is            func(error) bool
		says          string
	}{
		{"nothing", waits, func(*connect.UpdateContactRoutingDataInput) {}, isA[*types.InvalidParameterException], "exactly one"},
		{"both", waits, func(in *connect.UpdateContactRoutingDataInput) { priority(1)(in); age(1)(in) }, isA[*types.InvalidParameterException], "exactly one"},
		{"priority 0", waits, priority(0), isA[*types.InvalidParameterException], "QueuePriority"},
		{"criteria", waits, criteria, isA[*types.InvalidParameterException], "RoutingCriteria"},
		{"unknown contact", unknown, priority(1), isA[*types.ResourceNotFoundException], unknown},
		{"ended contact", ended, age(1), isA[*types.ResourceConflictException], ended},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := routing(s, tt.contact, tt.change); !tt.is(err) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%v, want one that says %q", err, tt.says)
			}
		})
	}
}

// ringing waits until a task rings at the stock agent.
func ringing(t *testing.T, s *servertest.Server, id string) {
	t.Helper()
	s.Eventually("the task does not ring", func() bool { return state(t, s, id) == types.ContactStateConnecting })
}

func state(t *testing.T, s *servertest.Server, id string) types.ContactState {
	t.Helper()
	for _, c := range contacts(t, s) {
		if *c.ContactId == id {
			return c.AgentContactState
		}
	}
	return ""
}

// panel signs the stock agent in and returns what calls an operation of the agent's panel on a contact.
func panel(t *testing.T, s *servertest.Server) func(operation, id string) {
	t.Helper()
	jar, _ := cookiejar.New(nil)
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	do := func(method, path, body string, headers ...string) (out map[string]any) {
		t.Helper()
		r, err := http.NewRequest(method, s.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		res, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		_ = json.NewDecoder(res.Body).Decode(&out) // not every answer has a body
		if res.StatusCode >= 400 {
			t.Fatalf("%s %s: %s %v", method, path, res.Status, out)
		}
		return out
	}
	do("POST", "/login", `{"username":"`+s.Agent.Username+`","password":"`+s.Agent.Password+`"}`)
	token := do("GET", "/auth/authorize", "")["accessToken"].(string)
	return func(operation, id string) {
		t.Helper()
		do("POST", "/api", `{"contactId":"`+id+`"}`, "X-Amz-Target", "AmazonConnectCTIService."+operation, "X-Amz-Bearer", token)
	}
}

func TestDismissedTaskLeavesTheAgentsHands(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	dismiss := func(user, id string) error {
		_, err := s.Client().DismissUserContact(context.Background(), &connect.DismissUserContactInput{InstanceId: &s.InstanceID, UserId: &user, ContactId: &id})
		return err
	}
	id := s.StartTask("missed")
	if err := dismiss(s.Agent.UserID, id); !isA[*types.ResourceNotFoundException](err) {
		t.Errorf("of a user who never chose a status: %v", err)
	}
	s.SetStatus(s.Agent.UserID, "Available")
	ringing(t, s, id)
	if err := dismiss(s.Agent.UserID, id); !isA[*types.InvalidRequestException](err) {
		t.Errorf("while it rings: %v", err)
	}
	s.Advance(31 * time.Second)
	if got := state(t, s, id); got != types.ContactStateMissed {
		t.Fatalf("after 31 s the task is %q, want MISSED", got)
	}
	arn := aws.ToString(describeUser(t, s, s.Agent.UserID).Arn)
	if err := dismiss(arn, *s.Describe(id).Arn); err != nil {
		t.Fatalf("missed: %v", err)
	}
	ringing(t, s, id) // the agent is available again
	call := panel(t, s)
	call("AcceptContact", id)
	if err := dismiss(s.Agent.UserID, id); !isA[*types.InvalidRequestException](err) {
		t.Errorf("while it is worked: %v", err)
	}
	call("DestroyConnection", id)
	if got := state(t, s, id); got != types.ContactStateEnded {
		t.Fatalf("the task is %q, want ENDED", got)
	}
	if err := dismiss(s.Agent.UserID, id); err != nil {
		t.Errorf("in after-contact work: %v", err)
	}
	if c := s.Describe(id); c.AgentInfo.AfterContactWorkEndTimestamp == nil {
		t.Error("after-contact work is not over")
	}
	for _, tt := range []struct{ name, user, contact string }{
		{"twice", s.Agent.UserID, id},
		{"unknown user", unknown, id},
		{"unknown contact", s.Agent.UserID, unknown},
		{"contact of another instance", s.Agent.UserID, "arn:aws:connect:us-east-1:000000000000:instance/other/contact/" + id},
	} {
		if err := dismiss(tt.user, tt.contact); !isA[*types.ResourceNotFoundException](err) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// sendToAgent makes a flow that takes tasks to the stock agent's own queue; a full queue ends them.
func sendToAgent(t *testing.T, s *servertest.Server) string {
	t.Helper()
	content := `{"Version":"2019-10-30","StartAction":"a","Actions":[
	  {"Identifier":"a","Type":"UpdateContactTargetQueue","Parameters":{"AgentId":"` + s.Agent.Username + `"},"Transitions":{"NextAction":"b","Errors":[{"ErrorType":"NoMatchingError","NextAction":"c"}]}},
	  {"Identifier":"b","Type":"TransferContactToQueue","Parameters":{},"Transitions":{"NextAction":"c","Errors":[{"ErrorType":"NoMatchingError","NextAction":"c"},{"ErrorType":"QueueAtCapacity","NextAction":"c"}]}},
	  {"Identifier":"c","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`
	out, err := s.Client().CreateContactFlow(context.Background(), &connect.CreateContactFlowInput{
		InstanceId: &s.InstanceID, Name: aws.String("To the agent"), Type: types.ContactFlowTypeContactFlow, Content: &content,
	})
	if err != nil {
		t.Fatal(err)
	}
	return *out.ContactFlowId
}

func TestAgentQueue(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, func(c *server.Config) { c.Quota = map[string]int{"agent-queue-contacts": 1} })
	ctx, client := context.Background(), s.Client()
	flow := sendToAgent(t, s)
	start := func() *types.Contact {
		t.Helper()
		out, err := client.StartTaskContact(ctx, &connect.StartTaskContactInput{InstanceId: &s.InstanceID, ContactFlowId: &flow, Name: aws.String("for the agent")})
		if err != nil {
			t.Fatal(err)
		}
		return s.Describe(*out.ContactId)
	}
	own := start()
	if own.QueueInfo == nil || *own.QueueInfo.Id != s.Agent.UserID {
		t.Fatalf("the task is in %v, want the agent's own queue", own.QueueInfo)
	}
	if full := start(); aws.ToString(full.DisconnectReason) != "CONTACT_FLOW_DISCONNECT" || full.QueueInfo != nil {
		t.Errorf("the second of one is in %v", full.QueueInfo)
	}
	s.SetStatus(s.Agent.UserID, "Available")
	ringing(t, s, *own.Id)
	queueARN := s.InstanceARN + "/queue/agent/" + s.Agent.UserID
	for name, filter := range map[string]string{"id": s.Agent.UserID, "ARN": queueARN} {
		out, err := client.GetCurrentUserData(ctx, &connect.GetCurrentUserDataInput{InstanceId: &s.InstanceID, Filters: &types.UserDataFilters{Queues: []string{filter}}})
		if err != nil || len(out.UserDataList) != 1 || len(out.UserDataList[0].Contacts) != 1 {
			t.Fatalf("filtered by its %s: %v, %v; want the agent with one task", name, out, err)
		}
		if q := out.UserDataList[0].Contacts[0].Queue; aws.ToString(q.Id) != s.Agent.UserID || aws.ToString(q.Arn) != queueARN {
			t.Errorf("Queue = %s %s, want %s", aws.ToString(q.Id), aws.ToString(q.Arn), queueARN)
		}
		queue, err := client.DescribeQueue(ctx, &connect.DescribeQueueInput{InstanceId: &s.InstanceID, QueueId: &filter})
		if err != nil {
			t.Fatalf("DescribeQueue by its %s: %v", name, err)
		}
		if q := queue.Queue; *q.QueueId != s.Agent.UserID || *q.QueueArn != queueARN || q.Name != nil || q.HoursOfOperationId != nil {
			t.Errorf("DescribeQueue by its %s = %v", name, q)
		}
	}
	out, err := client.GetCurrentUserData(ctx, &connect.GetCurrentUserDataInput{InstanceId: &s.InstanceID, Filters: &types.UserDataFilters{Queues: []string{s.Admin.UserID}}})
	if err != nil || len(out.UserDataList) != 0 {
		t.Errorf("filtered by another's queue: %v, %v", out, err)
	}
	if _, err := client.GetCurrentUserData(ctx, &connect.GetCurrentUserDataInput{InstanceId: &s.InstanceID, Filters: &types.UserDataFilters{Queues: []string{unknown}}}); !isA[*types.ResourceNotFoundException](err) {
		t.Errorf("filtered by no queue: %v", err)
	}
	if _, err := client.DescribeQueue(ctx, &connect.DescribeQueueInput{InstanceId: &s.InstanceID, QueueId: aws.String(s.InstanceARN + "/queue/agent/" + unknown)}); !isA[*types.ResourceNotFoundException](err) {
		t.Errorf("DescribeQueue of nobody's queue: %v", err)
	}
}

func TestUrgentTaskIsOfferedFirst(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	older, urgent, aged := s.StartTask("older"), s.StartTask("urgent"), s.StartTask("aged")
	if err := routing(s, urgent, priority(1)); err != nil {
		t.Fatal(err)
	}
	if err := routing(s, aged, age(3600)); err != nil {
		t.Fatal(err)
	}
	s.SetStatus(s.Agent.UserID, "Available")
	ids := []string{urgent, aged, older}
	for _, id := range ids {
		ringing(t, s, id)
	}
	for i, c := range contacts(t, s) { // in the order of the offers
		if *c.ContactId != ids[i] {
			t.Errorf("offer %d is of %s, want %s", i+1, *c.ContactId, ids[i])
		}
	}
}

// german asks for agents who speak German so well.
func german(level float32) *types.Expression {
	return &types.Expression{AttributeCondition: &types.AttributeCondition{
		Name: aws.String("language"), Value: aws.String("de"), ProficiencyLevel: &level, ComparisonOperator: aws.String("NumberGreaterOrEqualTo"),
	}}
}

func steps(of ...types.RoutingCriteriaInputStep) func(*connect.UpdateContactRoutingDataInput) {
	return func(in *connect.UpdateContactRoutingDataInput) {
		in.RoutingCriteria = &types.RoutingCriteriaInput{Steps: of}
	}
}

func expiring(e *types.Expression, seconds int32) types.RoutingCriteriaInputStep {
	return types.RoutingCriteriaInputStep{Expression: e, Expiry: &types.RoutingCriteriaInputStepExpiry{DurationInSeconds: &seconds}}
}

func defineLanguage(t *testing.T, s *servertest.Server) {
	t.Helper()
	_, err := s.Client().CreatePredefinedAttribute(context.Background(), &connect.CreatePredefinedAttributeInput{
		InstanceId: &s.InstanceID, Name: aws.String("language"),
		Values: &types.PredefinedAttributeValuesMemberStringList{Value: []string{"de"}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestRoutingCriteriaAreTold(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	defineLanguage(t, s)
	id := s.StartTask("german")
	if s.Describe(id).RoutingCriteria != nil {
		t.Error("a task has routing criteria that nobody gave it")
	}
	not := &types.Expression{NotAttributeCondition: german(2).AttributeCondition}
	ranged := &types.Expression{AttributeCondition: &types.AttributeCondition{
		Name: aws.String("language"), Value: aws.String("de"), ComparisonOperator: aws.String("Range"),
		Range: &types.Range{MinProficiencyLevel: aws.Float32(2), MaxProficiencyLevel: aws.Float32(3)},
	}}
	preferred := &types.Expression{AttributeCondition: &types.AttributeCondition{
		ComparisonOperator: aws.String("Match"),
		MatchCriteria:      &types.MatchCriteria{AgentsCriteria: &types.AgentsCriteria{AgentIds: []string{s.Admin.UserID}}},
	}}
	given := []types.RoutingCriteriaInputStep{
		expiring(&types.Expression{OrExpression: []types.Expression{*preferred, {AndExpression: []types.Expression{*german(4)}}}}, 60),
		expiring(ranged, 60),
		{Expression: not},
	}
	if err := routing(s, id, func(in *connect.UpdateContactRoutingDataInput) { steps(given...)(in); age(60)(in) }); err != nil {
		t.Fatal(err)
	}
	want := func(index int32, statuses ...types.RoutingCriteriaStepStatus) *types.RoutingCriteria {
		t.Helper()
		c := s.Describe(id).RoutingCriteria
		if c == nil || aws.ToInt32(c.Index) != index || c.ActivationTimestamp == nil || len(c.Steps) != len(statuses) {
			t.Fatalf("RoutingCriteria = %+v, want %d steps, index %d", c, len(statuses), index)
		}
		for i, step := range c.Steps {
			if step.Status != statuses[i] {
				t.Errorf("step %d is %s, want %s", i+1, step.Status, statuses[i])
			}
		}
		return c
	}
	const active, inactive, expired = types.RoutingCriteriaStepStatusActive, types.RoutingCriteriaStepStatusInactive, types.RoutingCriteriaStepStatusExpired
	c := want(0, active, inactive, inactive)
	for i, step := range c.Steps {
		told, _ := json.Marshal(step.Expression)
		wanted, _ := json.Marshal(given[i].Expression)
		if string(told) != string(wanted) {
			t.Errorf("step %d is told as %s, want %s", i+1, told, wanted)
		}
	}
	if e := c.Steps[0].Expiry; aws.ToInt32(e.DurationInSeconds) != 60 || e.ExpiryTimestamp.Sub(*c.ActivationTimestamp) != time.Minute {
		t.Errorf("Expiry = %v after %v", e, c.ActivationTimestamp)
	}
	if c.Steps[1].Expiry.ExpiryTimestamp != nil || c.Steps[2].Expiry != nil {
		t.Errorf("steps that have not begun, or never expire: %v, %v", c.Steps[1].Expiry, c.Steps[2].Expiry)
	}
	s.Advance(time.Minute)
	want(0, expired, active, inactive)
	if err := routing(s, id, steps(types.RoutingCriteriaInputStep{Expression: german(5)})); err != nil {
		t.Fatal(err)
	}
	want(1, active)
	found, err := s.Client().SearchContacts(context.Background(), &connect.SearchContactsInput{
		InstanceId: &s.InstanceID, TimeRange: &types.SearchContactsTimeRange{
			Type: types.SearchContactsTimeRangeTypeInitiationTimestamp, StartTime: aws.Time(c.ActivationTimestamp.Add(-time.Hour)), EndTime: aws.Time(c.ActivationTimestamp.Add(time.Hour)),
		},
	})
	if err != nil || len(found.Contacts) != 1 || found.Contacts[0].RoutingCriteria == nil || len(found.Contacts[0].RoutingCriteria.Steps) != 1 {
		t.Errorf("SearchContacts = %+v, %v; want the task with its criteria", found, err)
	}
	s.SetStatus(s.Agent.UserID, "Available")
	plain := s.StartTask("plain")
	ringing(t, s, plain)
	if got := state(t, s, id); got != "" {
		t.Errorf("the task is %s with an agent who does not speak German", got)
	}
}

func TestRoutingCriteriaThatAreRefused(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	defineLanguage(t, s)
	id := s.StartTask("waits")
	unknown := german(1)
	unknown.AttributeCondition.Name = aws.String("color")
	many := make([]types.RoutingCriteriaInputStep, 6)
	for i := range many {
		many[i] = expiring(german(1), 1)
	}
	for _, tt := range []struct {
		name   string
		change func(*connect.UpdateContactRoutingDataInput)
		is     func(error) bool
		says   string
	}{
		{"no steps", steps(), isA[*types.InvalidParameterException], "Steps"},
		{"too many steps", steps(many...), isA[*types.InvalidParameterException], "Steps"},
		{"no expression", steps(types.RoutingCriteriaInputStep{}), isA[*types.InvalidParameterException], "expression"},
		{"no expiry", steps(types.RoutingCriteriaInputStep{Expression: german(1)}, expiring(german(1), 1)), isA[*types.InvalidParameterException], "Expiry"},
		{"expiry 0", steps(expiring(german(1), 0)), isA[*types.InvalidParameterException], "DurationInSeconds"},
		{"unknown attribute", steps(expiring(unknown, 1)), isA[*types.ResourceNotFoundException], "color"},
		{"with priority and age", func(in *connect.UpdateContactRoutingDataInput) {
			steps(expiring(german(1), 1))(in)
			priority(1)(in)
			age(1)(in)
		}, isA[*types.InvalidParameterException], "exactly one"},
	} {
		if err := routing(s, id, tt.change); !tt.is(err) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v, want one that says %q", tt.name, err, tt.says)
		}
	}
	if s.Describe(id).RoutingCriteria != nil {
		t.Error("refused criteria were kept")
	}
}

// TestContactIsAssociatedWithAUser is of a queued task and a user who is offline, named by id and by ARN.
func TestContactIsAssociatedWithAUser(t *testing.T) {
	t.Parallel()
	x := newTrial(t, servertest.Frozen)
	id := x.begin()
	associate := func(id, user string) error {
		_, err := x.sdk.AssociateContactWithUser(x.ctx, &connect.AssociateContactWithUserInput{InstanceId: &x.InstanceID, ContactId: &id, UserId: &user})
		return err
	}
	for _, user := range []string{x.Agent.UserID, x.InstanceARN + "/agent/" + x.Agent.UserID} {
		x.ok(associate(id, user))
		if a := x.Describe(id).AgentInfo; state(t, x.Server, id) != "CONNECTING" {
			t.Errorf("the task is %q with %v, want CONNECTING with the agent", state(t, x.Server, id), a)
		}
		x.refused(associate(id, user), invalidRequest, 400, "does not wait")
		x.Advance(31 * time.Second)
	}
	for _, err := range []error{associate(unknown, x.Agent.UserID), associate(id, unknown)} {
		x.refused(err, notFound, 404, unknown)
	}
}
