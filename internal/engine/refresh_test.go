package engine_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/routing"
	"github.com/tasklane/tasklane/internal/store"
	"github.com/tasklane/tasklane/internal/store/pgtest"
)

// node is an engine on a connection of its own to a shared database.
func node(t *testing.T, url string) *engine.Engine {
	t.Helper()
	st, err := store.Open(t.Context(), store.Options{Database: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	e, err := engine.New(engine.Options{Store: st})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestRefreshLearnsWhatAnotherNodeHasDone(t *testing.T) {
	url := pgtest.URL(t)
	one, other := node(t, url), node(t, url)
	stock, err := one.Bootstrap(t.Context(), engine.First{
		Instance: directory.Instance{Instance: arn.Instance{Region: "us-east-1", Account: "000000000000", ID: instance}, Alias: "tasklane"},
		NewID:    func(arn.Kind, string) string { return uuid.NewString() },
		Admin:    directory.User{Username: "ann"}, Agent: directory.User{Username: "bob"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	basic, err := one.Queue(instance, stock.Queue)
	if err != nil {
		t.Fatal(err)
	}
	q, err := one.CreateQueue(t.Context(), instance, routing.Queue{Name: "Refunds", Hours: basic.Value.Hours})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := one.StartTask(t.Context(), instance, engine.StartTask{Flow: stock.Flow, Name: "call back"}); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Queue(instance, q.ID); !fault.Is(err, fault.NotFound) {
		t.Fatalf("the other node knows the queue before it has looked: %v", err)
	}
	if err := other.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := other.Queue(instance, q.ID); err != nil || got.Name != "Refunds" {
		t.Errorf("after Refresh: %v, %v; want Refunds", got, err)
	}
	if n := other.ActiveTasks(); n != 1 {
		t.Errorf("after Refresh the other node counts %d active tasks, want 1", n)
	}
}
