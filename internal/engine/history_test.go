package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
)

// history runs commands on a real store and knows what they have done. Every commit is held against the laws as it
// comes (history_commit_test.go); check holds what is left against them at the end (history_laws_test.go).
type history struct {
	*place
	ctx context.Context

	mu         sync.Mutex // guards what follows
	tasks      []string
	known      map[string]contact.Contact   // as the last commit has left it
	attributes map[string]map[string]string // what calls have set, by chain
	requests   []request                    // those with a token
	timers     []engine.Timer               // that were seen at some time
	commits    int
	breaches   []string
	meeting    bool // several commands run at the same time: the clock stands
}

// request is one that was answered, and may come again.
type request struct {
	task engine.StartTask
	id   string
	at   time.Time
}

// move is a command with numbers that choose what it is about; those that it does not need say nothing.
type move struct {
	Command, User, Task, Choice, Amount int
	Yes, Stray                          bool
}

// moves draws commands.
func moves(least, most int) *rapid.Generator[[]move] {
	number := rapid.IntRange(0, 1<<40) // small numbers come more often, so there is room for others
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) move {
		return move{
			Command: number.Draw(t, "command"), User: number.Draw(t, "user"), Task: number.Draw(t, "task"),
			Choice: number.Draw(t, "choice"), Amount: number.Draw(t, "amount"),
			Yes: rapid.Bool().Draw(t, "yes"), Stray: rapid.IntRange(0, 4).Draw(t, "stray") == 0,
		}
	}), least, most)
}

// of picks an element by a number.
func of[T any](list []T, n int) T { return list[n%len(list)] }

// run runs one command. It is done or refused with a fault; nothing else may come of it.
func (h *history) run(m move) error {
	c := of(commands, m.Command)
	err := c.run(h, m)
	if _, refused := errors.AsType[*fault.Error](err); err != nil && !refused {
		return fmt.Errorf("%s: %w", c.name, err)
	}
	return err
}

// task picks a task: as a rule one in the states that the command is for, so that histories get somewhere.
func (h *history) task(m move, states ...contact.State) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var fit []string
	for _, id := range h.tasks {
		for _, s := range states {
			if h.known[id].State == s {
				fit = append(fit, id)
			}
		}
	}
	switch {
	case len(fit) > 0 && !m.Stray:
		return of(fit, m.Task)
	case len(h.tasks) > 0:
		return of(h.tasks, m.Task)
	}
	return "none"
}

// agentOf is the user who has a task, or somebody else.
func (h *history) agentOf(m move, id string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if user := h.known[id].Agent; user != "" && !m.Stray {
		return user
	}
	return of(h.users, m.User)
}

// Whatever happens one after the other: a refused command changes nothing, and the laws hold.
func TestLawsHoldAfterAnyHistory(t *testing.T) {
	t.Parallel()
	p := open(t)
	rapid.Check(t, func(t *rapid.T) {
		h := p.begin(t)
		for _, m := range moves(30, 60).Draw(t, "moves") {
			before := h.commits
			err := h.run(m)
			if _, refused := errors.AsType[*fault.Error](err); err != nil && (!refused || h.commits != before) {
				t.Fatalf("%v, and %d commits", err, h.commits-before)
			}
			if n := h.engine.ActiveTasks(); n > most[engine.QuotaActiveTasks] {
				t.Fatalf("%d tasks are active", n)
			}
		}
		h.checkAttributes(t)
		h.check(t)
	})
}

// Whatever happens at the same time, the laws hold.
func TestLawsHoldWhenCommandsMeet(t *testing.T) {
	t.Parallel()
	p := open(t)
	rapid.Check(t, func(t *rapid.T) {
		h := p.begin(t)
		for _, m := range moves(10, 20).Draw(t, "before") {
			_ = h.run(m) // the other test looks at the answers
		}
		lists := rapid.SliceOfN(moves(1, 12), 4, 4).Draw(t, "moves")
		h.meeting = true
		var wg sync.WaitGroup
		unexpected := make(chan error, 64)
		for _, list := range lists {
			wg.Go(func() {
				for _, m := range list {
					err := h.run(m)
					if _, refused := errors.AsType[*fault.Error](err); err != nil && !refused {
						unexpected <- err
					}
				}
			})
		}
		wg.Wait()
		close(unexpected)
		for err := range unexpected {
			t.Fatal(err)
		}
		h.check(t)
	})
}

// check holds what the history has left against the laws.
func (h *history) check(t *rapid.T) {
	if len(h.breaches) > 0 {
		t.Fatal(h.breaches[0])
	}
	now := h.engine.Now()
	if err := h.fireDue(); err != nil {
		t.Fatal(err)
	}
	all := make([]*contact.Contact, 0, len(h.tasks))
	for _, id := range h.tasks {
		c, err := h.store.Contact(h.ctx, instance, id)
		if err != nil {
			t.Fatal(err)
		}
		// Places matter only by the order that they make: one that is that of the names is not kept.
		told, written := h.known[id].References.Ordered(), c.References.Ordered()
		if !slices.Equal(told, written) {
			t.Fatalf("a commit told of references in the order %q, and wrote %q", told, written)
		}
		if diff := cmp.Diff(h.known[id], *c, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(contact.Reference{}, "Place")); diff != "" {
			t.Fatalf("a commit told of another contact than it wrote (-told +written):\n%s", diff)
		}
		all = append(all, c)
	}
	if err := h.checkStates(all, now); err != nil {
		t.Fatal(err)
	}
	agents, err := h.store.Agents(h.ctx, instance)
	if err != nil {
		t.Fatal(err)
	}
	for _, law := range []func([]*contact.Contact, []*agent.Agent) error{
		h.checkPaths, h.checkHands, h.checkTimers, h.checkChains, h.checkCounts, h.checkDesks,
		h.checkRoom,
	} {
		if err := law(all, agents); err != nil {
			t.Fatal(err)
		}
	}
}
