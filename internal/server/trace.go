package server

import (
	"net/http"

	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
)

// trace tells the life of one contact: its events, and the actions of its flows. In development mode anybody may see
// it; otherwise a user who is signed in and may look at contacts.
func (s *server) trace(w http.ResponseWriter, r *http.Request) {
	instances, err := s.visible(r)
	if err != nil {
		writeFault(w, http.StatusInternalServerError, "The session cannot be read")
		return
	}
	if instances == nil {
		writeFault(w, http.StatusForbidden, "Sign in as a user with the permission "+directory.ContactSearchView)
		return
	}
	for _, id := range instances {
		events, err := s.engine.Events(r.Context(), id, r.PathValue("id"))
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			writeFault(w, http.StatusInternalServerError, "The trace cannot be read")
			return
		}
		writeJSON(w, http.StatusOK, map[string]any{"contactId": r.PathValue("id"), "events": events})
		return
	}
	writeFault(w, http.StatusNotFound, "Contact "+r.PathValue("id")+" does not exist")
}

// visible are the ids of the instances whose contacts the caller may look at; nil: none.
func (s *server) visible(r *http.Request) ([]string, error) {
	if s.config.Development {
		ids := []string{}
		for _, i := range s.engine.Instances() {
			ids = append(ids, i.ID)
		}
		return ids, nil
	}
	session, _, ok, err := s.sessions.FindCookie(r)
	if err != nil || !ok {
		return nil, err
	}
	u, err := s.engine.User(session.Instance, session.User)
	if err != nil || !s.engine.May(session.Instance, u.Value, directory.ContactSearchView) {
		return nil, nil //nolint:nilerr // who is no longer there may see nothing
	}
	return []string{session.Instance}, nil
}
