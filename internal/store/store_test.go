package store_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tasklane/tasklane/internal/store"
	"github.com/tasklane/tasklane/internal/store/pgtest"
	"github.com/tasklane/tasklane/internal/store/storetest"
)

func open(t *testing.T, opts store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), opts)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

func openSQLite(t *testing.T) *store.Store {
	return open(t, store.Options{Dir: t.TempDir()})
}

func openPostgres(t *testing.T) *store.Store {
	return open(t, store.Options{Database: pgtest.URL(t)})
}

func TestSQLite(t *testing.T) { storetest.Run(t, openSQLite) }

func TestPostgres(t *testing.T) {
	pgtest.URL(t) // skips where there is none
	storetest.Run(t, openPostgres)
}

func TestLease(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { storetest.Lease(t, openSQLite(t), true) })
	t.Run("postgres", func(t *testing.T) { storetest.Lease(t, openPostgres(t), false) })
}

func TestReleasedLease(t *testing.T) { storetest.Release(t, openPostgres(t)) }

func TestOnlyTheOwnerCanReadTheDatabase(t *testing.T) {
	dir := t.TempDir()
	s := open(t, store.Options{Dir: dir})
	if err := s.SetOffset(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) < 3 {
		t.Fatalf("files %v, %v", files, err)
	}
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v; want 0600", file, info.Mode(), err)
		}
	}
}

func TestOneProcessAtATime(t *testing.T) {
	dir := t.TempDir()
	first := open(t, store.Options{Dir: dir})
	if _, err := store.Open(t.Context(), store.Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("second Open = %v, want that the directory is in use", err)
	}
	if err := first.Ping(t.Context()); err != nil {
		t.Errorf("Ping of the first: %v", err)
	}
}

func TestOpenTellsWhy(t *testing.T) {
	for name, opts := range map[string]store.Options{
		"no such directory": {Dir: filepath.Join(t.TempDir(), "missing")},
		"no such server":    {Database: "postgres://nobody@127.0.0.1:1/none?connect_timeout=2"},
		"no URL":            {Database: "postgres://%"},
	} {
		if s, err := store.Open(t.Context(), opts); err == nil {
			t.Errorf("%s: Open succeeded", name)
			_ = s.Close()
		}
	}
}

func TestClosedStoreRefuses(t *testing.T) {
	s, err := store.Open(t.Context(), store.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.SetOffset(context.Background(), 1); err == nil {
		t.Error("a closed store took a write")
	}
}

func TestSearch(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		s := openSQLite(t)
		storetest.Search(t, s, s.GatherMost)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		s := openPostgres(t)
		storetest.Search(t, s, s.GatherMost)
	})
}

// A server that is stopped between its statements and their commit keeps nobody waiting for long.
func TestTransactionThatWaitsIsGivenUp(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	stopped, other := open(t, store.Options{Database: url}), open(t, store.Options{Database: url})
	if _, _, err := stopped.Lease(t.Context(), "i", "stopped", time.Minute); err != nil {
		t.Fatal(err)
	}
	commit, err := stopped.Lock(t.Context(), `UPDATE lease SET expires_at = $1 WHERE instance_id = $2`, 1, "i")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := other.Release(ctx, "stopped"); err != nil {
		t.Errorf("the other server waits for the one that is stopped: %v", err)
	}
	if err := commit(); err == nil {
		t.Error("the transaction that waited was committed")
	}
}
