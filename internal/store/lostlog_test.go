package store_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tasklane/tasklane/internal/store"
)

// crashed copies a data directory as it is on the disk while its store is open: what a crash would leave.
func crashed(t *testing.T, dir string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(to, "tasklane.db-shm")); err != nil {
		t.Fatal(err)
	}
	return to
}

// note writes a number durably; noted reads it.
func note(t *testing.T, s *store.Store, n int) {
	t.Helper()
	if err := s.Record(t.Context(), "", fmt.Sprint(n)); err != nil {
		t.Fatal(err)
	}
}

func noted(t *testing.T, dir string, opts store.Options) (text string, err error) {
	t.Helper()
	opts.Dir = dir
	opts.Admit = func(s store.State) error {
		text = s.FirstInstance
		return nil
	}
	s, err := store.Open(t.Context(), opts)
	if err != nil {
		return "", err
	}
	return text, s.Close()
}

func TestDatabaseRemembersThatItHadALog(t *testing.T) {
	t.Parallel()
	log, file := "tasklane.db-wal", "tasklane.db"
	remove := func(name string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	overwrite := func(name string, size int) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := os.WriteFile(filepath.Join(dir, name), make([]byte, size), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	shell := func(text string) func(*testing.T, string) { // as another program that has opened the database
		return func(t *testing.T, dir string) {
			db := connect(t, "sqlite", filepath.Join(dir, file))
			if _, err := db.ExecContext(t.Context(), text); err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	tests := []struct {
		name   string
		change func(t *testing.T, dir string) // after the crash
		want   string                         // what was noted last; empty when the start is refused
	}{
		{"nothing", func(*testing.T, string) {}, "3"},
		{"the log is removed", remove(log), ""},
		{"the log is emptied", overwrite(log, 0), ""},
		{"the log is overwritten", overwrite(log, 10000), ""},
		{"the file is removed", remove(file), ""},
		{"the file is emptied", overwrite(file, 0), ""},
		{"another program merges the log", shell("SELECT name FROM setting"), "3"},
		{"another program copies the database over it", func(t *testing.T, dir string) {
			shell("VACUUM INTO '"+dir+"/copy.db'")(t, dir)
			if err := os.Rename(filepath.Join(dir, "copy.db"), filepath.Join(dir, file)); err != nil {
				t.Fatal(err)
			}
		}, "3"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := open(t, store.Options{Dir: dir})
			for n := range 4 {
				note(t, s, n)
			}
			after := crashed(t, dir)
			tt.change(t, after)
			got, err := noted(t, after, store.Options{})
			if tt.want == "" && !errors.Is(err, store.ErrLog) || tt.want != "" && err != nil || got != tt.want {
				t.Fatalf("Open reads %q, %v; want %q or ErrLog", got, err, tt.want)
			}
			if tt.want != "" {
				return
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("more than one line: %v", err)
			}
			if _, err := noted(t, after, store.Options{AllowLostLog: true}); err != nil {
				t.Errorf("Open with AllowLostLog: %v", err)
			}
			if _, err := noted(t, after, store.Options{}); err != nil {
				t.Errorf("Open after a start with AllowLostLog: %v", err)
			}
		})
	}
}

// TestLogOfAnotherFileIsNotMerged puts an earlier copy in place of the file of a server that has crashed, as who restores
// by hand does, and leaves the log of the crash beside it.
func TestLogOfAnotherFileIsNotMerged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, store.Options{Dir: dir})
	note(t, s, 1)
	copied := filepath.Join(t.TempDir(), "copy.db")
	db := connect(t, "sqlite", filepath.Join(dir, "tasklane.db"))
	if _, err := db.ExecContext(t.Context(), "VACUUM INTO '"+copied+"'"); err != nil {
		t.Fatal(err)
	}
	fill(t, s, 3000) // more than one log is long
	after := crashed(t, dir)
	if err := os.Rename(copied, filepath.Join(after, "tasklane.db")); err != nil {
		t.Fatal(err)
	}
	before := files(t, after)
	if _, err := noted(t, after, store.Options{}); !errors.Is(err, store.ErrLog) {
		t.Fatalf("Open: %v, want ErrLog", err)
	}
	for name, text := range files(t, after) {
		if was, ok := before[name]; ok && was != text {
			t.Errorf("the refused start has changed %s", name)
		}
	}
	if got, err := noted(t, after, store.Options{AllowLostLog: true}); got != "1" || err != nil {
		t.Errorf("Open with AllowLostLog reads %q, %v; want what the copy holds", got, err)
	}
	aside, err := filepath.Glob(filepath.Join(after, "tasklane.db-wal.lost-*"))
	if err != nil || len(aside) != 1 {
		t.Errorf("the log is set aside as %v, %v", aside, err)
	}
}

// fill writes so much that SQLite moves the log into the file by itself.
func fill(t *testing.T, s *store.Store, n int) {
	t.Helper()
	for i := range n {
		if err := s.Record(t.Context(), "", strings.Repeat(fmt.Sprint(i), 4000)); err != nil {
			t.Fatal(err)
		}
	}
}

// files reads the files of a directory, but for the index of a log, which is made anew at each start.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "-shm") || strings.HasSuffix(path, ".lock") {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, path))
		all[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestLogIsMissedAfterEveryCheckpoint crashes after each of many commits, across the checkpoints that SQLite makes by
// itself: without the log none of them may start, and with it all of them do.
func TestLogIsMissedAfterEveryCheckpoint(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, store.Options{Dir: dir})
	db := connect(t, "sqlite", filepath.Join(dir, "tasklane.db"))
	db.SetMaxOpenConns(1)
	for round := range 6 {
		fill(t, s, 500)
		note(t, s, round)
		if round%2 == 0 { // a checkpoint in between makes the file complete; the next commit begins a new log
			if _, err := db.ExecContext(t.Context(), "PRAGMA wal_checkpoint(PASSIVE)"); err != nil {
				t.Fatal(err)
			}
			note(t, s, round)
		}
		with, without := crashed(t, dir), crashed(t, dir)
		if got, err := noted(t, with, store.Options{}); got != fmt.Sprint(round) || err != nil {
			t.Errorf("round %d: after a crash Open reads %q, %v", round, got, err)
		}
		if err := os.Remove(filepath.Join(without, "tasklane.db-wal")); err != nil {
			t.Fatal(err)
		}
		if got, err := noted(t, without, store.Options{}); !errors.Is(err, store.ErrLog) {
			t.Errorf("round %d: without the log Open reads %q, %v; want ErrLog", round, got, err)
		}
	}
}

func TestCleanStopLeavesNoLog(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := store.Open(t.Context(), store.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	note(t, s, 7)
	reading, stop := context.WithCancel(t.Context())
	defer stop()
	if _, err := s.Instances(reading); err != nil { // so that a reader has the database open
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"-wal", "-shm", "-journal"} {
		if _, err := os.Stat(filepath.Join(dir, "tasklane.db"+suffix)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("after a clean stop there is tasklane.db%s: %v", suffix, err)
		}
	}
	alone := t.TempDir()
	text, err := os.ReadFile(filepath.Join(dir, "tasklane.db"))
	if err == nil {
		err = os.WriteFile(filepath.Join(alone, "tasklane.db"), text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if got, err := noted(t, alone, store.Options{}); got != "7" || err != nil {
		t.Errorf("the file alone holds %q, %v; want 7", got, err)
	}
}

func TestUnsoundDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	whole := t.TempDir()
	s, err := store.Open(t.Context(), store.Options{Dir: whole})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 300 {
		if _, err := s.Secret(t.Context(), fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	sound, err := os.ReadFile(filepath.Join(whole, "tasklane.db"))
	if err != nil {
		t.Fatal(err)
	}
	foreign := filepath.Join(t.TempDir(), "foreign.db")
	if _, err := connect(t, "sqlite", foreign).ExecContext(t.Context(), "CREATE TABLE t (a TEXT)"); err != nil {
		t.Fatal(err)
	}
	other, err := os.ReadFile(foreign)
	if err != nil {
		t.Fatal(err)
	}
	leaf := strings.LastIndex(string(sound), "secret/") // in a page of a table or an index
	if leaf < 0 {
		t.Fatal("no secret is in the file")
	}
	zeroed := func(from, n int) []byte {
		text := []byte(string(sound))
		clear(text[from : from+n])
		return text
	}
	tests := []struct {
		name string
		text []byte
		want string
	}{
		{"a page is overwritten", zeroed(leaf&^4095, 4096), "damaged"},
		{"the end is missing", sound[:len(sound)-4096], "damaged"},
		{"only the beginning is there", sound[:50], "is not a SQLite database"},
		{"something else", []byte(strings.Repeat("hello ", 1000)), "is not a SQLite database"},
		{"the database of another program", other, "database of another program"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file := filepath.Join(dir, "tasklane.db")
			if err := os.WriteFile(file, tt.text, 0o600); err != nil {
				t.Fatal(err)
			}
			before := files(t, dir)
			_, err := noted(t, dir, store.Options{})
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("Open: %v; want one line with %q", err, tt.want)
			}
			if after := files(t, dir); after["tasklane.db"] != before["tasklane.db"] {
				t.Error("the refused start has changed the file")
			}
		})
	}
}
