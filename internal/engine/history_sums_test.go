package engine_test

import (
	"fmt"
	"maps"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
)

// checkTimers: there are those timers that must be there, due when they must be, and of the others only those that
// take a declined task off the hands of an agent.
func (h *history) checkTimers(all []*contact.Contact, agents []*agent.Agent) error {
	want := map[string]time.Time{}
	add := func(t engine.Timer) { want[t.ID()] = t.Due }
	for _, c := range all {
		if !c.Disconnecting() {
			add(engine.Timer{Kind: engine.TimerExpiry, Contact: c.ID, Due: c.Expires})
		}
		if c.State == contact.Scheduled {
			add(engine.Timer{Kind: engine.TimerStart, Contact: c.ID, Due: c.ScheduledFor})
		}
		if c.State == contact.ACW && c.Agent == h.limited {
			add(engine.Timer{Kind: engine.TimerACW, Contact: c.ID, Due: c.ACWStart.Add(acwLimit)})
		}
	}
	rejected := map[string]bool{}
	for _, a := range agents {
		for _, l := range a.Legs {
			switch l.State {
			case agent.Connecting:
				add(engine.Timer{Kind: engine.TimerOffer, Contact: l.Contact, Stamp: h.known[l.Contact].Attempt, Due: l.Deadline})
			case agent.Rejected:
				rejected[a.ID+l.Contact] = true
			default: // has no timer
			}
		}
	}
	timers, err := h.store.DueTimers(h.ctx, instance, h.engine.Now().Add(365*24*time.Hour), 10000)
	if err != nil {
		return err
	}
	got := map[string]time.Time{}
	for _, t := range timers {
		if t.Kind == engine.TimerReject {
			delete(rejected, t.Agent+t.Contact)
			continue
		}
		got[t.ID()] = t.Due
	}
	if diff := cmp.Diff(want, got); diff != "" {
		return fmt.Errorf("timers (-want +got):\n%s", diff)
	}
	if len(rejected) > 0 {
		return fmt.Errorf("declined tasks that stay in hand for ever: %v", rejected)
	}
	return nil
}

// checkChains: all members of a chain have the same attributes and belong to the same tree; the chain counts its
// members right, and has no more than it may.
func (h *history) checkChains(all []*contact.Contact, _ []*agent.Agent) error {
	linked, transfers, first := map[string]int{}, map[string]int{}, map[string]map[string]string{}
	for _, c := range all {
		_, attributes, err := h.engine.Contact(h.ctx, instance, c.ID)
		if err != nil {
			return err
		}
		id := c.Chain()
		if first[id] == nil {
			first[id] = attributes
		}
		if !maps.Equal(first[id], attributes) || c.Association != h.known[id].Association {
			return fmt.Errorf("contact %s differs from its chain %s: %v, %v", c.ID, id, attributes, first[id])
		}
		switch {
		case c.Method == contact.MethodTransfer:
			transfers[id]++
		case c.Previous != "":
			linked[id]++
		}
	}
	for id := range first {
		chain, err := h.store.Chain(h.ctx, instance, id)
		if err != nil {
			return err
		}
		if chain.Linked != linked[id] || chain.Transfers != transfers[id] ||
			linked[id] > most[engine.QuotaLinked] || transfers[id] > most[engine.QuotaTransfers] {
			return fmt.Errorf("chain %+v has %d linked tasks and %d transfers", *chain, linked[id], transfers[id])
		}
	}
	return nil
}

// checkCounts: as many tasks count as active as are open, in memory, in the store, and in the memory of an engine
// that has just read the store.
func (h *history) checkCounts(all []*contact.Contact, _ []*agent.Agent) error {
	open := 0
	for _, c := range all {
		if c.Open() {
			open++
		}
	}
	stored, err := h.store.CountOpen(h.ctx, instance)
	if err != nil {
		return err
	}
	if err := h.other.Load(h.ctx); err != nil {
		return err
	}
	if n, other := h.engine.ActiveTasks(), h.other.ActiveTasks(); n != open || stored != open || other != open {
		return fmt.Errorf("%d tasks are open; %d are counted, %d in the store, %d after a reload", open, n, stored, other)
	}
	return nil
}

// checkRoom: there is room for as many tasks as the quota leaves, and for no more: no place is lost.
func (h *history) checkRoom([]*contact.Contact, []*agent.Agent) error {
	for {
		open := h.engine.ActiveTasks()
		_, err := h.engine.CreateContact(h.ctx, instance, engine.CreateContact{Name: "one more"})
		switch full := open == most[engine.QuotaActiveTasks]; {
		case full && fault.Is(err, fault.Quota):
			return nil
		case full || err != nil:
			return fmt.Errorf("with %d open tasks another is answered with: %v", open, err) //nolint:errorlint // no refusal
		}
	}
}

// checkDesks: whatever agents have in hand can be shown.
func (h *history) checkDesks(_ []*contact.Contact, agents []*agent.Agent) error {
	for _, a := range agents {
		d, err := h.engine.Desk(h.ctx, instance, a.ID)
		if err != nil {
			return fmt.Errorf("Desk(%s) with %v: %w", a.ID, a.Legs, err)
		}
		if len(d.Tasks) != len(a.Legs) {
			return fmt.Errorf("the desk of %s has %d tasks, and they have %v", a.ID, len(d.Tasks), a.Legs)
		}
		for _, task := range d.Tasks {
			if task.Task.Queue != task.Queue.ID {
				return fmt.Errorf("task %s waited in %q, and its desk says %q", task.Task.ID, task.Task.Queue, task.Queue.ID)
			}
		}
	}
	return nil
}
