package desk

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/crypto/argon2"

	"github.com/tasklane/tasklane/internal/auth"
	"github.com/tasklane/tasklane/internal/directory"
)

// json posts an object and returns the status and the answer.
func (w *world) json(path string, members object) (int, object) {
	w.t.Helper()
	body, _ := json.Marshal(members)
	res, text := w.post(path, "application/json", string(body))
	var out object
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		w.t.Fatalf("POST %s: %s %q", path, res.Status, text)
	}
	return res.StatusCode, out
}

// another is a browser of its own on the same desk.
func (w *world) another() *world {
	other := *w
	jar, _ := cookiejar.New(nil)
	client := *w.client
	client.Jar, other.client, other.token = jar, &client, ""
	return &other
}

// stands reports whether the session of this browser stands.
func (w *world) stands() bool {
	res, _ := w.get("/auth/authorize")
	return res.StatusCode == http.StatusOK
}

func (w *world) user() *directory.User {
	w.t.Helper()
	u, err := w.engine.User(instance, w.stock.Agent)
	if err != nil {
		w.t.Fatal(err)
	}
	return u.Value
}

func TestChangingThePasswordSignsInAndEndsTheOtherSessions(t *testing.T) {
	w := signedIn(t)
	change := func(old, renewed string) (int, object) {
		return w.json("/auth/password", object{"username": "agent", "password": old, "newPassword": renewed})
	}
	elsewhere := w.another()
	elsewhere.signIn()
	for name, refused := range map[string]struct {
		old, new string
		status   int
	}{
		"wrong":                   {"Tasklane2", "Another1", 401},
		"against the rules":       {"Tasklane1", "another", 400},
		"the same":                {"Tasklane1", "Tasklane1", 400},
		"wrong and against rules": {"Tasklane2", "another", 400},
	} {
		if status, out := change(refused.old, refused.new); status != refused.status || out["message"] == "" {
			t.Errorf("%s: %d %v, want %d", name, status, out, refused.status)
		}
	}
	if !w.stands() || !elsewhere.stands() {
		t.Fatal("a refused change has ended a session")
	}
	if status, out := change("Tasklane1", "Another1"); status != http.StatusOK {
		t.Fatalf("change: %d %v", status, out)
	}
	if !w.stands() {
		t.Error("who has changed the password is signed out")
	}
	if elsewhere.stands() {
		t.Error("a session elsewhere outlives the password")
	}
	if status, _ := w.json("/login", object{"username": "agent", "password": "Tasklane1"}); status != http.StatusUnauthorized {
		t.Errorf("the old password: %d, want 401", status)
	}
	if status, _ := w.json("/login", object{"username": "agent", "password": "Another1"}); status != http.StatusOK {
		t.Errorf("the new password: %d, want 200", status)
	}
}

func TestPasswordMustBeChangedAtFirstUse(t *testing.T) {
	w := open(t)
	if err := w.engine.AskForNewPassword(t.Context(), instance, w.stock.Agent); err != nil {
		t.Fatal(err)
	}
	if status, out := w.json("/login", object{"username": "agent", "password": "x"}); status != 401 || out["changePassword"] != nil {
		t.Errorf("a wrong password learns of it: %d %v", status, out)
	}
	if status, out := w.json("/login", object{"username": "agent", "password": "Tasklane1"}); status != 403 || out["changePassword"] != true {
		t.Errorf("the right password: %d %v, want 403 and changePassword", status, out)
	}
	res, _ := w.post("/login", "application/x-www-form-urlencoded", "username=agent&password=Tasklane1")
	if to := res.Header.Get("Location"); to != "/login?failed=change" {
		t.Errorf("in a form: %s", to)
	}
	if w.stands() {
		t.Error("a session was given")
	}
	if status, out := w.json("/auth/password", object{"username": "agent", "password": "Tasklane1", "newPassword": "Another1"}); status != 200 {
		t.Fatalf("change: %d %v", status, out)
	}
	if status, _ := w.json("/login", object{"username": "agent", "password": "Another1"}); status != 200 {
		t.Errorf("afterwards: %d", status)
	}
}

func TestHashOfAnEarlierCostIsMadeAnew(t *testing.T) {
	w := open(t, func(o *Options) { o.Hasher = auth.Hasher{} })
	salt := []byte("saltsalt")
	b64 := base64.RawStdEncoding.EncodeToString
	hash := "$argon2id$v=19$m=64,t=1,p=1$" + b64(salt) + "$" + b64(argon2.IDKey([]byte("Tasklane1"), salt, 1, 64, 1, 32))
	if err := w.engine.RenewHash(t.Context(), instance, w.stock.Agent, w.user().PasswordHash, hash); err != nil {
		t.Fatal(err)
	}
	w.signIn()
	renewed := w.user().PasswordHash
	if renewed == hash || (auth.Hasher{}).Outdated(renewed) || !auth.PasswordMatches(renewed, "Tasklane1") {
		t.Errorf("after the sign-in the hash is %s", renewed)
	}
	if !w.stands() {
		t.Error("a new hash of the same password ends sessions")
	}
	w.signIn()
	if w.user().PasswordHash != renewed {
		t.Error("a hash of today's cost is made anew")
	}
}

// admin is a browser in which the administrator has signed in.
func (w *world) admin() *world {
	w.t.Helper()
	if err := w.engine.SetPassword(w.t.Context(), instance, w.stock.Admin, hasher.Hash("Tasklane1"), false); err != nil {
		w.t.Fatal(err)
	}
	admin := w.another()
	admin.signIn("admin")
	return admin
}

func TestAdministratorSetsPasswords(t *testing.T) {
	w := signedIn(t)
	path := "/auth/users/" + w.stock.Agent + "/password"
	if status, _ := w.another().json(path, object{}); status != http.StatusUnauthorized {
		t.Errorf("who is not signed in: %d, want 401", status)
	}
	if status, _ := w.json("/auth/users/"+w.stock.Admin+"/password", object{"password": "Another1"}); status != http.StatusForbidden {
		t.Errorf("an agent: %d, want 403", status)
	}
	admin := w.admin()
	for name, refused := range map[string]struct {
		path string
		body object
		want string
	}{
		"unknown user":  {"/auth/users/" + unknown + "/password", object{"password": "Another1"}, "ResourceNotFoundException"},
		"rules":         {path, object{"password": "x"}, "ValidationException"},
		"nothing to do": {path, object{"change": false}, "ValidationException"},
		"no JSON":       {path, nil, ""},
	} {
		if name == "no JSON" {
			if res, _ := admin.post(path, "application/json", "x"); res.StatusCode != http.StatusBadRequest {
				t.Errorf("%s: %s", name, res.Status)
			}
			continue
		}
		if status, out := admin.json(refused.path, refused.body); status != 400 || out["__type"] != refused.want {
			t.Errorf("%s: %d %v, want %s", name, status, out, refused.want)
		}
	}
	if !w.stands() {
		t.Fatal("a refused change ends sessions")
	}
	for range freeAttempts + 2 {
		w.json("/login", object{"username": "agent", "password": "x"})
	}
	if status, out := admin.json(path, object{"password": "Another1", "change": false}); status != 200 {
		t.Fatalf("set: %d %v", status, out)
	}
	if w.stands() {
		t.Error("the session outlives the password")
	}
	if status, out := w.json("/login", object{"username": "agent", "password": "Another1"}); status != 200 {
		t.Errorf("the new password, while the user had to wait: %d %v", status, out)
	}
	if status, _ := admin.json(path, object{"password": "Another2"}); status != 200 || !w.user().ChangePassword {
		t.Errorf("%d, and the user need not change it at first use", status)
	}
	admin.json(path, object{"password": "Another2", "change": false})
	if status, _ := admin.json(path, object{}); status != 200 || !w.user().ChangePassword || !auth.PasswordMatches(w.user().PasswordHash, "Another2") {
		t.Errorf("asking for another password: %d, %v", status, w.user())
	}
}

func TestSigningOutEverywhereEndsSessionsAndSockets(t *testing.T) {
	w := open(t)
	everywhere := map[string]func(*world){
		"by the user": func(here *world) {
			if status, out := here.accepting("/logout/everywhere"); status != 200 || out["next"] != "/login" {
				t.Errorf("%d %v", status, out)
			}
		},
		"by an administrator": func(here *world) {
			if status, out := w.admin().json("/auth/users/"+w.stock.Agent+"/sign-out", object{}); status != 200 {
				t.Errorf("%d %v", status, out)
			}
		},
		"because the password was set": func(*world) {
			if err := w.engine.SetPassword(t.Context(), instance, w.stock.Agent, w.user().PasswordHash, false); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, end := range everywhere {
		t.Run(name, func(t *testing.T) {
			here, there := w.another(), w.another()
			here.signIn()
			there.signIn()
			conn := there.dial(websocket.DialOptions{})
			ticket := there.ticketURL()
			end(here)
			if here.stands() || there.stands() {
				t.Error("a session lives on")
			}
			if status, _ := there.cti("GetAgentSnapshot", object{}); status != http.StatusUnauthorized {
				t.Errorf("the token lives on: %d", status)
			}
			for i := 0; ; i++ {
				if _, err := next(t, conn); err != nil {
					break
				} else if i > 3 {
					t.Fatal("the socket lives on")
				}
			}
			if c, _, err := websocket.Dial(t.Context(), ticket, nil); err == nil {
				_ = c.CloseNow()
				t.Error("the ticket lives on")
			}
		})
	}
}

// accepting posts without a body, as a script of our page.
func (w *world) accepting(path string) (int, object) {
	w.t.Helper()
	r, _ := http.NewRequest(http.MethodPost, w.server.URL+path, nil)
	r.Header.Set("Sec-Fetch-Mode", "cors")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	res, text := w.do(r)
	var out object
	_ = json.Unmarshal([]byte(text), &out) // the caller looks at what is there
	return res.StatusCode, out
}

// A sign-in that had begun when the password was changed must not outlive the change.
func TestSessionMadeWithAnOldPasswordIsNone(t *testing.T) {
	w := open(t)
	u := w.user()
	if err := w.engine.SetPassword(t.Context(), instance, w.stock.Agent, "", false); err != nil {
		t.Fatal(err)
	}
	opened, err := w.desk.sessions.Create(t.Context(), instance, w.stock.Agent, u.Epoch, directory.ByPassword)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok, err := w.desk.sessions.Find(t.Context(), auth.Bearer(opened.Token)); ok || err != nil {
		t.Errorf("Find = %t, %v, want none", ok, err)
	}
}

func TestSessionLivesAsLongAsIsSet(t *testing.T) {
	w := open(t, func(o *Options) { o.Sessions.Life = time.Hour })
	w.signIn()
	w.store.AdvanceSessions(59 * time.Minute)
	if !w.stands() {
		t.Error("it has ended early")
	}
	w.store.AdvanceSessions(2 * time.Minute)
	if w.stands() {
		t.Error("it lives on")
	}
}

func TestUsersWithoutAPasswordAndUnknownOnesAreToldTheSame(t *testing.T) {
	w := open(t)
	var answers []string
	for _, name := range []string{"admin", "agent", "nobody"} {
		for range freeAttempts + 2 {
			res, text := w.post("/login", "application/json", fmt.Sprintf(`{"username":%q,"password":"x"}`, name))
			answers = append(answers, res.Status+" "+strings.TrimRight(text, "\n"))
		}
	}
	n := freeAttempts + 2
	for i := range n {
		if a, b, c := answers[i], answers[n+i], answers[2*n+i]; i < n-1 && (a != b || b != c) ||
			i == n-1 && (!strings.HasPrefix(a, "429") || !strings.HasPrefix(b, "429") || !strings.HasPrefix(c, "429")) {
			t.Errorf("try %d: %q, %q, %q", i+1, a, b, c)
		}
	}
}

func TestGuessesAreCountedByAllServersTogether(t *testing.T) {
	w := open(t)
	there := New(w.options) // another server on the same database
	for i := range freeAttempts + 1 {
		d := []*Desk{w.desk, there}[i%2]
		r, _ := http.NewRequest(http.MethodPost, "/login", nil)
		if _, err := d.verify(r, credentials{Username: "agent", Password: "x"}); err == nil || strings.Contains(err.Error(), "Too many") {
			t.Fatalf("guess %d: %v", i+1, err)
		}
	}
	if status, out := w.json("/login", object{"username": "agent", "password": "Tasklane1"}); status != http.StatusTooManyRequests {
		t.Errorf("after guesses at two servers: %d %v, want 429", status, out)
	}
}

func TestAddressIsSlowedDown(t *testing.T) {
	w := open(t, func(o *Options) { o.Lockout.PerAddress = 3 })
	for i := range 4 {
		if status, _ := w.json("/login", object{"username": fmt.Sprint("guess", i), "password": "x"}); status != http.StatusUnauthorized {
			t.Fatalf("guess %d: %d", i+1, status)
		}
	}
	if status, _ := w.json("/login", object{"username": "agent", "password": "Tasklane1"}); status != http.StatusTooManyRequests {
		t.Errorf("after many guesses from one address: %d, want 429", status)
	}
}
