package storetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/store"
)

func keptVersions(t *testing.T, s *store.Store) {
	write := func(do func(engine.Tx)) {
		t.Helper()
		must(t, s.Update(t.Context(), instance, func(tx engine.Tx) error {
			do(tx)
			return nil
		}))
	}
	put := func(kind arn.Kind, version int64, name string) {
		t.Helper()
		write(func(tx engine.Tx) {
			tx.PutResource(engine.Resource{Kind: kind, ID: "x-1", Name: name, Version: version, Body: []byte(`{"is":"` + name + `"}`)})
		})
	}
	for version, name := range []string{"first", "second", "third"} {
		put(arn.TaskTemplate, int64(version), name)
		put(arn.Queue, int64(version), name)
	}
	write(func(tx engine.Tx) {
		tx.PutResource(engine.Resource{Kind: arn.TaskTemplate, ID: "x-2", Name: "another", Body: []byte(`{}`)})
	})
	read := func(when string, kind arn.Kind, want ...string) {
		t.Helper()
		got := make([]string, 0, len(want))
		for i := range want {
			r, err := s.Version(t.Context(), instance, kind, "x-1", int64(i))
			switch {
			case fault.Is(err, fault.NotFound):
				got = append(got, "")
			case err != nil:
				t.Fatal(err)
			case r.Kind != kind || r.ID != "x-1" || r.Version != int64(i) || r.Modified.IsZero() || string(r.Body) != `{"is":"`+r.Name+`"}`:
				t.Errorf("%s: Version(%d) = %+v with body %s", when, i, r, r.Body)
			default:
				got = append(got, r.Name)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: versions of %s from 0 on (-want +got):\n%s", when, kind.Noun(), diff)
		}
	}
	read("changed", arn.TaskTemplate, "", "first", "second", "third", "")
	read("changed", arn.Queue, "", "", "", "third", "")
	write(func(tx engine.Tx) {
		for _, kind := range []arn.Kind{arn.TaskTemplate, arn.Queue} {
			tx.DeleteResource(engine.Resource{Kind: kind, ID: "x-1", Name: "third", Version: 3, Body: []byte(`{}`)})
		}
	})
	read("deleted", arn.TaskTemplate, "", "first", "second", "third", "")
	read("deleted", arn.Queue, "", "", "", "", "")
	if _, err := s.Version(t.Context(), "another", arn.TaskTemplate, "x-1", 1); !fault.Is(err, fault.NotFound) {
		t.Errorf("Version in another instance = %v, want not found", err)
	}
	must(t, s.Reset(t.Context()))
	read("reset", arn.TaskTemplate, "", "", "", "", "")
}
