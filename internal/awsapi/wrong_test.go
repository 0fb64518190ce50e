package awsapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/aws/smithy-go"

	"github.com/tasklane/tasklane/internal/server"
	"github.com/tasklane/tasklane/internal/server/servertest"
	"github.com/tasklane/tasklane/internal/wire"
)

// open is a server that takes any request, so that the test can send what no SDK would.
func open(t *testing.T) *servertest.Server {
	return servertest.New(t, func(c *server.Config) { c.Auth = "off" })
}

// send sends a request and returns the status, the type and the message of the error.
func send(t *testing.T, s *servertest.Server, method, path, body string) (status int, kind, message string) {
	t.Helper()
	r, err := http.NewRequest(method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	if ct := res.Header.Get("Content-Type"); ct != "application/json" {
		t.Errorf("%s %s: Content-Type %q", method, path, ct)
	}
	if res.Header.Get("X-Amzn-Requestid") == "" {
		t.Errorf("%s %s: no request id", method, path)
	}
	var out struct{ Message string }
	if err := json.Unmarshal(text, &out); err != nil {
		t.Errorf("%s %s: the body is not JSON: %q", method, path, text)
	}
	return res.StatusCode, res.Header.Get("X-Amzn-Errortype"), out.Message
}

func TestWrongInput(t *testing.T) {
	t.Parallel()
	s := open(t)
	start := func(members string) string {
		return `{"InstanceId":"` + s.InstanceID + `","ContactFlowId":"` + s.FlowID + `","Name":"n"` + members + `}`
	}
	task := s.StartTask("a task")
	tests := []struct {
		name, method, path, body string
		status                   int
		kind, says               string
	}{
		{"no such path", "GET", "/nothing", "", 404, "UnknownOperationException", "/nothing"},
		{"no such method", "PATCH", "/contact/task", "", 404, "UnknownOperationException", "PATCH"},
		{"two slashes", "GET", "//instance", "", 404, "UnknownOperationException", ""},
		{"dots", "GET", "/contacts/../instance", "", 404, "UnknownOperationException", ""},
		{"no JSON", "PUT", "/contact/task", "name=n", 400, "SerializationException", "JSON"},
		{"wrong type", "PUT", "/contact/task", start(`,"Description":["x"]`), 400, "SerializationException", "Description"},
		{"huge", "PUT", "/contact/task", `{"Name":"` + strings.Repeat("x", 5<<20) + `"}`, 413, "RequestEntityTooLargeException", "4 MiB"},
		{"too long", "PUT", "/contact/task", start(`,"ClientToken":"` + strings.Repeat("x", 501) + `"`), 400, "InvalidParameterException", "ClientToken"},
		{"no instance", "PUT", "/contact/task", `{"Name":"n"}`, 400, "InvalidParameterException", "InstanceId is required"},
		{"unknown instance", "PUT", "/contact/task", `{"InstanceId":"` + unknown + `","Name":"n"}`, 404, "ResourceNotFoundException", "Instance " + unknown},
		{"no flow", "PUT", "/contact/task", `{"InstanceId":"` + s.InstanceID + `","Name":"n"}`, 400, "InvalidRequestException", "ContactFlowId"},
		{"unknown flow", "PUT", "/contact/task", `{"InstanceId":"` + s.InstanceID + `","Name":"n","ContactFlowId":"` + unknown + `"}`, 404, "ResourceNotFoundException", "flow " + unknown},
		{"both links", "PUT", "/contact/task", start(`,"PreviousContactId":"a","RelatedContactId":"b"`), 400, "InvalidRequestException", "PreviousContactId"},
		{"unknown link", "PUT", "/contact/task", start(`,"PreviousContactId":"` + unknown + `"`), 404, "ResourceNotFoundException", "contact " + unknown},
		{"past", "PUT", "/contact/task", start(`,"ScheduledTime":1000000000`), 400, "InvalidParameterException", "ScheduledTime"},
		{"too far", "PUT", "/contact/task", start(`,"ScheduledTime":4000000000`), 400, "InvalidParameterException", "6 days"},
		{"attribute key", "PUT", "/contact/task", start(`,"Attributes":{"a b":"v"}`), 400, "InvalidParameterException", "a b"},
		{"attachment", "PUT", "/contact/task", start(`,"References":{"r":{"Type":"ATTACHMENT","Value":"v"}}`), 400, "InvalidParameterException", "ATTACHMENT"},
		{"attached type", "PUT", "/contact/task", start(`,"Attachments":[{"FileName":"a.exe","S3Url":"https://b/k"}]`), 400, "InvalidParameterException", "exe"},
		{"attached path", "PUT", "/contact/task", start(`,"Attachments":[{"FileName":"../a.txt","S3Url":"https://b/k"}]`), 400, "InvalidParameterException", "../a.txt"},
		{"attached from a disk", "PUT", "/contact/task", start(`,"Attachments":[{"FileName":"a.txt","S3Url":"file:///etc/passwd"}]`), 400, "InvalidParameterException", "S3Url"},
		{"attached without URL", "PUT", "/contact/task", start(`,"Attachments":[{"FileName":"a.txt"}]`), 400, "InvalidParameterException", "S3Url"},
		{"six attached", "PUT", "/contact/task", start(`,"Attachments":[` + strings.Repeat(`{"FileName":"a.txt","S3Url":"https://b/k"},`, 5) + `{"FileName":"a.txt","S3Url":"https://b/k"}]`), 400, "InvalidParameterException", "Attachments"},
		{"template", "PUT", "/contact/task", `{"InstanceId":"` + s.InstanceID + `","Name":"n","TaskTemplateId":"` + unknown + `"}`, 404, "ResourceNotFoundException", "task template " + unknown},
		{"flow and template", "PUT", "/contact/task", start(`,"TaskTemplateId":"t"`), 400, "InvalidRequestException", "only one of ContactFlowId"},
		{"quick connect", "PUT", "/contact/task", start(`,"QuickConnectId":"q"`), 400, "InvalidRequestException", "only one of ContactFlowId, QuickConnectId"},
		{"unknown contact", "GET", "/contacts/" + s.InstanceID + "/" + unknown, "", 404, "ResourceNotFoundException", unknown},
		{"reference types", "GET", "/contact/references/" + s.InstanceID + "/" + task, "", 400, "InvalidParameterException", "ReferenceTypes"},
		{"attributes declare no InvalidParameter", "GET", "/contact/attributes/" + s.InstanceID + "/" + strings.Repeat("x", 300), "", 400, "InvalidRequestException", "InitialContactId"},
		{"queue of no hours", "PUT", "/queues/" + s.InstanceID, `{"Name":"q","HoursOfOperationId":"` + unknown + `"}`, 404, "ResourceNotFoundException", unknown},
		{"flow of no type", "PUT", "/contact-flows/" + s.InstanceID, `{"Name":"f","Content":"{}"}`, 400, "InvalidParameterException", "Type"},
		{"page token", "GET", "/queues-summary/" + s.InstanceID + "?nextToken=zzz", "", 400, "InvalidParameterException", "NextToken"},
		{"page size", "GET", "/queues-summary/" + s.InstanceID + "?maxResults=0", "", 400, "InvalidParameterException", "MaxResults"},
		{"not yet", "POST", "/search-hours-of-operation-overrides", `{"InstanceId":"` + s.InstanceID + `"}`, 501, "NotImplementedException", "SearchHoursOfOperationOverrides is not implemented: this version"},
		{"never", "PUT", "/contact/chat", "{}", 501, "NotImplementedException", "StartChatContact"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, kind, message := send(t, s, tt.method, tt.path, tt.body)
			if status != tt.status || kind != tt.kind || !strings.Contains(message, tt.says) {
				t.Errorf("%d %s %q, want %d %s with %q", status, kind, message, tt.status, tt.kind, tt.says)
			}
		})
	}
}

func TestEveryOperationAnswersByName(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, op := range wire.Operations {
		path := op.Path
		for strings.Contains(path, "{") {
			path = path[:strings.Index(path, "{")] + "1" + path[strings.Index(path, "}")+1:]
		}
		status, kind, message := send(t, s, op.Method, path, "{}")
		if kind == "UnknownOperationException" || kind == "NotImplementedException" && !strings.HasPrefix(message, op.Name+" ") || status == 500 {
			t.Errorf("%s (%s %s): %d %s %q", op.Name, op.Method, path, status, kind, message)
		}
	}
}

func TestSignatures(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	for name, want := range map[string]struct {
		client *connect.Client
		kind   string
	}{
		"right":        {s.Client(), ""},
		"wrong secret": {s.ClientAs(s.AccessKeyID, "wrong"), "InvalidSignatureException"},
		"unknown key":  {s.ClientAs(unknown, s.SecretAccessKey), "UnrecognizedClientException"},
	} {
		_, err := want.client.ListInstances(context.Background(), &connect.ListInstancesInput{})
		got := ""
		if api, ok := errors.AsType[smithy.APIError](err); ok {
			got = api.ErrorCode()
		} else if err != nil {
			t.Fatal(err)
		}
		if got != want.kind {
			t.Errorf("%s: %v, want %q", name, err, want.kind)
		}
	}
	if status, kind, _ := send(t, s, "GET", "/instance", ""); status != 403 || kind != "MissingAuthenticationTokenException" {
		t.Errorf("unsigned: %d %s", status, kind)
	}
}

func TestTwelveDigitKeyNamesTheAccount(t *testing.T) {
	t.Parallel()
	s := open(t)
	for key, want := range map[string]int{"test": 1, "000000000000": 1, "123456789012": 0} {
		out, err := s.ClientAs(key, "any").ListInstances(context.Background(), &connect.ListInstancesInput{})
		if err != nil || len(out.InstanceSummaryList) != want {
			t.Errorf("key %s sees %v, %v; want %d instances", key, out, err, want)
		}
	}
	if _, err := s.ClientAs("123456789012", "any").DescribeInstance(context.Background(), &connect.DescribeInstanceInput{InstanceId: &s.InstanceID}); err == nil {
		t.Error("an instance of another account was described")
	}
}

func TestOneTokenMakesOneTask(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	in := &connect.StartTaskContactInput{
		InstanceId: &s.InstanceID, ContactFlowId: &s.FlowID, Name: aws.String("n"), ClientToken: aws.String("Token"),
	}
	first, err := s.Client().StartTaskContact(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.Client().StartTaskContact(context.Background(), in)
	if err != nil || *again.ContactId != *first.ContactId {
		t.Errorf("again: %v, %v; want %s", again, err, *first.ContactId)
	}
	other := *in
	other.Name = aws.String("m")
	if _, err := s.Client().StartTaskContact(context.Background(), &other); !isA[*types.InvalidRequestException](err) {
		t.Errorf("with other parameters: %v", err)
	}
	other.ClientToken = aws.String("token")
	lower, err := s.Client().StartTaskContact(context.Background(), &other)
	if err != nil || *lower.ContactId == *first.ContactId {
		t.Errorf("in lower case: %v, %v; want another task", lower, err)
	}
}

func isA[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func TestQuotaCountsOpenTasks(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, func(c *server.Config) { c.Quota = map[string]int{"active-tasks": 2} })
	one := s.StartTask("one")
	s.StartTask("two")
	in := &connect.StartTaskContactInput{InstanceId: &s.InstanceID, ContactFlowId: &s.FlowID, Name: aws.String("three")}
	if _, err := s.Client().StartTaskContact(context.Background(), in); !isA[*types.ServiceQuotaExceededException](err) {
		t.Errorf("third of two: %v", err)
	}
	if _, err := s.Client().StopContact(context.Background(), &connect.StopContactInput{InstanceId: &s.InstanceID, ContactId: &one}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Client().StartTaskContact(context.Background(), in); err != nil {
		t.Errorf("after one has ended: %v", err)
	}
	if _, err := s.Client().StopContact(context.Background(), &connect.StopContactInput{InstanceId: &s.InstanceID, ContactId: &one}); !isA[*types.ContactNotFoundException](err) {
		t.Errorf("stopped twice: %v", err)
	}
}

func TestChains(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	ctx, client := context.Background(), s.Client()
	start := func(in connect.StartTaskContactInput) *types.Contact {
		t.Helper()
		in.InstanceId, in.ContactFlowId, in.Name = &s.InstanceID, &s.FlowID, aws.String("n")
		out, err := client.StartTaskContact(ctx, &in)
		if err != nil {
			t.Fatal(err)
		}
		return s.Describe(*out.ContactId)
	}
	a := start(connect.StartTaskContactInput{Attributes: map[string]string{"k": "a", "x": "1"}})
	b := start(connect.StartTaskContactInput{PreviousContactId: a.Id, Attributes: map[string]string{"k": "b"}})
	c := start(connect.StartTaskContactInput{PreviousContactId: b.Id})
	d := start(connect.StartTaskContactInput{RelatedContactId: a.Id})
	if *b.InitialContactId != *a.Id || *c.InitialContactId != *a.Id || *c.PreviousContactId != *b.Id || d.InitialContactId != nil || *d.RelatedContactId != *a.Id {
		t.Errorf("links: b %v, c %v/%v, d %v/%v", b.InitialContactId, c.InitialContactId, c.PreviousContactId, d.InitialContactId, d.RelatedContactId)
	}
	if _, err := client.UpdateContactAttributes(ctx, &connect.UpdateContactAttributesInput{
		InstanceId: &s.InstanceID, InitialContactId: c.Id, Attributes: map[string]string{"k": "c"},
	}); err != nil {
		t.Fatal(err)
	}
	for contact, want := range map[*types.Contact]string{a: "c", b: "c", c: "c", d: "b"} {
		out, err := client.GetContactAttributes(ctx, &connect.GetContactAttributesInput{InstanceId: &s.InstanceID, InitialContactId: contact.Id})
		if err != nil || out.Attributes["k"] != want || out.Attributes["x"] != "1" {
			t.Errorf("attributes of %s: %v, %v; want k=%s x=1", *contact.Id, out, err, want)
		}
	}
	for range 10 {
		start(connect.StartTaskContactInput{PreviousContactId: a.Id})
	}
	_, err := client.StartTaskContact(ctx, &connect.StartTaskContactInput{InstanceId: &s.InstanceID, ContactFlowId: &s.FlowID, Name: aws.String("n"), PreviousContactId: a.Id})
	if !isA[*types.ServiceQuotaExceededException](err) {
		t.Errorf("thirteenth link: %v", err)
	}
}

func TestConfiguration(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	ctx, client := context.Background(), s.Client()
	base, err := client.DescribeQueue(ctx, &connect.DescribeQueueInput{InstanceId: &s.InstanceID, QueueId: &s.QueueID})
	if err != nil {
		t.Fatal(err)
	}
	queue, err := client.CreateQueue(ctx, &connect.CreateQueueInput{InstanceId: &s.InstanceARN, Name: aws.String("Refunds"), HoursOfOperationId: base.Queue.HoursOfOperationId, Tags: map[string]string{"team": "a"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.CreateQueue(ctx, &connect.CreateQueueInput{InstanceId: &s.InstanceID, Name: aws.String("Refunds"), HoursOfOperationId: base.Queue.HoursOfOperationId}); !isA[*types.DuplicateResourceException](err) {
		t.Errorf("second queue of the name: %v", err)
	}
	content := `{"Version":"2019-10-30","StartAction":"a","Actions":[{"Identifier":"a","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"` + *queue.QueueArn + `"},"Transitions":{"NextAction":"b","Errors":[{"ErrorType":"NoMatchingError","NextAction":"c"}]}},{"Identifier":"b","Type":"TransferContactToQueue","Parameters":{},"Transitions":{"NextAction":"c","Errors":[{"ErrorType":"NoMatchingError","NextAction":"c"},{"ErrorType":"QueueAtCapacity","NextAction":"c"}]}},{"Identifier":"c","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`
	flow, err := client.CreateContactFlow(ctx, &connect.CreateContactFlowInput{InstanceId: &s.InstanceID, Name: aws.String("To refunds"), Type: types.ContactFlowTypeContactFlow, Content: &content})
	if err != nil {
		t.Fatal(err)
	}
	out, err := client.StartTaskContact(ctx, &connect.StartTaskContactInput{InstanceId: &s.InstanceID, ContactFlowId: flow.ContactFlowArn, Name: aws.String("n")})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Describe(*out.ContactId).QueueInfo; got == nil || *got.Id != *queue.QueueId {
		t.Errorf("the task is in %v, want %s", got, *queue.QueueId)
	}
	described, err := client.DescribeContactFlow(ctx, &connect.DescribeContactFlowInput{InstanceId: &s.InstanceID, ContactFlowId: flow.ContactFlowId})
	if err != nil || *described.ContactFlow.Content != content || *described.ContactFlow.FlowContentSha256 != *flow.FlowContentSha256 {
		t.Errorf("DescribeContactFlow = %v, %v", described, err)
	}
	broken := strings.Replace(content, "TransferContactToQueue", "SetWorkingQueue", 1)
	_, err = client.UpdateContactFlowContent(ctx, &connect.UpdateContactFlowContentInput{InstanceId: &s.InstanceID, ContactFlowId: flow.ContactFlowId, Content: &broken})
	if bad, ok := errors.AsType[*types.InvalidContactFlowException](err); !ok || !strings.Contains(*bad.Problems[0].Message, "SetWorkingQueue") {
		t.Errorf("a broken flow was published: %v", err)
	}
	draft := *flow.ContactFlowId + ":$SAVED"
	if _, err = client.UpdateContactFlowContent(ctx, &connect.UpdateContactFlowContentInput{InstanceId: &s.InstanceID, ContactFlowId: &draft, Content: &broken}); err != nil {
		t.Errorf("a broken flow was not saved: %v", err)
	}
	user, err := client.CreateUser(ctx, &connect.CreateUserInput{
		InstanceId: &s.InstanceID, Username: aws.String("ann"), Password: aws.String("Tasklane1"),
		RoutingProfileId: describeUser(t, s, s.Agent.UserID).RoutingProfileId, SecurityProfileIds: describeUser(t, s, s.Agent.UserID).SecurityProfileIds,
		IdentityInfo: servertest.Somebody(), PhoneConfig: &types.UserPhoneConfig{PhoneType: types.PhoneTypeSoftPhone},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := describeUser(t, s, *user.UserId); *got.Username != "ann" || got.PhoneConfig.PhoneType != types.PhoneTypeSoftPhone {
		t.Errorf("DescribeUser = %v", got)
	}
	if _, err := client.CreateUser(ctx, &connect.CreateUserInput{InstanceId: &s.InstanceID, Username: aws.String("bob"), Password: aws.String("weak"), IdentityInfo: servertest.Somebody(), RoutingProfileId: aws.String("r"), SecurityProfileIds: []string{"s"}}); !isA[*types.InvalidParameterException](err) {
		t.Errorf("a weak password was taken: %v", err)
	}
}

func TestCustomStatus(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	ctx, client := context.Background(), s.Client()
	in := &connect.CreateAgentStatusInput{InstanceId: &s.InstanceID, Name: aws.String("Lunch"), State: types.AgentStatusStateEnabled, DisplayOrder: aws.Int32(3)}
	lunch, err := client.CreateAgentStatus(ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.CreateAgentStatus(ctx, in); !isA[*types.DuplicateResourceException](err) {
		t.Errorf("second status of the name: %v", err)
	}
	list, err := client.ListAgentStatuses(ctx, &connect.ListAgentStatusesInput{InstanceId: &s.InstanceID, AgentStatusTypes: []types.AgentStatusType{types.AgentStatusTypeCustom}})
	if err != nil || len(list.AgentStatusSummaryList) != 1 || *list.AgentStatusSummaryList[0].Id != *lunch.AgentStatusId {
		t.Errorf("ListAgentStatuses = %v, %v; want Lunch", list, err)
	}
	s.SetStatus(s.Agent.UserID, "Lunch")
	id := s.StartTask("waits")
	if c := contacts(t, s); len(c) != 0 {
		t.Errorf("an agent at lunch has %v", c)
	}
	s.SetStatus(s.Agent.UserID, "Available")
	s.Eventually("after lunch nothing rings", func() bool { return s.Describe(id).RingStartTimestamp != nil })
	off, err := client.CreateAgentStatus(ctx, &connect.CreateAgentStatusInput{InstanceId: &s.InstanceID, Name: aws.String("Old"), State: types.AgentStatusStateDisabled})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.PutUserStatus(ctx, &connect.PutUserStatusInput{InstanceId: &s.InstanceID, UserId: &s.Agent.UserID, AgentStatusId: off.AgentStatusId}); !isA[*types.InvalidParameterException](err) {
		t.Errorf("a disabled status was chosen: %v", err)
	}
}

func describeUser(t *testing.T, s *servertest.Server, id string) *types.User {
	t.Helper()
	out, err := s.Client().DescribeUser(context.Background(), &connect.DescribeUserInput{InstanceId: &s.InstanceID, UserId: &id})
	if err != nil {
		t.Fatal(err)
	}
	return out.User
}

func TestResetStartsOver(t *testing.T) {
	t.Parallel()
	s := open(t)
	id := s.StartTask("gone soon")
	s.Advance(time.Hour)
	if b := s.Post("/_tasklane/reset", ""); b["instanceId"] != s.InstanceID || b["contactFlowId"] != s.FlowID {
		t.Errorf("reset = %v, want the same ids", b)
	}
	if status, _, _ := send(t, s, "GET", "/contacts/"+s.InstanceID+"/"+id, ""); status != 404 {
		t.Errorf("after the reset the contact is there: %d", status)
	}
	id = s.StartTask("new")
	s.SetStatus(s.Agent.UserID, "Available")
	s.Eventually("after the reset nothing is offered", func() bool { return s.Describe(id).RingStartTimestamp != nil })
}
