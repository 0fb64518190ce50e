package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/tasklane/tasklane/internal/store/pgtest"
)

// run runs a statement on a connection of its own.
func run(t *testing.T, database, statement string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context()) // a test that has ended cleans up so
	conn, err := pgx.Connect(ctx, database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// beside is the URL of another database of the same server, and the name of the one.
func beside(t *testing.T, database string) (other, name string) {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	name = strings.TrimPrefix(u.Path, "/")
	u.Path = "/postgres"
	return u.String(), name
}

// cannotWrite waits until the store says that it cannot write, and why.
func cannotWrite(t *testing.T, s *Store, why reason) {
	t.Helper()
	until(t, "a store that says "+string(why), func(ctx context.Context) error {
		problem, ok := errors.AsType[*ProblemError](s.CheckWrite(ctx))
		if !ok || problem.Problem != string(why) {
			return fmt.Errorf("CheckWrite = %v, want %s", problem, why) //nolint:errorlint // it may be nil, which %w does not take
		}
		return nil
	})
	if h := s.Health(); h.Problem != string(why) {
		t.Errorf("Health = %+v, want %s", h, why)
	}
}

// A database that becomes read-only is told as such, and written again when it is not, also by connections that were
// made while it was.
func TestReadOnlyDatabase(t *testing.T) {
	t.Parallel()
	database := pgtest.URL(t)
	s := openImpatient(t, database)
	if err := s.CheckWrite(t.Context()); err != nil {
		t.Fatalf("CheckWrite at first: %v", err)
	}
	server, name := beside(t, database)
	run(t, server, "ALTER DATABASE "+name+" SET default_transaction_read_only = on")
	run(t, server, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+name+"'")
	adds(t, s, "while", func(err error) error {
		if unavailable(err) != reasonReadOnly {
			return fmt.Errorf("add = %w", err)
		}
		return nil
	})
	cannotWrite(t, s, reasonReadOnly)
	if _, err := s.Instances(t.Context()); err != nil {
		t.Errorf("it cannot be read either: %v", err)
	}
	run(t, server, "ALTER DATABASE "+name+" RESET default_transaction_read_only")
	until(t, "CheckWrite when it is no longer read-only", s.CheckWrite)
	if _, err := add(t.Context(), s, "after"); err != nil {
		t.Error(err)
	}
}

// Where a synchronous standby is missing, commits are not confirmed: their outcome is unknown, and the store says so.
func TestMissingSynchronousStandby(t *testing.T) {
	t.Parallel()
	server, err := pgtest.Start(pgtest.Options{Durable: true})
	if err != nil {
		pgtest.URL(t) // skips where there is none
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	database := server.URL("postgres")
	s := openImpatient(t, database)
	set := func(standby string) {
		run(t, database, "ALTER SYSTEM SET synchronous_standby_names = '"+standby+"'")
		run(t, database, "SELECT pg_reload_conf()")
	}
	set("missing")
	adds(t, s, "a commit without an answer", func(err error) error {
		if !errors.Is(err, errUnknown) {
			return fmt.Errorf("add = %w", err)
		}
		return nil
	})
	cannotWrite(t, s, reasonSync)
	set("")
	until(t, "CheckWrite without a standby", s.CheckWrite)
}

// A server that starts while the database has no connection left waits for one. A wrong user or address is told at once.
func TestStartWaitsForAConnection(t *testing.T) {
	t.Parallel()
	database := pgtest.URL(t)
	server, name := beside(t, database)
	role := "role_" + name
	run(t, server, "CREATE ROLE "+role+" LOGIN CONNECTION LIMIT 4")
	t.Cleanup(func() {
		run(t, server, "ALTER DATABASE "+name+" OWNER TO postgres")
		run(t, database, "REASSIGN OWNED BY "+role+" TO postgres")
		run(t, server, "DROP ROLE "+role)
	})
	run(t, server, "ALTER DATABASE "+name+" OWNER TO "+role)
	proxy := pgtest.NewProxy(t, database)
	u, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.User(role)
	var others []*pgx.Conn
	for range 4 {
		conn, err := pgx.Connect(t.Context(), u.String())
		if err != nil {
			t.Fatal(err)
		}
		others = append(others, conn)
	}
	opensWhenItCan(t, proxy, u.String()+"&pool_max_conns=4", func() {
		for _, conn := range others {
			if err := conn.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// A server that starts together with its database waits until that has recovered.
func TestStartWaitsForADatabaseThatStarts(t *testing.T) {
	t.Parallel()
	proxy := pgtest.NewProxy(t, pgtest.URL(t))
	proxy.SetRefused(&pgproto3.ErrorResponse{Severity: "FATAL", Code: "57P03", Message: "the database system is starting up"})
	opensWhenItCan(t, proxy, proxy.URL, func() { proxy.SetRefused(nil) })
}

// opensWhenItCan opens a database that cannot be used, waits for a second attempt, lets it be used, and wants it open.
func opensWhenItCan(t *testing.T, proxy *pgtest.Proxy, database string, mend func()) {
	t.Helper()
	before := proxy.Accepted()
	opened := make(chan error, 1)
	go func() {
		s, err := Open(t.Context(), Options{Database: database})
		if err == nil {
			err = s.Close()
		}
		opened <- err
	}()
	until(t, "a start that tries again", func(context.Context) error {
		select {
		case err := <-opened:
			t.Fatalf("Open = %v of a database that cannot be used", err)
		default:
		}
		if proxy.Accepted() < before+2 {
			return errors.New("it has not")
		}
		return nil
	})
	mend()
	if err := <-opened; err != nil {
		t.Errorf("Open of a database that can be used again: %v", err)
	}
}

// A disk that is full is told as such, and written again when there is room.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := syscall.Mount("none", dir, "tmpfs", 0, "size=8m"); err != nil {
		t.Skipf("skipped: a small file system cannot be made here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	s, err := Open(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() }) // of a disk that was full
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 64<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("filling the disk: %v", err)
	}
	adds(t, s, "a write that fails", func(err error) error { // the log may have some room left
		if err == nil {
			return errors.New("it does not")
		}
		return nil
	})
	cannotWrite(t, s, reasonFull)
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	until(t, "CheckWrite when there is room", s.CheckWrite)
	if _, err := add(t.Context(), s, "after"); err != nil {
		t.Error(err)
	}
}
