package engine_test

import (
	"context"
	"testing"

	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/hours"
	"github.com/tasklane/tasklane/internal/routing"
	"github.com/tasklane/tasklane/internal/store"
	"github.com/tasklane/tasklane/internal/store/pgtest"
)

// paused is a store whose next command does something else when it has decided, before it is committed.
type paused struct {
	*store.Store

	between func()
	runs    int // of the commands
}

func (p *paused) Update(ctx context.Context, instance string, fn func(engine.Tx) error) error {
	return p.Store.Update(ctx, instance, func(tx engine.Tx) error {
		p.runs++
		err := fn(tx)
		if between := p.between; between != nil && err == nil {
			p.between = nil
			between()
		}
		return err
	})
}

// nodes are two nodes on one database: on SQLite, which has one server, one node that is called twice at once.
type nodes struct {
	one, other *engine.Engine
	store      *paused // of the first
	stock      engine.Stock
}

func newNodes(t *testing.T, database string) *nodes {
	t.Helper()
	st, err := store.Open(t.Context(), store.Options{Database: database, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	n := &nodes{store: &paused{Store: st}}
	if n.one, err = engine.New(engine.Options{Store: n.store}); err != nil {
		t.Fatal(err)
	}
	if n.stock, err = n.one.Bootstrap(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if n.other = n.one; database != "" {
		n.other = node(t, database)
		if err := n.other.Load(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// reference is a way in which one object comes to refer to another.
type reference struct {
	name string
	// make makes what is referred to, and returns the command that refers to it and the one that deletes it.
	make func(*testing.T, *nodes) (refer, remove func(*engine.Engine) error)
}

func made[T any](t *testing.T, v engine.Entry[T], err error) engine.Entry[T] {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

var references = []reference{
	{"queue of a routing profile", func(t *testing.T, n *nodes) (refer, remove func(*engine.Engine) error) {
		q := n.queue(t)
		return func(e *engine.Engine) error {
			_, err := e.CreateRoutingProfile(t.Context(), instance, routing.Profile{Name: "p", DefaultOutbound: q.ID},
				[]routing.Concurrency{{Channel: "TASK", Slots: 1}}, engine.ProfileQueues{})
			return err
		}, func(e *engine.Engine) error { return e.DeleteQueue(t.Context(), instance, q.ID) }
	}},
	{"queue that is given to a routing profile", func(t *testing.T, n *nodes) (refer, remove func(*engine.Engine) error) {
		q := n.queue(t)
		return func(e *engine.Engine) error {
			return e.AssociateProfileQueues(t.Context(), instance, n.profile(t).ID, engine.ProfileQueues{
				Offered: []routing.Row{{Channel: "TASK", ProfileQueue: routing.ProfileQueue{Queue: q.ID, Priority: 1}}},
			})
		}, func(e *engine.Engine) error { return e.DeleteQueue(t.Context(), instance, q.ID) }
	}},
	{"queue of a quick connect", func(t *testing.T, n *nodes) (refer, remove func(*engine.Engine) error) {
		q := n.queue(t)
		like, err := n.one.QuickConnect(instance, n.stock.QueueConnect)
		to := made(t, like, err).Value.Destination
		to.Target = q.ID
		return func(e *engine.Engine) error {
			_, err := e.CreateQuickConnect(t.Context(), instance, routing.QuickConnect{Name: "c", Destination: to})
			return err
		}, func(e *engine.Engine) error { return e.DeleteQueue(t.Context(), instance, q.ID) }
	}},
	{"hours of a queue", func(t *testing.T, n *nodes) (refer, remove func(*engine.Engine) error) {
		h, err := n.one.CreateHours(t.Context(), instance, hours.Hours{Name: "h"})
		made(t, h, err)
		return func(e *engine.Engine) error {
			_, err := e.CreateQueue(t.Context(), instance, routing.Queue{Name: "q", Hours: h.ID})
			return err
		}, func(e *engine.Engine) error { return e.DeleteHours(t.Context(), instance, h.ID) }
	}},
	{"parent of hours", func(t *testing.T, n *nodes) (refer, remove func(*engine.Engine) error) {
		h, err := n.one.CreateHours(t.Context(), instance, hours.Hours{Name: "h"})
		made(t, h, err)
		return func(e *engine.Engine) error {
			_, err := e.CreateHours(t.Context(), instance, hours.Hours{Name: "child", Parents: []string{h.ID}})
			return err
		}, func(e *engine.Engine) error { return e.DeleteHours(t.Context(), instance, h.ID) }
	}},
	{"routing profile of a user", func(t *testing.T, n *nodes) (refer, remove func(*engine.Engine) error) {
		p, err := n.one.CreateRoutingProfile(t.Context(), instance, routing.Profile{Name: "p", DefaultOutbound: n.stock.Queue},
			[]routing.Concurrency{{Channel: "TASK", Slots: 1}}, engine.ProfileQueues{})
		made(t, p, err)
		return n.user(t, func(u *directory.User) { u.RoutingProfile = p.ID }),
			func(e *engine.Engine) error { return e.DeleteRoutingProfile(t.Context(), instance, p.ID) }
	}},
	{"security profile of a user", func(t *testing.T, n *nodes) (refer, remove func(*engine.Engine) error) {
		p, err := n.one.CreateSecurityProfile(t.Context(), instance, directory.SecurityProfile{Name: "s"})
		made(t, p, err)
		return n.user(t, func(u *directory.User) { u.SecurityProfiles = []string{p.ID} }),
			func(e *engine.Engine) error { return e.DeleteSecurityProfile(t.Context(), instance, p.ID) }
	}},
	{"hierarchy group of a user", func(t *testing.T, n *nodes) (refer, remove func(*engine.Engine) error) {
		g := n.group(t)
		return n.user(t, func(u *directory.User) { u.HierarchyGroup = g.ID }),
			func(e *engine.Engine) error { return e.DeleteHierarchyGroup(t.Context(), instance, g.ID) }
	}},
	{"parent of a hierarchy group", func(t *testing.T, n *nodes) (refer, remove func(*engine.Engine) error) {
		g := n.group(t)
		return func(e *engine.Engine) error {
			_, err := e.CreateHierarchyGroup(t.Context(), instance, directory.Group{Name: "below", Parent: g.ID})
			return err
		}, func(e *engine.Engine) error { return e.DeleteHierarchyGroup(t.Context(), instance, g.ID) }
	}},
}

func (n *nodes) queue(t *testing.T) engine.Entry[routing.Queue] {
	t.Helper()
	basic, err := n.one.Queue(instance, n.stock.Queue)
	made(t, basic, err)
	q, err := n.one.CreateQueue(t.Context(), instance, routing.Queue{Name: "Refunds", Hours: basic.Value.Hours})
	return made(t, q, err)
}

func (n *nodes) profile(t *testing.T) engine.Entry[routing.Profile] {
	t.Helper()
	all, err := n.one.RoutingProfiles(instance)
	if err != nil || len(all) == 0 {
		t.Fatalf("RoutingProfiles = %v, %v", all, err)
	}
	return all[0]
}

func (n *nodes) group(t *testing.T) engine.Entry[directory.Group] {
	t.Helper()
	if err := n.one.SetHierarchy(t.Context(), instance, [directory.MaxLevels]string{"site", "team"}); err != nil {
		t.Fatal(err)
	}
	g, err := n.one.CreateHierarchyGroup(t.Context(), instance, directory.Group{Name: "above"})
	return made(t, g, err)
}

// user makes a user like another one, but for a change.
func (n *nodes) user(t *testing.T, change func(*directory.User)) func(*engine.Engine) error {
	t.Helper()
	like, err := n.one.User(instance, n.stock.Agent)
	made(t, like, err)
	u := directory.User{Username: "new", RoutingProfile: like.Value.RoutingProfile, SecurityProfiles: like.Value.SecurityProfiles}
	change(&u)
	return func(e *engine.Engine) error {
		_, err := e.CreateUser(t.Context(), instance, u)
		return err
	}
}

// Of a command that refers to an object and one that deletes it only the first succeeds, whichever that is, on one node
// and on two: the second, which had decided already, decides again and is told why not.
func TestReferencesAreGuardedInTheCommit(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func(testing.TB) string{"sqlite": func(testing.TB) string { return "" }, "postgres": pgtest.URL} {
		for _, ref := range references {
			t.Run(name+"/"+ref.name, func(t *testing.T) {
				t.Parallel()
				for _, deletedFirst := range []bool{true, false} {
					n := newNodes(t, database(t))
					refer, remove := ref.make(t, n)
					second, first, refusal := refer, remove, fault.NotFound
					if !deletedFirst {
						second, first, refusal = remove, refer, fault.InUse
					}
					n.store.runs = 0
					n.store.between = func() {
						if err := first(n.other); err != nil {
							t.Errorf("deleted first: %t: the first command: %v", deletedFirst, err)
						}
					}
					if err := second(n.one); !fault.Is(err, refusal) {
						t.Errorf("deleted first: %t: the second command: %v, want %v", deletedFirst, err, refusal)
					}
					if n.store.runs > 3 {
						t.Errorf("deleted first: %t: the commands ran %d times; one that loses decides at once", deletedFirst, n.store.runs)
					}
				}
			})
		}
	}
}

// What one node has answered, another sees after Sync, be it made, changed or deleted; and an instance that one has made.
func TestSyncSeesWhatAnotherNodeHasAnswered(t *testing.T) {
	t.Parallel()
	n := newNodes(t, pgtest.URL(t))
	ctx := t.Context()
	sync := func() {
		t.Helper()
		if err := n.other.Sync(ctx, instance); err != nil {
			t.Fatal(err)
		}
	}
	q := n.queue(t)
	sync()
	if got, err := n.other.Queue(instance, q.ID); err != nil || got.Name != "Refunds" {
		t.Errorf("a queue that was made: %v, %v", got, err)
	}
	name := "Returns"
	if err := n.one.RenameQueue(ctx, instance, q.ID, &name, nil); err != nil {
		t.Fatal(err)
	}
	sync()
	if got, err := n.other.Queue(instance, q.ID); err != nil || got.Name != name {
		t.Errorf("a queue that was renamed: %v, %v", got, err)
	}
	if err := n.one.DeleteQueue(ctx, instance, q.ID); err != nil {
		t.Fatal(err)
	}
	sync()
	if _, err := n.other.Queue(instance, q.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("a queue that was deleted: %v", err)
	}
}
