package backup

import (
	"archive/tar"
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/attachment"
	"github.com/tasklane/tasklane/internal/store"
)

// Source is the data of a server.
type Source struct {
	// Dir is the data directory, with the database unless Database is given, and with bootstrap.json. It may be empty where
	// Database is given.
	Dir string
	// Database is the URL of a PostgreSQL database.
	Database string
	// Attachments is the directory of attached files; empty when there is none.
	Attachments string
}

// Options say how a backup is made.
type Options struct {
	Source
	To      string    // file of the archive; one that is there is replaced when the new one is whole
	Program string    // version of Tasklane
	Now     time.Time // time of the machine
}

// uploadSuffix names the bytes of a file whose upload is not complete; see package files.
const uploadSuffix = ".upload"

// Create makes a backup of data that a server may be working on. The file is whole or not there. It fails with
// [fs.ErrNotExist] when there is no data.
func Create(ctx context.Context, opts Options) (m *Manifest, err error) {
	reader, err := store.OpenReader(ctx, store.Options{Dir: opts.Dir, Database: opts.Database})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	if len(reader.State.Instances) == 0 {
		return nil, errors.New("the database has no instance: there is nothing to back up")
	}
	scratch, err := os.MkdirTemp(filepath.Dir(opts.To), ".tasklane-backup-") // mode 0700, and where there is room for it
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	out, err := os.OpenFile(filepath.Join(scratch, "archive"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	buffered := bufio.NewWriterSize(out, 1<<20)
	w := &writer{tar: tar.NewWriter(buffered), manifest: Manifest{
		Format: format, Program: opts.Program, Created: opts.Now.UTC().Truncate(time.Second), Engine: reader.Engine,
		Schema: reader.State.Schema, Instances: reader.State.Instances,
	}}
	err = w.fill(ctx, reader, opts.Source, filepath.Join(scratch, databaseName))
	if err == nil {
		err = w.close()
	}
	if err == nil {
		err = errors.Join(buffered.Flush(), out.Sync())
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return nil, err
	}
	if err := os.Rename(out.Name(), opts.To); err != nil {
		return nil, err
	}
	return &w.manifest, store.SyncPath(filepath.Dir(opts.To))
}

// fill writes the files, the database, and the files that came meanwhile. So a file that is deleted while the backup is
// made is in it, whether or not the copy of the database has it.
func (w *writer) fill(ctx context.Context, reader *store.Reader, from Source, scratch string) error {
	if err := w.addFiles(ctx, reader, from.Attachments, false); err != nil {
		return err
	}
	if err := reader.Copy(ctx, scratch); err != nil {
		return err
	}
	if err := w.add(databaseName, scratch); err != nil {
		return err
	}
	copied, err := store.OpenCopy(ctx, scratch)
	if err != nil {
		return err
	}
	w.manifest.Tasks, err = copied.Contacts(ctx)
	if err == nil {
		err = w.addFiles(ctx, copied, from.Attachments, true)
	}
	if err = errors.Join(err, copied.Close()); err != nil {
		return err
	}
	if from.Dir == "" {
		return nil
	}
	if err := w.add(bootstrapName, filepath.Join(from.Dir, bootstrapName)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// addFiles adds the files of which a database has rows. Where all is set, those whose upload is not complete are among
// them, and one that is not there is noted.
func (w *writer) addFiles(ctx context.Context, reader *store.Reader, dir string, all bool) error {
	rows, err := reader.Files(ctx)
	if err != nil {
		return err
	}
	there := map[string]bool{}
	for _, e := range w.manifest.Entries {
		there[e.Name] = true
	}
	for _, f := range rows {
		name, required := f.ID, f.State == attachment.Approved
		if f.State == attachment.Uploading {
			name += uploadSuffix
		}
		entry := path.Join(filesDir, f.Instance, name)
		if !required && (f.State != attachment.Uploading || !all) || there[entry] {
			continue
		}
		if dir == "" {
			if required {
				return errors.New("the database has attached files: say where they are by --attachments, or by --data")
			}
			continue
		}
		err := w.add(entry, filepath.Join(dir, f.Instance, name))
		if errors.Is(err, fs.ErrNotExist) {
			if required && all {
				w.manifest.Missing = append(w.manifest.Missing, entry)
			}
			continue
		}
		if err != nil {
			return fmt.Errorf("attached file %s: %w", f.ID, err)
		}
	}
	return ctx.Err()
}

// ours reports whether a name in the directory of attached files is that of a file.
func ours(name string) bool { return uuid.Validate(name) == nil }
