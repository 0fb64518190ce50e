package storetest

import (
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/attachment"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/store"
)

// file is one that is to be fetched, with something in every field.
func file(id string, now time.Time) *attachment.File {
	f := &attachment.File{
		ID: id, Contact: "c-1", Name: "report.pdf", Creator: attachment.Creator{User: "u", Identity: "i"},
		Tags: map[string]string{"k": "v"}, Fetches: 2, Reason: "because",
	}
	f.Fetch("https://bucket/report.pdf", now)
	return f
}

func putFiles(t *testing.T, s *store.Store, files ...*attachment.File) {
	t.Helper()
	must(t, s.Update(t.Context(), instance, func(tx engine.Tx) error {
		for _, f := range files {
			tx.PutFile(f)
		}
		return nil
	}))
}

func filesComeBack(t *testing.T, s *store.Store) {
	want := file("f-1", s.Now())
	putFiles(t, s, want)
	want.Version = 1
	got, err := s.File(t.Context(), instance, "f-1")
	must(t, err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("File (-want +got):\n%s", diff)
	}
	must(t, got.EndFetch(attachment.Outcome{State: attachment.Approved, Size: 5}, s.Now()))
	putFiles(t, s, got)
	got.Version = 2
	all, err := s.Files(t.Context(), instance, "c-1")
	must(t, err)
	if diff := cmp.Diff([]*attachment.File{got}, all); diff != "" {
		t.Errorf("Files (-want +got):\n%s", diff)
	}
	must(t, s.Update(t.Context(), instance, func(tx engine.Tx) error {
		seen, err := tx.File("f-1")
		if diff := cmp.Diff(got, seen); diff != "" {
			t.Errorf("File within a command (-want +got):\n%s", diff)
		}
		tx.DropFile("f-1")
		tx.DropFile("f-2")
		return err
	}))
	if _, err := s.File(t.Context(), instance, "f-1"); !fault.Is(err, fault.NotFound) {
		t.Errorf("File after DropFile = %v, want not found", err)
	}
}

func staleFileLoses(t *testing.T, s *store.Store) {
	putFiles(t, s, file("f-1", s.Now()))
	runs := 0
	must(t, s.Update(t.Context(), instance, func(tx engine.Tx) error {
		runs++
		f, err := tx.File("f-1")
		if err != nil {
			return err
		}
		if runs == 1 { // another node claims it first
			other := *f
			other.Fetches = 7
			putFiles(t, s, &other)
		}
		f.Reason = "ours"
		tx.PutFile(f)
		return nil
	}))
	f, err := s.File(t.Context(), instance, "f-1")
	must(t, err)
	if runs != 2 || f.Fetches != 7 || f.Reason != "ours" {
		t.Errorf("after %d runs: %+v", runs, f)
	}
}

func dueFiles(t *testing.T, s *store.Store) {
	putInstance(t, s, instance)
	now := s.Now()
	next := func() time.Time {
		t.Helper()
		next, err := s.NextFiles(t.Context())
		must(t, err)
		return next[instance]
	}
	if at := next(); !at.IsZero() {
		t.Errorf("NextFile of none = %v", at)
	}
	later, soon, done := file("f-1", now.Add(time.Minute)), file("f-2", now), file("f-3", now)
	must(t, done.EndFetch(attachment.Outcome{State: attachment.Failed}, now))
	putFiles(t, s, later, soon, done)
	if at := next(); !at.Equal(now) {
		t.Errorf("NextFile = %v, want %v", at, now)
	}
	due := func(at time.Time, limit int) (ids []string) {
		t.Helper()
		files, err := s.DueFiles(t.Context(), instance, at, limit)
		must(t, err)
		for _, f := range files {
			ids = append(ids, f.ID)
		}
		return ids
	}
	if diff := cmp.Diff([]string{"f-2"}, due(now, 10)); diff != "" {
		t.Errorf("due now (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"f-2", "f-1"}, due(now.Add(time.Hour), 10)); diff != "" {
		t.Errorf("due later (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"f-2"}, due(now.Add(time.Hour), 1)); diff != "" {
		t.Errorf("one that is due (-want +got):\n%s", diff)
	}
}

func illegalFile(t *testing.T, s *store.Store) {
	broken := []func(*attachment.File){
		func(f *attachment.File) { f.State = "LOST" },
		func(f *attachment.File) { f.Due = time.Time{} },
		func(f *attachment.File) { f.State = attachment.Approved },
		func(f *attachment.File) { f.State, f.Due = attachment.Approved, time.Time{} }, // without bytes
		func(f *attachment.File) { f.Size = -1 },
	}
	for i, breakIt := range broken {
		f := file("f-1", s.Now())
		breakIt(f)
		err := s.Update(t.Context(), instance, func(tx engine.Tx) error {
			tx.PutFile(f)
			return nil
		})
		if err == nil {
			t.Errorf("broken file %d was written", i)
		}
	}
}

func secrets(t *testing.T, s *store.Store) {
	const callers = 16
	got := make([]string, callers)
	var wg sync.WaitGroup
	for i := range callers {
		wg.Go(func() {
			var err error
			if got[i], err = s.Secret(t.Context(), "files"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, secret := range got {
		if secret != got[0] || len(secret) < 32 {
			t.Errorf("secrets %q", got)
			break
		}
	}
	other, err := s.Secret(t.Context(), "other")
	must(t, err)
	if other == got[0] {
		t.Error("two names have one secret")
	}
}
