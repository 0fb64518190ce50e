package engine_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/routing"
	"github.com/tasklane/tasklane/internal/store"
	"github.com/tasklane/tasklane/internal/store/pgtest"
)

func phone(name string) routing.QuickConnect {
	return routing.QuickConnect{Name: name, Destination: routing.Destination{Type: routing.QuickConnectPhone, Phone: "+14155550100"}}
}

// connected returns the names of a queue's quick connects.
func connected(t rapid.TB, e *engine.Engine, queue string) []string {
	_, all, err := e.QueueQuickConnects(instance, queue)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, q := range all {
		names = append(names, q.Name)
	}
	return names
}

// first is a new instance for a test.
var first = engine.First{
	Instance: directory.Instance{Instance: arn.Instance{Region: "us-east-1", Account: "000000000000", ID: instance}, Alias: "tasklane"},
	NewID:    func(arn.Kind, string) string { return uuid.NewString() },
	Admin:    directory.User{Username: "ann"}, Agent: directory.User{Username: "bob"},
}

// local is an engine on SQLite, without quotas, with the id of its hours of operation.
func local(t *testing.T) (*engine.Engine, string) {
	t.Helper()
	st, err := store.Open(t.Context(), store.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	e, err := engine.New(engine.Options{Store: st, Quotas: map[string]int{engine.QuotaQueues: 0, engine.QuotaQuickConnects: 0}})
	if err != nil {
		t.Fatal(err)
	}
	stock, err := e.Bootstrap(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	q, err := e.Queue(instance, stock.Queue)
	if err != nil {
		t.Fatal(err)
	}
	return e, q.Value.Hours
}

// given is a model of which queues have which quick connects.
type given struct {
	engine *engine.Engine
	prefix string // of names, which are unique in the instance
	queues []string
	want   map[string]map[string]bool // names of quick connects, by queue
	ids    map[string]string          // of the quick connects that there are, by name
}

// step runs one command. It fails when, and only when, its quick connect is missing, or is there already.
func (g *given) step(t *rapid.T) {
	name := g.prefix + rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "name")
	queue := rapid.SampledFrom(g.queues).Draw(t, "queue")
	id, right := g.ids[name]
	var err error
	switch rapid.IntRange(0, 3).Draw(t, "command") {
	case 0:
		var q engine.Entry[routing.QuickConnect]
		if q, err = g.engine.CreateQuickConnect(t.Context(), instance, phone(name)); err == nil {
			g.ids[name] = q.ID
		}
		right = !right
	case 1:
		err = g.engine.AssociateQuickConnects(t.Context(), instance, queue, []string{id})
		if right {
			g.want[queue][name] = true
		}
	case 2:
		err = g.engine.DisassociateQuickConnects(t.Context(), instance, queue, []string{id})
		delete(g.want[queue], name)
	case 3:
		err = g.engine.DeleteQuickConnect(t.Context(), instance, id)
		delete(g.ids, name)
		for _, has := range g.want {
			delete(has, name)
		}
	}
	if (err == nil) != right {
		t.Fatalf("quick connect %s: %v, want success: %t", name, err, right)
	}
}

// A queue has what was associated and neither disassociated nor deleted, whatever the order; a new quick connect of
// an old name is another one.
func TestQueueHasWhatItWasGiven(t *testing.T) {
	t.Parallel()
	e, open := local(t)
	run := 0
	rapid.Check(t, func(t *rapid.T) {
		run++
		g := &given{engine: e, prefix: fmt.Sprint(run, " "), want: map[string]map[string]bool{}, ids: map[string]string{}}
		for i := range 2 {
			q, err := e.CreateQueue(t.Context(), instance, routing.Queue{Name: fmt.Sprint(g.prefix, i), Hours: open})
			if err != nil {
				t.Fatal(err)
			}
			g.queues, g.want[q.ID] = append(g.queues, q.ID), map[string]bool{}
		}
		for range rapid.IntRange(1, 20).Draw(t, "commands") {
			g.step(t)
			for _, q := range g.queues {
				want := slices.AppendSeq([]string{}, maps.Keys(g.want[q]))
				slices.Sort(want)
				if diff := cmp.Diff(want, connected(t, e, q)); diff != "" {
					t.Fatalf("quick connects of a queue (-want +got):\n%s", diff)
				}
			}
		}
	})
}

func TestQuickConnectThatAnotherNodeHasDeletedIsNotFound(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	one, other := node(t, url), node(t, url)
	stock, err := one.Bootstrap(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	gone, err := one.CreateQuickConnect(t.Context(), instance, phone("gone"))
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := one.DeleteQuickConnect(t.Context(), instance, gone.ID); err != nil {
		t.Fatal(err)
	}
	if err := other.AssociateQuickConnects(t.Context(), instance, stock.Queue, []string{gone.ID}); !fault.Is(err, fault.NotFound) {
		t.Fatalf("the other node has not looked since the deletion, and associates what is gone: %v", err)
	}
	for _, e := range []*engine.Engine{one, other} {
		if err := e.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"BasicQueue", "bob"}, connected(t, e, stock.Queue)); diff != "" {
			t.Errorf("quick connects of the queue (-want +got):\n%s", diff)
		}
	}
	if err := other.DeleteQuickConnect(t.Context(), instance, gone.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("deleted twice: %v", err)
	}
	next, err := one.CreateQuickConnect(t.Context(), instance, phone("next"))
	if err != nil {
		t.Fatal(err)
	}
	if err := one.AssociateQuickConnects(t.Context(), instance, stock.Queue, []string{next.ID}); err != nil {
		t.Fatal(err)
	}
	if q, err := one.Queue(instance, stock.Queue); err != nil || slices.Contains(q.Value.QuickConnects, gone.ID) || len(q.Value.QuickConnects) != 3 {
		t.Errorf("after the next one was associated the queue has %v, %v; want three, and not %s", q.Value.QuickConnects, err, gone.ID)
	}
}
