package dispatch

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// silentStore is a store whose database does not answer any more about leases when a test wants it.
type silentStore struct {
	Store

	silent atomic.Bool
	wait   chan struct{} // of those who ask while it is silent
	fails  atomic.Bool   // it answers, with an error
}

func (s *silentStore) Lease(ctx context.Context, instance, holder string, ttl time.Duration) (int64, bool, error) {
	if s.fails.Load() {
		return 0, false, errors.New("no database")
	}
	if s.silent.Load() {
		<-s.wait // it does not look at ctx, as a commit that has begun does not
	}
	return s.Store.Lease(ctx, instance, holder, ttl)
}

func (s *silentStore) Renew(ctx context.Context, holder string, ttl time.Duration) error {
	if s.fails.Load() {
		return errors.New("no database")
	}
	if s.silent.Load() {
		<-s.wait
	}
	return s.Store.Renew(ctx, holder, ttl)
}

// An owner whose lease cannot be renewed steps down when it has run out by its own clock, also when the database does
// not answer at all, and owns again when it does.
func TestOwnerStepsDownByItsOwnClock(t *testing.T) {
	const ttl = 5 * time.Second
	for name, trouble := range map[string]func(*silentStore, bool){
		"silent":  func(s *silentStore, on bool) { s.silent.Store(on) },
		"failing": func(s *silentStore, on bool) { s.fails.Store(on) },
	} {
		t.Run(name, func(t *testing.T) {
			s := &silentStore{}
			run(t, func(w *world) {
				s.wait = make(chan struct{})
				time.Sleep(2 * ttl)
				synctest.Wait()
				if w.d.Owned() != 1 {
					w.Fatalf("%d instances are owned at first", w.d.Owned())
				}
				trouble(s, true)
				time.Sleep(ttl + ttl/3) // the last renewal may be a third of the lease ago, or just have been made
				synctest.Wait()
				if w.d.Owned() != 0 {
					w.Errorf("%d instances are owned after their leases have run out", w.d.Owned())
				}
				trouble(s, false)
				close(s.wait)
				time.Sleep(ttl)
				synctest.Wait()
				if w.d.Owned() != 1 {
					w.Errorf("%d instances are owned when the database answers again", w.d.Owned())
				}
			}, func(o *Options) { s.Store, o.Store, o.LeaseTTL, o.Resync = o.Store, s, ttl, time.Hour })
		})
	}
}
