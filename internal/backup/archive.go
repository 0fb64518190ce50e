// Package backup keeps the data of a server in one file and puts it back: the database, the attached files and
// bootstrap.json.
//
// The file is a tar archive. Its last entry, manifest.json, names the others with their sizes and digests, so an archive
// that was cut off is noticed:
//
//	tasklane.db                    a SQLite database, also where the server's is PostgreSQL
//	attachments/INSTANCE/FILE      the bytes of attached files
//	bootstrap.json                 where the data directory has one
//	manifest.json
//
// It holds access keys and what sessions and downloads are signed with: its mode is 0600.
package backup

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	databaseName  = "tasklane.db"
	bootstrapName = "bootstrap.json"
	manifestName  = "manifest.json"
	filesDir      = "attachments"

	format = 1 // of the archive

	// maxManifest bounds the manifest, in bytes: some 200 for each attached file.
	maxManifest = 1 << 30
)

// Manifest says what an archive holds.
type Manifest struct {
	Format    int       `json:"format"`
	Program   string    `json:"program"` // version of Tasklane that made it
	Created   time.Time `json:"created"`
	Engine    string    `json:"engine"` // of the database that was copied: sqlite or postgres
	Schema    int64     `json:"schema"` // version
	Instances []string  `json:"instances"`
	Tasks     int       `json:"tasks"` // contacts, also those that have ended
	Entries   []Entry   `json:"entries"`
	Missing   []string  `json:"missing,omitempty"` // attached files that the database has and the directory had not
}

// Entry is one file of an archive.
type Entry struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"` // in bytes
	SHA256 string `json:"sha256"`
}

// Files is how many attached files there are.
func (m *Manifest) Files() (n int) {
	for _, e := range m.Entries {
		if e.Name != databaseName && e.Name != bootstrapName {
			n++
		}
	}
	return n
}

// has reports whether there is an entry of a name.
func (m *Manifest) has(name string) bool {
	return slices.ContainsFunc(m.Entries, func(e Entry) bool { return e.Name == name })
}

// writer writes an archive.
type writer struct {
	tar      *tar.Writer
	manifest Manifest
}

// add adds a file that does not change. It fails with [io/fs.ErrNotExist] when there is none.
func (w *writer) add(name, from string) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	header := &tar.Header{Name: name, Mode: 0o600, Size: info.Size(), ModTime: w.manifest.Created, Format: tar.FormatPAX}
	if err := w.tar.WriteHeader(header); err != nil {
		return err
	}
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(w.tar, sum), io.LimitReader(f, info.Size())); err != nil {
		return fmt.Errorf("copy %s: %w", from, err)
	}
	w.manifest.Entries = append(w.manifest.Entries, Entry{name, info.Size(), hex.EncodeToString(sum.Sum(nil))})
	return nil
}

// close writes the manifest and the end of the archive.
func (w *writer) close() error {
	text, err := json.MarshalIndent(w.manifest, "", "  ")
	if err != nil {
		return err
	}
	header := &tar.Header{Name: manifestName, Mode: 0o600, Size: int64(len(text)), ModTime: w.manifest.Created, Format: tar.FormatPAX}
	if err := w.tar.WriteHeader(header); err != nil {
		return err
	}
	if _, err := w.tar.Write(text); err != nil {
		return err
	}
	return w.tar.Close()
}

// errCutOff says that the end of an archive is missing.
var errCutOff = errors.New("it is not a whole backup: its end is missing")

// extract reads an archive, has each file written where place says, and compares it with the manifest. A file that is
// not in the manifest, or not as it says, is an error.
func extract(from io.Reader, place func(name string) (file string, err error)) (*Manifest, error) {
	in := tar.NewReader(from)
	found := map[string]Entry{}
	for {
		header, err := in.Next()
		switch {
		case errors.Is(err, io.EOF) && len(found) == 0:
			return nil, errors.New("it is not a backup of Tasklane")
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil, errCutOff
		case err != nil:
			return nil, fmt.Errorf("it is not a backup of Tasklane: %w", err)
		case header.Name == manifestName:
			return checkManifest(in, found)
		case header.Typeflag != tar.TypeReg || !known(header.Name):
			return nil, fmt.Errorf("it is not a backup of Tasklane: it has an entry %q", header.Name)
		}
		if _, twice := found[header.Name]; twice {
			return nil, fmt.Errorf("it has two entries %q", header.Name)
		}
		file, err := place(header.Name)
		if err != nil {
			return nil, err
		}
		if found[header.Name], err = write(file, header.Name, in); errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, errCutOff
		}
		if err != nil {
			return nil, err
		}
	}
}

// known reports whether an archive may have an entry of a name. None leads out of the directories.
func known(name string) bool {
	if name == databaseName || name == bootstrapName {
		return true
	}
	parts := strings.Split(name, "/")
	return len(parts) == 3 && parts[0] == filesDir && filepath.IsLocal(name) && path.Clean(name) == name &&
		!strings.HasPrefix(parts[1], ".")
}

func write(file, name string, from io.Reader) (entry Entry, err error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return entry, err
	}
	out, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return entry, err
	}
	sum := sha256.New()
	size, err := io.Copy(io.MultiWriter(out, sum), from)
	return Entry{name, size, hex.EncodeToString(sum.Sum(nil))}, errors.Join(err, out.Close())
}

// checkManifest reads the manifest and compares it with what was found.
func checkManifest(from io.Reader, found map[string]Entry) (*Manifest, error) {
	var m Manifest
	if err := json.NewDecoder(io.LimitReader(from, maxManifest)).Decode(&m); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, errCutOff
		}
		return nil, fmt.Errorf("read its manifest: %w", err)
	}
	if m.Format != format {
		return nil, fmt.Errorf("its format is %d, and this version of Tasklane knows %d", m.Format, format)
	}
	for _, e := range m.Entries {
		if found[e.Name] != e {
			return nil, fmt.Errorf("%s in it is not as it was: size or digest differ from the manifest", e.Name)
		}
		delete(found, e.Name)
	}
	for name := range found {
		return nil, fmt.Errorf("%s in it is not in its manifest", name)
	}
	if !m.has(databaseName) {
		return nil, errors.New("it holds no database")
	}
	return &m, nil
}
