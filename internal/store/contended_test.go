package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/store/pgtest"
)

// Two servers on one database that change one task at the same moment lose nothing, although each has only its own
// commands take turns.
func TestTwoServersChangeOneTask(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	one := newStage(t, Options{Database: url})
	st, err := Open(t.Context(), Options{Database: url})
	one.must(err)
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	two, err := engine.New(engine.Options{Store: st})
	one.must(err)
	one.must(two.Load(t.Context()))
	task := one.later()
	const each = 40
	var wg sync.WaitGroup
	for i := range each {
		for n, e := range []*engine.Engine{one.engine, two} {
			wg.Go(func() {
				key := fmt.Sprintf("%d-%d", n, i)
				if err := e.UpdateAttributes(t.Context(), instance, task, map[string]string{key: "x"}); err != nil {
					t.Errorf("attribute %s: %v", key, err)
				}
			})
		}
	}
	wg.Wait()
	_, attributes, err := one.engine.Contact(t.Context(), instance, task)
	one.must(err)
	if len(attributes) != 2*each {
		t.Errorf("%d attributes are there, want %d", len(attributes), 2*each)
	}
}

// A command that waits for its turn gives up when its caller does, and when its time is over; the others go on.
func TestWaitingForATurnHasAnEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, b := openBreaking(t)
		began, release := make(chan struct{}), make(chan struct{})
		b.fail = func(n int) error {
			if n == 1 {
				close(began)
				<-release
			}
			return nil
		}
		s.timeout, s.writer.timeout = turnTimeout, turnTimeout
		first := make(chan error, 1)
		go func() {
			_, err := add(t.Context(), s, "c-1")
			first <- err
		}()
		<-began
		ctx, cancel := context.WithCancel(t.Context())
		gone := make(chan error, 1)
		go func() {
			_, err := add(ctx, s, "c-1")
			gone <- err
		}()
		synctest.Wait() // it waits for its turn
		cancel()
		if err := <-gone; !errors.Is(err, context.Canceled) {
			t.Errorf("a caller that is gone: %v", err)
		}
		if _, err := add(t.Context(), s, "c-1"); !fault.Is(err, fault.Contended) {
			t.Errorf("a command that waits for too long: %v, want that it is contended", err)
		}
		close(release)
		if err := <-first; err != nil {
			t.Error(err)
		}
		if len(s.locks.locked) != 0 {
			t.Errorf("%d rows are still locked", len(s.locks.locked))
		}
	})
}

// Commands that need several rows, in any order, never wait for each other in a circle.
func TestTurnsForSeveralRows(t *testing.T) {
	t.Parallel()
	s, _ := openBreaking(t)
	for _, id := range []string{"a", "b", "c"} {
		if _, err := add(t.Context(), s, id); err != nil {
			t.Fatal(err)
		}
	}
	orders := [][]string{{"a", "b"}, {"b", "a"}, {"c", "a"}, {"b", "c"}, {"c", "b", "a"}}
	var wg sync.WaitGroup
	for _, ids := range orders {
		for range 10 {
			wg.Go(func() {
				err := s.Update(t.Context(), "i", func(tx engine.Tx) error {
					for _, id := range ids {
						c, err := tx.Chain(id)
						if err != nil {
							return err
						}
						c.Linked++
						tx.PutChain(c)
					}
					return nil
				})
				if err != nil {
					t.Errorf("%v: %v", ids, err)
				}
			})
		}
	}
	wg.Wait()
	for id, want := range map[string]int{"a": 40, "b": 40, "c": 30} {
		if c, err := s.Chain(t.Context(), "i", id); err != nil || c.Linked != want {
			t.Errorf("chain %s counts %d, %v; want %d", id, c.Linked, err, want)
		}
	}
	if len(s.locks.locked) != 0 {
		t.Errorf("%d rows are still locked", len(s.locks.locked))
	}
}
