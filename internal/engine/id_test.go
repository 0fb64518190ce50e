package engine

import (
	"math/rand/v2"
	"testing"
	"time"
)

// Two engines with the same source of random bytes make the same ids and draw the same shares.
func TestIDsFollowTheirSource(t *testing.T) {
	t.Parallel()
	draw := func(seed byte) (out [3]any) {
		i := newIDSource(rand.NewChaCha8([32]byte{seed}))
		return [3]any{i.newID(), i.newContactID(time.UnixMilli(1_700_000_000_000)), i.percent()}
	}
	if a, b := draw(1), draw(1); a != b {
		t.Errorf("the same source gives %v and %v", a, b)
	}
	if a, b := draw(1), draw(2); a[0] == b[0] || a[1] == b[1] {
		t.Errorf("two sources give %v and %v", a, b)
	}
	for range 1000 {
		if n := newIDSource(nil).percent(); n < 1 || n > 100 {
			t.Fatalf("percent gives %d", n)
		}
	}
}
