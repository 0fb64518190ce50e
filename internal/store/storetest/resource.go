package storetest

import (
	"testing"
	"time"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/store"
)

func deletedResources(t *testing.T, s *store.Store) {
	queue := engine.Resource{Kind: arn.Queue, ID: "q-1", Name: "Claims", Body: []byte(`{}`)}
	write := func(do func(engine.Tx)) error {
		return s.Update(t.Context(), instance, func(tx engine.Tx) error {
			do(tx)
			return nil
		})
	}
	must(t, write(func(tx engine.Tx) { tx.PutResource(queue) }))
	stale := queue
	queue.Version = 1
	if err := write(func(tx engine.Tx) { tx.DeleteResource(stale) }); err == nil {
		t.Error("a stale copy was deleted")
	}
	began := s.Now()
	must(t, write(func(tx engine.Tx) { tx.DeleteResource(queue) }))
	left, err := s.Resources(t.Context(), instance, time.Time{})
	must(t, err)
	deleted, err := s.Deleted(t.Context(), instance, began)
	must(t, err)
	if len(left) != 0 || len(deleted) != 1 || deleted[0].Kind != arn.Queue || deleted[0].ID != "q-1" {
		t.Errorf("after the deletion: resources %v, deleted %v; want none, and q-1", left, deleted)
	}
	if err := write(func(tx engine.Tx) { tx.PutResource(queue) }); !fault.Is(err, fault.Contended) {
		t.Errorf("a change of what was deleted meanwhile = %v, want a conflict", err)
	}
	if err := write(func(tx engine.Tx) { tx.DeleteResource(queue) }); !fault.Is(err, fault.Contended) {
		t.Errorf("a second deletion = %v, want a conflict", err)
	}
	again := engine.Resource{Kind: arn.Queue, ID: "q-2", Name: "Claims", Body: []byte(`{}`)}
	must(t, write(func(tx engine.Tx) { tx.PutResource(again) })) // the name is free
}

func uniqueNames(t *testing.T, s *store.Store) {
	add := func(kind arn.Kind, id string) error {
		return s.Update(t.Context(), instance, func(tx engine.Tx) error {
			tx.PutResource(engine.Resource{Kind: kind, ID: id, Name: "BasicQueue", Body: []byte(`{}`)})
			return nil
		})
	}
	must(t, add(arn.Queue, "q-1"))
	must(t, add(arn.QuickConnect, "q-1"))
	if err := add(arn.Queue, "q-2"); !fault.Is(err, fault.Contended) {
		t.Errorf("second queue of the name = %v, want a conflict", err)
	}
	if later, err := s.Resources(t.Context(), instance, s.Now().Add(time.Second)); len(later) != 0 || err != nil {
		t.Errorf("Resources of the future = %v, %v, want none", later, err)
	}
	all, err := s.Resources(t.Context(), instance, time.Time{})
	must(t, err)
	if len(all) != 2 || all[0].Version != 1 || string(all[0].Body) != `{}` {
		t.Errorf("Resources = %v, want two", all)
	}
}
