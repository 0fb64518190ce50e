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
	if got := warningsOf(t, s, id); len(got) != 1 ||
		!strings.HasPrefix(got[0], `flow foreign: Invalid Action property value. Path: Actions[0].Parameters.QueueId (action "q": this instance has no queue arn:`) {
		t.Errorf("warnings %q", got)
	}
	if got := warningsOf(t, s, s.StartTask("T2")); len(got) > 0 {
		t.Errorf("warnings of a flow that names what is there: %q", got)
	}
}

// naming is a flow of one action, which names something.
func naming(action, parameters string) string {
	return `{"Version":"2019-10-30","StartAction":"a","Actions":[{"Identifier":"a","Type":"` + action + `","Parameters":{` + parameters + `},
  "Transitions":{"NextAction":"end","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
 {"Identifier":"end","Type":"DisconnectParticipant","Transitions":{}}]}`
}

// asking are the parameters of routing criteria that ask for a predefined attribute.
func asking(name string) string {
	return `"RoutingCriteria":{"Steps":[{"Expression":{"AttributeCondition":{"Name":"` + name + `","Value":"v","ProficiencyLevel":1,"ComparisonOperator":"NumberGreaterOrEqualTo"}}}]}`
}

// What flows name besides queues and agents is looked at in the same way: refused, or in development warned of.
func TestUnknownNamesInFlows(t *testing.T) {
	t.Parallel()
	strict, dev := servertest.New(t, func(c *server.Config) { c.Resources = "strict" }), servertest.New(t)
	publish := func(s *servertest.Server, name, content string) (string, error) {
		out, err := s.Client().CreateContactFlow(t.Context(), &connect.CreateContactFlowInput{
			InstanceId: &s.InstanceID, Name: &name, Type: types.ContactFlowTypeContactFlow, Content: &content,
		})
		if err != nil {
			return "", err
		}
		return *out.ContactFlowId, nil
	}
	prompts, err := strict.Client().ListPrompts(t.Context(), &connect.ListPromptsInput{InstanceId: &strict.InstanceID})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"prompt by id":  naming("MessageParticipant", `"PromptId":"`+*prompts.PromptSummaryList[0].Id+`"`),
		"prompt by ARN": naming("MessageParticipant", `"PromptId":"`+*prompts.PromptSummaryList[0].Arn+`"`),
	} {
		if _, err := publish(strict, name, content); err != nil {
			t.Errorf("%s that is there: %v", name, err)
		}
	}
	for name, tt := range map[string]struct{ content, path string }{
		"unknown prompt":   {naming("MessageParticipant", `"PromptId":"22222222-2222-4222-8222-222222222222"`), "PromptId"},
		"malformed prompt": {naming("MessageParticipant", `"PromptId":"abc"`), "PromptId"},
		"foreign prompt":   {naming("MessageParticipant", `"PromptId":"arn:aws:connect:us-east-1:111122223333:instance/11111111-1111-4111-8111-111111111111/prompt/`+*prompts.PromptSummaryList[0].Id+`"`), "PromptId"},
		"attribute":        {naming("UpdateContactRoutingCriteria", asking("Nothing")), "RoutingCriteria.Steps[0].Expression.AttributeCondition.Name"},
	} {
		t.Run(name, func(t *testing.T) {
			at := "Invalid Action property value. Path: Actions[0].Parameters." + tt.path + ` (action "a": this instance has no `
			_, err := publish(strict, name, tt.content)
			refused, ok := errors.AsType[*types.InvalidContactFlowException](err)
			if !ok || len(refused.Problems) != 1 || !strings.HasPrefix(*refused.Problems[0].Message, at) {
				t.Errorf("strict: %v, want the problem %q", err, at)
			}
			flow, err := publish(dev, name, tt.content)
			if err != nil {
				t.Fatalf("in development: %v", err)
			}
			if got := warningsOf(t, dev, startOn(t, dev, flow, "T")); len(got) != 1 || !strings.HasPrefix(got[0], "flow "+name+": "+at) {
				t.Errorf("warnings are %q, want %q", got, at)
			}
		})
	}
}

// warningsOf are the warnings in the trace of a task.
func warningsOf(t *testing.T, s *servertest.Server, id string) []string {
	t.Helper()
	res, err := http.Get(s.URL + "/_tasklane/contacts/" + id + "/trace")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var out struct{ Warnings []string }
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out.Warnings
}
