package server_test

import (
	"context"
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tasklane/tasklane/internal/server/servertest"
	"github.com/tasklane/tasklane/internal/store"
	"github.com/tasklane/tasklane/internal/store/pgtest"
)

// firstChild starts a server in a process of its own, without waiting for it.
func firstChild(t *testing.T, dir, database string) *exec.Cmd {
	t.Helper()
	child := exec.Command(os.Args[0], "serve", "--data", dir, "--listen", freeAddress(t), "--database", database)
	child.Env = append(os.Environ(), childVariable+"=1")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = child.Process.Kill()
		_ = child.Wait() // it was killed
	})
	return child
}

// holdsInstance reports whether a database has an instance.
func holdsInstance(db *sql.DB) bool {
	n := 0
	err := db.QueryRowContext(context.Background(), `SELECT count(*) FROM instance`).Scan(&n)
	return err == nil && n > 0 // without its tables it has none
}

// everybodyKnows starts a server on what another has left, and uses what its bootstrap file says.
func everybodyKnows(t *testing.T, dir, database string) {
	t.Helper()
	address := freeAddress(t)
	child := startChild(t, dir, address, "--database", database)
	defer func() {
		_ = child.Process.Kill()
		_ = child.Wait() // it was killed
	}()
	s := clientOf(t, dir, address)
	s.SetStatus(s.Agent.UserID, "Available") // by the access key
	desk := s.SignIn(s.Agent)                // by the password
	desk.Accept(s.StartTask("first"))
	s.SignIn(s.Admin)
	if left, _ := filepath.Glob(filepath.Join(dir, "bootstrap-*")); len(left) > 0 {
		t.Errorf("left beside bootstrap.json: %v", left)
	}
	if info, err := os.Stat(filepath.Join(dir, "bootstrap.json")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("bootstrap.json: %v, %v", info.Mode(), err)
	}
}

// A server that is killed between its first commit and the writing of bootstrap.json leaves secrets that the next one
// finds.
func TestFirstStartIsKilledBeforeItsFileIsThere(t *testing.T) {
	t.Parallel()
	url, dir := pgtest.URL(t), t.TempDir()
	st, err := store.Open(t.Context(), store.Options{Database: url}) // makes the tables
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	// The row that the server writes after its first commit is another's, who does not come to an end.
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(t.Context(), `INSERT INTO setting (name, value) VALUES ('first_instance', 'x')`); err != nil {
		t.Fatal(err)
	}
	child := firstChild(t, dir, url)
	servertest.Within(t, "the first instance is not there", func() bool { return holdsInstance(db) })
	_ = child.Process.Kill()
	_ = child.Wait() // it was killed
	if _, err := os.Stat(filepath.Join(dir, "bootstrap.json")); err == nil {
		t.Fatal("bootstrap.json was written before the server was killed")
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	everybodyKnows(t, dir, url)
}

// The same on SQLite, killed as soon as the commit is seen.
func TestFirstStartIsKilledAtItsCommit(t *testing.T) {
	t.Parallel()
	for range 3 {
		dir := t.TempDir()
		file := filepath.Join(dir, "tasklane.db")
		child := firstChild(t, dir, "")
		servertest.Within(t, "the first instance is not there", func() bool {
			if _, err := os.Stat(file); err != nil {
				return false
			}
			db, err := sql.Open("sqlite", "file:"+file+"?mode=ro&_pragma=busy_timeout(1000)")
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			return holdsInstance(db)
		})
		_ = child.Process.Kill()
		_ = child.Wait() // it was killed
		everybodyKnows(t, dir, "")
	}
}

// What is left of a first start that did not come to its commit, or lost against another, is removed.
func TestSecretsOfAFirstStartThatLostAreRemoved(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func(*testing.T) string{
		"sqlite": func(*testing.T) string { return "" }, "postgres": func(t *testing.T) string { return pgtest.URL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := made(t, database(t), false)
			file := filepath.Join(w.config.Data, "bootstrap.json")
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			other := made(t, "", false)
			lost, err := os.ReadFile(filepath.Join(other.config.Data, "bootstrap.json"))
			if err != nil {
				t.Fatal(err)
			}
			pending := filepath.Join(w.config.Data, "bootstrap-LOST1234.pending")
			if err := os.WriteFile(pending, lost, 0o600); err != nil {
				t.Fatal(err)
			}
			w.starts(w.config)
			if got, err := os.ReadFile(file); err != nil || string(got) != string(want) {
				t.Errorf("bootstrap.json is another one: %v", err)
			}
			if _, err := os.Stat(pending); err == nil {
				t.Error("the secrets of the start that lost are still there")
			}
			// One that cannot be read is named.
			if err := os.WriteFile(pending, []byte("{"), 0o600); err != nil {
				t.Fatal(err)
			}
			w.refuses(w.config, strings.TrimPrefix(pending, w.config.Data))
		})
	}
}

// The secrets of the instance that is there count more than a file that names another one, as a reset that died leaves it.
func TestPendingSecretsReplaceTheFileOfAnotherInstance(t *testing.T) {
	t.Parallel()
	w, other := made(t, "", false), made(t, "", false)
	file := filepath.Join(w.config.Data, "bootstrap.json")
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := os.ReadFile(filepath.Join(other.config.Data, "bootstrap.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, foreign, 0o600); err != nil {
		t.Fatal(err)
	}
	w.refuses(w.config, "--allow-missing-instance")
	if err := os.WriteFile(filepath.Join(w.config.Data, "bootstrap-RESET123.pending"), want, 0o600); err != nil {
		t.Fatal(err)
	}
	w.starts(w.config)
	if got, err := os.ReadFile(file); err != nil || string(got) != string(want) {
		t.Errorf("bootstrap.json is still that of the other instance: %v", err)
	}
}
