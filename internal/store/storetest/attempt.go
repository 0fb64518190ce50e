package storetest

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/store"
)

func attempts(t *testing.T, s *store.Store) {
	ctx, now := t.Context(), s.Now()
	if a, err := s.Attempt(ctx, "user/x"); a.Wrong != 0 || a.Version != 0 || err != nil {
		t.Errorf("Attempt before any = %v, %v", a, err)
	}
	var counting sync.WaitGroup
	counted := make(chan error, 8)
	for range 8 {
		counting.Go(func() {
			counted <- s.ChangeAttempt(ctx, "user/x", func(a *directory.Attempt) error {
				a.Wrong++
				a.Until, a.Last = now.Add(time.Minute), now
				return nil
			})
		})
	}
	counting.Wait()
	done := 0
	for range 8 {
		if err := <-counted; err == nil {
			done++
		} else if !fault.Is(err, fault.Contended) {
			t.Error(err)
		}
	}
	a, err := s.Attempt(ctx, "user/x")
	must(t, err)
	if a.Wrong != done || done == 0 || !a.Until.Equal(now.Add(time.Minute)) || !a.Last.Equal(now) {
		t.Errorf("%d were counted at the same time, and %v is there", done, a)
	}
	no := errors.New("no")
	if err := s.ChangeAttempt(ctx, "user/x", func(a *directory.Attempt) error { a.Wrong = 0; return no }); !errors.Is(err, no) {
		t.Errorf("a refused change: %v", err)
	}
	if again, err := s.Attempt(ctx, "user/x"); again != a || err != nil {
		t.Errorf("a refused change has left %v, %v", again, err)
	}
	if n, err := s.Forget(ctx, instance, now.Add(23*time.Hour)); n != 0 || err != nil {
		t.Errorf("Forget within a day = %d, %v", n, err)
	}
	if n, err := s.Forget(ctx, instance, now.Add(25*time.Hour)); n != 1 || err != nil {
		t.Errorf("Forget after a day = %d, %v, want 1", n, err)
	}
	must(t, s.ChangeAttempt(ctx, "user/x", func(a *directory.Attempt) error { a.Wrong, a.Last = 3, now; return nil }))
	must(t, s.ClearAttempt(ctx, "user/x"))
	must(t, s.ClearAttempt(ctx, "user/x"))
	if a, err := s.Attempt(ctx, "user/x"); a.Version != 0 || err != nil {
		t.Errorf("Attempt after ClearAttempt = %v, %v", a, err)
	}
}
