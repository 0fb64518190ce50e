package server

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/dispatch"
	"github.com/tasklane/tasklane/internal/engine"
)

// traced is the life of one contact.
type traced struct {
	ContactID string            `json:"contactId"`
	Events    []contact.Event   `json:"events"`        // the actions of its flows among them
	Why       *dispatch.TaskWhy `json:"why,omitempty"` // why it is not with an agent, while it waits
	Warnings  []string          `json:"warnings,omitempty"`
	// Warnings tell what its flows name that the instance does not have: such actions take their error branch.
}

// warnUnresolved tells in the log what a flow names, that was published, and is not there.
func warnUnresolved(u engine.Unresolved) {
	for _, p := range u.Problems {
		slog.Warn("published what names something that is not there; tasks take the error branch", "kind", u.Kind.Noun(),
			"instance", u.Instance, "name", u.Name, "action", p.Action, "problem", p.Message, "why", p.Rule)
	}
}

// trace tells the life of one contact: its events, the actions of its flows, and what it waits for.
func (s *server) trace(w http.ResponseWriter, r *http.Request) {
	inSome(s, w, r, "Contact", func(ctx context.Context, instance, id string) (traced, error) {
		events, err := s.engine.Events(ctx, instance, id)
		if err != nil {
			return traced{}, err
		}
		out := traced{ContactID: id, Events: events}
		c, _, err := s.engine.Contact(ctx, instance, id)
		if err == nil && c.State == contact.Queued {
			var why dispatch.TaskWhy
			why, err = s.dispatcher.WhyTask(ctx, instance, id)
			out.Why = &why
		}
		if err == nil {
			out.Warnings, err = s.unresolvedOf(instance, c)
		}
		return out, err
	})
}

// unresolvedOf tells what the flows of a contact name that is not there.
func (s *server) unresolvedOf(instance string, c *contact.Contact) ([]string, error) {
	flows := []string{c.Flow}
	for _, hook := range slices.Sorted(maps.Keys(c.Hooks)) {
		flows = append(flows, c.Hooks[hook])
	}
	all, err := s.engine.UnresolvedIn(instance, flows...)
	var warnings []string
	for _, u := range all {
		for _, p := range u.Problems {
			warnings = append(warnings, fmt.Sprintf("flow %s: %s", u.Name, p))
		}
	}
	return warnings, err
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
