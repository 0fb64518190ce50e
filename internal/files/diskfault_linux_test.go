package files

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/tasklane/tasklane/internal/store/disktest"
)

// Bytes that the disk has not confirmed are not acknowledged, and nobody finds them under their name.
func TestBytesThatAreNotDurableAreRefused(t *testing.T) {
	t.Parallel()
	const instance, name = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
	dir := t.TempDir()
	d, err := openDisk(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, instance), 0o700); err != nil {
		t.Fatal(err)
	}
	fill := func(w io.Writer) (int64, error) {
		n, err := io.WriteString(w, "invoice")
		return int64(n), err
	}
	disktest.WithoutSync(t, func() { _, err = d.write(instance, name, fill) })
	if !errors.Is(err, syscall.EIO) {
		t.Errorf("write on a disk that does not sync: %v, want EIO", err)
	}
	if left, err := os.ReadDir(filepath.Join(dir, instance)); err != nil || len(left) != 0 {
		t.Errorf("%v are left, %v; want nothing", left, err)
	}
	if _, err := d.open(instance, name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("open: %v, want that it does not exist", err)
	}
	if _, err := d.write(instance, name, fill); err != nil {
		t.Errorf("write when the disk works: %v", err)
	}
}
