package dispatch

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
)

// elsewhere has another node do something. What it does is heard of a moment later.
func (w *world) elsewhere(do func()) {
	w.away.Store(true)
	do()
	synctest.Wait()
	w.away.Store(false)
	time.Sleep(2*newsEvery + time.Millisecond) // so that nothing is looked for at the moment something is done
}

// What another node does that matters for matching is heard of long before the owner reads everything again.
func TestOwnerHearsOfOtherNodes(t *testing.T) {
	shared := func(o *Options) { o.Resync = time.Hour }
	run(t, func(w *world) {
		var id string
		w.elsewhere(func() { id = w.start("call back") })
		w.elsewhere(func() {
			w.choose(w.stock.Agent, "Available")
			w.want(id, contact.Queued, "")
		})
		w.want(id, contact.Connecting, w.stock.Agent)
		bob := w.hire("bob")
		w.choose(bob, "Available")
		w.elsewhere(func() {
			w.must(w.engine.Reject(w.Context(), instance, id, w.stock.Agent))
			w.want(id, contact.Queued, "")
		})
		w.want(id, contact.Connecting, bob)
	}, shared)
}
