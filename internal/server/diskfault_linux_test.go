package server

import (
	"errors"
	"os"
	"syscall"
	"testing"

	"github.com/tasklane/tasklane/internal/store/disktest"
)

// A first start whose secrets the disk does not confirm ends, before anything else is made; the next one finds none of them.
func TestSecretsThatAreNotDurableEndTheFirstStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var err error
	disktest.WithoutSync(t, func() { _, err = keepPending(dir, []byte("{}\n")) })
	if !errors.Is(err, syscall.EIO) {
		t.Errorf("keepPending on a disk that does not sync: %v, want EIO", err)
	}
	if all, err := pendingStarts(dir); err != nil || len(all) != 0 {
		t.Errorf("%v are left, %v; want nothing", all, err)
	}
	path, err := keepPending(dir, []byte("{}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "{}\n" {
		t.Errorf("%q, %v when the disk works", text, err)
	}
}
