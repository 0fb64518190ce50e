package storetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/store"
)

const other = "22222222-2222-4222-8222-222222222222"

// newInstance is an instance without an alias of its own.
func newInstance(id string) directory.Instance {
	return directory.Instance{Instance: arn.Instance{ID: id, Region: "us-east-1", Account: "000000000000"}}
}

func putInstance(t *testing.T, s *store.Store, id string, aliases ...string) {
	t.Helper()
	i := newInstance(id)
	i.Created = s.Now()
	for _, alias := range aliases {
		i.Alias = alias
	}
	must(t, s.Update(t.Context(), id, func(tx engine.Tx) error {
		tx.PutInstance(i)
		return nil
	}))
}

func instancesComeBack(t *testing.T, s *store.Store) {
	ctx := t.Context()
	putInstance(t, s, instance)
	putInstance(t, s, other, "Sales")
	all, err := s.Instances(ctx)
	if err != nil || len(all) != 2 || all[0].ID != instance || all[0].Alias != "" || all[1].Alias != "Sales" {
		t.Errorf("Instances = %v, %v", all, err)
	}
	if i, ok, err := s.Instance(ctx, other); err != nil || !ok || i != all[1] {
		t.Errorf("Instance = %v, %t, %v, want %v", i, ok, err, all[1])
	}
	if i, ok, err := s.InstanceNamed(ctx, "sALES"); err != nil || !ok || i.ID != other {
		t.Errorf("InstanceNamed = %v, %t, %v", i, ok, err)
	}
	for _, name := range []string{"", instance, "x"} {
		if i, ok, err := s.InstanceNamed(ctx, name); err != nil || ok {
			t.Errorf("InstanceNamed(%q) = %v, %t, %v, want none", name, i, ok, err)
		}
	}
	taken := newInstance("33333333-3333-4333-8333-333333333333")
	taken.Alias = "Sales"
	err = s.Update(ctx, taken.ID, func(tx engine.Tx) error {
		tx.PutInstance(taken)
		return nil
	})
	if !fault.Is(err, fault.Contended) {
		t.Errorf("an alias that is taken: %v", err)
	}
}

// fillInstance writes something into every table that has rows of instances.
func fillInstance(t *testing.T, s *store.Store, id string) {
	t.Helper()
	ctx := t.Context()
	for range 2 { // the second changes the resource, which keeps its version
		must(t, s.Update(ctx, id, func(tx engine.Tx) error {
			all, err := s.Resources(ctx, id, time.Time{})
			if err != nil {
				return err
			}
			flow := engine.Resource{Kind: arn.Flow, ID: "f", Name: "f"}
			if i := slices.IndexFunc(all, func(r engine.Resource) bool { return r.ID == "f" }); i >= 0 {
				flow = all[i]
			}
			flow.Body = []byte("{}")
			tx.PutResource(flow)
			return nil
		}))
	}
	queue := engine.Resource{Kind: arn.Queue, ID: "q", Name: "q", Body: []byte("{}")}
	must(t, s.Update(ctx, id, func(tx engine.Tx) error {
		tx.PutResource(queue)
		return nil
	}))
	queue.Version = 1
	c := task("c-1", s.Now())
	must(t, s.Update(ctx, id, func(tx engine.Tx) error {
		tx.DeleteResource(queue)
		tx.PutContact(c)
		tx.PutChain(&contact.Chain{ID: c.Chain(), Attributes: map[string]string{"tier": "gold"}})
		tx.PutAgent(&agent.Agent{ID: "a", Status: "s-1", Type: agent.Routable, StatusSince: tx.Now(), Idle: tx.Now()})
		tx.Emit(c.ID, contact.Event{Type: contact.EventInitiated, At: tx.Now()})
		tx.SetTimer(engine.Timer{Kind: engine.TimerExpiry, Contact: c.ID, Due: tx.Now().Add(time.Hour)})
		tx.PutToken(engine.Token{Operation: "Start", Token: "T", Result: c.ID, Expires: tx.Now().Add(time.Hour)})
		tx.PutFile(file("f-1", tx.Now()))
		return nil
	}))
	must(t, s.AddSession(ctx, directory.Session{TokenHash: "s/" + id, Instance: id, User: "a", Expires: s.Now().Add(time.Hour)}))
	_, _, err := s.Lease(ctx, id, "n", time.Hour)
	must(t, err)
}

func deletedInstance(t *testing.T, s *store.Store) {
	ctx := t.Context()
	var told []string
	s.Watch(func(c engine.Commit) {
		if c.Gone {
			told = append(told, c.Instance)
		}
	})
	for _, id := range []string{instance, other} {
		putInstance(t, s, id)
		fillInstance(t, s, id)
	}
	remove := func() error {
		return s.Update(ctx, instance, func(tx engine.Tx) error {
			tx.DeleteInstance(newInstance(instance))
			return nil
		})
	}
	must(t, remove())
	if diff := cmp.Diff([]string{instance}, told); diff != "" {
		t.Errorf("told of deletions (-want +got):\n%s", diff)
	}
	if err := remove(); !fault.Is(err, fault.NotFound) {
		t.Errorf("deleted again: %v, want that it is not found", err)
	}
	err := s.Update(ctx, instance, func(tx engine.Tx) error {
		tx.PutContact(task("c-2", tx.Now()))
		return nil
	})
	if !fault.Is(err, fault.NotFound) {
		t.Errorf("a command that was under way: %v, want that the instance is not found", err)
	}
	steps := 0
	for left := true; left; steps++ {
		left, err = s.Discard(ctx, instance)
		must(t, err)
	}
	if steps < 10 {
		t.Errorf("nothing was left after %d steps; a step is one table", steps)
	}
	if gone, err := s.DeletedInstances(ctx); err != nil || len(gone) != 1 || gone[instance].IsZero() {
		t.Errorf("DeletedInstances = %v, %v", gone, err)
	}
	must(t, s.ForgetInstance(ctx, instance))
	if gone, err := s.DeletedInstances(ctx); err != nil || len(gone) != 0 {
		t.Errorf("DeletedInstances after that = %v, %v", gone, err)
	}
	if all, err := s.Instances(ctx); err != nil || len(all) != 1 || all[0].ID != other {
		t.Errorf("Instances = %v, %v, want the other", all, err)
	}
	if _, err := s.Contact(ctx, other, "c-1"); err != nil {
		t.Errorf("a contact of the other instance: %v", err)
	}
	if _, ok, err := s.Session(ctx, "s/"+other); !ok || err != nil {
		t.Errorf("a session of the other instance: %t, %v", ok, err)
	}
	for name, rows := range leftOf(ctx, s, instance) {
		t.Errorf("%d %s are left", rows, name)
	}
}

// leftOf counts what can be read of an instance.
func leftOf(ctx context.Context, s *store.Store, id string) map[string]int {
	left := map[string]int{}
	count := func(name string, n int, _ error) {
		if n > 0 {
			left[name] = n
		}
	}
	resources, err := s.Resources(ctx, id, time.Time{})
	count("resources", len(resources), err)
	deleted, err := s.Deleted(ctx, id, time.Time{})
	count("deleted resources", len(deleted), err)
	agents, err := s.Agents(ctx, id)
	count("agents", len(agents), err)
	timers, err := s.DueTimers(ctx, id, s.Now().Add(24*time.Hour), 10)
	count("timers", len(timers), err)
	files, err := s.Files(ctx, id, "c-1")
	count("files", len(files), err)
	open, err := s.CountOpen(ctx, id)
	count("contacts", open, err)
	events, err := s.Events(ctx, id, "c-1")
	count("events", len(events), err)
	return left
}

func allInstances(t *testing.T, s *store.Store) {
	ctx := t.Context()
	now := s.Now()
	for _, id := range []string{instance, other} {
		putInstance(t, s, id)
	}
	fillInstance(t, s, other)
	next, err := s.NextTimers(ctx)
	if at := next[other]; err != nil || len(next) != 1 || at.Before(now.Add(time.Hour)) {
		t.Errorf("NextTimers = %v, %v", next, err)
	}
	if waiting, err := s.WaitingInstances(ctx); err != nil || !slices.Equal(waiting, []string{other}) {
		t.Errorf("WaitingInstances = %v, %v", waiting, err)
	}
	if open, err := s.AllOpen(ctx); err != nil || len(open) != 1 || open[other] != 1 {
		t.Errorf("AllOpen = %v, %v", open, err)
	}
	resources, err := s.AllResources(ctx, time.Time{})
	if err != nil || len(resources) != 1 || len(resources[other]) != 1 || resources[other][0].ID != "f" || resources[other][0].Version != 2 {
		t.Errorf("AllResources = %v, %v", resources, err)
	}
	if resources, err := s.AllResources(ctx, s.Now().Add(time.Second)); err != nil || len(resources) != 0 {
		t.Errorf("AllResources from now on = %v, %v", resources, err)
	}
	if deleted, err := s.AllDeleted(ctx, now); err != nil || len(deleted[other]) != 1 || deleted[other][0].ID != "q" {
		t.Errorf("AllDeleted = %v, %v", deleted, err)
	}
	if holders, err := s.Leases(ctx); err != nil || len(holders) != 1 || holders[other] != "n" {
		t.Errorf("Leases = %v, %v", holders, err)
	}
	for _, at := range []struct {
		ahead time.Duration
		want  []string
	}{{0, []string{""}}, {2 * time.Hour, []string{other, ""}}} {
		got, err := s.Forgettable(ctx, now.Add(at.ahead))
		if err != nil || !slices.Equal(got, at.want) {
			t.Errorf("Forgettable in %v = %q, %v, want %q", at.ahead, got, err, at.want)
		}
	}
}
