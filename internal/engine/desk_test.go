package engine_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/store"
)

// A desk tells the queue of each task, whatever queue that is, and whether it still is.
func TestDeskTellsTheQueueOfEachTask(t *testing.T) {
	t.Parallel()
	st, err := store.Open(t.Context(), store.Options{Dir: t.TempDir()})
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
	home := arn.Instance{Region: "us-east-1", Account: "000000000000", ID: instance}
	stock, err := e.Bootstrap(t.Context(), engine.First{
		Instance: directory.Instance{Instance: home, Alias: "tasklane"},
		NewID:    func(arn.Kind, string) string { return uuid.NewString() },
		Admin:    directory.User{Username: "ann"}, Agent: directory.User{Username: "bob"},
	})
	if err != nil {
		t.Fatal(err)
	}
	statuses, err := e.AgentStatuses(instance)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, queue string
		kind        arn.Kind
		arn         string
	}{
		{"standard", stock.Queue, arn.Queue, home.Of(arn.Queue, stock.Queue)},
		{"own", stock.Agent, arn.AgentQueue, home.Of(arn.AgentQueue, stock.Agent)},
		{"gone", "gone", arn.Queue, home.Of(arn.Queue, "gone")},
		{"never queued", "", "", ""},
	}
	a := &agent.Agent{ID: stock.Agent, Status: statuses[0].ID, Type: statuses[0].Value.Type}
	err = st.Update(t.Context(), instance, func(tx engine.Tx) error {
		for _, tt := range tests {
			c := &contact.Contact{ID: tt.name, Queue: tt.queue, Agent: stock.Agent}
			c.Begin(tx.Now())
			c.State, c.ConnectedToAgent = contact.Connected, tx.Now()
			tx.PutContact(c)
			tx.PutChain(&contact.Chain{ID: c.ID})
			a.Legs = append(a.Legs, agent.Leg{Contact: c.ID, State: agent.Connected, Since: tx.Now()})
		}
		tx.PutAgent(a)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	d, err := e.Desk(t.Context(), instance, stock.Agent)
	if err != nil || len(d.Tasks) != len(tests) {
		t.Fatalf("Desk has %d tasks, %v; want %d", len(d.Tasks), err, len(tests))
	}
	for i, tt := range tests {
		if q := d.Tasks[i].Queue; q.ID != tt.queue || q.Kind != tt.kind || q.ARN != tt.arn {
			t.Errorf("%s: queue %s %q, %s; want %s %q, %s", tt.name, q.Kind, q.ID, q.ARN, tt.kind, tt.queue, tt.arn)
		}
	}
	desks, err := e.Desks(t.Context(), instance, engine.DeskFilter{Queues: []string{home.Of(arn.AgentQueue, stock.Agent)}})
	if err != nil || len(desks) != 1 || len(desks[0].Tasks) != len(tests) {
		t.Errorf("Desks of the agent's queue = %v, %v", desks, err)
	}
}
