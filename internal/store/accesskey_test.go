package store_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/store"
	"github.com/tasklane/tasklane/internal/store/pgtest"
)

// An access key that one node revokes is refused by another a second later, by the clock of the machine.
func TestAccessKeyRevokedElsewhereIsRefusedWithinASecond(t *testing.T) {
	t.Parallel()
	for name, revoke := range map[string]func(*store.Store) error{
		"disabled": func(s *store.Store) error { return s.SetAccessKeyStatus(t.Context(), "k", directory.KeyDisabled) },
		"deleted":  func(s *store.Store) error { return s.DeleteAccessKey(t.Context(), "k") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := pgtest.URL(t)
			var later atomic.Int64
			began := time.Now()
			now := func() time.Time { return began.Add(time.Duration(later.Load())) }
			here := open(t, store.Options{Database: url})
			there := open(t, store.Options{Database: url, Now: now})
			if err := here.AddAccessKey(t.Context(), directory.AccessKey{ID: "k", Secret: "s", Name: "n", Account: "1"}); err != nil {
				t.Fatal(err)
			}
			taken := func() bool {
				_, ok, err := there.AccessKey(t.Context(), "k")
				if err != nil {
					t.Fatal(err)
				}
				return ok
			}
			if !taken() {
				t.Fatal("a key of another node is not known")
			}
			if err := revoke(here); err != nil {
				t.Fatal(err)
			}
			later.Store(int64(time.Second))
			if taken() {
				t.Error("a key that was revoked a second ago is taken")
			}
		})
	}
}
