package simulation

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// plan is all that a run does, made from its seed.
type plan struct {
	Seed  uint64
	Skews []time.Duration // of the clock of each node: as many nodes as there are
	Steps []planned
}

// planned is one step: after a while a call begins, or harm is done. What it is done to is picked when it is its turn,
// among what there is then.
type planned struct {
	Number int // in the plan as it was made
	After  time.Duration
	Do     string
	Pick   [5]uint32
}

// pick chooses one of several.
func pick[T any](s planned, i int, of []T) (v T, ok bool) {
	if len(of) == 0 {
		return v, false
	}
	return of[int(s.Pick[i]%uint32(len(of)))], true //nolint:gosec // a few
}

// chance reports whether something that happens in one of so many cases does.
func (s planned) chance(i int, oneIn uint32) bool { return s.Pick[i]/7%oneIn == 0 }

// weighted is what may be done, and how often.
type weighted[F any] struct {
	name   string
	weight int
	do     F
}

func draw[F any](r *rand.Rand, all []weighted[F]) string {
	total := 0
	for _, a := range all {
		total += a.weight
	}
	n := r.IntN(total)
	for _, a := range all {
		if n -= a.weight; n < 0 {
			return a.name
		}
	}
	panic("unreachable")
}

// newPlan makes the plan of a seed.
func newPlan(seed uint64) plan {
	r := rand.New(rand.NewPCG(seed, 0))
	p := plan{Seed: seed}
	nodes := 1 + r.IntN(8)/2 // 1 to 4
	if nodes > 3 {
		nodes = 2
	}
	skewed := r.IntN(2) == 0
	for range nodes {
		skew := time.Duration(r.IntN(500)) * time.Microsecond // no two do the same at the same moment
		if skewed {
			skew += time.Duration(r.IntN(6001)-3000) * time.Millisecond
		}
		p.Skews = append(p.Skews, skew)
	}
	harm := []int{0, 4, 8}[r.IntN(3)] // steps in a hundred and more that do harm
	for i := range 30 + r.IntN(50) {
		s := planned{Number: i, Do: draw(r, commands())}
		if r.IntN(50) < harm {
			s.Do = draw(r, slices.Concat(faults(), spoilings()))
		}
		switch n := r.IntN(100); {
		case n < 40: // together with the one before
		case n < 75:
			s.After = time.Duration(r.IntN(200_000)) * time.Microsecond
		case n < 97:
			s.After = time.Duration(r.IntN(1_500)) * time.Millisecond
		default:
			s.After = time.Duration(r.IntN(7)) * time.Second
		}
		for j := range s.Pick {
			s.Pick[j] = r.Uint32()
		}
		p.Steps = append(p.Steps, s)
	}
	if r.IntN(12) == 0 { // long enough that tasks expire
		p.Steps[r.IntN(len(p.Steps))].After = 61 * time.Second
	}
	return p
}

// head says what a story is of, so that it can be told again.
func (p plan) head() string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d: %d nodes, clocks %v, %d steps", p.Seed, len(p.Skews), p.Skews, len(p.Steps))
	if whole := newPlan(p.Seed); len(whole.Steps) != len(p.Steps) {
		fmt.Fprintf(&b, " of %d, KEEP=%s", len(whole.Steps), p.kept())
	}
	return b.String()
}

// kept names the steps that are left of a plan.
func (p plan) kept() string {
	all := make([]string, len(p.Steps))
	for i, s := range p.Steps {
		all[i] = fmt.Sprint(s.Number)
	}
	return strings.Join(all, ",")
}

// without leaves steps out; time passes as it did.
func (p plan) without(from, n int) plan {
	rest := p
	rest.Steps = nil
	var waited time.Duration
	for i, s := range p.Steps {
		if i >= from && i < from+n {
			waited += s.After
			continue
		}
		s.After += waited
		waited = 0
		rest.Steps = append(rest.Steps, s)
	}
	return rest
}
