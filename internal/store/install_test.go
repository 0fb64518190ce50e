package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRestoreThatIsCutOffLeavesOldOrNew has a crash come before each step of a restore. Whoever opens the database next
// finds all of the old data until the new counts, and all of the new from then on.
func TestRestoreThatIsCutOffLeavesOldOrNew(t *testing.T) {
	t.Parallel()
	content := func(t *testing.T, dir string) string {
		t.Helper()
		var all []string
		for _, name := range []string{databaseFile, databaseFile + "-wal", bootstrapFile, "attachments/i/old", "attachments/i/new"} {
			if text, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
				all = append(all, name+"="+string(text))
			}
		}
		return strings.Join(all, " ")
	}
	put := func(t *testing.T, file, text string) {
		t.Helper()
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	const (
		before = "tasklane.db=old tasklane.db-wal=old bootstrap.json=old attachments/i/old=old"
		after  = "tasklane.db=new bootstrap.json=new attachments/i/new=new"
	)
	crash := errors.New("crash")
	for steps := -1; ; steps++ {
		dir := t.TempDir()
		for _, name := range []string{databaseFile, databaseFile + "-wal", bootstrapFile, "attachments/i/old"} {
			put(t, filepath.Join(dir, name), "old")
		}
		r, err := BeginRestore(dir, filepath.Join(dir, "attachments"))
		if err != nil {
			t.Fatal(err)
		}
		put(t, r.Database, "new")
		put(t, r.Bootstrap, "new")
		put(t, filepath.Join(r.Files, "i", "new"), "new")
		if steps < 0 { // it is not committed
			if err := r.lock.Close(); err != nil {
				t.Fatal(err)
			}
			if err := FinishRestore(dir); err != nil || content(t, dir) != before {
				t.Errorf("before the commit: %s, %v", content(t, dir), err)
			}
			continue
		}
		done := 0
		pending := pendingRestore{Attachments: filepath.Join(dir, "attachments"), Bootstrap: true}
		put(t, filepath.Join(dir, pendingFile), fmt.Sprintf(`{"attachments":%q,"bootstrap":true}`, pending.Attachments))
		err = pending.install(dir, func(step func() error) error {
			if done == steps {
				return crash
			}
			done++
			return step()
		})
		if err != nil && !errors.Is(err, crash) {
			t.Fatal(err)
		}
		if err := errors.Join(r.lock.Close(), FinishRestore(dir)); err != nil || content(t, dir) != after {
			t.Errorf("after %d steps: %s, %v", steps, content(t, dir), err)
		}
		for _, name := range []string{stagingDir, pendingFile, "attachments/" + stagedFiles, "attachments/" + installedFiles} {
			if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
				t.Errorf("after %d steps: %s is left", steps, name)
			}
		}
		if err == nil {
			if steps < 6 {
				t.Errorf("a restore has only %d steps", steps)
			}
			return
		}
	}
}

func TestRestoreRefusesADirectoryInUse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := Open(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := BeginRestore(dir, filepath.Join(dir, "attachments")); err == nil || !strings.Contains(err.Error(), "a server runs on") {
		t.Errorf("BeginRestore: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := BeginRestore(dir, filepath.Join(dir, "attachments"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Options{Dir: dir}); err == nil {
		t.Error("a server starts while its data is restored")
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}
