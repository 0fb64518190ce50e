package desk

import (
	"encoding/json"
	"net/http"
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
