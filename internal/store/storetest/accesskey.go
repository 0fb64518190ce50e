package storetest

import (
	"strings"
	"testing"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/store"
)

// accessKeys makes a key, disables it, enables it and deletes it. The store that does it refuses it at once.
func accessKeys(t *testing.T, s *store.Store) {
	ctx := t.Context()
	add := func(k directory.AccessKey) error { return s.AddAccessKey(ctx, k) }
	if err := add(directory.AccessKey{ID: "k", Secret: "s", Name: "reports"}); !fault.Is(err, fault.Unusable) {
		t.Errorf("a key without an account where there is no instance: %v, want Unusable", err)
	}
	must(t, s.Update(ctx, instance, func(tx engine.Tx) error {
		tx.PutInstance(directory.Instance{
			Instance: arn.Instance{ID: instance, Region: "r", Account: "123456789012"}, Alias: "tasklane", Created: tx.Now(),
		})
		return nil
	}))
	for _, name := range []string{"", " reports", "reports\t", "a\nb", strings.Repeat("x", 129)} {
		if err := add(directory.AccessKey{ID: "bad", Secret: "s", Name: name}); !fault.Is(err, fault.Invalid) {
			t.Errorf("AddAccessKey with name %q = %v, want Invalid", name, err)
		}
	}
	must(t, add(directory.AccessKey{ID: "k", Secret: "s", Name: "reports"}))
	taken := func(want bool) {
		t.Helper()
		key, ok, err := s.AccessKey(ctx, "k")
		if err != nil || ok != want || ok && (key.Secret != "s" || key.Account != "123456789012" || key.Name != "reports") {
			t.Errorf("AccessKey = %v, %t, %v; want ok %t", key, ok, err, want)
		}
	}
	taken(true)
	must(t, s.SetAccessKeyStatus(ctx, "k", directory.KeyDisabled))
	taken(false)
	if all, err := s.AccessKeys(ctx); err != nil || len(all) != 1 || all[0].Status != directory.KeyDisabled || all[0].Created.IsZero() {
		t.Errorf("AccessKeys = %v, %v, want one that is disabled", all, err)
	}
	must(t, s.SetAccessKeyStatus(ctx, "k", directory.KeyActive))
	taken(true)
	must(t, s.DeleteAccessKey(ctx, "k"))
	taken(false)
	if err := s.SetAccessKeyStatus(ctx, "k", "GONE"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a status that there is not: %v, want Invalid", err)
	}
	for what, err := range map[string]error{
		"disable": s.SetAccessKeyStatus(ctx, "k", directory.KeyDisabled),
		"enable":  s.SetAccessKeyStatus(ctx, "k", directory.KeyActive),
		"delete":  s.DeleteAccessKey(ctx, "k"),
	} {
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%s a key that is gone: %v, want NotFound", what, err)
		}
	}
}
