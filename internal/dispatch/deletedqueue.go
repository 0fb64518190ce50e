package dispatch

import (
	"context"
	"log/slog"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/routing"
)

// stranded notes a task that waits in a queue which is not there: it entered at the moment at which another server deleted
// the queue, and nobody would ever be offered it.
func (o *owner) stranded(c *contact.Contact) {
	if c.Queue == o.present {
		return // most tasks are in the queue of the one before
	}
	if o.engine.HasQueue(o.instance, c.Queue) {
		o.present = c.Queue
		return
	}
	o.inDeleted = append(o.inDeleted, c.ID)
}

// removeQueue takes into account that a queue is gone: a user's own goes with the user, who is deleted with what waits in it.
func (o *owner) removeQueue(queue string) {
	o.present = ""
	o.inDeleted = append(o.inDeleted, o.board.InQueue(queue)...)
	o.board.RemoveQueue(queue)
}

// endStranded starts to end what waits in queues that are not there, as many as may be under way.
func (o *owner) endStranded(ctx context.Context) {
	for len(o.inDeleted) > 0 && o.underWay < offersUnderWay {
		id := o.inDeleted[0]
		o.inDeleted = o.inDeleted[1:]
		o.underWay++
		go func() {
			ended, err := o.engine.EndInDeletedQueue(context.WithoutCancel(ctx), o.instance, id)
			if ended {
				slog.WarnContext(ctx, "a task has ended because it waited in a queue that was deleted", "instance", o.instance, "contact", id)
			}
			o.outcomes <- outcome{routing.Offer{Contact: id}, err}
		}()
	}
}
