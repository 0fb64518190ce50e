package engine

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

func TestTurnsAreTakenOneAfterAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all turns
		first, err := all.take(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		other, err := all.take(t.Context(), "b") // another token waits for nobody
		if err != nil {
			t.Fatal(err)
		}
		other()
		ctx, cancel := context.WithCancel(t.Context())
		inside, most, done, gone := 0, 0, 0, 0
		for i := range 5 {
			go func() {
				c := t.Context()
				if i == 0 {
					c = ctx
				}
				leave, err := all.take(c, "a")
				if errors.Is(err, context.Canceled) {
					gone++
					return
				}
				inside++
				most = max(most, inside)
				inside--
				done++
				leave()
			}()
		}
		synctest.Wait()
		cancel()
		synctest.Wait()
		if done != 0 || gone != 1 {
			t.Errorf("while the turn is taken %d have had theirs and %d have left, want 0 and 1", done, gone)
		}
		first()
		synctest.Wait()
		if done != 4 || most != 1 || len(all.taken) != 0 {
			t.Errorf("afterwards %d have had theirs, %d at once, and %d are left; want 4, 1 and 0", done, most, len(all.taken))
		}
	})
}
