package server_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server"
	"github.com/tasklane/tasklane/internal/server/servertest"
)

// foreignQueue is a flow that names a queue of another account.
const foreignQueue = `{"Version":"2019-10-30","StartAction":"q","Actions":[
 {"Identifier":"q","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"arn:aws:connect:us-east-1:111122223333:instance/11111111-1111-4111-8111-111111111111/queue/QUEUE"},"Transitions":{"NextAction":"go","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
 {"Identifier":"go","Type":"TransferContactToQueue","Transitions":{"NextAction":"end","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"},{"NextAction":"end","ErrorType":"QueueAtCapacity"}]}},
 {"Identifier":"end","Type":"DisconnectParticipant","Transitions":{}}]}`

func publishForeign(t *testing.T, s *servertest.Server) (string, error) {
	t.Helper()
	out, err := s.Client().CreateContactFlow(t.Context(), &connect.CreateContactFlowInput{
		InstanceId: &s.InstanceID, Name: aws.String("foreign"), Type: types.ContactFlowTypeContactFlow,
		Content: aws.String(strings.Replace(foreignQueue, "QUEUE", s.QueueID, 1)),
	})
	if err != nil {
		return "", err
	}
	return *out.ContactFlowId, nil
}

// A server refuses to publish a flow that names what it does not have, as Amazon Connect does, unless it is told
// otherwise; drafts may name anything.
func TestForeignARNIsRefused(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, func(c *server.Config) { c.Resources = "" }) // as serve has it
	_, err := publishForeign(t, s)
	refused, ok := errors.AsType[*types.InvalidContactFlowException](err)
	if !ok || len(refused.Problems) != 1 {
		t.Fatalf("CreateContactFlow: %v, want one problem", err)
	}
	for _, want := range []string{"Invalid Action property value. Path: Actions[0].Parameters.QueueId", `action "q"`, "this instance has no queue arn:aws:connect:us-east-1:111122223333:"} {
		if got := *refused.Problems[0].Message; !strings.Contains(got, want) {
			t.Errorf("problem %q does not hold %q", got, want)
		}
	}
	_, err = s.Client().CreateContactFlow(t.Context(), &connect.CreateContactFlowInput{
		InstanceId: &s.InstanceID, Name: aws.String("draft"), Type: types.ContactFlowTypeContactFlow, Content: aws.String(foreignQueue),
		Status: types.ContactFlowStatusSaved,
	})
	if err != nil {
		t.Errorf("CreateContactFlow of a draft: %v", err)
	}
}

// In development such a flow is published, and the trace of a task says why it takes the error branch.
func TestForeignARNIsWarnedOf(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	flow, err := publishForeign(t, s)
	if err != nil {
		t.Fatal(err)
	}
	id := startOn(t, s, flow, "T1")
	res, err := http.Get(s.URL + "/_tasklane/contacts/" + id + "/trace")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var out struct{ Warnings []string }
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil || len(out.Warnings) != 1 ||
		!strings.HasPrefix(out.Warnings[0], `flow foreign: Invalid Action property value. Path: Actions[0].Parameters.QueueId (action "q": this instance has no queue arn:`) {
		t.Errorf("warnings %q (%v)", out.Warnings, err)
	}
	res, err = http.Get(s.URL + "/_tasklane/contacts/" + s.StartTask("T2") + "/trace")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	out.Warnings = nil
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil || len(out.Warnings) > 0 {
		t.Errorf("warnings of a flow that names what is there: %q (%v)", out.Warnings, err)
	}
}
