package server_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tasklane/tasklane/internal/backup"
	"github.com/tasklane/tasklane/internal/store/disktest"
)

// A backup or a restore that the disk does not confirm fails: there is no archive, and no data that a start would take.
func TestBackupThatIsNotDurableFails(t *testing.T) {
	t.Parallel()
	dir, to := t.TempDir(), t.TempDir()
	address := freeAddress(t)
	child := startChild(t, dir, address)
	defer func() {
		_ = child.Process.Kill()
		_ = child.Wait() // it was killed
	}()
	s := clientOf(t, dir, address)
	s.StartTask("call back")
	archive := filepath.Join(to, "archive")
	create := func() error {
		_, err := backup.Create(context.Background(), backup.Options{Source: backup.Source{Dir: dir}, To: archive, Now: time.Now()})
		return err
	}
	var err error
	disktest.WithoutSync(t, func() { err = create() })
	if err == nil {
		t.Error("Create succeeds on a disk that does not sync")
	}
	if left, err := os.ReadDir(to); err != nil || len(left) != 0 {
		t.Errorf("%v are left, %v; want nothing", left, err)
	}
	if err := create(); err != nil {
		t.Fatal(err)
	}
	restored := t.TempDir()
	restore := func() error {
		_, err := backup.Restore(context.Background(), archive, restored, filepath.Join(restored, "attachments"), false)
		return err
	}
	disktest.WithoutSync(t, func() { err = restore() })
	if err == nil {
		t.Error("Restore succeeds on a disk that does not sync")
	}
	if _, err := os.Stat(filepath.Join(restored, "tasklane.db")); err == nil {
		t.Error("there is data after a restore that failed")
	}
	if err := restore(); err != nil {
		t.Fatalf("Restore when the disk works: %v", err)
	}
	succeeds(t, "verify", "--data", restored)
}
