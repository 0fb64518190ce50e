package awsapi_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server/servertest"
)

// templateOf makes a task template with a required NUMBER and a note, and returns its id.
func templateOf(t *testing.T, s *servertest.Server, name string, change ...func(*connect.CreateTaskTemplateInput)) string {
	t.Helper()
	id := func(name string) *types.TaskTemplateFieldIdentifier {
		return &types.TaskTemplateFieldIdentifier{Name: &name}
	}
	in := &connect.CreateTaskTemplateInput{
		InstanceId: &s.InstanceID, Name: &name, ContactFlowId: &s.FlowID,
		Fields: []types.TaskTemplateField{
			{Id: id("Title"), Type: types.TaskTemplateFieldTypeName},
			{Id: id("Amount"), Type: types.TaskTemplateFieldTypeNumber},
			{Id: id("Note"), Type: types.TaskTemplateFieldTypeText},
			{Id: id("Life"), Type: types.TaskTemplateFieldTypeExpiryDuration},
		},
		Constraints: &types.TaskTemplateConstraints{
			RequiredFields: []types.RequiredFieldInfo{{Id: id("Title")}, {Id: id("Amount")}},
		},
		Defaults: &types.TaskTemplateDefaults{DefaultFieldValues: []types.TaskTemplateDefaultFieldValue{
			{Id: id("Note"), DefaultValue: aws.String(unknown)}, {Id: id("Life"), DefaultValue: aws.String("60")},
		}},
	}
	for _, f := range change {
		f(in)
	}
	out, err := s.Client().CreateTaskTemplate(context.Background(), in)
	if err != nil {
		t.Fatalf("CreateTaskTemplate: %v", err)
	}
	return *out.Id
}

func TestTaskIsMadeFromItsTemplate(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	ctx, client := context.Background(), s.Client()
	id := templateOf(t, s, "Refund")
	start := func(amount types.Reference) (*connect.StartTaskContactOutput, error) {
		return client.StartTaskContact(ctx, &connect.StartTaskContactInput{
			InstanceId: &s.InstanceID, TaskTemplateId: &id, Name: aws.String("Refund order 1"),
			References: map[string]types.Reference{"Amount": amount},
		})
	}
	if _, err := start(types.Reference{Type: types.ReferenceTypeString, Value: aws.String("12.50")}); !isA[*types.InvalidParameterException](err) {
		t.Errorf("a field of the wrong type: %v, want InvalidParameterException", err)
	}
	out, err := start(types.Reference{Type: types.ReferenceTypeNumber, Value: aws.String("12.50")})
	if err != nil {
		t.Fatal(err)
	}
	c := s.Describe(*out.ContactId)
	if c.TaskTemplateInfo == nil || *c.TaskTemplateInfo.Name != "Refund" || c.QueueInfo == nil {
		t.Errorf("the task has template %v and queue %v, want Refund and the template's flow to have run", c.TaskTemplateInfo, c.QueueInfo)
	}
	refs, err := client.ListContactReferences(ctx, &connect.ListContactReferencesInput{
		InstanceId: &s.InstanceID, ContactId: out.ContactId, ReferenceTypes: []types.ReferenceType{"STRING", "NUMBER"},
	})
	if err != nil || len(refs.ReferenceSummaryList) != 2 {
		t.Errorf("references %v, %v; want Amount, and Note with its default", refs, err)
	}
	if _, err := client.DeleteTaskTemplate(ctx, &connect.DeleteTaskTemplateInput{InstanceId: &s.InstanceID, TaskTemplateId: &id}); err != nil {
		t.Fatal(err)
	}
	if c := s.Describe(*out.ContactId); c.TaskTemplateInfo == nil || *c.TaskTemplateInfo.Name != "Refund" {
		t.Errorf("after the template is deleted, the task has %v", c.TaskTemplateInfo)
	}
	s.Advance(59 * time.Minute)
	if r := s.Describe(*out.ContactId).DisconnectReason; r != nil {
		t.Errorf("after 59 minutes the task has ended: %s", *r)
	}
	s.Advance(time.Minute)
	if r := aws.ToString(s.Describe(*out.ContactId).DisconnectReason); r != "EXPIRED" {
		t.Errorf("after the hour that the template gives: DisconnectReason %q, want EXPIRED", r)
	}
}

// TestUpdateContactTaskTemplate sends the requests itself: the SDK of this module does not know the operation yet.
func TestUpdateContactTaskTemplate(t *testing.T) {
	t.Parallel()
	s := open(t)
	change := func(contact, template string) (kind, message string) {
		body := fmt.Sprintf(`{"InstanceId":%q,"ContactId":%q,"TaskTemplateId":%q}`, s.InstanceID, contact, template)
		r, err := http.Post(s.URL+"/contact/task-template", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		text, _ := io.ReadAll(r.Body)
		return r.Header.Get("X-Amzn-Errortype"), string(text)
	}
	one, two := templateOf(t, s, "One"), templateOf(t, s, "Two")
	inactive := templateOf(t, s, "Inactive", func(in *connect.CreateTaskTemplateInput) { in.Status = types.TaskTemplateStatusInactive })
	bare := s.StartTask("without references")
	out, err := s.Client().StartTaskContact(context.Background(), &connect.StartTaskContactInput{
		InstanceId: &s.InstanceID, ContactFlowId: &s.FlowID, Name: aws.String("fits"),
		References: map[string]types.Reference{"Amount": {Type: types.ReferenceTypeNumber, Value: aws.String("1")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	task := *out.ContactId
	for i, template := range []string{one, two, one, two, one} {
		if kind, message := change(task, template); kind != "" {
			t.Fatalf("change %d: %s %s", i+1, kind, message)
		}
	}
	if got := s.Describe(task).TaskTemplateInfo; got == nil || *got.Name != "One" {
		t.Errorf("after five changes the template is %v, want One", got)
	}
	over := s.StartTask("over")
	if _, err := s.Client().StopContact(context.Background(), &connect.StopContactInput{InstanceId: &s.InstanceID, ContactId: &over}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, contact, template, want, says string }{
		{"a required reference is missing", bare, one, "PropertyValidationException", `"PropertyPath":"References.Amount","Reason":"REQUIRED_PROPERTY_MISSING"`},
		{"the template it has", task, one, "InvalidRequestException", "TaskTemplateId"},
		{"the sixth change", task, two, "LimitExceededException", "5 times"},
		{"an unknown contact", unknown, one, "ResourceNotFoundException", "contact " + unknown},
		{"an unknown template", bare, unknown, "ResourceNotFoundException", "task template " + unknown},
		{"an inactive template", bare, inactive, "InvalidRequestException", "not active"},
		{"a task that is over", over, one, "InvalidRequestException", "ENDED"},
	} {
		if kind, message := change(tt.contact, tt.template); kind != tt.want || !strings.Contains(message, tt.says) {
			t.Errorf("%s: %s %s, want %s with %s", tt.name, kind, message, tt.want, tt.says)
		}
	}
}
