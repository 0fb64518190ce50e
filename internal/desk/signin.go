package desk

import (
	"encoding/json"
	"errors"
	"log/slog"
	"mime"
	"net/http"

	"github.com/tasklane/tasklane/internal/auth"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
)

const (
	panelPath = "/ccp-v2/"
	loginPath = "/login"
)

// errNewPassword says that the password is right, but must be changed before it signs anybody in.
var errNewPassword = fault.New(fault.Denied, "Choose a new password")

// credentials are what a user signs in with, and what they change their password to.
type credentials struct{ Username, Password, NewPassword string }

// readCredentials reads them from a form of our page or from JSON, and tells whether it is a form.
func readCredentials(w http.ResponseWriter, r *http.Request) (in credentials, form bool, err error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if form = kind == "application/x-www-form-urlencoded" || kind == "multipart/form-data"; form {
		return credentials{r.PostFormValue("username"), r.PostFormValue("password"), r.PostFormValue("newPassword")}, true, nil
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return in, false, fault.New(fault.Malformed, "The body must be a form or a JSON object with username and password")
	}
	return in, false, nil
}

// signIn takes a user name and a password.
func (d *Desk) signIn(w http.ResponseWriter, r *http.Request) {
	in, form, err := readCredentials(w, r)
	if err != nil {
		d.refuse(w, r, form, err)
		return
	}
	u, opened, err := d.admit(r, in)
	if err != nil {
		d.refuse(w, r, form, err)
		return
	}
	d.welcome(w, r, form, u.instance, opened)
}

// welcome gives the browser its session.
func (d *Desk) welcome(w http.ResponseWriter, r *http.Request, form bool, instance string, opened auth.Opened) {
	d.sessions.SetCookie(w, r, opened, d.reach(instance))
	if form {
		http.Redirect(w, r, panelPath, http.StatusSeeOther)
		return
	}
	writeJSON(w, http.StatusOK, struct{}{})
}

// failures are the words of the sign-in page for refusals of a form; for any other it is 1.
var failures = map[fault.Kind]string{fault.Throttled: "wait", fault.Denied: "denied", fault.Invalid: "rules"}

// refuse says why somebody is not signed in: a form goes back to the page, which explains the word.
func (d *Desk) refuse(w http.ResponseWriter, r *http.Request, form bool, err error) {
	refused, known := errors.AsType[*fault.Error](err)
	switch {
	case !known:
		slog.ErrorContext(r.Context(), "sign-in failed", "err", err)
		writeMessage(w, http.StatusInternalServerError, "Internal error.")
	case form && refused == errNewPassword:
		redirectFailed(w, r, "change")
	case form:
		word := failures[refused.Kind]
		if word == "" {
			word = "1"
		}
		redirectFailed(w, r, word)
	case refused == errNewPassword:
		writeJSON(w, http.StatusForbidden, map[string]any{"message": refused.Message, "changePassword": true})
	default:
		writeMessage(w, errorTypes[refused.Kind].status, refused.Message)
	}
}

func redirectFailed(w http.ResponseWriter, r *http.Request, word string) {
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, loginPath+"?failed="+word, http.StatusSeeOther)
}

// maxSignIns bounds the sign-ins under way: each waits for its turn to compute a hash.
const maxSignIns = 64

// known is a user of an instance who has given the right password.
type known struct {
	engine.Entry[directory.User]
	instance string
}

// verify checks a password. It fails with [fault.Unauthorized] when it is wrong, in the same words and after the same
// time whether or not there is such a user; with [fault.Throttled] when the user or the address must wait, or too many
// sign in at once; and with [fault.Denied] where passwords are not taken.
func (d *Desk) verify(r *http.Request, in credentials) (known, error) {
	if d.noPasswords {
		return known{}, fault.New(fault.Denied, "Passwords are not taken here: use single sign-on")
	}
	select {
	case d.signIns <- struct{}{}:
		defer func() { <-d.signIns }()
	default:
		return known{}, fault.New(fault.Throttled, "Too many sign-ins at once: try again")
	}
	address := d.proxies.Address(r)
	if err := d.lockout.Begin(r.Context(), in.Username, address); err != nil {
		return known{}, err
	}
	u, ok := d.userNamed(in.Username)
	var hash string // of a user who does not exist: empty, which takes as long
	if ok {
		hash = u.Value.PasswordHash
	}
	if !auth.PasswordMatches(hash, in.Password) {
		if err := d.lockout.Wrong(r.Context(), address); err != nil {
			return known{}, err
		}
		return known{}, fault.New(fault.Unauthorized, "The user name or the password is incorrect")
	}
	return u, d.lockout.Right(r.Context(), in.Username)
}

// userNamed finds a user by name in the oldest instance that has one.
func (d *Desk) userNamed(username string) (known, bool) {
	for _, i := range d.engine.Instances() {
		if u, err := d.engine.UserNamed(i.ID, username); err == nil {
			return known{u, i.ID}, true
		}
	}
	return known{}, false
}

// admit checks a password and opens a session. A hash of an earlier cost is made anew. It fails as [Desk.verify] does,
// and with errNewPassword.
func (d *Desk) admit(r *http.Request, in credentials) (u known, opened auth.Opened, err error) {
	if u, err = d.verify(r, in); err != nil {
		return u, opened, err
	}
	if u.Value.ChangePassword {
		return u, opened, errNewPassword
	}
	if old := u.Value.PasswordHash; auth.Outdated(old) {
		if err := d.engine.RenewHash(r.Context(), u.instance, u.ID, old, auth.HashPassword(in.Password)); err != nil {
			slog.WarnContext(r.Context(), "cannot renew the hash of a password", "user", u.ID, "err", err)
		}
	}
	opened, err = d.sessions.Create(r.Context(), u.instance, u.ID, u.Value.Epoch, directory.ByPassword)
	return u, opened, err
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
