package files

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"strings"

	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/attachment"
	"github.com/tasklane/tasklane/internal/fault"
)

const (
	uploadSuffix = ".upload" // bytes that were uploaded and are not complete: never served
	tempSuffix   = ".tmp"    // bytes on their way
)

// disk is the directory. Nothing that is asked of it can lead out of it.
type disk struct{ root *os.Root }

func openDisk(dir string) (*disk, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &disk{root}, nil
}

// write keeps under a name what fill writes, durably, whole or not at all. It returns how much that is.
func (d *disk) write(instance, name string, fill func(io.Writer) (int64, error)) (size int64, err error) {
	if err := d.make(instance); err != nil {
		return 0, err
	}
	temp := path.Join(instance, name+"."+rand.Text()+tempSuffix)
	file, err := d.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			_ = d.root.Remove(temp) // the first error counts, and the sweep finds it
		}
	}()
	size, err = fill(file)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return size, err
	}
	return size, d.rename(instance, temp, name)
}

// rename gives bytes their name, durably.
func (d *disk) rename(instance, temp, name string) error {
	if err := d.root.Rename(temp, path.Join(instance, name)); err != nil {
		return err
	}
	return d.sync(instance)
}

// make makes the directory of an instance, durably.
func (d *disk) make(instance string) error {
	if _, err := d.root.Stat(instance); err == nil {
		return nil
	}
	if err := d.root.MkdirAll(instance, 0o700); err != nil {
		return err
	}
	return d.sync(".")
}

// sync makes the names in a directory durable.
func (d *disk) sync(dir string) error {
	opened, err := d.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(opened.Sync(), opened.Close())
}

// promote makes the file out of what was uploaded. It fails with [fs.ErrNotExist] when nothing was. A file that is
// there already stays: whoever made it died before it was complete.
func (d *disk) promote(instance, id string) error {
	if _, err := d.root.Stat(path.Join(instance, id)); err == nil {
		return nil
	}
	return d.rename(instance, path.Join(instance, id+uploadSuffix), id)
}

func (d *disk) open(instance, id string) (*os.File, error) {
	return d.root.Open(path.Join(instance, id))
}

// remove removes a file and what was uploaded of it; it need not exist.
func (d *disk) remove(instance, id string) error {
	return errors.Join(d.drop(path.Join(instance, id)), d.drop(path.Join(instance, id+uploadSuffix)))
}

func (d *disk) drop(name string) error {
	if err := d.root.Remove(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Clear removes all bytes of instances that are no more.
func (f *Files) Clear(instances ...string) error {
	for _, id := range instances {
		if err := f.disk.root.RemoveAll(id); err != nil {
			return fmt.Errorf("remove attachments: %w", err)
		}
	}
	return nil
}

// sweepAfter is how old bytes must be to be swept: older than anything that is under way.
const sweepAfter = 2 * attachment.UploadTime

// sweep removes the bytes that a crash has left: parts of files, and files that do not exist for anybody.
func (f *Files) sweep(ctx context.Context) {
	for _, i := range f.engine.Instances() {
		if err := f.sweepInstance(ctx, i.ID); err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "cannot sweep the attachments directory", "instance", i.ID, "err", err)
		}
	}
}

func (f *Files) sweepInstance(ctx context.Context, instance string) error {
	all, err := fs.ReadDir(f.disk.root.FS(), instance)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, entry := range all {
		info, err := entry.Info()
		if err != nil || f.engine.Now().Sub(info.ModTime()) < sweepAfter {
			continue // gone meanwhile, or too young
		}
		left, err := f.leftOver(ctx, instance, entry.Name())
		if err != nil {
			return err
		}
		if left {
			slog.InfoContext(ctx, "removing what is left of a file", "instance", instance, "name", entry.Name())
			if err := f.disk.drop(path.Join(instance, entry.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// leftOver reports whether no file needs these bytes. What this package did not name is left alone.
func (f *Files) leftOver(ctx context.Context, instance, name string) (bool, error) {
	id, rest, _ := strings.Cut(name, ".")
	ours := uuid.Validate(id) == nil
	if !ours || strings.HasSuffix(rest, tempSuffix) {
		return ours, nil
	}
	file, err := f.engine.File(ctx, instance, id)
	if fault.Is(err, fault.NotFound) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	if rest != "" {
		return file.State != attachment.Uploading, nil
	}
	return file.State == attachment.Rejected || file.State == attachment.Failed, nil
}
