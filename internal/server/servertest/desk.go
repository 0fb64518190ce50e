package servertest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
)

// Desk is an agent who is signed in and works tasks as the agent panel does.
type Desk struct {
	User User

	s     *Server
	token string // bearer
}

// In is the same server, for a subtest: what fails, fails there.
func (s *Server) In(t testing.TB) *Server {
	other := *s
	other.t = t
	return &other
}

// Somebody is the identity of a user for whom a test needs none in particular: a user must have a first and a last name.
func Somebody() *types.UserIdentityInfo {
	return &types.UserIdentityInfo{FirstName: aws.String("First"), LastName: aws.String("Last")}
}

// Hire makes a user like the stock agent. The request may be changed before it is sent.
func (s *Server) Hire(name string, change ...func(*connect.CreateUserInput)) User {
	s.t.Helper()
	stock, err := s.Client().DescribeUser(context.Background(), &connect.DescribeUserInput{InstanceId: &s.InstanceID, UserId: &s.Agent.UserID})
	if err != nil {
		s.t.Fatalf("DescribeUser: %v", err)
	}
	u := User{Username: name, Password: "Tasklane1"}
	in := &connect.CreateUserInput{
		InstanceId: &s.InstanceID, Username: &u.Username, Password: &u.Password,
		RoutingProfileId: stock.User.RoutingProfileId, SecurityProfileIds: stock.User.SecurityProfileIds,
		IdentityInfo: Somebody(),
	}
	for _, f := range change {
		f(in)
	}
	out, err := s.Client().CreateUser(context.Background(), in)
	if err != nil {
		s.t.Fatalf("CreateUser: %v", err)
	}
	u.UserID = *out.UserId
	return u
}

// SignIn signs a user in at the agent panel of the server's instance.
func (s *Server) SignIn(u User) *Desk {
	s.t.Helper()
	return s.SignInTo(s.InstanceID, u)
}

// SignInTo signs a user in at the agent panel of an instance, by its alias or id.
func (s *Server) SignInTo(instance string, u User) *Desk {
	s.t.Helper()
	jar, _ := cookiejar.New(nil) // never fails
	browser := &http.Client{Jar: jar}
	login, _ := json.Marshal(map[string]string{"username": u.Username, "password": u.Password, "instance": instance})
	res, err := browser.Post(s.URL+"/login", "application/json", bytes.NewReader(login)) //nolint:noctx // a test
	if err != nil {
		s.t.Fatal(err)
	}
	_ = res.Body.Close()
	if res, err = browser.Get(s.URL + "/auth/authorize"); err != nil { //nolint:noctx // a test
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	var out struct{ AccessToken string }
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil || out.AccessToken == "" {
		s.t.Fatalf("sign-in of %s: %s, %v", u.Username, res.Status, err)
	}
	return &Desk{User: u, s: s, token: out.AccessToken}
}

// At is the same session at another server of the database.
func (d *Desk) At(s *Server) *Desk {
	other := *d
	other.s = s
	return &other
}

// Call makes a call of the CTI protocol and returns the status and the answer.
func (d *Desk) Call(operation string, members map[string]any) (int, map[string]any) {
	d.s.t.Helper()
	body, _ := json.Marshal(members)
	r, err := http.NewRequest(http.MethodPost, d.s.URL+"/api", bytes.NewReader(body)) //nolint:noctx // a test
	if err != nil {
		d.s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Target", "AmazonConnectCTIService."+operation)
	r.Header.Set("X-Amz-Bearer", d.token)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		d.s.t.Fatal(err)
	}
	defer res.Body.Close()
	var out map[string]any
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
		d.s.t.Fatalf("%s: %s, %v", operation, res.Status, err)
	}
	return res.StatusCode, out
}

// do makes a call on a task that must succeed.
func (d *Desk) do(operation, contact string) {
	d.s.t.Helper()
	if status, out := d.Call(operation, map[string]any{"contactId": contact}); status != http.StatusOK {
		d.s.t.Fatalf("%s of %s: %d %v", operation, contact, status, out)
	}
}

// Task is a task as the agent sees it; nil when it is not on the desk.
func (d *Desk) Task(contact string) map[string]any {
	d.s.t.Helper()
	status, out := d.Call("GetAgentSnapshot", map[string]any{})
	if status != http.StatusOK {
		d.s.t.Fatalf("GetAgentSnapshot: %d %v", status, out)
	}
	for _, c := range out["snapshot"].(map[string]any)["contacts"].([]any) {
		if task := c.(map[string]any); task["contactId"] == contact {
			return task
		}
	}
	return nil
}

// State is the state of a task as the agent sees it; empty when it is not on the desk.
func (d *Desk) State(contact string) string {
	d.s.t.Helper()
	task := d.Task(contact)
	if task == nil {
		return ""
	}
	return task["state"].(map[string]any)["type"].(string)
}

// Ringing waits until a task rings at the agent.
func (d *Desk) Ringing(contact string) {
	d.s.t.Helper()
	d.s.Eventually("the task does not ring", func() bool { return d.State(contact) == "connecting" })
}

// Accept waits until a task rings at the agent, and accepts it.
func (d *Desk) Accept(contact string) {
	d.s.t.Helper()
	d.Ringing(contact)
	d.do("AcceptContact", contact)
}

// End ends a task; after-contact work begins.
func (d *Desk) End(contact string) {
	d.s.t.Helper()
	d.do("DestroyConnection", contact)
}

// Clear takes a task off the desk that is over for the agent.
func (d *Desk) Clear(contact string) {
	d.s.t.Helper()
	d.do("ClearContact", contact)
}

// Now is the server's time.
func (s *Server) Now() time.Time {
	s.t.Helper()
	return time.UnixMilli(int64(s.Post("/_tasklane/clock", `{"advanceSeconds":0}`)["now"].(float64) * 1000)).UTC()
}

// AdvanceTo moves the server's clock ahead to a time and waits until all that fell due on the way has been done.
func (s *Server) AdvanceTo(at time.Time) {
	s.t.Helper()
	s.Post("/_tasklane/clock", fmt.Sprintf(`{"advanceTo":%.3f}`, float64(at.UnixMilli())/1000))
}

// Events are the types of what happened to a contact, oldest first. The actions of its flows are left out.
func (s *Server) Events(contact string) string {
	s.t.Helper()
	res, err := http.Get(s.URL + "/_tasklane/contacts/" + contact + "/trace") //nolint:noctx // a test
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	var out struct{ Events []struct{ Type string } }
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
		s.t.Fatalf("trace of %s: %s, %v", contact, res.Status, err)
	}
	var types []string
	for _, e := range out.Events {
		if e.Type != "FLOW_ACTION" {
			types = append(types, e.Type)
		}
	}
	return strings.Join(types, " ")
}
