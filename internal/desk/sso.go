package desk

import (
	"log/slog"
	"net/http"

	"github.com/tasklane/tasklane/internal/auth"
	"github.com/tasklane/tasklane/internal/directory"
)

// signInOptions tells the sign-in page what there is to sign in with, and whether there are several instances.
func (d *Desk) signInOptions(w http.ResponseWriter, _ *http.Request) {
	out := map[string]any{"passwords": !d.noPasswords, "instances": len(d.engine.Instances()) > 1}
	if d.provider != nil {
		out["provider"] = d.providerName
	}
	writeJSON(w, http.StatusOK, out)
}

// signInWithTicket signs in a browser that comes with a ticket of GetFederationToken, which works once. Its session ends
// with that of the token, at the latest when that expires.
func (d *Desk) signInWithTicket(w http.ResponseWriter, r *http.Request) {
	s, ok, err := d.sessions.Redeem(r.Context(), r.URL.Query().Get("ticket"), directory.SignIn)
	if err == nil && !ok {
		redirectFailed(w, r, auth.WhyExpired)
		return
	}
	var opened auth.Opened
	if err == nil {
		opened, err = d.sessions.HandOver(r.Context(), s)
	}
	if err != nil {
		d.refuse(w, r, true, err)
		return
	}
	d.welcome(w, r, true, s.Instance, opened)
}

// toProvider sends the browser to the identity provider.
func (d *Desk) toProvider(w http.ResponseWriter, r *http.Request) {
	to, err := d.provider.Begin(w, r, r.URL.Query().Get("instance"))
	if err != nil {
		d.unknown(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// fromProvider signs in the user that the identity provider vouches for. There must be one of that name: nobody is
// made here, because a stranger of the provider is none of ours.
func (d *Desk) fromProvider(w http.ResponseWriter, r *http.Request) {
	username, instance, err := d.provider.Finish(w, r)
	if err != nil {
		d.unknown(w, r, err)
		return
	}
	candidates := d.candidates(instance, username)
	if len(candidates) > 1 {
		redirectFailed(w, r, "instance")
		return
	}
	if len(candidates) == 0 {
		slog.WarnContext(r.Context(), "the identity provider vouches for a user who does not exist here", "username", username)
		redirectFailed(w, r, "unknown")
		return
	}
	u := candidates[0]
	opened, err := d.sessions.Create(r.Context(), u.instance, u.ID, u.Value.Epoch, directory.ByProvider)
	if err != nil {
		d.refuse(w, r, true, err)
		return
	}
	d.welcome(w, r, true, u.instance, opened)
}

// unknown goes back to the sign-in page with the reason why the provider has signed nobody in.
func (d *Desk) unknown(w http.ResponseWriter, r *http.Request, err error) {
	slog.WarnContext(r.Context(), "single sign-on failed", "err", err)
	redirectFailed(w, r, auth.Why(err))
}
