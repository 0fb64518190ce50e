package desk

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/tasklane/tasklane/internal/auth"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
)

// instance makes an instance with a user and returns its id.
func (w *world) instance(alias, username, password string) string {
	w.t.Helper()
	made, err := w.engine.CreateInstance(w.t.Context(), engine.NewInstance{
		Region: "us-east-1", Account: "000000000000", Alias: alias, Identity: directory.ManagedHere,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	profiles, err := w.engine.RoutingProfiles(made.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	security, err := w.engine.SecurityProfiles(made.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	_, err = w.engine.CreateUser(w.t.Context(), made.ID, directory.User{
		Username: username, PasswordHash: hasher.Hash(password), RoutingProfile: profiles[0].ID, SecurityProfiles: []string{security[0].ID},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return made.ID
}

// signedInTo signs in and returns the status, and the instance that the session is of.
func (w *world) signedInTo(path, body string) (int, string) {
	w.t.Helper()
	res, _ := w.post(path, "application/json", body)
	for _, c := range res.Cookies() {
		if s, ok, err := w.options.Sessions.Find(w.t.Context(), auth.Bearer(c.Value)); err == nil && ok {
			return res.StatusCode, s.Instance
		}
	}
	return res.StatusCode, ""
}

// A user name that several instances have signs in to the one that is named, or else to the one whose password it is.
func TestUsersOfOneNameSignInToTheirInstances(t *testing.T) {
	w := open(t)
	same := w.instance("Same", "agent", "Tasklane1")
	other := w.instance("other", "agent", "Another1")
	lone := w.instance("lone", "only", "Tasklane1")
	for _, tt := range []struct {
		path, body string
		status     int
		to         string
	}{
		{"/login", `{"username":"agent","password":"Tasklane1","instance":"tasklane"}`, 200, instance},
		{"/login", `{"username":"agent","password":"Tasklane1","instance":"sAME"}`, 200, same},
		{"/login?instance=" + same, `{"username":"agent","password":"Tasklane1"}`, 200, same},
		{"/login", `{"username":"agent","password":"Another1"}`, 200, other},
		{"/login", `{"username":"only","password":"Tasklane1"}`, 200, lone},
		{"/login", `{"username":"agent","password":"Tasklane1"}`, 409, ""},
		{"/login", `{"username":"agent","password":"Tasklane1","instance":"other"}`, 401, ""},
		{"/login", `{"username":"agent","password":"Tasklane1","instance":"none"}`, 401, ""},
		{"/login", `{"username":"agent","password":"wrong"}`, 401, ""},
		{"/auth/password", `{"username":"agent","password":"Another1","newPassword":"Another2","instance":"other"}`, 200, other},
	} {
		if status, to := w.signedInTo(tt.path, tt.body); status != tt.status || to != tt.to {
			t.Errorf("POST %s %s = %d, instance %s; want %d, %s", tt.path, tt.body, status, to, tt.status, tt.to)
		}
	}
	// Which instances there are is told to those only who have the password.
	res, text := w.post("/login", "application/json", `{"username":"agent","password":"Tasklane1"}`)
	var out struct {
		ChooseInstance bool
		Instances      []string
	}
	if err := json.Unmarshal([]byte(text), &out); err != nil || !out.ChooseInstance || !slices.Equal(out.Instances, []string{"tasklane", "Same"}) {
		t.Errorf("to choose: %s %s", res.Status, text)
	}
	res, _ = w.post("/login", "application/x-www-form-urlencoded", "username=agent&password=Tasklane1")
	if to := res.Header.Get("Location"); to != "/login?failed=instance" {
		t.Errorf("a form goes to %q", to)
	}
	res, _ = w.post("/login", "application/x-www-form-urlencoded", "username=agent&password=wrong&instance=other")
	if to := res.Header.Get("Location"); to != "/login?failed=1&instance=other" {
		t.Errorf("a form that names an instance goes to %q", to)
	}
	if _, text := w.get("/auth/options"); !strings.Contains(text, `"instances":true`) {
		t.Errorf("options: %s", text)
	}
}

// Wrong passwords for a user of one instance do not keep the user of another one waiting.
func TestGuessesAtOneInstanceDoNotLockAnother(t *testing.T) {
	w := open(t)
	w.instance("other", "agent", "Another1")
	for range freeAttempts + 1 {
		w.signedInTo("/login", `{"username":"agent","password":"wrong","instance":"other"}`)
	}
	if status, _ := w.signedInTo("/login", `{"username":"agent","password":"Another1","instance":"other"}`); status != http.StatusTooManyRequests {
		t.Errorf("after too many guesses: %d", status)
	}
	if status, to := w.signedInTo("/login", `{"username":"agent","password":"Tasklane1","instance":"tasklane"}`); status != http.StatusOK || to != instance {
		t.Errorf("in the other instance: %d %s", status, to)
	}
}

// Who waits for changes of a desk hears at once that its instance is gone.
func TestDeletedInstanceLetsGoOfItsPanels(t *testing.T) {
	w := open(t)
	gone := w.instance("gone", "ann", "Tasklane1")
	ann, err := w.engine.UserNamed(gone, "ann")
	if err != nil {
		t.Fatal(err)
	}
	mine := w.desk.hub.watch(directory.Session{Instance: gone, User: ann.ID, TokenHash: "a"})
	others := w.desk.hub.watch(directory.Session{Instance: instance, User: w.stock.Agent, TokenHash: "b"})
	defer w.desk.hub.leave(mine)
	defer w.desk.hub.leave(others)
	if err := w.engine.DeleteInstance(t.Context(), gone); err != nil {
		t.Fatal(err)
	}
	select {
	case <-mine.ended:
	default:
		t.Error("the panel of the deleted instance was not told")
	}
	select {
	case <-others.ended:
		t.Error("the panel of the other instance was told that it has ended")
	default:
	}
}

// Where an identity provider manages the users, nobody gets a password.
func TestUsersOfASAMLInstanceGetNoPassword(t *testing.T) {
	w := open(t)
	made, err := w.engine.CreateInstance(t.Context(), engine.NewInstance{
		Region: "us-east-1", Account: "000000000000", Alias: "federated", Identity: directory.SAML,
	})
	if err != nil {
		t.Fatal(err)
	}
	profiles, err := w.engine.RoutingProfiles(made.ID)
	if err != nil {
		t.Fatal(err)
	}
	security, err := w.engine.SecurityProfiles(made.ID)
	if err != nil {
		t.Fatal(err)
	}
	all := make([]string, len(security))
	for i, p := range security {
		all[i] = p.ID
	}
	u, err := w.engine.CreateUser(t.Context(), made.ID, directory.User{Username: "ann", RoutingProfile: profiles[0].ID, SecurityProfiles: all})
	if err != nil {
		t.Fatal(err)
	}
	opened, err := w.options.Sessions.Create(t.Context(), made.ID, u.ID, u.Value.Epoch, directory.ByFederation)
	if err != nil {
		t.Fatal(err)
	}
	cookie := httptest.NewRecorder()
	w.options.Sessions.SetCookie(cookie, httptest.NewRequestWithContext(t.Context(), http.MethodGet, w.server.URL, nil), opened, auth.ThisPage)
	page, _ := url.Parse(w.server.URL)
	w.client.Jar.SetCookies(page, cookie.Result().Cookies())
	for _, body := range []object{{"password": "Tasklane1"}, {}} {
		if status, out := w.json("/auth/users/"+u.ID+"/password", body); status != http.StatusBadRequest || out["__type"] != "InvalidStateException" {
			t.Errorf("%v: %d %v, want a refusal", body, status, out)
		}
	}
	if got, err := w.engine.User(made.ID, u.ID); err != nil || got.Value.PasswordHash != "" || got.Value.ChangePassword {
		t.Errorf("the user is %+v, %v", got.Value, err)
	}
}

// Who is signed in to one instance does nothing in another one, whatever they name: every call on a task of it is refused,
// and so are its templates, its users, its statuses and its quick connects.
func TestSessionOfOneInstanceIsNoneInAnother(t *testing.T) {
	w := signedIn(t)
	w.available()
	task := w.ring()
	before := w.must("GetAgentSnapshot", object{})["snapshot"].(object)["contacts"]
	available := w.state("Available")
	w.instance("other", "ann", "Tasklane1")
	ann := w.another()
	ann.signIn("ann")
	refused := func(what string, status int, out object) {
		t.Helper()
		text, _ := json.Marshal(out)
		if status < 400 || status == http.StatusInternalServerError || strings.Contains(string(text), "Refund") {
			t.Errorf("%s: %d %s, want a refusal", what, status, text)
		}
	}
	members := object{
		"contactId": task, "connectionId": connectionID(w.stock.Agent, task), "name": "stolen", "description": "stolen",
		"state":            object{"agentStateARN": available},
		"quickConnectId":   w.stock.QueueConnect,
		"endpoint":         object{"endpointARN": "arn:aws:connect:us-east-1:000000000000:instance/" + instance + "/transfer-destination/" + w.stock.QueueConnect},
		"taskTemplateId":   w.stock.Template,
		"idempotencyToken": "t",
	}
	harmless := 0
	for name := range operations {
		status, out := ann.cti(name, members)
		text, _ := json.Marshal(out)
		if strings.Contains(string(text), "Refund") {
			t.Errorf("%s tells of another instance: %s", name, text)
		}
		switch name {
		case "AcceptContact", "RejectContact", "DestroyConnection", "ClearContact", "CompleteContact", "PauseContact", "ResumeContact",
			"TransferContact", "CreateAdditionalConnection", "CreateTaskContact", "PutAgentState":
			refused(name, status, out)
		default:
			harmless++ // about the caller alone
		}
	}
	if harmless == 0 || harmless == len(operations) {
		t.Errorf("%d of %d operations are about the caller alone", harmless, len(operations))
	}
	for _, path := range []string{proxied, proxied + "/" + w.stock.Template} {
		status, out := ann.templates(http.MethodGet, path, nil)
		refused(path, status, out)
	}
	for path, body := range map[string]object{
		"/createTemplatedTask": {"Name": "stolen", "TaskTemplateId": w.stock.Template},
		"/updateContact":       {"ContactId": task, "Name": "stolen"},
	} {
		method := http.MethodPost
		if path == "/createTemplatedTask" {
			method = http.MethodPut
		}
		status, out := ann.templates(method, path, body)
		refused(path, status, out)
	}
	for _, path := range []string{"/auth/users/" + w.stock.Agent + "/password", "/auth/users/" + w.stock.Agent + "/sign-out"} {
		status, out := ann.json(path, object{"password": "Stolen123", "change": false}) // ann may change the users of her own instance
		refused(path, status, out)
	}
	if !w.stands() || !auth.PasswordMatches(w.user().PasswordHash, "Tasklane1") {
		t.Error("the user of the first instance is signed out, or has another password")
	}
	if after := w.must("GetAgentSnapshot", object{})["snapshot"].(object)["contacts"]; !reflect.DeepEqual(before, after) {
		t.Errorf("the desk of the first instance has %v, before it had %v", after, before)
	}
}
