package engine

import (
	"context"
	"time"

	"github.com/tasklane/tasklane/internal/fault"
)

// QueuedSince returns the ids of the contacts that wait and were put into their queue at a time or later.
func (e *Engine) QueuedSince(ctx context.Context, instance string, since time.Time) ([]string, error) {
	return e.store.QueuedSince(ctx, instance, since)
}

// AgentVersions returns the version of each agent who ever chose a status, by id.
func (e *Engine) AgentVersions(ctx context.Context, instance string) (map[string]int64, error) {
	return e.store.AgentVersions(ctx, instance)
}

// manyAgents is how many agents it takes that reading all of them is less work.
const manyAgents = 100

// Changed reads contacts and agents anew, as if they had just been committed. What does not exist, or cannot be decoded, is left out.
func (e *Engine) Changed(ctx context.Context, instance string, contacts, users []string) (Commit, error) {
	out := Commit{Instance: instance}
	for _, id := range contacts {
		c, err := e.store.Contact(ctx, instance, id)
		if fault.Is(err, fault.NotFound) || Undecodable(err) {
			continue
		}
		if err != nil {
			return out, err
		}
		out.Contacts = append(out.Contacts, c)
	}
	if len(users) > manyAgents {
		var err error
		out.Agents, err = e.store.Agents(ctx, instance)
		return out, err
	}
	for _, id := range users {
		a, err := e.store.Agent(ctx, instance, id)
		if Undecodable(err) {
			continue
		}
		if err != nil {
			return out, err
		}
		if a != nil {
			out.Agents = append(out.Agents, a)
		}
	}
	return out, nil
}
