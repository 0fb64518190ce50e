package dispatch

import (
	"strings"
	"testing"
	"time"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/routing"
)

// picker makes an agent with one slot who may pick tasks out of the stock queue, and gets none by themselves.
func (w *world) picker(name string) string {
	w.Helper()
	id := w.busy(name)
	w.setProfile(id, func(p *routing.Profile) { p.Manual = []string{w.stock.Queue} })
	return id
}

func TestTasksOfAManualQueueArePicked(t *testing.T) {
	run(t, func(w *world) {
		w.languages()
		if _, err := w.engine.CreateAgentStatus(w.Context(), instance, agent.Status{Name: "Lunch"}); err != nil {
			w.Fatal(err)
		}
		statuses, err := w.engine.AgentStatuses(instance)
		w.must(err)
		for _, s := range statuses {
			w.status[s.Name] = s.ID
		}
		cid := w.picker("cid")
		w.choose(cid, "Available")
		first, second, third := w.start("first"), w.start("second"), w.start("third")
		w.ask(second, german(5, time.Minute))
		time.Sleep(time.Minute)
		w.want(first, contact.Queued, "") // nothing comes by itself
		w.must(w.engine.Pick(w.Context(), instance, first, cid))
		w.want(first, contact.Connecting, cid)
		w.must(w.engine.Pick(w.Context(), instance, second, cid)) // more than the slots, and criteria do not count
		w.choose(cid, "Lunch")                                    // waits
		w.must(w.engine.Accept(w.Context(), instance, first, cid))
		time.Sleep(31 * time.Second)
		w.want(second, contact.Queued, "") // missed
		w.must(w.engine.End(w.Context(), instance, first, cid))
		w.must(w.engine.Clear(w.Context(), instance, first, cid))
		if d, err := w.engine.Desk(w.Context(), instance, cid); err != nil || d.Status.Name != "Lunch" {
			w.Fatalf("status %s, %v; want Lunch", d.Status.Name, err)
		}
		w.must(w.engine.Pick(w.Context(), instance, third, cid)) // in any status
		w.want(third, contact.Connecting, cid)
		rank := w.contact(third).Rank
		w.must(w.engine.Reject(w.Context(), instance, third, cid))
		w.want(third, contact.Queued, "")
		w.must(w.engine.Pick(w.Context(), instance, third, cid)) // they have changed their mind
		w.want(third, contact.Connecting, cid)
		time.Sleep(3 * time.Second)
		w.want(third, contact.Connecting, cid)
		w.must(w.engine.Accept(w.Context(), instance, third, cid))
		if !w.contact(third).Rank.Equal(rank) {
			w.Error("the rank has changed")
		}
	})
}

func TestCriteriaOfAPickedTaskAreJoined(t *testing.T) {
	run(t, func(w *world) {
		w.languages()
		cid := w.picker("cid")
		w.choose(cid, "Available")
		id := w.start("german")
		w.ask(id, german(5, time.Minute), german(4, 0))
		w.must(w.engine.Pick(w.Context(), instance, id, cid))
		w.must(w.engine.Accept(w.Context(), instance, id, cid))
		w.steps(id, joined, inactive)
	})
}

func TestWhoMayNotPick(t *testing.T) {
	run(t, func(w *world) {
		cid, away, visitor := w.picker("cid"), w.picker("away"), w.picker("visitor")
		w.choose(cid, "Available")
		w.setUser(visitor, func(u *directory.User) { u.SecurityProfiles = nil })
		w.choose(visitor, "Available")
		w.choose(w.stock.Agent, "Available") // has the queue for routing only
		rings := w.start("rings")
		w.want(rings, contact.Connecting, w.stock.Agent)
		w.choose(w.stock.Agent, "Offline")
		waits := w.start("waits")
		w.want(waits, contact.Queued, "")
		send := w.sender()
		own := send("for away", away)
		for _, tt := range []struct {
			name, contact, user string
			kind                fault.Kind
			says                string
		}{
			{"unknown contact", unknown, cid, fault.NotFound, unknown},
			{"unknown user", waits, unknown, fault.NotFound, "UserId"},
			{"it rings", rings, cid, fault.Unusable, "CONNECTING"},
			{"no manual queue", waits, w.stock.Agent, fault.Unusable, "manual assignment"},
			{"another queue", own, away, fault.Unusable, "manual assignment"},
			{"no permission", waits, visitor, fault.Unusable, directory.BasicAgentAccess},
			{"offline", waits, away, fault.Unusable, "offline"},
		} {
			err := w.engine.Pick(w.Context(), instance, tt.contact, tt.user)
			if !fault.Is(err, tt.kind) || !strings.Contains(err.Error(), tt.says) {
				w.Errorf("%s: %v, want one that says %q", tt.name, err, tt.says)
			}
		}
		w.must(w.engine.Pick(w.Context(), instance, waits, cid))
		if err := w.engine.Pick(w.Context(), instance, waits, cid); !fault.Is(err, fault.Unusable) {
			w.Errorf("twice: %v", err)
		}
		for _, tt := range []struct {
			name, contact, user string
			kind                fault.Kind
			says                string
		}{
			{"unknown user", own, unknown, fault.NotFound, "UserId"},
			{"it rings", rings, cid, fault.Unusable, "CONNECTING"},
			{"no permission", own, visitor, fault.Unusable, directory.BasicAgentAccess},
			{"twice", waits, cid, fault.Unusable, "CONNECTING"},
		} {
			err := w.engine.Associate(w.Context(), instance, tt.contact, tt.user)
			if !fault.Is(err, tt.kind) || !strings.Contains(err.Error(), tt.says) {
				w.Errorf("associate: %s: %v, want one that says %q", tt.name, err, tt.says)
			}
		}
	})
}

// TestTaskIsAssociatedWithAnyAgent has a task given to agents who could not pick it. It comes back when they miss it.
func TestTaskIsAssociatedWithAnyAgent(t *testing.T) {
	run(t, func(w *world) {
		never, other := w.busy("never"), w.busy("other")
		offline := w.busy("offline")
		w.choose(offline, "Available")
		w.choose(offline, "Offline")
		routed, own := w.start("routed"), w.sender()("for other", other)
		for _, tt := range []struct{ name, contact, user string }{
			{"offline", routed, offline},
			{"who never signed in", routed, never},
			{"out of the queue of another", own, never},
			{"offline, out of their own queue", own, other},
		} {
			rank := w.contact(tt.contact).Rank
			w.must(w.engine.Associate(w.Context(), instance, tt.contact, tt.user))
			w.want(tt.contact, contact.Connecting, tt.user)
			time.Sleep(31 * time.Second)
			w.want(tt.contact, contact.Queued, "")
			d, err := w.engine.Desk(w.Context(), instance, tt.user)
			w.must(err)
			if d.Agent.Type != agent.Offline || !w.contact(tt.contact).Rank.Equal(rank) {
				w.Errorf("%s: the agent is %s, rank %v, want OFFLINE and %v", tt.name, d.Agent.Type, w.contact(tt.contact).Rank, rank)
			}
		}
		w.must(w.engine.Associate(w.Context(), instance, routed, offline))
		w.must(w.engine.Accept(w.Context(), instance, routed, offline))
		w.want(routed, contact.Connected, offline)
	})
}

// One of two agents who pick the same task at the same moment gets it.
func TestTwoPickOneTask(t *testing.T) {
	run(t, func(w *world) {
		cid, dan := w.picker("cid"), w.picker("dan")
		w.choose(cid, "Available")
		w.choose(dan, "Available")
		id := w.start("wanted")
		errs := make(chan error, 2)
		for _, user := range []string{cid, dan} {
			go func() { errs <- w.engine.Pick(w.Context(), instance, id, user) }()
		}
		refused := 0
		for range 2 {
			if err := <-errs; fault.Is(err, fault.Unusable) {
				refused++
			} else {
				w.must(err)
			}
		}
		if refused != 1 {
			w.Errorf("%d of two were refused, want one", refused)
		}
	})
}

func TestManualQueueIsNotDeleted(t *testing.T) {
	run(t, func(w *world) {
		q, err := w.engine.CreateQueue(w.Context(), instance, routing.Queue{Name: "by hand", Hours: w.hours()})
		w.must(err)
		cid := w.busy("cid")
		w.setProfile(cid, func(p *routing.Profile) { p.Manual = []string{q.ID} })
		if err := w.engine.DeleteQueue(w.Context(), instance, q.ID); !fault.Is(err, fault.InUse) {
			w.Errorf("DeleteQueue of a manual queue = %v, want in use", err)
		}
		w.setProfile(cid, func(p *routing.Profile) { p.Manual = nil })
		w.must(w.engine.DeleteQueue(w.Context(), instance, q.ID))
	})
}
