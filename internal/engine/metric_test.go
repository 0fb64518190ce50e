package engine_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/metric"
	"github.com/tasklane/tasklane/internal/routing"
	"github.com/tasklane/tasklane/internal/store"
)

// floor is an instance with many queues, routing profiles and agents, and with tasks that wait.
type floor struct {
	engine *engine.Engine
	store  *store.Store
}

func queueID(i int) string   { return fmt.Sprintf("11110000-0000-4000-8000-%012d", i) }
func profileID(i int) string { return fmt.Sprintf("22220000-0000-4000-8000-%012d", i) }

// openFloor makes an instance. Profile p has as many queues as there are for each profile, and one of its neighbour's.
// Agents are spread over the profiles and statuses, tasks over the queues.
func openFloor(t testing.TB, queues, profiles, agents, tasks int) *floor {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	st, err := store.Open(t.Context(), store.Options{Dir: t.TempDir()})
	must(err)
	t.Cleanup(func() { must(st.Close()) })
	e, err := engine.New(engine.Options{Store: st})
	must(err)
	_, err = e.Bootstrap(t.Context(), engine.First{
		Instance: directory.Instance{Instance: arn.Instance{Region: "us-east-1", Account: "000000000000", ID: instance}, Alias: "tasklane"},
		NewID:    func(arn.Kind, string) string { return uuid.NewString() },
		Admin:    directory.User{Username: "admin"}, Agent: directory.User{Username: "ann"},
	})
	must(err)
	put := func(tx engine.Tx, kind arn.Kind, id string, v any) {
		body, err := json.Marshal(v)
		must(err)
		tx.PutResource(engine.Resource{Kind: kind, ID: id, Name: id, Body: body})
	}
	batches := func(n int, do func(tx engine.Tx, i int)) {
		for from := 0; from < n; from += 500 {
			must(st.Update(t.Context(), instance, func(tx engine.Tx) error {
				for i := from; i < min(n, from+500); i++ {
					do(tx, i)
				}
				return nil
			}))
		}
	}
	each := queues / profiles
	batches(queues, func(tx engine.Tx, i int) { put(tx, arn.Queue, queueID(i), routing.Queue{}) })
	batches(profiles, func(tx engine.Tx, i int) {
		p := routing.Profile{Slots: 2}
		for q := range each + 1 {
			p.Queues = append(p.Queues, routing.ProfileQueue{Queue: queueID((i*each + q) % queues), Priority: 1})
		}
		put(tx, arn.RoutingProfile, profileID(i), p)
	})
	types := []agent.StatusType{agent.Routable, agent.Routable, agent.Custom, agent.Offline}
	batches(agents, func(tx engine.Tx, i int) {
		id := fmt.Sprintf("aaaaaaaa-0000-4000-8000-%012d", i)
		put(tx, arn.User, id, directory.User{RoutingProfile: profileID(i % profiles)})
		a := &agent.Agent{ID: id, Type: types[i/profiles%len(types)], Status: "s", StatusSince: tx.Now(), Idle: tx.Now()}
		if i/profiles%len(types) == 1 {
			a.Legs = []agent.Leg{{Contact: "c", State: agent.Connected, Since: tx.Now()}}
		}
		tx.PutAgent(a)
	})
	batches(tasks, func(tx engine.Tx, i int) {
		at := tx.Now().Add(-time.Duration(i) * time.Millisecond)
		c := &contact.Contact{ID: contact.NewID(at), Name: "waits", Flow: "f", Target: queueID(i % queues)}
		c.Begin(at)
		_, err := c.Enqueue(at)
		must(err)
		tx.PutContact(c)
		tx.PutChain(&contact.Chain{ID: c.ID})
	})
	return &floor{engine: e, store: st}
}

// An agent whose profile has several of the queues is counted in each of them, and once where they are not told apart.
func TestAgentOfSeveralQueuesIsCountedOnce(t *testing.T) {
	t.Parallel()
	f := openFloor(t, 4, 2, 16, 10) // p-000 has q-0, q-1, q-2; p-001 has q-2, q-3, q-0
	ask := func(q metric.Question) map[string][3]int {
		t.Helper()
		_, rows, err := f.engine.CurrentMetrics(t.Context(), instance, q)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string][3]int{}
		for _, r := range rows {
			got[r.Queue.ID+r.Profile.ID] = [3]int{r.Agents.Online, r.Agents.SlotsActive, r.Waiting.Count}
		}
		return got
	}
	names := []metric.Name{metric.AgentsOnline, metric.ContactsInQueue}
	all := []string{queueID(0), queueID(1), queueID(2), queueID(3)}
	tests := []struct {
		name string
		q    metric.Question
		want map[string][3]int
	}{
		{"all queues", metric.Question{Queues: all}, map[string][3]int{"": {12, 4, 10}}},
		{"a queue of one profile", metric.Question{Queues: all[1:2]}, map[string][3]int{"": {6, 2, 3}}},
		{"by queue", metric.Question{Queues: all[:3], By: []metric.Grouping{metric.ByQueue}}, map[string][3]int{
			queueID(0): {12, 4, 3}, queueID(1): {6, 2, 3}, queueID(2): {12, 4, 2},
		}},
		{"a profile", metric.Question{Profiles: []string{profileID(1)}}, map[string][3]int{"": {6, 2, 7}}},
		{"by profile", metric.Question{Profiles: []string{profileID(0), profileID(1)}, By: []metric.Grouping{metric.ByProfile}}, map[string][3]int{
			profileID(0): {6, 2, 8}, profileID(1): {6, 2, 7},
		}},
		{"by both", metric.Question{Profiles: []string{profileID(1)}, By: []metric.Grouping{metric.ByProfile, metric.ByQueue}}, map[string][3]int{
			queueID(2) + profileID(1): {6, 2, 2}, queueID(3) + profileID(1): {6, 2, 2}, queueID(0) + profileID(1): {6, 2, 3},
		}},
	}
	for _, tt := range tests {
		tt.q.Metrics = names
		if d := cmp.Diff(tt.want, ask(tt.q)); d != "" {
			t.Errorf("%s: want (-), got (+):\n%s", tt.name, d)
		}
	}
}

// The cost of one call on a large instance: 10,000 agents in 100 profiles, 1,000 queues, 100,000 tasks that wait; 100
// queues are what one call may ask about.
func BenchmarkCurrentMetrics(b *testing.B) {
	f := openFloor(b, 1000, 100, 10_000, 100_000)
	var queues []string
	for i := range 100 {
		queues = append(queues, queueID(i*10))
	}
	agents, contacts := []metric.Name{metric.AgentsOnline, metric.SlotsAvailable}, []metric.Name{metric.ContactsInQueue, metric.OldestContactAge}
	for _, bm := range []struct {
		name    string
		metrics []metric.Name
	}{{"agents", agents}, {"contacts", contacts}, {"both", append(agents, contacts...)}} {
		b.Run(bm.name, func(b *testing.B) {
			for b.Loop() {
				_, rows, err := f.engine.CurrentMetrics(b.Context(), instance, metric.Question{
					Metrics: bm.metrics, Queues: queues, By: []metric.Grouping{metric.ByQueue},
				})
				if err != nil || len(rows) != len(queues) {
					b.Fatalf("%d rows, %v", len(rows), err)
				}
			}
		})
	}
}

// The cost of the position of one task among 100,000 in one queue.
func BenchmarkLine(b *testing.B) {
	f := openFloor(b, 1, 1, 1, 100_000)
	id := ""
	if err := f.store.EachWaiting(b.Context(), instance, queueID(0), func(w routing.Waiting) { id = w.Contact }); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		l, err := f.engine.Line(b.Context(), instance, id, true)
		if err != nil || l.Position < 1 {
			b.Fatal(l.Position, err)
		}
	}
}

// The cost of historical metrics over 100,000 tasks in 1,000 queues, of which 100 are asked about.
func BenchmarkHistoricalMetrics(b *testing.B) {
	f := openFloor(b, 1000, 100, 1, 100_000)
	var queues []string
	for i := range 100 {
		queues = append(queues, queueID(i*10))
	}
	now := f.engine.Now()
	for b.Loop() {
		rows, err := f.engine.HistoricalMetrics(b.Context(), instance, engine.History{
			Span:    metric.Span{Start: now.Add(-time.Hour), End: now, Period: metric.Total, Zone: time.UTC},
			Filters: map[metric.Dimension][]string{metric.DimensionQueue: queues}, By: []metric.Dimension{metric.DimensionQueue},
			Metrics: []metric.Wanted{{Name: "CONTACTS_QUEUED_BY_ENQUEUE"}},
		})
		if err != nil || len(rows) != len(queues) {
			b.Fatalf("%d rows, %v", len(rows), err)
		}
	}
}
