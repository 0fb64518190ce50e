package simulation

import "testing"

// mostTries bounds how often a plan is tried while it is shrunk.
const mostTries = 150

// shrink leaves as many steps out of a plan as it can without its failing otherwise, or not at all.
func shrink(t *testing.T, p plan, check string) plan {
	t.Helper()
	tries := 0
	fails := func(p plan) bool {
		tries++
		_, failed := run(t, p)
		return failed != nil && failed.check == check
	}
	for n := len(p.Steps) / 2; n > 0; {
		shorter := false
		for from := 0; from < len(p.Steps) && tries < mostTries; {
			if less := p.without(from, n); fails(less) {
				p, shorter = less, true
				continue
			}
			from += n
		}
		if !shorter || n > 1 {
			n /= 2
		}
	}
	return p
}
