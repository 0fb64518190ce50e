package engine_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/store"
)

const instance = "11111111-1111-4111-8111-111111111111"

// history runs random commands on a real store and knows what it has done.
type history struct {
	*rapid.T
	store  *store.Store
	engine *engine.Engine
	flow   string
	users  []string
	status map[string]string
	tasks  []string
}

func begin(t *rapid.T) *history {
	dir, err := os.MkdirTemp("", "history-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) }) // a temporary directory
	st, err := store.Open(t.Context(), store.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	h := &history{T: t, store: st, status: map[string]string{}}
	if h.engine, err = engine.New(engine.Options{Store: st}); err != nil {
		t.Fatal(err)
	}
	stock, err := h.engine.Bootstrap(t.Context(), engine.First{
		Instance: directory.Instance{Instance: arn.Instance{Region: "us-east-1", Account: "000000000000", ID: instance}, Alias: "tasklane"},
		NewID:    func(arn.Kind, string) string { return uuid.NewString() },
		Admin:    directory.User{Username: "ann"}, Agent: directory.User{Username: "bob"},
	})
	if err != nil {
		t.Fatal(err)
	}
	h.flow, h.users = stock.Flow, []string{stock.Admin, stock.Agent}
	statuses, err := h.engine.AgentStatuses(instance)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range statuses {
		h.status[s.Name] = s.ID
	}
	return h
}

// step runs one command; most of them are refused, and that must change nothing.
func (h *history) step(i int) {
	ctx := h.Context()
	user := rapid.SampledFrom(h.users).Draw(h.T, "user")
	task := "none"
	if len(h.tasks) > 0 {
		task = rapid.SampledFrom(h.tasks).Draw(h.T, "task")
	}
	switch rapid.IntRange(0, 10).Draw(h.T, "command") {
	case 0, 1:
		in := engine.StartTask{Flow: h.flow, Name: fmt.Sprint("task ", i)}
		if rapid.Bool().Draw(h.T, "later") {
			in.ScheduledFor = h.engine.Now().Add(time.Hour)
		}
		id, err := h.engine.StartTask(ctx, instance, in)
		if err != nil {
			h.Fatal(err)
		}
		h.tasks = append(h.tasks, id)
	case 2:
		status := rapid.SampledFrom([]string{"Available", "Offline"}).Draw(h.T, "status")
		if err := h.engine.SetStatus(ctx, instance, user, h.status[status]); err != nil {
			h.Fatal(err)
		}
	case 3, 4:
		_ = h.engine.Offer(ctx, instance, engine.Offering{Contact: task, Agent: user}) // may be refused
	case 5:
		_ = h.engine.Accept(ctx, instance, task, user) // may be refused
	case 6:
		_ = h.engine.Reject(ctx, instance, task, user) // may be refused
	case 7:
		_ = h.engine.End(ctx, instance, task, user) // may be refused
	case 8:
		_ = h.engine.Clear(ctx, instance, task, user) // may be refused
	case 9:
		_ = h.engine.Stop(ctx, instance, task) // may be refused
	case 10: // whatever timers are set, some of them long stale, fire
		due, err := h.store.DueTimers(ctx, instance, h.engine.Now().Add(30*24*time.Hour), 3)
		if err != nil {
			h.Fatal(err)
		}
		for _, t := range due {
			if err := h.engine.Fire(ctx, instance, t); err != nil {
				h.Fatalf("Fire(%v) = %v", t, err)
			}
		}
	}
}

// legOf is the leg that an agent must have of a contact in a state.
var legOf = map[contact.State]agent.LegState{
	contact.Connecting: agent.Connecting, contact.Connected: agent.Connected, contact.ACW: agent.Ended,
}

// check compares contacts, agents, timers, events and the quota's count.
func (h *history) check() {
	ctx := h.Context()
	agents, err := h.store.Agents(ctx, instance)
	if err != nil {
		h.Fatal(err)
	}
	legs := map[string]map[string]agent.LegState{}
	for _, a := range agents {
		legs[a.ID] = map[string]agent.LegState{}
		for _, l := range a.Legs {
			legs[a.ID][l.Contact] = l.State
		}
	}
	open := 0
	for _, id := range h.tasks {
		c, _, err := h.engine.Contact(ctx, instance, id)
		if err != nil {
			h.Fatal(err)
		}
		if c.Open() {
			open++
		}
		want, withAgent := legOf[c.State]
		for user, held := range legs {
			got, has := held[id]
			live := has && got != agent.Missed && got != agent.Rejected
			if mine := withAgent && user == c.Agent; live != mine || mine && got != want {
				h.Fatalf("task is %s with %q, and %s has it as %q", c.State, c.Agent, user, got)
			}
		}
		h.checkEvents(c)
	}
	if n := h.engine.ActiveTasks(); n != open {
		h.Fatalf("%d tasks are counted as active, %d are open", n, open)
	}
}

// checkEvents: what happened leads to where the contact is, and ends at most once.
func (h *history) checkEvents(c *contact.Contact) {
	events, err := h.engine.Events(h.Context(), instance, c.ID)
	if err != nil {
		h.Fatal(err)
	}
	count := map[contact.EventType]int{}
	for _, e := range events {
		count[e.Type]++
	}
	ended := c.State == contact.Ended
	if count[contact.EventInitiated] != 1 || (count[contact.EventCompleted] == 1) != ended || count[contact.EventCompleted] > 1 ||
		(count[contact.EventDisconnected] == 1) != (ended || c.State == contact.ACW) {
		h.Fatalf("a task that is %s has had %v", c.State, count)
	}
	if offers := count[contact.EventOffered]; offers != c.Attempt {
		h.Fatalf("%d offers are told of, %d were made", offers, c.Attempt)
	}
}

// After any history contacts and agents agree, each task has ended at most once, and the quota counts right.
func TestContactsAndAgentsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := begin(t)
		for i := range rapid.IntRange(5, 40).Draw(t, "steps") {
			h.step(i)
		}
		h.check()
	})
}
