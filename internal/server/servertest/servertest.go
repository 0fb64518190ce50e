// Package servertest runs a whole server inside a test and calls it with the AWS SDK.
package servertest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/auth"
	"github.com/tasklane/tasklane/internal/server"
)

// User is somebody who can sign in.
type User struct {
	Username string
	Password string
	UserID   string `json:"userId"`
}

// Server is a server that runs until its test ends.
type Server struct {
	URL             string `json:"endpoint"`
	AccessKeyID     string `json:"accessKeyId"`
	SecretAccessKey string `json:"secretAccessKey"`
	Region          string `json:"region"`
	InstanceID      string `json:"instanceId"`
	InstanceARN     string `json:"instanceArn"`
	QueueID         string `json:"queueId"`
	FlowID          string `json:"contactFlowId"`
	TemplateID      string `json:"taskTemplateId"`
	QuickConnectIDs struct{ Queue, Agent string }
	Admin           User `json:"admin"`
	Agent           User `json:"agent"`

	t    testing.TB
	stop func() error
}

// Of returns a server that runs elsewhere; the caller fills in what is known of it.
func Of(t testing.TB) *Server { return &Server{t: t} }

// New starts a development server that checks signatures, on SQLite in a directory of the test. The settings
// may be changed before it starts.
func New(t testing.TB, change ...func(*server.Config)) *Server {
	t.Helper()
	c := server.Config{
		Listen: "127.0.0.1:0", Data: t.TempDir(), Region: "us-east-1", Account: "000000000000", Auth: "sigv4",
		OfferTimeout: 30 * time.Second, ScheduleAhead: server.Span(6 * 24 * time.Hour),
		Retention: server.Span(730 * 24 * time.Hour), LogFormat: "text",
		SignIn: server.SignIn{
			SessionLife: 12 * time.Hour, Passwords: "on", WrongForUser: 5, WrongFrom: 100, WrongWait: 30 * time.Second,
		},
		Hasher: Hasher,
	}.ForDevelopment()
	for _, f := range change {
		f(&c)
	}
	return Start(t, c)
}

// Hasher hashes passwords at a hundredth of the usual cost, which would be half of what the tests of the API cost in all.
var Hasher = auth.Hasher{Memory: 64, Passes: 1}

// Frozen has the clock of a server stand still, but for [Server.Advance]: what a test measures then does not depend on
// how busy the machine is.
func Frozen(c *server.Config) {
	at := time.Now()
	c.Clock = func() time.Time { return at }
}

// Start starts a server with these settings.
func Start(t testing.TB, c server.Config) *Server {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var stdout bytes.Buffer
	stderr := &readiness{ready: make(chan struct{})}
	done := make(chan error, 1)
	go func() { done <- server.Run(ctx, c, &stdout, stderr) }()
	s := &Server{t: t}
	s.stop = sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Errorf("server: %v", err)
		}
	})
	select {
	case <-stderr.ready:
	case err := <-done:
		done <- err
		t.Fatalf("server did not start: %v", err)
	case <-time.After(30 * time.Second):
		t.Fatal("server did not start in 30 s")
	}
	if stdout.Len() > 0 {
		if err := json.Unmarshal(stdout.Bytes(), s); err != nil {
			t.Fatalf("read bootstrap: %v", err)
		}
	}
	return s
}

// Stop stops the server before its test ends.
func (s *Server) Stop() {
	s.t.Helper()
	if err := s.stop(); err != nil {
		s.t.Errorf("server: %v", err)
	}
}

// readiness waits for the line that says a server is ready.
type readiness struct {
	mu    sync.Mutex // guards text
	text  strings.Builder
	ready chan struct{}
}

func (r *readiness) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if bytes.Contains(p, []byte("Ready.")) {
		close(r.ready)
	}
	return r.text.Write(p)
}

// Client is the SDK's client, with the server's own key and without retries.
func (s *Server) Client() *connect.Client { return s.ClientAs(s.AccessKeyID, s.SecretAccessKey) }

// ClientAs is the SDK's client with another key.
func (s *Server) ClientAs(key, secret string) *connect.Client {
	return connect.New(connect.Options{
		BaseEndpoint: &s.URL, Region: s.Region, RetryMaxAttempts: 1,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: key, SecretAccessKey: secret}, nil
		}),
	})
}

// StartTask starts a task on the sample flow and returns its id.
func (s *Server) StartTask(name string) string {
	s.t.Helper()
	out, err := s.Client().StartTaskContact(context.Background(), &connect.StartTaskContactInput{
		InstanceId: &s.InstanceID, ContactFlowId: &s.FlowID, Name: &name,
	})
	if err != nil {
		s.t.Fatalf("StartTaskContact: %v", err)
	}
	return *out.ContactId
}

// Describe describes a contact.
func (s *Server) Describe(id string) *types.Contact {
	s.t.Helper()
	out, err := s.Client().DescribeContact(context.Background(), &connect.DescribeContactInput{InstanceId: &s.InstanceID, ContactId: &id})
	if err != nil {
		s.t.Fatalf("DescribeContact: %v", err)
	}
	return out.Contact
}

// SetStatus sets the stock agent's status by its name.
func (s *Server) SetStatus(user, name string) {
	s.t.Helper()
	all, err := s.Client().ListAgentStatuses(context.Background(), &connect.ListAgentStatusesInput{InstanceId: &s.InstanceID})
	if err != nil {
		s.t.Fatalf("ListAgentStatuses: %v", err)
	}
	for _, status := range all.AgentStatusSummaryList {
		if *status.Name != name {
			continue
		}
		_, err := s.Client().PutUserStatus(context.Background(), &connect.PutUserStatusInput{
			InstanceId: &s.InstanceID, UserId: &user, AgentStatusId: status.Id,
		})
		if err != nil {
			s.t.Fatalf("PutUserStatus: %v", err)
		}
		return
	}
	s.t.Fatalf("no agent status is named %s", name)
}

// Advance moves the server's clock ahead and waits until all that fell due has been done.
func (s *Server) Advance(d time.Duration) {
	s.t.Helper()
	s.Post("/_tasklane/clock", fmt.Sprintf(`{"advanceSeconds":%g}`, d.Seconds()))
}

// Post posts JSON to a development endpoint and returns the answer.
func (s *Server) Post(path, body string) map[string]any {
	s.t.Helper()
	res, err := http.Post(s.URL+path, "application/json", strings.NewReader(body)) //nolint:noctx // a test
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusOK {
		s.t.Fatalf("POST %s %s: %s %s", path, body, res.Status, text)
	}
	var out map[string]any
	if err := json.Unmarshal(text, &out); err != nil {
		s.t.Fatalf("POST %s: %v", path, err)
	}
	return out
}

// patience is how long a test waits before it gives up; no test is about how long something takes, as the machine may have
// much else to do.
const patience = 3 * time.Minute

// Within waits until a condition holds, and returns how long that took.
func Within(t testing.TB, what string, holds func() bool) time.Duration {
	t.Helper()
	began := time.Now()
	for !holds() {
		if time.Since(began) > patience {
			t.Fatalf("after %v: %s", patience, what)
		}
		time.Sleep(5 * time.Millisecond)
	}
	return time.Since(began)
}

// Eventually waits until a condition holds.
func (s *Server) Eventually(what string, holds func() bool) {
	s.t.Helper()
	Within(s.t, what, holds)
}
