package desk

import (
	"encoding/json"
	"errors"
	"log/slog"
	"mime"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/auth"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
)

const panelPath = "/ccp-v2/"

// signIn takes a user name and a password, from a form of our page or as JSON.
func (d *Desk) signIn(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	form := kind == "application/x-www-form-urlencoded" || kind == "multipart/form-data"
	var in struct{ Username, Password string }
	if form {
		in.Username, in.Password = r.PostFormValue("username"), r.PostFormValue("password")
	} else if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		writeMessage(w, http.StatusBadRequest, "The body must be a form or a JSON object with username and password")
		return
	}
	instance, token, err := d.admit(r, in.Username, in.Password)
	refused, known := errors.AsType[*fault.Error](err)
	switch {
	case err != nil && !known:
		slog.ErrorContext(r.Context(), "sign-in failed", "err", err)
		writeMessage(w, http.StatusInternalServerError, "Internal error.")
	case known && form:
		http.Redirect(w, r, "/login?failed=1", http.StatusSeeOther)
	case known:
		writeMessage(w, errorTypes[refused.Kind].status, refused.Message)
	default:
		auth.SetCookie(w, r, token, d.reach(instance))
		if form {
			http.Redirect(w, r, panelPath, http.StatusSeeOther)
			return
		}
		writeJSON(w, http.StatusOK, struct{}{})
	}
}

// maxSignIns bounds the sign-ins under way: each waits for its turn to compute a hash.
const maxSignIns = 64

// admit checks a password and opens a session. It fails with [fault.Unauthorized] when it is wrong, and with
// [fault.Throttled] when the user must wait or too many sign in at once.
func (d *Desk) admit(r *http.Request, username, password string) (instance, token string, err error) {
	select {
	case d.signIns <- struct{}{}:
		defer func() { <-d.signIns }()
	default:
		return "", "", fault.New(fault.Throttled, "Too many sign-ins at once: try again")
	}
	if wait := d.attempts.begin(username); wait > 0 {
		return "", "", fault.New(fault.Throttled, "Too many wrong passwords: wait %d seconds", int(wait.Seconds())+1)
	}
	var user, hash string // of a user who does not exist: an empty hash, which takes as long
	for _, i := range d.engine.Instances() {
		if u, err := d.engine.UserNamed(i.ID, username); err == nil {
			instance, user, hash = i.ID, u.ID, u.Value.PasswordHash
			break
		}
	}
	if !auth.PasswordMatches(hash, password) {
		return "", "", fault.New(fault.Unauthorized, "The user name or the password is incorrect")
	}
	d.attempts.right(username)
	token, err = d.sessions.Create(r.Context(), instance, user)
	return instance, token, err
}

// signOut sets the agent offline and ends the session.
func (d *Desk) signOut(w http.ResponseWriter, r *http.Request) {
	if err := d.endAll(r); err != nil {
		slog.ErrorContext(r.Context(), "sign-out failed", "err", err)
		writeMessage(w, http.StatusInternalServerError, "Internal error.")
		return
	}
	auth.DropCookie(w, r)
	if mode := r.Header.Get("Sec-Fetch-Mode"); mode != "" && mode != "navigate" {
		writeJSON(w, http.StatusOK, struct{}{}) // to a script, which would have to follow a redirect
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}

// endAll ends the sessions of all cookies of a request.
func (d *Desk) endAll(r *http.Request) error {
	for _, token := range auth.CookieTokens(r) {
		s, ok, err := d.sessions.Find(r.Context(), auth.Bearer(token))
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		d.offline(r, s)
		if err := d.sessions.End(r.Context(), s); err != nil {
			return err
		}
		d.hub.end(s.User, s.TokenHash)
	}
	return nil
}

// offline sets an agent offline who is leaving; with tasks in hand it becomes their next status.
func (d *Desk) offline(r *http.Request, s directory.Session) {
	statuses, err := d.engine.AgentStatuses(s.Instance)
	if err != nil {
		return
	}
	for _, status := range statuses {
		if status.Value.Type == agent.Offline {
			if err := d.engine.SetStatus(r.Context(), s.Instance, s.User, status.ID); err != nil {
				slog.WarnContext(r.Context(), "cannot set a user offline who signs out", "err", err)
			}
		}
	}
}

// authorize tells the page of a signed-in user the bearer token for the API.
func (d *Desk) authorize(w http.ResponseWriter, r *http.Request) {
	s, bearer, ok, err := d.sessions.FindCookie(r)
	switch {
	case err != nil:
		slog.ErrorContext(r.Context(), "authorize failed", "err", err)
		writeMessage(w, http.StatusInternalServerError, "Internal error.")
		return
	case !ok:
		writeMessage(w, http.StatusUnauthorized, "Nobody is signed in")
		return
	}
	i, err := d.engine.Instance(s.Instance)
	if err != nil {
		writeMessage(w, http.StatusUnauthorized, "The instance is gone")
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"accessToken": bearer, "refreshToken": bearer, "region": i.Region,
		"expiration": s.Expires.UnixMilli(), "refreshTokenExpiration": s.Expires.UnixMilli(),
	})
}

const (
	freeAttempts = 5                // wrong passwords in a row that have no consequence
	lockedFor    = 30 * time.Second // after each one that follows
	maxNames     = 10_000           // remembered; a flood of names forgets the others
)

// attempts slows down who guesses the password of one user, whether or not there is one of that name. It lives
// in memory: a restart forgets. The price is that a stranger who knows a name can keep its user waiting.
type attempts struct {
	now func() time.Time

	mu     sync.Mutex // guards byName
	byName map[string]attempt
}

type attempt struct {
	wrong int
	until time.Time
}

// begin counts a try as wrong until [attempts.right] says otherwise, so that guesses made at the same time do
// not all count as the first. It returns how long the user must wait instead, if they must.
func (a *attempts) begin(name string) (wait time.Duration) {
	name = strings.ToLower(name)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.byName == nil || len(a.byName) >= maxNames {
		a.byName = map[string]attempt{}
	}
	t := a.byName[name]
	if wait := t.until.Sub(a.now()); wait > 0 {
		return wait
	}
	t.wrong++
	if t.wrong > freeAttempts {
		t.until = a.now().Add(lockedFor)
	}
	a.byName[name] = t
	return 0
}

func (a *attempts) right(name string) {
	a.mu.Lock()
	delete(a.byName, strings.ToLower(name))
	a.mu.Unlock()
}
