package server_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/server"
	"github.com/tasklane/tasklane/internal/server/servertest"
)

var update = flag.Bool("update", false, "write golden files anew")

// tellsAll is a flow that chooses a queue and has a function called.
const tellsAll = `{"Version":"2019-10-30","StartAction":"q","Actions":[
 {"Identifier":"q","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"QUEUE"},"Transitions":{"NextAction":"fn","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
 {"Identifier":"fn","Type":"InvokeLambdaFunction","Parameters":{"LambdaFunctionARN":"arn:aws:lambda:us-east-1:111122223333:function:f","InvocationTimeLimitSeconds":"3","LambdaInvocationAttributes":{"ticket":"$.References.ticket.Value","none":"$.Attributes.none"}},"Transitions":{"NextAction":"end","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
 {"Identifier":"end","Type":"DisconnectParticipant","Transitions":{}}]}`

// The event of a function has the members that Amazon Connect sends, none less, none more.
func TestFunctionEventIsAmazons(t *testing.T) {
	t.Parallel()
	events := make(chan []byte, 1)
	f := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		events <- body
		_, _ = w.Write([]byte(`{}`))
	}))
	t.Cleanup(f.Close)
	s := servertest.New(t, func(c *server.Config) {
		c.Functions = map[string]string{"arn:aws:lambda:us-east-1:111122223333:function:f": f.URL}
	})
	out, err := s.Client().CreateContactFlow(t.Context(), &connect.CreateContactFlowInput{
		InstanceId: &s.InstanceID, Name: aws.String("tells all"), Type: types.ContactFlowTypeContactFlow,
		Content: aws.String(strings.Replace(tellsAll, "QUEUE", s.QueueID, 1)),
	})
	if err != nil {
		t.Fatal(err)
	}
	task, err := s.Client().StartTaskContact(t.Context(), &connect.StartTaskContactInput{
		InstanceId: &s.InstanceID, ContactFlowId: out.ContactFlowId, Name: aws.String("T1"), Description: aws.String("what it is"),
		Attributes: map[string]string{"tier": "gold"},
		References: map[string]types.Reference{"ticket": {Type: types.ReferenceTypeUrl, Value: aws.String("https://x/1")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Advance(0) // until the function has answered
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, <-events, "", "  "); err != nil {
		t.Fatal(err)
	}
	got := strings.NewReplacer(*task.ContactId, "CONTACT", s.InstanceARN, "INSTANCE", s.InstanceID, "ID", s.QueueID, "QUEUE").Replace(pretty.String())
	got = regexp.MustCompile(`[0-9]{4}-[0-9-]{5}T[0-9:]{8}Z`).ReplaceAllString(got, "TIME") + "\n"
	const file = "testdata/lambda-event.json"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
}
