package desk

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/auth"
	"github.com/tasklane/tasklane/internal/directory"
)

// signOut sets the agent offline and ends the session.
func (d *Desk) signOut(w http.ResponseWriter, r *http.Request) {
	d.leave(w, r, func(ctx context.Context, s directory.Session) error {
		err := d.sessions.End(ctx, s)
		d.hub.end(s.User, s.TokenHash)
		return err
	})
}

// signOutEverywhere sets the agent offline and ends all of their sessions.
func (d *Desk) signOutEverywhere(w http.ResponseWriter, r *http.Request) {
	d.leave(w, r, func(ctx context.Context, s directory.Session) error {
		return d.engine.EndSessions(ctx, s.Instance, s.User)
	})
}

// leave ends the sessions of all cookies of a request, takes the cookies away and tells the browser where to go: to the
// sign-in page, or to the provider that has vouched for the user. A script is told, others are sent.
func (d *Desk) leave(w http.ResponseWriter, r *http.Request, end func(context.Context, directory.Session) error) {
	next := loginPath
	for _, token := range auth.CookieTokens(r) {
		s, ok, err := d.sessions.Find(r.Context(), auth.Bearer(token))
		if err == nil && ok {
			if err := d.offline(r.Context(), s); err != nil {
				slog.WarnContext(r.Context(), "cannot set a user offline who signs out", "err", err)
			}
			next = d.after(r, s)
			err = end(r.Context(), s)
		}
		if err != nil {
			slog.ErrorContext(r.Context(), "sign-out failed", "err", err)
			writeMessage(w, http.StatusInternalServerError, "Internal error.")
			return
		}
	}
	auth.DropCookie(w, r)
	if mode := r.Header.Get("Sec-Fetch-Mode"); mode != "" && mode != "navigate" {
		writeJSON(w, http.StatusOK, map[string]string{"next": next}) // a script would have to follow a redirect
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, next, http.StatusSeeOther)
}

// after is where a browser goes when a session has ended.
func (d *Desk) after(r *http.Request, s directory.Session) string {
	if s.Origin != directory.ByProvider || d.provider == nil {
		return loginPath
	}
	to, err := d.provider.SignOutURL(r.Context())
	if err != nil {
		slog.WarnContext(r.Context(), "cannot sign a user out at the identity provider", "err", err)
	}
	return cmp.Or(to, loginPath)
}

// offline sets an agent offline who is leaving; with tasks in hand it becomes their next status.
func (d *Desk) offline(ctx context.Context, s directory.Session) error {
	statuses, err := d.engine.AgentStatuses(s.Instance)
	if err != nil {
		return err
	}
	for _, status := range statuses {
		if status.Value.Type == agent.Offline {
			return d.engine.SetStatus(ctx, s.Instance, s.User, status.ID)
		}
	}
	return nil
}
