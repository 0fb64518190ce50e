package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/tasklane/tasklane/internal/store/disktest"
)

// diskOf makes a data directory whose disk can fail.
func diskOf(t *testing.T, from string) (dir string, faults *disktest.Faults) {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if from != "" {
		if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
	}
	return dir, disktest.Watch(dir)
}

// everyFault runs a test with each operation on the disk failing once, and with all failing from each on, until a run has
// none left to fail.
func everyFault(t *testing.T, run func(t *testing.T, n int, lasting bool) (failed int)) {
	for name, lasting := range map[string]bool{"once": false, "lasting": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := 1
			for run(t, n, lasting) > 0 && !t.Failed() {
				n++
			}
			t.Logf("%d operations failed", n-1)
			if n < 10 {
				t.Errorf("only %d operations on the disk could fail", n-1)
			}
		})
	}
}

// A disk that fails at any operation while commands are written: none is acknowledged that is not there afterwards, none
// is there that was refused, and the store goes on by itself when the disk works again.
func TestDiskFaultsWhileCommandsAreWritten(t *testing.T) {
	t.Parallel()
	ready := t.TempDir()
	s, err := Open(t.Context(), Options{Dir: ready})
	if err == nil {
		err = s.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	everyFault(t, func(t *testing.T, n int, lasting bool) int {
		dir, faults := diskOf(t, ready)
		s, err := Open(t.Context(), Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		outcome := map[string]error{}
		write := func(id string) { _, outcome[id] = add(t.Context(), s, id) }
		faults.Set(n, lasting)
		for i := range 3 {
			write(fmt.Sprint("c-", i))
		}
		failed, before := faults.Failed(), faults.Count()
		faults.Set(0, false)
		until(t, fmt.Sprintf("fault %d: CheckWrite when the disk works", n), s.CheckWrite)
		write("after")
		if outcome["after"] != nil {
			t.Errorf("fault %d: the store does not go on: %v", n, outcome["after"])
		}
		wantOutcomes(t, n, crashCopy(t, dir), outcome)
		if failed == 0 { // the operation is one of closing
			faults.Set(n-before, lasting)
		}
		err = s.Close()
		failed += faults.Failed()
		if err != nil && failed == 0 {
			t.Errorf("fault %d: Close: %v", n, err)
		}
		faults.Set(0, false)
		wantOutcomes(t, n, dir, outcome)
		return failed
	})
}

// crashCopy is a data directory as a crash at this moment leaves it.
func crashCopy(t *testing.T, dir string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(to, databaseFile+"-shm")); err != nil {
		t.Fatal(err)
	}
	return to
}

// wantOutcomes opens a database that nobody has open: it must be sound, and hold what was acknowledged once, and nothing that was
// refused.
func wantOutcomes(t *testing.T, n int, dir string, outcome map[string]error) {
	t.Helper()
	s, err := Open(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Errorf("fault %d: Open afterwards: %v", n, err)
		return
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Errorf("fault %d: Close afterwards: %v", n, err)
		}
	}()
	for id, err := range outcome {
		var contacts, events int
		for table, into := range map[string]*int{"contact WHERE id": &contacts, "event WHERE contact_id": &events} {
			if err := s.read.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table+" = ?", id).Scan(into); err != nil {
				t.Fatal(err)
			}
		}
		switch {
		case contacts != events, contacts > 1,
			err == nil && contacts != 1,
			err != nil && !errors.Is(err, errUnknown) && contacts != 0:
			t.Errorf("fault %d: %s was answered with %v; there are %d contacts and %d events", n, id, err, contacts, events)
		}
	}
	if err := findDamage(t.Context(), s.read, "PRAGMA integrity_check"); err != nil {
		t.Errorf("fault %d: %v", n, err)
	}
}

// A disk that fails at any operation of the first start, or of a later one: opening says so or succeeds, and the next
// start, on a disk that works, finds a database that can be used.
func TestDiskFaultsWhileADatabaseIsOpened(t *testing.T) {
	t.Parallel()
	everyFault(t, func(t *testing.T, n int, lasting bool) int {
		dir, faults := diskOf(t, "")
		faults.Set(n, lasting)
		s, err := Open(t.Context(), Options{Dir: dir})
		if err == nil {
			err = s.Close()
		}
		failed := faults.Failed()
		if failed == 0 && err != nil {
			t.Errorf("Open: %v", err)
		}
		faults.Set(0, false)
		s, err = Open(t.Context(), Options{Dir: dir})
		if err != nil {
			t.Errorf("fault %d: Open afterwards: %v", n, err)
			return 0
		}
		_, err = add(context.WithoutCancel(t.Context()), s, "after")
		if err = errors.Join(err, s.Close()); err != nil {
			t.Errorf("fault %d: %v", n, err)
		}
		return failed
	})
}
