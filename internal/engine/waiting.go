package engine

import (
	"context"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/metric"
)

// WaitingByQueue counts what waits in each queue of an instance and in an agent's own queue, by id. A queue in which
// nothing waits is not among them. It fails with [fault.NotFound].
func (e *Engine) WaitingByQueue(ctx context.Context, instance, user string) (map[string]metric.Waiting, error) {
	t, err := e.tenant(instance)
	if err != nil {
		return nil, err
	}
	queues, err := e.Queues(instance)
	if err != nil {
		return nil, err
	}
	ids := []string{user}
	for _, q := range queues {
		ids = append(ids, q.ID)
	}
	return e.store.WaitingIn(ctx, t.ID, ids)
}

// LongestWaiting are the contacts that have waited longest in a queue, at most limit, the longest first.
func (e *Engine) LongestWaiting(ctx context.Context, instance, queue string, limit int) ([]*contact.Contact, error) {
	t, err := e.tenant(instance)
	if err != nil {
		return nil, err
	}
	return e.store.LongestWaiting(ctx, t.ID, queue, limit)
}
