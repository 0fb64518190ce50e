package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/store/pgtest"
)

// impatient is the timeout of stores whose database goes away; it only has to be shorter than tests may take.
const impatient = time.Second

func openImpatient(t *testing.T, url string) *Store {
	t.Helper()
	s, err := Open(t.Context(), Options{Database: url, Timeout: impatient})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() }) // what is left of it depends on the test
	return s
}

// until repeats a call until it succeeds, and fails the test when it does not for a long time. No call may hang.
func until(t *testing.T, what string, call func(ctx context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		err := call(ctx)
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%s: after a minute: %v", what, err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// adds repeats to add a contact, each time another one, until that does as it should, and returns its id: one whose outcome is
// unknown may be there, and could not be added again.
func adds(t *testing.T, s *Store, what string, should func(error) error) (id string) {
	t.Helper()
	n := 0
	until(t, what, func(ctx context.Context) error {
		n++
		id = fmt.Sprint(what, " ", n)
		_, err := add(ctx, s, id)
		return should(err)
	})
	return id
}

func succeed(err error) error { return err }

// spread makes as many connections as there can be, with something under way on each of them at the same time.
func spread(t *testing.T, s *Store, name string) {
	t.Helper()
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			if _, err := add(t.Context(), s, name+"-"+strconv.Itoa(i)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// Connections that are dead without a word are found out: what is under way fails in time, and what comes next goes on
// with new ones.
func TestSilentlyDeadConnections(t *testing.T) {
	t.Parallel()
	proxy := pgtest.NewProxy(t, pgtest.URL(t))
	s := openImpatient(t, proxy.URL)
	for round := range 2 {
		spread(t, s, "before-"+strconv.Itoa(round))
		proxy.Freeze()
		id := "after-" + strconv.Itoa(round)
		until(t, "a read", func(ctx context.Context) error {
			_, err := s.Contact(ctx, "i", id)
			if fault.Is(err, fault.NotFound) {
				return nil
			}
			return err
		})
		id = adds(t, s, "after-"+strconv.Itoa(round), succeed)
		if _, err := s.Contact(t.Context(), "i", id); err != nil {
			t.Errorf("what was written after the silence: %v", err)
		}
	}
}

// A database that is gone without a word fails every call in time, and the store says so; when it is back, the store
// recovers by itself.
func TestDatabaseThatIsSilent(t *testing.T) {
	t.Parallel()
	proxy := pgtest.NewProxy(t, pgtest.URL(t))
	s := openImpatient(t, proxy.URL)
	if err := s.CheckWrite(t.Context()); err != nil {
		t.Fatalf("CheckWrite at first: %v", err)
	}
	proxy.SetDown(true)
	proxy.Freeze()
	var wg sync.WaitGroup
	for range 300 { // more than a batch holds
		wg.Go(func() {
			err := s.Update(t.Context(), "i", func(tx engine.Tx) error {
				tx.SetTimer(engine.Timer{Kind: engine.TimerExpiry, Contact: "c-1", Due: tx.Now()})
				return nil
			})
			if err == nil {
				t.Error("a silent database has taken a write")
			}
		})
	}
	wg.Go(func() {
		if _, err := s.Contact(t.Context(), "i", "c-1"); !errors.Is(err, errTimeout) {
			t.Errorf("Contact = %v, want that the database does not answer", err)
		}
	})
	wg.Go(func() {
		if err := s.Ping(t.Context()); err == nil {
			t.Error("a silent database answers a ping")
		}
	})
	wg.Wait()
	problem, ok := errors.AsType[*ProblemError](s.CheckWrite(t.Context()))
	if !ok || problem.Problem == "" {
		t.Errorf("CheckWrite = %v, want what is wrong", problem)
	}
	if h := s.Health(); h.Problem == "" || h.Failed == 0 {
		t.Errorf("Health = %+v, want what is wrong", h)
	}
	proxy.SetDown(false)
	until(t, "CheckWrite when the database is back", s.CheckWrite)
}

// Backends that are stopped are as good as dead: new connections get others.
func TestStoppedBackends(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("skipped: only root may stop another user's processes")
	}
	server, err := pgtest.Start(pgtest.Options{}) // a stopped backend may hold up all others of its server
	if err != nil {
		pgtest.URL(t) // skips where there is none
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	s := openImpatient(t, server.URL("postgres"))
	spread(t, s, "c")
	pids, err := s.ids(t.Context(), `
		SELECT CAST(pid AS TEXT) FROM pg_stat_activity WHERE backend_type = 'client backend' AND state = 'idle'`)
	if err != nil || len(pids) == 0 {
		t.Fatalf("backends %v, %v", pids, err)
	}
	signal := func(sig syscall.Signal) {
		for _, text := range pids {
			pid, _ := strconv.Atoi(text) // of a number
			_ = syscall.Kill(pid, sig)   // it may be gone
		}
	}
	t.Cleanup(func() { signal(syscall.SIGCONT) })
	signal(syscall.SIGSTOP)
	id := adds(t, s, "after", succeed)
	if _, err := s.Contact(t.Context(), "i", id); err != nil {
		t.Error(err)
	}
}

// A command that nobody has had time for can be taken back, and then is never written.
func TestCommandIsTakenBackWhileItWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, b := openBreaking(t)
		taken, release := make(chan struct{}), make(chan struct{})
		b.fail = func(n int) error {
			if n == 1 {
				close(taken)
				<-release
			}
			return nil
		}
		first := make(chan error, 1)
		go func() {
			_, err := add(t.Context(), s, "first")
			first <- err
		}()
		<-taken
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := add(ctx, s, "second"); !errors.Is(err, context.Canceled) {
			t.Errorf("with a context that has ended: %v", err)
		}
		if _, err := add(t.Context(), s, "third"); !errors.Is(err, errBusy) {
			t.Errorf("while the writer has no time: %v, want that it is busy", err)
		}
		close(release)
		if err := <-first; err != nil {
			t.Error(err)
		}
		if _, err := add(t.Context(), s, "last"); err != nil {
			t.Error(err)
		}
		for _, id := range []string{"second", "third"} {
			if _, err := s.Contact(t.Context(), "i", id); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s was taken back, and yet: %v", id, err)
			}
		}
	})
}

// A commit that hangs on a disk is answered as unknown, and what it has left is told when it is over.
func TestHangingCommitIsUnknown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, b := openBreaking(t)
		release := make(chan struct{})
		b.fail = func(n int) error {
			if n == 1 {
				<-release
			}
			return nil
		}
		void, told := make(chan struct{}, 1), 0
		s.Watch(func(c engine.Commit) {
			if c.Reset {
				void <- struct{}{}
				return
			}
			told++
		})
		if _, err := add(t.Context(), s, "c-1"); !errors.Is(err, errUnknown) {
			t.Errorf("add = %v, want an unknown outcome", err)
		}
		close(release)
		<-void
		if _, err := s.Contact(t.Context(), "i", "c-1"); err != nil || told != 0 {
			t.Errorf("the commit took effect: %v, and was told %d times as its own", err, told)
		}
	})
}

// Each read is timed once, whatever it brings: rows, none, or an error.
func TestReadsAreTimed(t *testing.T) {
	t.Parallel()
	var reads atomic.Int64
	opened, err := Open(t.Context(), Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	})
	s := &Store{read: opened.read, timeout: opened.timeout, readTook: func(took time.Duration) { // without what reads by itself
		if took < 0 {
			t.Errorf("a read took %v", took)
		}
		reads.Add(1)
	}}
	var n int
	for name, read := range map[string]func() error{
		"one row": func() error { return s.row(t.Context(), "SELECT 1").Scan(&n) },
		"no row":  func() error { return s.each(t.Context(), func(scanner) error { return nil }, "SELECT 1 WHERE 1 = 0") },
		"many rows": func() error {
			return s.each(t.Context(), func(scanner) error { return nil }, "SELECT 1 UNION SELECT 2 UNION SELECT 3")
		},
		"an error": func() error { _ = s.row(t.Context(), "SELECT nothing").Scan(&n); return nil },
	} {
		before := reads.Load()
		if err := read(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := reads.Load() - before; got != 1 {
			t.Errorf("%s: timed %d times, want once", name, got)
		}
	}
}
