package desk

import (
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

func TestSignIn(t *testing.T) {
	w := open(t)
	tests := []struct {
		name, kind, body string
		status           int
		location         string
	}{
		{"wrong password", "application/json", `{"username":"agent","password":"x"}`, 401, ""},
		{"unknown user", "application/json", `{"username":"who","password":"Tasklane1"}`, 401, ""},
		{"no password set", "application/json", `{"username":"admin","password":""}`, 401, ""},
		{"no JSON", "application/json", `username`, 400, ""},
		{"wrong in a form", "application/x-www-form-urlencoded", "username=agent&password=x", 303, "/login?failed=1"},
		{"right in a form", "application/x-www-form-urlencoded", "username=agent&password=Tasklane1", 303, "/ccp-v2/"},
		{"right", "application/json", `{"username":"agent","password":"Tasklane1"}`, 200, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w.client.Jar, _ = cookiejar.New(nil)
			res, text := w.post("/login", tt.kind, tt.body)
			if res.StatusCode != tt.status || res.Header.Get("Location") != tt.location {
				t.Errorf("%d to %q: %s; want %d to %q", res.StatusCode, res.Header.Get("Location"), text, tt.status, tt.location)
			}
			u, _ := url.Parse(w.server.URL)
			if got, want := len(w.client.Jar.Cookies(u)) == 1, strings.HasPrefix(tt.name, "right"); got != want {
				t.Errorf("cookie given: %t, want %t", got, want)
			}
		})
	}
}

func TestGuessingIsSlowedDown(t *testing.T) {
	w := open(t)
	wrong := func() string {
		_, text := w.post("/login", "application/json", `{"username":"agent","password":"x"}`)
		return text
	}
	for range freeAttempts + 1 {
		if strings.Contains(wrong(), "Too many") {
			t.Fatal("slowed down too early")
		}
	}
	if text := wrong(); !strings.Contains(text, "Too many") {
		t.Errorf("after %d wrong passwords: %s", freeAttempts+1, text)
	}
	if res, _ := w.post("/login", "application/json", `{"username":"agent","password":"Tasklane1"}`); res.StatusCode != 429 {
		t.Errorf("the right password while the user is locked: %s, want 429", res.Status)
	}
	w.store.AdvanceSessions(lockedFor + time.Second)
	if res, _ := w.post("/login", "application/json", `{"username":"agent","password":"Tasklane1"}`); res.StatusCode != 200 {
		t.Errorf("after the wait: %s", res.Status)
	}
}

func TestGuessesAtTheSameTimeCountToo(t *testing.T) {
	w := open(t)
	answers := make(chan int)
	const guesses = 4 * freeAttempts
	for range guesses {
		go func() {
			res, err := w.client.Post(w.server.URL+"/login", "application/json", strings.NewReader(`{"username":"agent","password":"x"}`))
			if err != nil {
				t.Error(err)
				answers <- 0
				return
			}
			res.Body.Close()
			answers <- res.StatusCode
		}()
	}
	tried := 0
	for range guesses {
		if <-answers == http.StatusUnauthorized {
			tried++
		}
	}
	if tried > freeAttempts+1 {
		t.Errorf("%d of %d guesses at the same time were tried, want at most %d", tried, guesses, freeAttempts+1)
	}
}

func TestSignInsAtOnceAreBounded(t *testing.T) {
	w := open(t)
	for range maxSignIns {
		w.desk.signIns <- struct{}{}
	}
	if res, text := w.post("/login", "application/json", `{"username":"agent","password":"Tasklane1"}`); res.StatusCode != http.StatusTooManyRequests {
		t.Errorf("one sign-in too many: %s %s, want 429", res.Status, text)
	}
	<-w.desk.signIns
	if res, text := w.post("/login", "application/json", `{"username":"agent","password":"Tasklane1"}`); res.StatusCode != http.StatusOK {
		t.Errorf("when one has ended: %s %s, want 200", res.Status, text)
	}
}

func TestAnotherSitesPageCannotSignIn(t *testing.T) {
	w := open(t)
	r, _ := http.NewRequest(http.MethodPost, w.server.URL+"/login", strings.NewReader("username=agent&password=Tasklane1"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "https://evil.example")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if res, text := w.do(r); res.StatusCode != http.StatusForbidden || !json.Valid([]byte(text)) {
		t.Errorf("a form of another site: %s %q, want 403 and JSON", res.Status, text)
	}
}

func TestAuthorize(t *testing.T) {
	w := open(t)
	if res, _ := w.get("/auth/authorize"); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("without a cookie: %s, want 401", res.Status)
	}
	w = signedIn(t)
	out := w.authorize()
	if out["region"] != "us-east-1" || out["refreshToken"] == "" || out["expiration"].(float64) < float64(time.Now().Add(11*time.Hour).UnixMilli()) {
		t.Errorf("authorize = %v", out)
	}
	if again := w.authorize()["accessToken"]; again != w.token {
		t.Error("a second tab's token takes the place of the first")
	}
}

func TestTheBearerTokenAloneTellsWhoCalls(t *testing.T) {
	w := signedIn(t)
	for name, token := range map[string]string{"none": "", "another": "x"} {
		w.token = token
		if status, out := w.cti("GetAgentSnapshot", object{}); status != 401 || out["__type"] != "UnauthorizedException" {
			t.Errorf("token %s, with the cookie: %d %v, want 401", name, status, out)
		}
	}
}

func TestSignOutEndsEverything(t *testing.T) {
	w := signedIn(t)
	w.available()
	conn := w.dial(websocket.DialOptions{})
	if _, err := next(t, conn); err != nil {
		t.Fatal(err)
	}
	if res, _ := w.get("/logout"); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/login" {
		t.Errorf("logout: %s to %s", res.Status, res.Header.Get("Location"))
	}
	if status, _ := w.cti("GetAgentSnapshot", object{}); status != 401 {
		t.Errorf("the token lives on: %d", status)
	}
	for i := 0; ; i++ {
		if _, err := next(t, conn); err != nil {
			break
		} else if i > 3 {
			t.Fatal("the socket lives on")
		}
	}
	d, err := w.engine.Desk(t.Context(), instance, w.stock.Agent)
	if err != nil || d.Status.Name != "Offline" {
		t.Errorf("after sign-out the agent is %s, %v", d.Status.Name, err)
	}
}

func TestSessionSurvivesARestart(t *testing.T) {
	w := signedIn(t)
	mux := http.NewServeMux()
	New(w.options).Register(mux)
	again := httptest.NewServer(mux)
	t.Cleanup(again.Close)
	w.server = again
	if status, out := w.cti("GetAgentStates", object{}); status != 200 {
		t.Errorf("after a restart: %d %v", status, out)
	}
}
