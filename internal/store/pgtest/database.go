package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// empty is the template of PostgreSQL itself.
const empty = "template1"

// requireEnv lists, by commas, what a test must find instead of skipping: the continuous integration sets it.
const requireEnv = "TASKLANE_TEST_REQUIRE"

var (
	shared    = sync.OnceValues(func() (*Server, error) { return Start(Options{}) })
	databases atomic.Int64 // how many the tests of this process made
)

// URL returns the URL of a new, empty database that the test owns. All tests of a process share one server.
// The test is skipped when PostgreSQL is not installed.
func URL(t testing.TB) string {
	t.Helper()
	s := server(t)
	return s.newDatabase(t, empty)
}

// Template is a database that is made ready once in a process; each test gets a copy.
type Template struct {
	// Prepare fills the database. It must leave no connection open: a database in use is not copied.
	Prepare func(ctx context.Context, url string) error

	once sync.Once
	name string
	err  error
}

// URL returns the URL of a new copy of the template that the test owns.
func (tp *Template) URL(t testing.TB) string {
	t.Helper()
	s := server(t)
	tp.once.Do(func() {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if tp.name, tp.err = s.Create(ctx, empty); tp.err == nil {
			tp.err = tp.Prepare(ctx, s.URL(tp.name))
		}
	})
	if tp.err != nil {
		t.Fatalf("prepare the template database: %v", tp.err)
	}
	return s.newDatabase(t, tp.name)
}

// URL is the URL of a database of this server.
func (s *Server) URL(database string) string {
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/%s?sslmode=disable", s.port, database)
}

// Create makes a database as a copy of another, and returns its name. "template1" is an empty one.
func (s *Server) Create(ctx context.Context, template string) (string, error) {
	name := fmt.Sprintf("test_%d", databases.Add(1))
	return name, execute(ctx, s.URL("postgres"), "CREATE DATABASE "+name+" TEMPLATE "+template)
}

func (s *Server) newDatabase(t testing.TB, template string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	name, err := s.Create(ctx, template)
	if err != nil {
		t.Fatalf("create a database: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
		defer cancel()
		if err := execute(ctx, s.URL("postgres"), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	return s.URL(name)
}

func execute(ctx context.Context, url, sql string) (err error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	_, err = conn.Exec(ctx, sql)
	return err
}

// server returns the process's server.
func server(t testing.TB) *Server {
	t.Helper()
	s, err := shared()
	judge(t, err)
	return s
}

// judge ends the test when there is no server. It skips it where PostgreSQL is neither installed nor required.
func judge(t testing.TB, err error) {
	t.Helper()
	required := slices.Contains(strings.Split(os.Getenv(requireEnv), ","), "postgres")
	switch {
	case errors.Is(err, ErrNotInstalled) && !required:
		t.Skipf("skipped: %v", err)
	case err != nil:
		t.Fatal(err)
	}
}
