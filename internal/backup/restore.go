package backup

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/tasklane/tasklane/internal/store"
)

// Restore puts the data of an archive into a data directory, with its attached files in another directory. It fails
// when a server runs there, and, unless replace is set, when there is data. A crash leaves the old data or the new.
func Restore(ctx context.Context, from, dir, attachments string, replace bool) (m *Manifest, err error) {
	archive, err := os.Open(from)
	if err != nil {
		return nil, err
	}
	defer archive.Close()
	r, err := store.BeginRestore(dir, attachments)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	occupied, err := r.Occupied()
	if err != nil {
		return nil, err
	}
	if occupied != "" && !replace {
		return nil, fmt.Errorf("%s is there already: use another directory, or --replace, which removes what is there", occupied)
	}
	m, err = extract(bufio.NewReaderSize(archive, 1<<20), func(name string) (string, error) {
		switch name {
		case databaseName:
			return r.Database, nil
		case bootstrapName:
			return r.Bootstrap, nil
		}
		return stagedFile(r, name), ctx.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", from, err)
	}
	if err := check(ctx, r, m); err != nil {
		return nil, fmt.Errorf("%s: %w", from, err)
	}
	return m, r.Commit()
}

// check looks at the staged data as a start would, and whether each attached file is there. Files that no row has are
// dropped: they were deleted while the backup was made.
func check(ctx context.Context, r *store.Restore, m *Manifest) (err error) {
	copied, err := store.OpenCopy(ctx, r.Database)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, copied.Close()) }()
	if copied.State.Schema > copied.State.Known {
		return fmt.Errorf("it is of a newer version of Tasklane (%s): use that version", m.Program)
	}
	if err := copied.Check(ctx); err != nil {
		return err
	}
	rows, err := copied.Files(ctx)
	if err != nil {
		return err
	}
	wanted := map[string]bool{}
	for _, f := range rows {
		wanted[path.Join(filesDir, f.Instance, f.ID)] = true
		wanted[path.Join(filesDir, f.Instance, f.ID+uploadSuffix)] = true
	}
	kept := m.Entries[:0]
	for _, e := range m.Entries {
		if e.Name == databaseName || e.Name == bootstrapName || wanted[e.Name] {
			kept = append(kept, e)
		} else if err := os.Remove(stagedFile(r, e.Name)); err != nil {
			return err
		}
	}
	m.Entries = kept
	return nil
}

// stagedFile is where an attached file of an archive is staged.
func stagedFile(r *store.Restore, name string) string {
	return filepath.Join(r.Files, filepath.FromSlash(strings.TrimPrefix(name, filesDir+"/")))
}
