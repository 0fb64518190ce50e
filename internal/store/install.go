package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// A restore happens in two halves, so that a crash at any moment leaves the old data or the new:
//
//	stage      the new data is written beside the old and made durable
//	           restore.pending is written: from here on the new data counts
//	install    the old data goes, the new takes its place, restore.pending goes
//
// Whoever opens the database first finishes the second half where it was left; see [FinishRestore].
const (
	pendingFile   = "restore.pending"
	stagingDir    = "restore.staging"
	bootstrapFile = "bootstrap.json"

	stagedFiles    = ".tasklane-restore"  // in the directory of attached files: the new ones, while the old are there
	installedFiles = ".tasklane-restored" // the same, when the old ones are gone
)

// pendingRestore is what restore.pending says.
type pendingRestore struct {
	Attachments string `json:"attachments"`
	Bootstrap   bool   `json:"bootstrap"` // whether there is a new bootstrap.json
}

// Restore puts new data into a data directory. It has the directory for itself from [BeginRestore] to [Restore.Close].
type Restore struct {
	// Database, Bootstrap and Files are where the new data is to be written: a file, a file that need not be, and a
	// directory with one directory an instance.
	Database, Bootstrap, Files string

	dir, attachments string
	lock             *os.File
}

// BeginRestore begins a restore into dir, with its attached files in another directory, and makes both where they
// are missing. It fails when a server runs on dir.
func BeginRestore(dir, attachments string) (*Restore, error) {
	attachments, err := filepath.Abs(attachments)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock, err := lockFile(filepath.Join(dir, lockName))
	if inUse(err) {
		return nil, fmt.Errorf("a server runs on %s: stop it first", dir)
	}
	if err != nil {
		return nil, err
	}
	staging := filepath.Join(dir, stagingDir)
	r := &Restore{
		Database: filepath.Join(staging, databaseFile), Bootstrap: filepath.Join(staging, bootstrapFile),
		Files: filepath.Join(attachments, stagedFiles), dir: dir, attachments: attachments, lock: lock,
	}
	err = FinishRestore(dir)
	if err == nil {
		err = r.discard()
	}
	if err == nil {
		err = errors.Join(os.MkdirAll(staging, 0o700), os.MkdirAll(r.Files, 0o700))
	}
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return r, nil
}

// Occupied names something in the directories that a restore would replace; empty when there is nothing.
func (r *Restore) Occupied() (string, error) {
	for _, name := range []string{databaseFile, databaseFile + "-wal", bootstrapFile} {
		_, err := os.Lstat(filepath.Join(r.dir, name))
		if err == nil {
			return filepath.Join(r.dir, name), nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	entries, err := os.ReadDir(r.attachments)
	for _, e := range entries {
		if e.Name() != stagedFiles {
			return filepath.Join(r.attachments, e.Name()), nil
		}
	}
	return "", err
}

// Commit has the new data take the place of the old, which is removed with its log.
func (r *Restore) Commit() error {
	pending := pendingRestore{Attachments: r.attachments}
	_, err := os.Stat(r.Bootstrap)
	switch {
	case err == nil:
		pending.Bootstrap = true
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	text, err := json.Marshal(pending)
	if err != nil {
		return err
	}
	if err := errors.Join(syncTree(filepath.Dir(r.Database)), syncTree(r.Files), SyncPath(r.attachments)); err != nil {
		return err
	}
	next := filepath.Join(r.dir, pendingFile+".next")
	if err := os.WriteFile(next, text, 0o600); err != nil {
		return err
	}
	if err := SyncPath(next); err != nil {
		return err
	}
	if err := os.Rename(next, filepath.Join(r.dir, pendingFile)); err != nil {
		return err
	}
	if err := SyncPath(r.dir); err != nil {
		return err
	}
	return FinishRestore(r.dir)
}

// Close gives the directory free. What was staged and not committed is removed.
func (r *Restore) Close() error {
	var err error
	if _, pending := os.Stat(filepath.Join(r.dir, pendingFile)); errors.Is(pending, fs.ErrNotExist) {
		err = r.discard()
	}
	return errors.Join(err, r.lock.Close())
}

func (r *Restore) discard() error {
	return errors.Join(os.RemoveAll(filepath.Join(r.dir, stagingDir)), os.RemoveAll(r.Files))
}

// FinishRestore finishes a restore that a crash has interrupted after its data was whole. Without one it does nothing.
// The caller has the directory for itself.
func FinishRestore(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, pendingFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var pending pendingRestore
	if err == nil {
		err = json.Unmarshal(text, &pending)
	}
	if err == nil {
		err = pending.install(dir, func(op func() error) error { return op() })
	}
	if err != nil {
		return fmt.Errorf("finish the restore of %s: %w", dir, err)
	}
	return nil
}

// install moves the new data to its place. Each step can be done again. do does one of them.
func (p pendingRestore) install(dir string, do func(func() error) error) error {
	staging := filepath.Join(dir, stagingDir)
	file := filepath.Join(dir, databaseFile)
	steps := []func() error{
		func() error {
			return replaceFile(filepath.Join(staging, databaseFile), file, file+"-wal", file+"-shm", file+"-journal")
		},
		func() error {
			to := filepath.Join(dir, bootstrapFile)
			if !p.Bootstrap {
				return removeAll(to)
			}
			return replaceFile(filepath.Join(staging, bootstrapFile), to)
		},
		func() error { return SyncPath(dir) },
		func() error { return p.clearFiles() },
		func() error { return p.moveFiles() },
		func() error { return SyncPath(p.Attachments) },
		func() error { return os.RemoveAll(staging) },
		func() error { return errors.Join(os.Remove(filepath.Join(dir, pendingFile)), SyncPath(dir)) },
	}
	for _, step := range steps {
		if err := do(step); err != nil {
			return err
		}
	}
	return nil
}

// replaceFile moves a file to its place, once others are gone; it does nothing when it was moved already.
func replaceFile(from, to string, gone ...string) error {
	if _, err := os.Stat(from); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := removeAll(gone...); err != nil {
		return err
	}
	// The log must be gone for good before the file is another one.
	if err := SyncPath(filepath.Dir(to)); err != nil {
		return err
	}
	return os.Rename(from, to)
}

// clearFiles removes the old attached files.
func (p pendingRestore) clearFiles() error {
	staged := filepath.Join(p.Attachments, stagedFiles)
	if _, err := os.Stat(staged); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	entries, err := os.ReadDir(p.Attachments)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() != stagedFiles {
			if err := os.RemoveAll(filepath.Join(p.Attachments, e.Name())); err != nil {
				return err
			}
		}
	}
	return os.Rename(staged, filepath.Join(p.Attachments, installedFiles))
}

// moveFiles moves the new attached files to their place.
func (p pendingRestore) moveFiles() error {
	from := filepath.Join(p.Attachments, installedFiles)
	entries, err := os.ReadDir(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if err := os.Rename(filepath.Join(from, e.Name()), filepath.Join(p.Attachments, e.Name())); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	return os.Remove(from)
}

func removeAll(files ...string) error {
	for _, file := range files {
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// syncTree makes a directory durable with all that is in it.
func syncTree(dir string) error {
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return SyncPath(path)
	})
}

// SyncPath makes a file, or the names in a directory, durable.
func SyncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
