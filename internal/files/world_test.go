package files

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/attachment"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/store"
)

const instance = "11111111-1111-4111-8111-111111111111"

// world is a server without its edges: a store, an engine, and the files.
type world struct {
	*testing.T
	dir    string
	store  *store.Store
	engine *engine.Engine
	files  *Files
	stop   func()
}

// open opens the world in a directory, which may hold one that was stopped before. Files do not run yet.
func open(t *testing.T, dir string, change ...func(*Options)) *world {
	t.Helper()
	st, err := store.Open(t.Context(), store.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, dir: dir, store: st}
	w.stop = sync.OnceFunc(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { w.stop() })
	if w.engine, err = engine.New(engine.Options{Store: st}); err != nil {
		t.Fatal(err)
	}
	w.files = w.another(change...)
	if err := w.engine.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(w.engine.Instances()) == 0 {
		w.bootstrap()
	}
	return w
}

// another opens the directory once more, as another node does.
func (w *world) another(change ...func(*Options)) *Files {
	w.Helper()
	allow, err := ParseAllow([]string{"127.0.0.0/8", "::1"})
	if err != nil {
		w.Fatal(err)
	}
	opts := Options{
		Engine: w.engine, Secrets: w.store, Dir: filepath.Join(w.dir, "attachments"), BaseURL: "http://tasklane.test",
		Allow: allow,
	}
	for _, f := range change {
		f(&opts)
	}
	files, err := New(opts)
	if err != nil {
		w.Fatal(err)
	}
	return files
}

func (w *world) bootstrap() {
	_, err := w.engine.Bootstrap(w.Context(), engine.First{
		Instance:  directory.Instance{Instance: arn.Instance{Region: "us-east-1", Account: "000000000000", ID: instance}, Alias: "tasklane"},
		AccessKey: directory.AccessKey{ID: "k", Secret: "s", Account: "000000000000"},
		NewID:     func(kind arn.Kind, name string) string { return flowID(string(kind) + "/" + name) },
		Admin:     directory.User{Username: "admin"}, Agent: directory.User{Username: "agent"},
	})
	if err != nil {
		w.Fatal(err)
	}
}

func flowID(name string) string {
	return uuid.NewSHA1(uuid.MustParse(instance), []byte(name)).String()
}

// run runs the files until the world stops.
func (w *world) run(more ...*Files) *world {
	ctx, cancel := context.WithCancel(context.WithoutCancel(w.Context()))
	var running sync.WaitGroup
	for _, f := range append(more, w.files) {
		running.Go(func() {
			if err := f.Run(ctx); err != nil {
				w.Error(err)
			}
		})
	}
	closeStore := w.stop
	w.stop = sync.OnceFunc(func() {
		cancel()
		running.Wait()
		closeStore()
	})
	return w
}

// start starts a task with a file to be fetched and returns its id.
func (w *world) start(name, source string) string {
	w.Helper()
	id, err := w.engine.StartTask(w.Context(), instance, engine.StartTask{
		Flow: flowID("contact-flow/Sample task flow"), Name: "task", Attachments: []engine.Attachment{{Name: name, URL: source}},
	})
	if err != nil {
		w.Fatalf("StartTask: %v", err)
	}
	return id
}

// file returns the only file of a contact.
func (w *world) file(contactID string) *attachment.File {
	w.Helper()
	all, err := w.store.Files(w.Context(), instance, contactID)
	if err != nil || len(all) != 1 {
		w.Fatalf("files of %s: %v, %v", contactID, all, err)
	}
	return all[0]
}

// reference returns the only reference of a contact.
func (w *world) reference(contactID string) (string, contact.Reference) {
	w.Helper()
	c, _, err := w.engine.Contact(w.Context(), instance, contactID)
	if err != nil || len(c.References) != 1 {
		w.Fatalf("references of %s: %v, %v", contactID, c, err)
	}
	for name, r := range c.References {
		return name, r
	}
	return "", contact.Reference{}
}

// wantFetch waits until the fetch of a contact's file has ended, and compares the reference with the outcome.
func (w *world) wantFetch(contactID, status, reason string) {
	w.Helper()
	w.eventually("the fetch does not end", func() bool {
		_, r := w.reference(contactID)
		return r.Status != "PROCESSING"
	})
	if _, r := w.reference(contactID); r.Status != status || r.StatusReason != reason {
		w.Errorf("the file is %s because %q, want %s because %q", r.Status, r.StatusReason, status, reason)
	}
	if f := w.file(contactID); f.Status() != status || f.Source != "" {
		w.Errorf("the row is %+v, want it %s and without its URL", f, status)
	}
}

func (w *world) advance(d time.Duration) {
	w.Helper()
	if err := w.store.SetOffset(w.Context(), w.store.Offset()+d); err != nil {
		w.Fatal(err)
	}
	w.files.Wake()
}

func (w *world) eventually(what string, holds func() bool) {
	w.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !holds() {
		if time.Now().After(deadline) {
			w.Fatalf("after 10 s: %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// onDisk returns the names below the directory of files.
func (w *world) onDisk() []string {
	w.Helper()
	found, err := filepath.Glob(filepath.Join(w.dir, "attachments", "*", "*"))
	if err != nil {
		w.Fatal(err)
	}
	for i, name := range found {
		found[i] = filepath.Base(name)
	}
	return found
}

// leave puts bytes into the directory, as a crash would leave them.
func (w *world) leave(name, bytes string, age time.Duration) {
	w.Helper()
	to := filepath.Join(w.dir, "attachments", instance, name)
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		w.Fatal(err)
	}
	if err := os.WriteFile(to, []byte(bytes), 0o600); err != nil {
		w.Fatal(err)
	}
	at := time.Now().Add(-age)
	if err := os.Chtimes(to, at, at); err != nil {
		w.Fatal(err)
	}
}
