package desk

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tasklane/tasklane/internal/auth"
	"github.com/tasklane/tasklane/internal/directory"
)

// federate opens a session as GetFederationToken does.
func (w *world) federate() (bearer string, s directory.Session) {
	w.t.Helper()
	opened, err := w.desk.sessions.Create(w.t.Context(), instance, w.stock.Agent, w.user().Epoch, directory.ByFederation)
	if err != nil {
		w.t.Fatal(err)
	}
	bearer = auth.Bearer(opened.Token)
	s, ok, err := w.desk.sessions.Find(w.t.Context(), bearer)
	if err != nil || !ok {
		w.t.Fatalf("Find = %t, %v", ok, err)
	}
	return bearer, s
}

// ticket makes a ticket for a session.
func (w *world) ticket(s directory.Session, p directory.Purpose) string {
	w.t.Helper()
	ticket, err := w.desk.sessions.Ticket(w.t.Context(), s, p)
	if err != nil {
		w.t.Fatal(err)
	}
	return ticket
}

// redeem tries a ticket at a door, in a browser without cookies, and reports whether it lets in.
func (w *world) redeem(p directory.Purpose, ticket string) bool {
	w.t.Helper()
	w.client.Jar, _ = cookiejar.New(nil)
	switch p {
	case directory.SignIn:
		res, _ := w.get(auth.TicketPath + "?ticket=" + url.QueryEscape(ticket))
		return res.Header.Get("Location") == panelPath && len(res.Cookies()) == 1
	case directory.HandOver:
		res, _ := w.post("/auth/handoff", "application/json", `{"code":"`+ticket+`"}`)
		return res.StatusCode == http.StatusOK && len(res.Cookies()) == 1
	default:
		res, _ := w.get(socketPath + "?ticket=" + url.QueryEscape(ticket))
		return res.StatusCode != http.StatusUnauthorized
	}
}

func TestTicketOpensOneDoorOnce(t *testing.T) {
	w := signedIn(t)
	_, s := w.federate()
	doors := []directory.Purpose{directory.OpenSocket, directory.HandOver, directory.SignIn}
	for _, purpose := range doors {
		ticket := w.ticket(s, purpose)
		for _, door := range doors {
			if door != purpose && w.redeem(door, ticket) {
				t.Errorf("a ticket of purpose %s lets in at %s", purpose, door)
			}
		}
		if !w.redeem(purpose, ticket) {
			t.Errorf("a ticket of purpose %s does not let in at its door", purpose)
		}
		if w.redeem(purpose, ticket) {
			t.Errorf("a ticket of purpose %s lets in twice", purpose)
		}
	}
}

// The code of a sign-in window is for a frame: nobody can be signed in by a link with it.
func TestCodeOfAWindowSignsNobodyInByALink(t *testing.T) {
	w := signedIn(t)
	code := w.code()
	w.client.Jar, _ = cookiejar.New(nil)
	res, _ := w.get(auth.TicketPath + "?ticket=" + url.QueryEscape(code))
	if at := res.Header.Get("Location"); !strings.HasPrefix(at, loginPath+"?failed=") || len(res.Cookies()) > 0 {
		t.Errorf("the browser goes to %q with %v, want the sign-in page without a cookie", at, res.Cookies())
	}
}

func TestSessionThatWasHandedOverLivesNoLongerThanItsOrigin(t *testing.T) {
	for name, tt := range map[string]struct {
		door func(w *world) string // hands the session of the window over, and is the bearer token of the new one
	}{
		"to a frame": {door: (*world).handedOver},
		"to a browser, by federation": {door: func(w *world) string {
			s, _, err := w.desk.sessions.Find(w.t.Context(), w.token)
			if err != nil {
				w.t.Fatal(err)
			}
			if !w.redeem(directory.SignIn, w.ticket(s, directory.SignIn)) {
				w.t.Fatal("the ticket does not let in")
			}
			u, _ := url.Parse(w.server.URL)
			return auth.Bearer(w.client.Jar.Cookies(u)[0].Value)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t, func(o *Options) { o.Sessions.Life = time.Hour })
			w.signIn()
			first := w.token
			w.store.AdvanceSessions(50 * time.Minute)
			w.token = tt.door(w)
			s, ok, err := w.desk.sessions.Find(t.Context(), w.token)
			if err != nil || !ok || s.Parent == "" {
				t.Fatalf("the session: %v, %t, %v, want one that was handed over", s, ok, err)
			}
			if origin, _, _ := w.desk.sessions.Find(t.Context(), first); !s.Expires.Equal(origin.Expires) || s.Root() != origin.TokenHash {
				t.Errorf("it expires at %v and ends with %s; want %v, %s", s.Expires, s.Root(), origin.Expires, origin.TokenHash)
			}
			again := tt.door(w) // from what was handed over
			w.store.AdvanceSessions(11 * time.Minute)
			for _, token := range []string{w.token, again} {
				if w.token = token; !w.signedOut() {
					t.Error("it lives longer than its origin")
				}
			}
		})
	}
}

func TestSignInByFederationEndsWithItsToken(t *testing.T) {
	w := open(t)
	bearer, s := w.federate()
	if !w.redeem(directory.SignIn, w.ticket(s, directory.SignIn)) {
		t.Fatal("the ticket does not let in")
	}
	if !w.stands() {
		t.Fatal("the browser is not signed in")
	}
	if err := w.desk.sessions.End(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := w.desk.sessions.Find(t.Context(), bearer); ok || err != nil || w.stands() {
		t.Errorf("the token stands %t, the browser is signed in %t, %v; want neither", ok, w.stands(), err)
	}
}

// A test that moves the clock of the server signs nobody out.
func TestClockOfTheServerMovesNoSession(t *testing.T) {
	w := open(t, func(o *Options) { o.Sessions.Idle = 30 * time.Minute })
	w.signIn()
	ticket := w.ticketURL()
	for range freeAttempts + 1 {
		w.post("/login", "application/json", `{"username":"admin","password":"x"}`)
	}
	if err := w.store.SetOffset(t.Context(), 90*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	if w.signedOut() || !w.stands() {
		t.Error("the agent is signed out")
	}
	if res, _ := w.get(strings.Replace(ticket, "ws://", "http://", 1)[len(w.server.URL):]); res.StatusCode == http.StatusUnauthorized {
		t.Error("a ticket has expired")
	}
	if res, _ := w.post("/login", "application/json", `{"username":"admin","password":"x"}`); res.StatusCode != http.StatusTooManyRequests {
		t.Errorf("the wait after wrong passwords is over: %s", res.Status)
	}
}
