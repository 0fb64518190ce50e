package engine

import (
	"context"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/metric"
	"github.com/tasklane/tasklane/internal/routing"
)

// Line is where a contact stands in its queue.
type Line struct {
	Contact *contact.Contact
	// Position counts from 1, in the order in which the queue is offered.
	Position int
	// Pace is how fast tasks have left the queue lately; only when it was asked for.
	Pace metric.Pace
}

// Line tells where a contact stands in its queue, and when pace is asked for also how fast that moves.
// It fails with [fault.NotFound], and with [fault.Unusable] when the contact does not wait in a queue.
func (e *Engine) Line(ctx context.Context, instance, idOrARN string, pace bool) (Line, error) {
	t, err := e.tenant(instance)
	if err != nil {
		return Line{}, err
	}
	id, err := t.Resolve(arn.Contact, idOrARN)
	if err != nil {
		return Line{}, err
	}
	l := Line{Position: 1}
	if l.Contact, err = e.store.Contact(ctx, t.ID, id); err != nil {
		return l, err
	}
	c := l.Contact
	if c.State != contact.Queued {
		return l, fault.New(fault.Unusable, "Contact %s does not wait in a queue", id)
	}
	own := routing.Waiting{Contact: c.ID, Queue: c.Queue, Priority: c.Priority, Rank: c.Rank}
	err = e.store.EachWaiting(ctx, t.ID, c.Queue, func(w routing.Waiting) {
		if w.Before(own) {
			l.Position++
		}
	})
	if err != nil || !pace {
		return l, err
	}
	answered, within, err := e.answered(ctx, t)
	l.Pace = metric.Pace{Answered: answered[c.Queue], Within: within}
	return l, err
}
