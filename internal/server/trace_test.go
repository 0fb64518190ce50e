package server_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
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

// logged is a flow that switches its log on, sets two attributes and ends.
const logged = `{"Version":"2019-10-30","StartAction":"log","Actions":[
 {"Identifier":"log","Type":"UpdateFlowLoggingBehavior","Parameters":{"FlowLoggingBehavior":"Enabled"},"Transitions":{"NextAction":"set"}},
 {"Identifier":"set","Type":"UpdateContactAttributes","Parameters":{"Attributes":{"a":"$.Name","userPassword":"hush"}},"Transitions":{"NextAction":"end","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
 {"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

func publishLogged(t *testing.T, s *servertest.Server) (flow string) {
	t.Helper()
	out, err := s.Client().CreateContactFlow(t.Context(), &connect.CreateContactFlowInput{
		InstanceId: &s.InstanceID, Name: aws.String("logged"), Type: types.ContactFlowTypeContactFlow, Content: aws.String(logged),
	})
	if err != nil {
		t.Fatal(err)
	}
	return *out.ContactFlowId
}

func TestFlowLogIsInAmazonsForm(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "flow.log")
	s := servertest.New(t, func(c *server.Config) { c.FlowLog = file })
	flow := publishLogged(t, s)
	var id string
	for _, on := range []string{"false", "true"} {
		_, err := s.Client().UpdateInstanceAttribute(t.Context(), &connect.UpdateInstanceAttributeInput{
			InstanceId: &s.InstanceID, AttributeType: types.InstanceAttributeTypeContactflowLogs, Value: &on,
		})
		if err != nil {
			t.Fatal(err)
		}
		id = startOn(t, s, flow, "T1") // of the first nothing is told
	}
	got := readFlowLog(t, s, file)
	want := strings.Join([]string{
		`{"ContactId":"ID","ContactFlowId":"INSTANCE/contact-flow/FLOW","ContactFlowName":"logged","ContactFlowModuleType":"SetLoggingBehavior","Identifier":"log","Timestamp":"TIME","Parameters":{"LoggingBehavior":"Enable"}}`,
		`{"ContactId":"ID","ContactFlowId":"INSTANCE/contact-flow/FLOW","ContactFlowName":"logged","ContactFlowModuleType":"SetAttributes","Identifier":"set","Timestamp":"TIME","Parameters":{"AddAttributeToRelatedContact":"false","Key":"a","Value":"T1"}}`,
		`{"ContactId":"ID","ContactFlowId":"INSTANCE/contact-flow/FLOW","ContactFlowName":"logged","ContactFlowModuleType":"SetAttributes","Identifier":"set","Timestamp":"TIME","Parameters":{"AddAttributeToRelatedContact":"false","Key":"userPassword","Value":"[redacted]"}}`,
		`{"ContactId":"ID","ContactFlowId":"INSTANCE/contact-flow/FLOW","ContactFlowName":"logged","ContactFlowModuleType":"Disconnect","Identifier":"end","Timestamp":"TIME","Parameters":{}}`,
	}, "\n")
	if diff := cmp.Diff(want, strings.NewReplacer(id, "ID", s.InstanceARN, "INSTANCE", flow, "FLOW").Replace(got)); diff != "" {
		t.Errorf("flow log (-want +got):\n%s", diff)
	}
}

var timestamp = regexp.MustCompile(`"Timestamp":"([^"]*)"`)

// readFlowLog stops the server and returns the lines of its flow log, with TIME for their times, which must rise.
func readFlowLog(t *testing.T, s *servertest.Server, file string) string {
	t.Helper()
	s.Stop()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	last := ""
	for _, at := range timestamp.FindAllStringSubmatch(string(text), -1) {
		if _, err := time.Parse("2006-01-02T15:04:05.000Z", at[1]); err != nil || at[1] <= last {
			t.Errorf("time %s after %s (%v)", at[1], last, err)
		}
		last = at[1]
	}
	return strings.TrimSpace(timestamp.ReplaceAllString(string(text), `"Timestamp":"TIME"`))
}

// stops is a flow that goes through what takes time, into a module, and to a queue.
const stops = `{"Version":"2019-10-30","StartAction":"log","Actions":[
 {"Identifier":"log","Type":"UpdateFlowLoggingBehavior","Parameters":{"FlowLoggingBehavior":"Enabled"},"Transitions":{"NextAction":"fn"}},
 {"Identifier":"fn","Type":"InvokeLambdaFunction","Parameters":{"LambdaFunctionARN":"arn:aws:lambda:us-east-1:111122223333:function:f","InvocationTimeLimitSeconds":"3","LambdaInvocationAttributes":{"name":"$.Name"}},"Transitions":{"NextAction":"cmp","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
 {"Identifier":"cmp","Type":"Compare","Parameters":{"ComparisonValue":"$.External.tier"},"Transitions":{"NextAction":"end","Errors":[{"NextAction":"end","ErrorType":"NoMatchingCondition"}],"Conditions":[{"NextAction":"end","Condition":{"Operator":"Equals","Operands":["lead"]}},{"NextAction":"w","Condition":{"Operator":"TextStartsWith","Operands":["go"]}}]}},
 {"Identifier":"w","Type":"Wait","Parameters":{"TimeLimitSeconds":"60"},"Transitions":{"NextAction":"end","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}],"Conditions":[{"NextAction":"m","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}}]}},
 {"Identifier":"m","Type":"InvokeFlowModule","Parameters":{"FlowModuleId":"MODULE"},"Transitions":{"NextAction":"q","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
 {"Identifier":"q","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"QUEUE"},"Transitions":{"NextAction":"go","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
 {"Identifier":"go","Type":"TransferContactToQueue","Transitions":{"NextAction":"end","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"},{"NextAction":"end","ErrorType":"QueueAtCapacity"}]}},
 {"Identifier":"end","Type":"DisconnectParticipant","Transitions":{}}]}`

// A block that takes time is logged once, when it is over, with what it began with; one in a module tells where it is.
func TestFlowLogTellsABlockOnce(t *testing.T) {
	t.Parallel()
	f := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"tier":"gold"}`)) }))
	t.Cleanup(f.Close)
	file := filepath.Join(t.TempDir(), "flow.log")
	s := servertest.New(t, func(c *server.Config) {
		c.FlowLog, c.Functions = file, map[string]string{"arn:aws:lambda:us-east-1:111122223333:function:f": f.URL}
	})
	module, err := s.Client().CreateContactFlowModule(t.Context(), &connect.CreateContactFlowModuleInput{
		InstanceId: &s.InstanceID, Name: aws.String("part"),
		Content: aws.String(`{"Version":"2019-10-30","StartAction":"back","Settings":{},"Actions":[{"Identifier":"back","Type":"EndFlowModuleExecution","Transitions":{}}]}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := s.Client().CreateContactFlow(t.Context(), &connect.CreateContactFlowInput{
		InstanceId: &s.InstanceID, Name: aws.String("stops"), Type: types.ContactFlowTypeContactFlow,
		Content: aws.String(strings.NewReplacer("MODULE", *module.Id, "QUEUE", s.QueueID).Replace(stops)),
	})
	if err != nil {
		t.Fatal(err)
	}
	id := startOn(t, s, *out.ContactFlowId, "T1")
	s.Advance(0) // until the function has answered
	s.Advance(time.Minute)
	got := strings.NewReplacer(id, "ID", s.InstanceARN, "INSTANCE", *out.ContactFlowId, "FLOW", *module.Id, "MODULE", s.QueueID, "QUEUE").
		Replace(readFlowLog(t, s, file))
	head := func(document, name, block, identifier string) string {
		return `"ContactId":"ID","ContactFlowId":"INSTANCE/` + document + `","ContactFlowName":"` + name + `","ContactFlowModuleType":"` + block +
			`","Identifier":"` + identifier + `","Timestamp":"TIME",`
	}
	flow := func(block, identifier string) string { return head("contact-flow/FLOW", "stops", block, identifier) }
	want := strings.Join([]string{
		`{` + flow("SetLoggingBehavior", "log") + `"Parameters":{"LoggingBehavior":"Enable"}}`,
		`{` + flow("InvokeExternalResource", "fn") + `"ExternalResults":{"tier":"gold"},"Parameters":{"FunctionArn":"arn:aws:lambda:us-east-1:111122223333:function:f","Parameters":{"name":"T1"},"ResponseValidation":"ResponseType=STRING_MAP","TimeLimit":"3000"}}`,
		`{"Results":"false",` + flow("CheckAttribute", "cmp") + `"Parameters":{"ComparisonMethod":"Equals","SecondValue":"lead","Value":"gold"}}`,
		`{"Results":"true",` + flow("CheckAttribute", "cmp") + `"Parameters":{"ComparisonMethod":"StartsWith","SecondValue":"go","Value":"gold"}}`,
		`{"Results":"WaitCompleted",` + flow("Wait", "w") + `"Parameters":{"TimeoutSeconds":"60"}}`,
		`{` + flow("InvokeFlowModule", "m") + `"Parameters":{"FlowModuleId":"INSTANCE/flow-module/MODULE"}}`,
		`{` + head("flow-module/MODULE", "part", "ReturnFromFlowModule", "back") + `"ModuleExecutionStack":["INSTANCE/flow-module/MODULE","INSTANCE/contact-flow/FLOW"],"Parameters":{}}`,
		`{` + flow("SetQueue", "q") + `"Parameters":{"Queue":"INSTANCE/queue/QUEUE"}}`,
		`{"Results":"false",` + flow("Transfer", "go") + `"Parameters":{}}`,
	}, "\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("flow log (-want +got):\n%s", diff)
	}
}

// A trace is for users who may look at contacts, and nobody else.
func TestTraceNeedsAPermission(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, func(c *server.Config) { c.Development = false })
	id := startOn(t, s, publishLogged(t, s), "T1")
	for name, tt := range map[string]struct {
		user *servertest.User
		want int
	}{"nobody": {nil, 403}, "an agent": {&s.Agent, 403}, "an admin": {&s.Admin, 200}} {
		jar, _ := cookiejar.New(nil) // never fails
		browser := &http.Client{Jar: jar}
		if tt.user != nil {
			login, _ := json.Marshal(map[string]string{"username": tt.user.Username, "password": tt.user.Password})
			res, err := browser.Post(s.URL+"/login", "application/json", bytes.NewReader(login))
			if err != nil || res.StatusCode != http.StatusOK {
				t.Fatalf("sign-in of %s: %v", name, err)
			}
			_ = res.Body.Close()
		}
		for _, path := range []string{"contacts/" + id + "/trace", "contacts/" + id + "/why", "agents/" + s.Agent.UserID + "/why"} {
			res, err := browser.Get(s.URL + "/_tasklane/" + path)
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			if res.StatusCode != tt.want {
				t.Errorf("%s gets %s of %s, want %d", name, res.Status, path, tt.want)
			}
		}
	}
}

// The trace of a task that waits tells why.
func TestTraceTellsWhyATaskWaits(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	id := s.StartTask("waits")
	res, err := http.Get(s.URL + "/_tasklane/contacts/" + id + "/trace")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var out struct {
		Why struct{ Summary string }
	}
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil || out.Why.Summary == "" {
		t.Errorf("trace tells %+v (%v), want why the task waits", out, err)
	}
}
