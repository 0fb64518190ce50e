package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"mime"
	"net/http"
	"net/url"

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

// credentials are what a user signs in with, and what they change their password to. Instance is an alias or an id; where
// it is empty, the user name must say enough.
type credentials struct{ Username, Password, NewPassword, Instance string }

// ambiguousError says that the password is right for users of several instances.
type ambiguousError struct{ instances []string } // by alias, or by id where there is none; nil: there are many

func (*ambiguousError) Error() string {
	return "There are users of this name in several instances: say which one is meant"
}

// readCredentials reads them from a form of our page or from JSON, and reports whether it is a form.
func readCredentials(w http.ResponseWriter, r *http.Request) (in credentials, form bool, err error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if form = kind == "application/x-www-form-urlencoded" || kind == "multipart/form-data"; form {
		in = credentials{r.PostFormValue("username"), r.PostFormValue("password"), r.PostFormValue("newPassword"), r.PostFormValue("instance")}
		in.Instance = cmp.Or(in.Instance, r.URL.Query().Get("instance"))
		return in, true, nil
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return in, false, fault.New(fault.Malformed, "The body must be a form or a JSON object with username and password")
	}
	in.Instance = cmp.Or(in.Instance, r.URL.Query().Get("instance"))
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
	several, ambiguous := errors.AsType[*ambiguousError](err)
	switch {
	case ambiguous && form:
		redirectFailed(w, r, "instance")
	case ambiguous:
		writeJSON(w, http.StatusConflict, map[string]any{"message": several.Error(), "chooseInstance": true, "instances": several.instances})
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
	to := loginPath + "?failed=" + word
	if instance := cmp.Or(r.PostFormValue("instance"), r.URL.Query().Get("instance")); instance != "" {
		to += "&instance=" + url.QueryEscape(instance)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
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
// sign in at once; with [fault.Denied] where passwords are not taken; and with an [*ambiguousError] when users of several
// instances have the name and the password, or many have the name.
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
	candidates := d.candidates(in.Instance, in.Username)
	switch {
	case len(candidates) > maxCandidates:
		return known{}, &ambiguousError{}
	case len(candidates) == 0:
		candidates = []known{{}} // whose hash is empty, which takes as long
	}
	address := d.proxies.Address(r)
	var right []known
	var wait error
	for _, u := range candidates {
		matches, err := d.matches(r.Context(), u, in, address)
		switch {
		case fault.Is(err, fault.Throttled):
			wait = err
		case err != nil:
			return known{}, err
		case matches:
			right = append(right, u)
		}
	}
	switch {
	case len(right) == 1:
		return right[0], nil
	case len(right) > 1:
		return known{}, d.ambiguous(right)
	case wait != nil:
		return known{}, wait
	}
	if err := d.lockout.Wrong(r.Context(), address); err != nil {
		return known{}, err
	}
	return known{}, fault.New(fault.Unauthorized, "The user name or the password is incorrect")
}

// matches reports whether a password is that of a user, whose wrong ones are then forgotten. It fails with
// [fault.Throttled].
func (d *Desk) matches(ctx context.Context, u known, in credentials, address string) (bool, error) {
	of := attemptsOf(u.instance, in.Username)
	if err := d.lockout.Begin(ctx, of, address); err != nil {
		return false, err
	}
	var hash string
	if u.Value != nil {
		hash = u.Value.PasswordHash
	}
	if !auth.PasswordMatches(hash, in.Password) {
		return false, nil
	}
	return true, d.lockout.Right(ctx, of)
}

// attemptsOf names the wrong passwords of a user: those for one of another instance do not count.
func attemptsOf(instance, username string) string {
	if instance == "" {
		return username
	}
	return instance + "/" + username
}

// maxCandidates bounds the users of one name whose passwords are looked at when nobody says which instance is meant.
const maxCandidates = 4

// candidates are the users of a name: of an instance that is named, or of all of them, the oldest first.
func (d *Desk) candidates(instance, username string) (all []known) {
	instances := d.engine.Instances()
	if instance != "" {
		i, err := d.engine.InstanceNamed(instance)
		if err != nil {
			return nil
		}
		instances = []directory.Instance{i}
	}
	for _, i := range instances {
		if u, err := d.engine.UserNamed(i.ID, username); err == nil {
			all = append(all, known{u, i.ID})
		}
	}
	return all
}

// ambiguous names the instances of several users of one name and one password.
func (d *Desk) ambiguous(users []known) error {
	err := &ambiguousError{}
	for _, u := range users {
		if i, gone := d.engine.Instance(u.instance); gone == nil {
			err.instances = append(err.instances, cmp.Or(i.Alias, i.ID))
		}
	}
	return err
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
	if old := u.Value.PasswordHash; d.hasher.Outdated(old) {
		if err := d.engine.RenewHash(r.Context(), u.instance, u.ID, old, d.hasher.Hash(in.Password)); err != nil {
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
