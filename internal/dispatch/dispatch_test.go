package dispatch

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/store"
)

const instance = "11111111-1111-4111-8111-111111111111"

// unknown has the form of an id, and is the id of nothing.
const unknown = "99999999-9999-4999-8999-999999999999"

// world is a dispatcher at work, on a database of its own and in fake time.
type world struct {
	*testing.T
	engine *engine.Engine
	store  *store.Store
	stock  engine.Stock
	status map[string]string // ids by name
	d      *Dispatcher
	dir    string       // of the database
	away   atomic.Bool  // what is committed is committed by another node
	bad    atomic.Value // id of a contact that no command can write without a panic
}

// node is a store that does not tell of what another node commits.
type node struct {
	*store.Store

	away *atomic.Bool
	bad  *atomic.Value
}

// Update runs a command, which panics when it writes the bad contact.
func (n node) Update(ctx context.Context, instance string, fn func(engine.Tx) error) error {
	return n.Store.Update(ctx, instance, func(tx engine.Tx) error { return fn(badTx{tx, n.bad.Load()}) })
}

type badTx struct {
	engine.Tx

	bad any
}

func (t badTx) PutContact(c *contact.Contact) {
	if c.ID == t.bad {
		panic("a contact that no command can write")
	}
	t.Tx.PutContact(c)
}

func (n node) Watch(fn func(engine.Commit)) {
	n.Store.Watch(func(c engine.Commit) {
		if !n.away.Load() {
			fn(c)
		}
	})
}

// run runs a test in fake time.
func run(t *testing.T, test func(*world), change ...func(*Options)) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		st, err := store.Open(t.Context(), store.Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		w := &world{T: t, dir: dir, store: st, status: map[string]string{}}
		if w.engine, err = engine.New(engine.Options{Store: node{st, &w.away, &w.bad}}); err != nil {
			t.Fatal(err)
		}
		opts := Options{Engine: w.engine, Store: st, Node: "n1", LeaseTTL: 24 * time.Hour}
		for _, fn := range change {
			fn(&opts)
		}
		d := New(opts)
		w.d = d
		w.stock, err = w.engine.Bootstrap(t.Context(), engine.First{
			Instance: directory.Instance{Instance: arn.Instance{Region: "us-east-1", Account: "000000000000", ID: instance}, Alias: "tasklane"},
			NewID:    func(arn.Kind, string) string { return uuid.NewString() },
			Admin:    directory.User{Username: "admin"}, Agent: directory.User{Username: "ann"},
		})
		if err != nil {
			t.Fatal(err)
		}
		statuses, err := w.engine.AgentStatuses(instance)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range statuses {
			w.status[s.Name] = s.ID
		}
		ctx, stop := context.WithCancel(t.Context())
		ran := make(chan error, 1)
		go func() { ran <- d.Run(ctx) }()
		defer func() {
			stop()
			if err := errors.Join(<-ran, st.Close()); err != nil {
				t.Error(err)
			}
		}()
		synctest.Wait()
		test(w)
	})
}

func (w *world) start(name string, change ...func(*engine.StartTask)) string {
	w.Helper()
	in := engine.StartTask{Flow: w.stock.Flow, Name: name}
	for _, f := range change {
		f(&in)
	}
	id, err := w.engine.StartTask(w.Context(), instance, in)
	if err != nil {
		w.Fatal(err)
	}
	return id
}

func (w *world) choose(user, status string) {
	w.Helper()
	if err := w.engine.SetStatus(w.Context(), instance, user, w.status[status]); err != nil {
		w.Fatal(err)
	}
}

// hire makes one more agent.
func (w *world) hire(name string) string {
	w.Helper()
	like, err := w.engine.User(instance, w.stock.Agent)
	if err != nil {
		w.Fatal(err)
	}
	u, err := w.engine.CreateUser(w.Context(), instance, directory.User{
		Username: name, RoutingProfile: like.Value.RoutingProfile, SecurityProfiles: like.Value.SecurityProfiles,
	})
	if err != nil {
		w.Fatal(err)
	}
	return u.ID
}

func (w *world) contact(id string) *contact.Contact {
	w.Helper()
	c, _, err := w.engine.Contact(w.Context(), instance, id)
	if err != nil {
		w.Fatal(err)
	}
	return c
}

// want checks where a task is, after everything has come to rest.
func (w *world) want(id string, state contact.State, user string) {
	w.Helper()
	synctest.Wait()
	if c := w.contact(id); c.State != state || c.Agent != user {
		w.Errorf("%s is %s with %q, want %s with %q", c.Name, c.State, c.Agent, state, user)
	}
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func TestTaskRingsAsSoonAsSomebodyIsFree(t *testing.T) {
	run(t, func(w *world) {
		id := w.start("call back")
		w.want(id, contact.Queued, "")
		w.choose(w.stock.Agent, "Available")
		w.want(id, contact.Connecting, w.stock.Agent)
	})
}

func TestMissedTaskGoesToTheNextAgentAtItsOldRank(t *testing.T) {
	run(t, func(w *world) {
		w.choose(w.stock.Agent, "Available")
		first := w.start("first")
		w.want(first, contact.Connecting, w.stock.Agent)
		time.Sleep(29 * time.Second)
		w.want(first, contact.Connecting, w.stock.Agent)
		rank := w.contact(first).Rank
		time.Sleep(2 * time.Second)
		w.want(first, contact.Queued, "") // ann has missed it and gets nothing until she clears it
		second := w.start("second")
		w.want(second, contact.Queued, "")
		bob := w.hire("bob")
		w.choose(bob, "Available")
		w.want(first, contact.Connecting, bob)
		w.want(second, contact.Connecting, bob)
		if got := w.contact(first).Rank; !got.Equal(rank) {
			w.Errorf("rank %v after a miss, want %v", got, rank)
		}
		w.must(w.engine.Clear(w.Context(), instance, first, w.stock.Agent))
		time.Sleep(time.Millisecond)
		w.must(w.engine.Accept(w.Context(), instance, first, bob)) // now ann has been available longer
		third := w.start("third")
		w.want(third, contact.Connecting, w.stock.Agent)
	})
}

func TestNoMoreThanTheSlots(t *testing.T) {
	run(t, func(w *world) {
		w.choose(w.stock.Agent, "Available")
		var ids []string
		for i := range 12 {
			ids = append(ids, w.start(fmt.Sprint("task ", i)))
			time.Sleep(time.Millisecond) // so that they have different ranks
		}
		synctest.Wait()
		a, err := w.engine.Desk(w.Context(), instance, w.stock.Agent)
		w.must(err)
		if len(a.Tasks) != 10 {
			w.Errorf("%d tasks ring, the profile has 10 slots", len(a.Tasks))
		}
		w.must(w.engine.Accept(w.Context(), instance, ids[0], w.stock.Agent))
		w.must(w.engine.End(w.Context(), instance, ids[0], w.stock.Agent))
		w.want(ids[10], contact.Queued, "")
		w.must(w.engine.Clear(w.Context(), instance, ids[0], w.stock.Agent))
		w.want(ids[10], contact.Connecting, w.stock.Agent)
		w.want(ids[11], contact.Queued, "")
	})
}

func TestLongestAvailableAgentGoesFirst(t *testing.T) {
	run(t, func(w *world) {
		bob := w.hire("bob")
		w.choose(bob, "Available")
		time.Sleep(time.Second)
		w.choose(w.stock.Agent, "Available")
		time.Sleep(time.Second)
		w.want(w.start("one"), contact.Connecting, bob)
		time.Sleep(time.Second)
		w.want(w.start("two"), contact.Connecting, w.stock.Agent)
		time.Sleep(time.Second)
		w.want(w.start("three"), contact.Connecting, bob)
	})
}

func TestScheduledTaskStartsAndExpires(t *testing.T) {
	run(t, func(w *world) {
		at := w.engine.Now().Add(6 * 24 * time.Hour)
		id := w.start("later", func(in *engine.StartTask) { in.ScheduledFor = at })
		time.Sleep(6*24*time.Hour - time.Second)
		w.want(id, contact.Scheduled, "")
		time.Sleep(2 * time.Second)
		w.want(id, contact.Queued, "")
		if got := w.contact(id).ConnectedToSystem; got.Before(at) || got.After(at.Add(time.Second)) {
			w.Errorf("it started at %v, want %v", got, at)
		}
		time.Sleep(7*24*time.Hour - 2*time.Second)
		w.want(id, contact.Queued, "")
		time.Sleep(2 * time.Second)
		w.want(id, contact.Ended, "")
		if c := w.contact(id); c.Reason != contact.ReasonExpired {
			w.Errorf("it ended because of %s, want EXPIRED", c.Reason)
		}
	})
}

func TestTaskThatExpiresInHandGoesToAfterContactWork(t *testing.T) {
	run(t, func(w *world) {
		w.choose(w.stock.Agent, "Available")
		id := w.start("call back")
		w.want(id, contact.Connecting, w.stock.Agent)
		w.must(w.engine.Accept(w.Context(), instance, id, w.stock.Agent))
		time.Sleep(7*24*time.Hour + time.Second)
		w.want(id, contact.ACW, w.stock.Agent)
		w.must(w.engine.Clear(w.Context(), instance, id, w.stock.Agent))
		w.want(id, contact.Ended, w.stock.Agent)
	})
}

func TestChoosingAStatusClosesAfterContactWork(t *testing.T) {
	run(t, func(w *world) {
		w.choose(w.stock.Agent, "Available")
		id := w.start("call back")
		w.want(id, contact.Connecting, w.stock.Agent)
		w.must(w.engine.Accept(w.Context(), instance, id, w.stock.Agent))
		w.choose(w.stock.Agent, "Offline") // waits
		w.must(w.engine.End(w.Context(), instance, id, w.stock.Agent))
		w.want(id, contact.ACW, w.stock.Agent)
		w.choose(w.stock.Agent, "Offline")
		w.want(id, contact.Ended, w.stock.Agent)
		d, err := w.engine.Desk(w.Context(), instance, w.stock.Agent)
		w.must(err)
		if d.Agent.Type != agent.Offline || len(d.Tasks) != 0 {
			w.Errorf("the agent is %s with %v", d.Status.Name, d.Tasks)
		}
	})
}
