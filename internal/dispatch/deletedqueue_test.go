package dispatch

import (
	"testing"
	"testing/synctest"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/routing"
)

// A task that enters a queue at the moment at which it is deleted ends, whichever of the two the owner hears of first; what
// waits in other queues stays.
func TestTaskInADeletedQueueEnds(t *testing.T) {
	queue := func(w *world) engine.Entry[routing.Queue] {
		w.Helper()
		like, err := w.engine.Queue(instance, w.stock.Queue)
		w.must(err)
		q, err := w.engine.CreateQueue(w.Context(), instance, routing.Queue{Name: "Short-lived", Hours: like.Value.Hours})
		w.must(err)
		return q
	}
	enter := func(w *world, id, queue string) { // as a command of a server that has not heard of the deletion
		w.command(func(tx engine.Tx) {
			c, err := tx.Contact(id)
			w.must(err)
			moved := *c
			moved.Queue = queue
			tx.PutContact(&moved)
		})
	}
	remove := func(w *world, q engine.Entry[routing.Queue]) { // as a server that has not seen the task
		w.command(func(tx engine.Tx) {
			tx.DeleteResource(engine.Resource{Kind: arn.Queue, ID: q.ID, Version: q.Version})
		})
	}
	tests := map[string]func(w *world, id string, q engine.Entry[routing.Queue]){
		"the task first": func(w *world, id string, q engine.Entry[routing.Queue]) {
			enter(w, id, q.ID)
			synctest.Wait()
			remove(w, q)
		},
		"the deletion first": func(w *world, id string, q engine.Entry[routing.Queue]) {
			remove(w, q)
			synctest.Wait()
			enter(w, id, q.ID)
		},
	}
	for name, race := range tests {
		t.Run(name, func(t *testing.T) {
			run(t, func(w *world) {
				q := queue(w)
				id, other := w.start("moved"), w.start("other")
				w.want(id, contact.Queued, "")
				race(w, id, q)
				w.want(id, contact.Ended, "")
				if c := w.contact(id); c.Reason != contact.ReasonOther {
					t.Errorf("it ended with reason %s, want %s", c.Reason, contact.ReasonOther)
				}
				w.want(other, contact.Queued, "")
			})
		})
	}
}

// A start of the owner finds such tasks, too; and a task in a queue that this server has not heard of stays.
func TestOwnerEndsOnlyWhatIsInADeletedQueue(t *testing.T) {
	run(t, func(w *world) {
		like, err := w.engine.Queue(instance, w.stock.Queue)
		w.must(err)
		id := w.start("moved")
		w.want(id, contact.Queued, "")
		ended, err := w.engine.EndInDeletedQueue(w.Context(), instance, id)
		if ended || err != nil {
			t.Errorf("a task in a queue that is there: %v, %v", ended, err)
		}
		w.away.Store(true) // another server makes a queue, and puts the task into it
		other, err := engine.New(engine.Options{Store: w.store})
		w.must(err)
		w.must(other.Load(w.Context()))
		q, err := other.CreateQueue(w.Context(), instance, routing.Queue{Name: "New", Hours: like.Value.Hours})
		w.must(err)
		if w.engine.HasQueue(instance, q.ID) {
			t.Error("this server has heard of the queue")
		}
		w.away.Store(false)
		w.command(func(tx engine.Tx) {
			c, err := tx.Contact(id)
			w.must(err)
			moved := *c
			moved.Queue = q.ID
			tx.PutContact(&moved)
		})
		w.want(id, contact.Queued, "")
	})
}

// What waits in a queue whose row cannot be decoded waits on: the queue was not deleted, and its row can be mended.
func TestTaskInAnUnreadableQueueStays(t *testing.T) {
	run(t, func(w *world) {
		id := w.start("waits")
		w.want(id, contact.Queued, "")
		w.exec(`UPDATE resource SET body = '{"hours":7}' WHERE id = $1`, w.stock.Queue)
		restarted, err := engine.New(engine.Options{Store: w.store})
		w.must(err)
		w.must(restarted.Load(w.Context()))
		if restarted.HasQueue(instance, w.stock.Queue) {
			t.Fatal("the queue can be read")
		}
		if ended, err := restarted.EndInDeletedQueue(w.Context(), instance, id); ended || err != nil {
			t.Errorf("EndInDeletedQueue = %v, %v, want that the task waits on", ended, err)
		}
		w.want(id, contact.Queued, "")
	})
}
