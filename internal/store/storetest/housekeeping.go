package storetest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/store"
)

func tokenClaimedOnce(t *testing.T, s *store.Store) {
	const callers = 64
	var made atomic.Int64
	results := make([]string, callers)
	var wg sync.WaitGroup
	for i := range callers {
		wg.Go(func() {
			err := s.Update(t.Context(), instance, func(tx engine.Tx) error {
				seen, err := tx.Token("Start", "T")
				if err != nil {
					return err
				}
				if seen != nil {
					results[i] = seen.Result
					return nil
				}
				results[i] = fmt.Sprintf("c-%d", i)
				tx.PutToken(engine.Token{
					Operation: "Start", Token: "T", Result: results[i], Expires: tx.Now().Add(time.Hour),
				})
				tx.PutContact(task(results[i], tx.Now()))
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for i := range callers {
		if results[i] != results[0] {
			t.Errorf("caller %d got %s, caller 0 got %s", i, results[i], results[0])
		}
		if _, err := s.Contact(t.Context(), instance, fmt.Sprintf("c-%d", i)); err == nil {
			made.Add(1)
		}
	}
	if made.Load() != 1 {
		t.Errorf("%d contacts were made, want 1", made.Load())
	}
}

func expiredToken(t *testing.T, s *store.Store) {
	claim := func(result string) error {
		return s.Update(t.Context(), instance, func(tx engine.Tx) error {
			tx.PutToken(engine.Token{Operation: "Start", Token: "T", Result: result, Expires: tx.Now().Add(time.Hour)})
			return nil
		})
	}
	must(t, claim("first"))
	if err := claim("second"); !fault.Is(err, fault.Contended) {
		t.Errorf("second claim = %v, want a conflict", err)
	}
	must(t, s.SetOffset(t.Context(), 2*time.Hour))
	if seen, err := s.Token(t.Context(), instance, "Start", "T"); seen != nil || err != nil {
		t.Errorf("Token after it expired = %v, %v, want none", seen, err)
	}
	must(t, claim("third"))
	seen, err := s.Token(t.Context(), instance, "Start", "T")
	must(t, err)
	if seen == nil || seen.Result != "third" {
		t.Errorf("Token = %v, want third", seen)
	}
}

func sessions(t *testing.T, s *store.Store) {
	ctx := t.Context()
	must(t, s.Update(ctx, instance, func(tx engine.Tx) error {
		tx.PutInstance(directory.Instance{
			Instance: arn.Instance{ID: instance, Region: "r", Account: "a"}, Alias: "tasklane", Created: tx.Now(),
		})
		tx.PutAccessKey(directory.AccessKey{ID: "k", Secret: "s", Account: "a"})
		return nil
	}))
	if key, ok, err := s.AccessKey(ctx, "k"); key.Secret != "s" || !ok || err != nil {
		t.Errorf("AccessKey = %v, %t, %v", key, ok, err)
	}
	if _, ok, err := s.AccessKey(ctx, "x"); ok || err != nil {
		t.Errorf("AccessKey(x) = %t, %v, want none", ok, err)
	}
	if all, err := s.Instances(ctx); len(all) != 1 || all[0].ID != instance || err != nil {
		t.Errorf("Instances = %v, %v", all, err)
	}
	session := directory.Session{
		TokenHash: "h", Instance: instance, User: "u", Epoch: 7, Origin: directory.ByProvider,
		Expires: s.Now().Add(time.Hour).Truncate(time.Microsecond), Active: s.Now().Truncate(time.Microsecond),
	}
	must(t, s.AddSession(ctx, session))
	if got, ok, err := s.Session(ctx, "h"); got != session || !ok || err != nil {
		t.Errorf("Session = %v, %t, %v, want %v", got, ok, err, session)
	}
	families(t, s, session)
	must(t, s.EndSession(ctx, "h"))
	must(t, s.EndSession(ctx, "h"))
	if _, ok, err := s.Session(ctx, "h"); ok || err != nil {
		t.Errorf("Session after its end = %t, %v, want none", ok, err)
	}
}

// families hands a session over, and ends it.
func families(t *testing.T, s *store.Store, root directory.Session) {
	ctx := t.Context()
	child := root
	child.TokenHash, child.Parent, child.Active = "child", root.TokenHash, time.Time{}
	must(t, s.AddSession(ctx, child))
	for range 2 { // the second finds nothing that is later
		must(t, s.Active(ctx, child, root.Active.Add(time.Minute)))
	}
	must(t, s.Active(ctx, root, root.Active))
	child.Active = root.Active.Add(time.Minute)
	if got, ok, err := s.Session(ctx, "child"); got != child || !ok || err != nil {
		t.Errorf("Session = %v, %t, %v, want %v", got, ok, err, child)
	}
	for since, want := range map[time.Duration]int{59 * time.Second: 0, time.Minute: 1} {
		if idle, err := s.IdleSessions(ctx, root.Active.Add(since), 10); len(idle) != want || err != nil || want == 1 && idle[0].TokenHash != "h" {
			t.Errorf("IdleSessions since %v = %v, %v, want %d", since, idle, err, want)
		}
	}
	if all, err := s.SessionsOf(ctx, instance, "u"); len(all) != 1 || all[0].TokenHash != "h" || !all[0].Active.Equal(child.Active) || err != nil {
		t.Errorf("SessionsOf = %v, %v, want the root", all, err)
	}
	must(t, s.EndSession(ctx, "h"))
	for _, hash := range []string{"h", "child"} {
		if _, ok, err := s.Session(ctx, hash); ok || err != nil {
			t.Errorf("Session(%s) after the end of the root = %t, %v, want none", hash, ok, err)
		}
	}
	if idle, err := s.IdleSessions(ctx, root.Expires, 10); len(idle) != 0 || err != nil {
		t.Errorf("IdleSessions after the end = %v, %v, want none", idle, err)
	}
}

func forget(t *testing.T, s *store.Store) {
	ctx := t.Context()
	for i := range 3 {
		life := time.Duration(i+1) * time.Hour
		must(t, s.AddSession(ctx, directory.Session{TokenHash: fmt.Sprint(i), Instance: instance, User: "u", Expires: s.Now().Add(life)}))
		must(t, s.Update(ctx, instance, func(tx engine.Tx) error {
			tx.PutToken(engine.Token{Operation: "Start", Token: fmt.Sprint(i), Expires: tx.Now().Add(life)})
			return nil
		}))
	}
	n, err := s.Forget(ctx, instance, s.Now().Add(150*time.Minute))
	if n != 4 || err != nil {
		t.Errorf("Forget = %d, %v, want 4", n, err)
	}
	must(t, s.Active(ctx, directory.Session{TokenHash: "gone"}, s.Now()))
	if n, err := s.Forget(ctx, instance, s.Now()); n != 1 || err != nil {
		t.Errorf("Forget with the activity of a session that is gone = %d, %v, want 1", n, err)
	}
	if n, err := s.Forget(ctx, instance, s.Now().Add(150*time.Minute)); n != 0 || err != nil {
		t.Errorf("Forget again = %d, %v, want 0", n, err)
	}
	if _, ok, _ := s.Session(ctx, "2"); !ok {
		t.Error("a session that has not expired was forgotten")
	}
}

func clock(t *testing.T, s *store.Store) {
	before := s.Now()
	must(t, s.SetOffset(t.Context(), 6*24*time.Hour))
	if ahead := s.Now().Sub(before); ahead < 6*24*time.Hour || s.Offset() != 6*24*time.Hour {
		t.Errorf("the clock is %v ahead, its offset is %v, want 6 days", ahead, s.Offset())
	}
}

func reset(t *testing.T, s *store.Store) {
	put(t, s, task("c-1", s.Now()))
	putFiles(t, s, file("f-1", s.Now()))
	must(t, s.SetOffset(t.Context(), time.Hour))
	must(t, s.Reset(t.Context()))
	if _, err := s.File(t.Context(), instance, "f-1"); !fault.Is(err, fault.NotFound) {
		t.Errorf("after Reset: File = %v", err)
	}
	if _, err := s.Contact(t.Context(), instance, "c-1"); !fault.Is(err, fault.NotFound) || s.Offset() != 0 {
		t.Errorf("after Reset: Contact = %v, offset %v", err, s.Offset())
	}
	put(t, s, task("c-1", s.Now()))
}

// Lease checks how ownership changes hands. Where exclusive is set the engine allows one process at a time, so
// that whoever asks is the owner at once.
func Lease(t *testing.T, s *store.Store, exclusive bool) {
	ctx := context.WithoutCancel(t.Context())
	take := func(holder string) (int64, bool) {
		epoch, mine, err := s.Lease(ctx, instance, holder, time.Minute)
		must(t, err)
		return epoch, mine
	}
	if epoch, mine := take("n1"); epoch != 1 || !mine {
		t.Fatalf("first lease: epoch %d, mine %t", epoch, mine)
	}
	if epoch, mine := take("n1"); epoch != 1 || !mine {
		t.Errorf("renewed: epoch %d, mine %t, want 1 and true", epoch, mine)
	}
	if _, mine := take("n2"); mine != exclusive {
		t.Errorf("another node while the lease lasts: mine %t, want %t", mine, exclusive)
	}
	must(t, s.SetOffset(ctx, 2*time.Minute))
	if epoch, mine := take("n3"); !mine || epoch < 2 {
		t.Errorf("after the lease has expired: epoch %d, mine %t, want a new epoch and true", epoch, mine)
	}
}

// Release checks that whoever holds a lease can give it up, and the next one need not wait.
func Release(t *testing.T, s *store.Store) {
	ctx := t.Context()
	take := func(holder string) (int64, bool) {
		t.Helper()
		epoch, mine, err := s.Lease(ctx, instance, holder, time.Hour)
		must(t, err)
		return epoch, mine
	}
	take("one")
	must(t, s.Release(ctx, "two")) // it is not theirs
	if _, mine := take("two"); mine {
		t.Error("two took the lease of one")
	}
	must(t, s.Release(ctx, "one"))
	if epoch, mine := take("two"); !mine || epoch != 2 {
		t.Errorf("after one has released it, two has the lease: %t, epoch %d", mine, epoch)
	}
	must(t, s.Release(ctx, "one"))
	if _, mine := take("one"); mine {
		t.Error("one took the lease of two")
	}
	must(t, s.SetOffset(ctx, 2*time.Hour)) // the lease is over, but for what its holder says
	must(t, s.Renew(ctx, "two", time.Hour))
	if _, mine := take("one"); mine {
		t.Error("one took the lease that two has renewed")
	}
	must(t, s.SetOffset(ctx, 4*time.Hour))
	if epoch, mine := take("one"); !mine || epoch != 3 {
		t.Errorf("when two says no more, one has the lease: %t, epoch %d", mine, epoch)
	}
}
