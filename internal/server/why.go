package server

import (
	"context"
	"net/http"
	"slices"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
)

// whyTask says why a task is not with an agent.
func (s *server) whyTask(w http.ResponseWriter, r *http.Request) {
	inSome(s, w, r, "Contact", s.dispatcher.WhyTask)
}

// whyAgent says why an agent has no more tasks than they have.
func (s *server) whyAgent(w http.ResponseWriter, r *http.Request) {
	inSome(s, w, r, "User", s.dispatcher.WhyAgent)
}

// inSome answers with what a query finds of an id, in the first of the caller's instances that has it, or in the one that
// the request names by ?instance=. In development mode anybody may ask; otherwise a user who is signed in and may look at
// contacts.
func inSome[T any](s *server, w http.ResponseWriter, r *http.Request, what string, query func(ctx context.Context, instance, id string) (T, error)) {
	id := r.PathValue("id")
	instances, err := s.visible(r)
	switch {
	case err != nil:
		writeFault(w, http.StatusInternalServerError, "The session cannot be read")
		return
	case instances == nil:
		writeFault(w, http.StatusForbidden, "Sign in as a user with the permission "+directory.ContactSearchView)
		return
	}
	if named := r.URL.Query().Get("instance"); named != "" {
		instances = slices.DeleteFunc(instances, func(id string) bool { return id != arn.InstanceID(named) })
	}
	for _, instance := range instances {
		answer, err := query(r.Context(), instance, id)
		switch {
		case fault.Is(err, fault.NotFound), fault.Is(err, fault.Invalid):
			continue
		case fault.Is(err, fault.Unusable):
			writeFault(w, http.StatusConflict, err.Error())
		case err != nil:
			writeFault(w, http.StatusInternalServerError, "What is known of "+id+" cannot be read")
		default:
			writeJSON(w, http.StatusOK, answer)
		}
		return
	}
	writeFault(w, http.StatusNotFound, what+" "+id+" does not exist")
}
