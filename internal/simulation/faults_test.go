package simulation

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
)

// harm is what goes wrong.
type harm func(w *world, s planned)

// faults are all kinds of harm.
func faults() []weighted[harm] {
	return []weighted[harm]{
		{"lose a commit", 4, nextCommit(loseLink)},
		{"lose a commit at its end", 3, nextCommit(loseCommit)},
		{"lose an answer", 6, nextCommit(loseAnswer)},
		{"no answer", 2, nextCommit(silent)},
		{"no answer to a commit", 3, nextCommit(silentAnswer)},
		{"crash", 5, func(w *world, s planned) { w.onNode(s, w.crash) }},
		{"crash between commits", 4, func(w *world, s planned) {
			w.onNode(s, func(n *node) { n.crashAfter = 1 + int(s.Pick[2]%4) })
		}},
		{"stop", 2, func(w *world, s planned) { w.onNode(s, w.stop) }},
		{"freeze", 4, func(w *world, s planned) {
			w.onNode(s, func(n *node) { n.frozenUntil = w.until(n, "stands still", s, 9) })
		}},
		{"cut off", 3, func(w *world, s planned) {
			w.onNode(s, func(n *node) { n.cutUntil = w.until(n, "is cut off", s, 8) })
		}},
		{"silence", 3, func(w *world, s planned) {
			w.onNode(s, func(n *node) { n.muteUntil = w.until(n, "gets no answers", s, 8) })
		}},
		{"lose the lease", 3, loseLease},
		{"late timer", 5, lateTimer},
		{"disk full", 2, func(w *world, s planned) {
			w.limit("is full", "PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000", s)
		}},
		{"read-only", 2, func(w *world, s planned) {
			w.limit("is read-only", "PRAGMA query_only = 1", "PRAGMA query_only = 0", s)
		}},
		{"give up", 4, func(w *world, s planned) {
			for _, c := range w.calls {
				if !c.over && s.chance(2, 2) {
					w.tell("the caller of c%d gives up", c.number)
					c.cancel()
				}
			}
		}},
	}
}

// onNode does harm to a node that is up.
func (w *world) onNode(s planned, do func(*node)) {
	if n, ok := pick(s, 0, w.alive()); ok {
		do(n)
	}
}

// nextCommit has the next commit of a node go wrong.
func nextCommit(v verdict) harm {
	return func(w *world, s planned) { w.onNode(s, func(n *node) { n.nextCommit = v }) }
}

// until is when something ends that begins now, after most seconds at most.
func (w *world) until(n *node, what string, s planned, most uint32) time.Time {
	d := time.Duration(200+s.Pick[2]%(most*1000)) * time.Millisecond
	w.tell("%s %s for %v", n.name, what, d)
	return w.now().Add(d)
}

// stop stops a node as an operator does.
func (w *world) stop(n *node) {
	w.tell("%s stops", n.name)
	n.up = false
	n.end()
	w.elapse(3 * time.Second)
	w.crash(n)
}

// limit has the database refuse what it would otherwise write, for a while.
func (w *world) limit(what, begin, end string, s planned) {
	if w.limits == nil {
		w.limits = map[string]time.Time{}
	}
	d := time.Duration(200+s.Pick[2]%4000) * time.Millisecond
	w.tell("the database %s for %v", what, d)
	w.must(w.database.spoil(begin))
	w.limits[end] = w.now().Add(d)
}

// relieve ends what limits the database, where it is time.
func (w *world) relieve() {
	for end, at := range w.limits {
		if w.calm || !w.now().Before(at) {
			delete(w.limits, end)
			w.must(w.database.spoil(end))
		}
	}
}

func (w *world) must(err error) {
	if err != nil {
		w.t.Fatalf("the simulation itself fails: %v\n%s", err, w.text())
	}
}

// loseLease has somebody else take the instance: a node that is not among those that are simulated, and is gone at once.
func loseLease(w *world, s planned) {
	if len(w.limits) > 0 {
		return // nobody can write
	}
	w.tell("the lease is lost")
	w.must(w.database.spoil(`UPDATE lease SET holder = 'nobody', epoch = epoch + 1, expires_at = ? WHERE instance_id = ?`,
		w.now().Add(time.Duration(s.Pick[1]%3000)*time.Millisecond).UnixMicro(), instance))
}

// lateTimer fires a timer again that was set at some time, or late: whatever was due once may be fired at any node, by an
// owner that does not know that it is none any more.
func lateTimer(w *world, s planned) {
	var due []engine.Timer
	for _, t := range w.timersSeen {
		if t.Due.Before(w.now().Add(-3 * time.Second)) {
			due = append(due, t)
		}
	}
	// One of an earlier offer of what rings again is the most dangerous.
	earlier := slices.DeleteFunc(slices.Clone(due), func(t engine.Timer) bool {
		c := w.contacts[t.Contact]
		return t.Kind != engine.TimerOffer || c == nil || c.State != contact.Connecting || c.Attempt == t.Stamp
	})
	if len(earlier) > 0 {
		due = earlier
	}
	t, ok := pick(s, 1, due)
	if n, up := pick(s, 0, w.alive()); ok && up {
		w.call(n, fmt.Sprintf("fire %s again", t.ID()), "", "", func(ctx context.Context, e *engine.Engine) (string, error) {
			return done(e.Fire(ctx, instance, t))
		})
	}
}

// spoilings make rows that cannot be read, as a newer version, or a mistake of an operator, may leave them.
func spoilings() []weighted[harm] {
	return []weighted[harm]{
		{"spoil a waiting task", 2, spoilTask(`UPDATE contact SET body = '{"name":7}' WHERE id = ?`, contact.Queued)},
		{"spoil a run", 2, spoilTask(`UPDATE contact SET body = replace(body, '"kind":"INBOUND"', '"kind":"NEWER"') WHERE id = ?`, contact.InFlow)},
		{"spoil timers", 1, func(w *world, s planned) {
			if c, ok := w.spoilable(s, contact.Scheduled, contact.Queued); ok {
				w.must(w.database.spoil(`UPDATE contact SET body = '{"name":7}' WHERE id = ?`, c.ID))
				w.must(w.database.spoil(`
					INSERT INTO timer (instance_id, id, kind, contact_id, agent_id, stamp, due_at)
					WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
					SELECT ?1, 'OFFER/' || ?2 || '/' || (100000 + i), 'OFFER', ?2, '', 100000 + i, ?3 FROM n`,
					instance, c.ID, w.now().UnixMicro()))
			}
		}},
		{"spoil an agent", 1, func(w *world, s planned) {
			if id, ok := pick(s, 1, w.agentOrder); ok && len(w.limits) == 0 && !w.spoilt[id] {
				w.spoilt[id] = true
				w.tell("the row of %s cannot be read any more", id)
				w.must(w.database.spoil(`UPDATE agent SET body = '{"legs":7}' WHERE id = ?`, id))
			}
		}},
	}
}

// spoilable picks a task whose row is to be spoilt.
func (w *world) spoilable(s planned, states ...contact.State) (*contact.Contact, bool) {
	c, ok := pick(s, 1, w.in(states...))
	if !ok || len(w.limits) > 0 || w.spoilt[c.ID] {
		return nil, false
	}
	w.spoilt[c.ID] = true
	w.tell("the row of %s cannot be read any more", c.ID)
	return c, true
}

func spoilTask(text string, states ...contact.State) harm {
	return func(w *world, s planned) {
		if c, ok := w.spoilable(s, states...); ok {
			w.must(w.database.spoil(text, c.ID))
		}
	}
}

// restart starts the nodes that are dead, some of them late.
func (w *world) restart(s planned) {
	for _, n := range w.nodes {
		if n.over && (w.calm || s.Pick[4]%3 == 0) {
			w.start(n)
		}
	}
}
