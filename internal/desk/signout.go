package desk

import (
	"log/slog"
	"net/http"
	"strings"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/directory"
)

// signOut sets the agent offline and ends the session.
func (d *Desk) signOut(w http.ResponseWriter, r *http.Request) {
	s, ok, err := d.sessions.Find(r.Context(), cookieBearer(r))
	if err == nil && ok {
		d.offline(r, s)
		err = d.sessions.End(r.Context(), s)
		d.hub.end(s.User, s.TokenHash)
	}
	d.farewell(w, r, s, err)
}

// signOutEverywhere ends all sessions of the user, and sets them offline.
func (d *Desk) signOutEverywhere(w http.ResponseWriter, r *http.Request) {
	s, ok, err := d.sessions.Find(r.Context(), cookieBearer(r))
	if err == nil && ok {
		d.offline(r, s)
		err = d.engine.EndSessions(r.Context(), s.Instance, s.User)
	}
	d.farewell(w, r, s, err)
}

// farewell takes the cookie away and tells the browser where to go: to the sign-in page, or to the provider that has
// vouched for the user. A script that asks for JSON is told, others are sent.
func (d *Desk) farewell(w http.ResponseWriter, r *http.Request, s directory.Session, err error) {
	if err != nil {
		slog.ErrorContext(r.Context(), "sign-out failed", "err", err)
		writeMessage(w, http.StatusInternalServerError, "Internal error.")
		return
	}
	next := loginPath
	if s.Origin == directory.ByProvider && d.provider != nil {
		to, err := d.provider.SignOutURL(r.Context())
		if err != nil {
			slog.WarnContext(r.Context(), "cannot sign a user out at the identity provider", "err", err)
		} else if to != "" {
			next = to
		}
	}
	d.sessions.SetCookie(w, r, "")
	if strings.Contains(r.Header.Get("Accept"), "application/json") {
		writeJSON(w, http.StatusOK, map[string]string{"next": next})
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, next, http.StatusSeeOther)
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
