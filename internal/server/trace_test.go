package server_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

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
	s.Stop()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n") {
		var r struct {
			ContactID             string `json:"ContactId"`
			ContactFlowID         string `json:"ContactFlowId"`
			ContactFlowName       string
			ContactFlowModuleType string
			Identifier, Timestamp string
			Parameters            map[string]any
		}
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if r.ContactID != id || r.ContactFlowName != "logged" || !strings.Contains(r.ContactFlowID, ":instance/") || !strings.HasSuffix(r.Timestamp, "Z") {
			t.Errorf("record %+v", r)
		}
		parameters, _ := json.Marshal(r.Parameters)
		got = append(got, r.Identifier+" "+r.ContactFlowModuleType+" "+string(parameters))
	}
	want := []string{
		`log SetLoggingBehavior {"LoggingBehavior":"Enable"}`,
		`set SetAttributes {"AddAttributeToRelatedContact":"false","Key":"a","Value":"T1"}`,
		`set SetAttributes {"AddAttributeToRelatedContact":"false","Key":"userPassword","Value":"[redacted]"}`,
		`end Disconnect {}`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("records\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
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
