package desk

import (
	"encoding/json"
	"log/slog"
	"net/http"

	"github.com/tasklane/tasklane/internal/auth"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
)

// changePassword takes a user name, its password and a new one, and signs the user in. All their other sessions end.
func (d *Desk) changePassword(w http.ResponseWriter, r *http.Request) {
	in, form, err := readCredentials(w, r)
	if err != nil {
		d.refuse(w, r, form, err)
		return
	}
	u, opened, err := d.changeTo(r, in)
	if err != nil {
		d.refuse(w, r, form, err)
		return
	}
	d.welcome(w, r, form, u.instance, opened)
}

// changeTo changes a password and opens a session. It fails with [fault.Invalid] when the new one breaks the rules or
// is the old one, with [fault.Conflict] when it has been changed meanwhile, and as [Desk.verify] does.
func (d *Desk) changeTo(r *http.Request, in credentials) (u known, opened auth.Opened, err error) {
	if err := auth.CheckPassword(in.NewPassword); err != nil {
		return u, opened, err
	}
	if in.NewPassword == in.Password {
		return u, opened, fault.New(fault.Invalid, "The new password must be another one")
	}
	if u, err = d.verify(r, in); err != nil {
		return u, opened, err
	}
	epoch, err := d.engine.ChangePassword(r.Context(), u.instance, u.ID, u.Value.PasswordHash, d.hasher.Hash(in.NewPassword))
	if err != nil {
		return u, opened, err
	}
	opened, err = d.sessions.Create(r.Context(), u.instance, u.ID, epoch, directory.ByPassword)
	return u, opened, err
}

// setPassword gives a user another password, which they must change when they first sign in unless change is false;
// without a password they keep theirs and must change it. Their sessions end, and their wait after wrong passwords.
// It fails with [fault.Invalid] for a password that breaks the rules, with [fault.NotFound], and with [fault.Unusable] in
// an instance whose users have no passwords.
func (d *Desk) setPassword(r *http.Request, by directory.Session) error {
	var in struct {
		Password string
		Change   *bool
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return fault.New(fault.Malformed, "The body must be a JSON object; it may have password and change")
	}
	u, err := d.engine.User(by.Instance, r.PathValue("user"))
	if err != nil {
		return err
	}
	settings, err := d.engine.Settings(by.Instance)
	if err != nil {
		return err
	}
	change := in.Change == nil || *in.Change
	switch {
	case !settings.HasPasswords():
		return fault.New(fault.Unusable, "Users of the instance have no passwords: its IdentityManagementType is %s", settings.Identity)
	case in.Password == "" && !change:
		return fault.New(fault.Invalid, "password is required where change is false")
	case in.Password == "":
		return d.engine.AskForNewPassword(r.Context(), by.Instance, u.ID)
	}
	if err := auth.CheckPassword(in.Password); err != nil {
		return err
	}
	if err := d.engine.SetPassword(r.Context(), by.Instance, u.ID, d.hasher.Hash(in.Password), change); err != nil {
		return err
	}
	return d.lockout.Right(r.Context(), attemptsOf(by.Instance, u.Name))
}

// endSessions signs a user out everywhere.
func (d *Desk) endSessions(r *http.Request, by directory.Session) error {
	return d.engine.EndSessions(r.Context(), by.Instance, r.PathValue("user"))
}

// administer answers a request of somebody who may change users of their own instance.
func (d *Desk) administer(run func(r *http.Request, by directory.Session) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		by, err := d.administrator(r)
		if err == nil {
			err = run(r, by)
		}
		if err != nil {
			writeError(w, r, err)
			return
		}
		slog.InfoContext(r.Context(), "sign-in of a user was changed", "path", r.URL.Path, "by", by.User)
		writeJSON(w, http.StatusOK, struct{}{})
	}
}

// administrator finds the session of who asks. It fails with [fault.Unauthorized] when nobody is signed in, and with
// [fault.Denied] for a user who may not change others.
func (d *Desk) administrator(r *http.Request) (directory.Session, error) {
	s, _, ok, err := d.sessions.FindCookie(r)
	if err != nil {
		return s, err
	}
	if !ok {
		return s, fault.New(fault.Unauthorized, "Nobody is signed in")
	}
	if s, err = d.sessions.Active(r.Context(), s); err != nil {
		return s, err
	}
	u, err := d.engine.User(s.Instance, s.User)
	if err != nil {
		return s, fault.New(fault.Unauthorized, "The user is gone")
	}
	return s, d.permit(s.Instance, u, directory.UsersEdit)
}
