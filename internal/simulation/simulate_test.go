package simulation

import (
	"flag"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var (
	seeds   = flag.Int("seeds", 0, "how many seeds are simulated; 0: as many as the ordinary gate does")
	first   = flag.Uint64("first", 1, "the first of them")
	seed    = flag.Uint64("seed", 0, "the one seed to simulate, with its story; 0: see seeds")
	replays = flag.Int("replays", 25, "how many seeds are simulated twice, to compare their stories")
	all     = flag.Bool("all", false, "have the story of the one seed tell every statement")
	keep    = flag.String("keep", "", "the steps of the seed's plan to keep, such as 0,3,17; empty: all")
)

func TestMain(m *testing.M) {
	flag.Parse()
	slog.SetDefault(slog.New(slog.DiscardHandler)) // faults make the product complain
	os.Exit(m.Run())
}

// run carries a plan out and returns its story, and what did not hold.
func run(t *testing.T, p plan, change ...func(*world)) (text string, failed *failure) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, p)
		for _, fn := range change {
			fn(w)
		}
		w.carryOut()
		w.finish()
		text, failed = w.text(), w.failure
		w.close()
	})
	return text, failed
}

// carryOut does what the plan says.
func (w *world) carryOut() {
	w.elapse(time.Second)
	for _, s := range w.plan.Steps {
		w.elapse(s.After)
		w.relieve()
		w.restart(s)
		if w.failed() {
			return
		}
		if i := slices.IndexFunc(commands(), func(c weighted[command]) bool { return c.name == s.Do }); i >= 0 {
			if n, ok := pick(s, 0, w.alive()); ok {
				commands()[i].do(w, n, s)
			}
		} else {
			all := slices.Concat(faults(), spoilings())
			i := slices.IndexFunc(all, func(f weighted[harm]) bool { return f.name == s.Do })
			all[i].do(w, s)
		}
		w.rest(w.random.IntN(20))
	}
}

// TestSimulate simulates many seeds; see docs/testing.md.
func TestSimulate(t *testing.T) {
	if *seed != 0 {
		p, err := planOf(*seed, *keep)
		if err != nil {
			t.Fatal(err)
		}
		var change []func(*world)
		if *all {
			change = append(change, everyStatement)
		}
		text, failed := run(t, p, change...)
		fmt.Fprint(t.Output(), text)
		if failed != nil {
			t.Errorf("seed %d: %v", *seed, failed)
		}
		return
	}
	n := uint64(ordinarily)
	if *seeds > 0 {
		n = uint64(*seeds)
	}
	began := time.Now()
	t.Run("all", func(t *testing.T) {
		for from := *first; from < *first+n; from += atOnce {
			to := min(from+atOnce, *first+n) - 1
			t.Run(fmt.Sprintf("%d-%d", from, to), func(t *testing.T) {
				t.Parallel()
				for s := from; s <= to; s++ {
					simulate(t, s)
				}
			})
		}
	})
	t.Logf("%d seeds simulated in %v", n, time.Since(began).Round(time.Second))
}

// atOnce is how many seeds are one subtest.
const atOnce = 25

// simulate simulates a seed and, when it fails, tells the shortest story that it finds.
func simulate(t *testing.T, seed uint64) {
	t.Helper()
	p := newPlan(seed)
	_, failed := run(t, p)
	if failed == nil {
		return
	}
	p = shrink(t, p, failed.check)
	text, failed := run(t, p)
	t.Errorf("seed %d: %v\nTo see it again: make simulate SEED=%d KEEP=%s\n%s", seed, failed, seed, p.kept(), text)
}

// planOf is the plan of a seed, or what is kept of it.
func planOf(seed uint64, keep string) (plan, error) {
	p := newPlan(seed)
	if keep == "" {
		return p, nil
	}
	kept := map[int]bool{}
	for text := range strings.SplitSeq(keep, ",") {
		i, err := strconv.Atoi(text)
		if err != nil {
			return p, fmt.Errorf("-keep: %w", err)
		}
		kept[i] = true
	}
	for i, s := range slices.Backward(p.Steps) {
		if !kept[s.Number] {
			p = p.without(i, 1)
		}
	}
	return p, nil
}

// A seed has one story, byte for byte.
func TestSameSeedSameStory(t *testing.T) {
	t.Parallel()
	for s := range uint64(*replays) {
		p := newPlan(1_000_000 + s)
		one, _ := run(t, p, everyStatement)
		two, _ := run(t, p, everyStatement)
		if one != two {
			t.Errorf("seed %d has two stories:\n%s", p.Seed, different(one, two))
		}
	}
}

// different is where two stories part.
func different(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			from := max(0, i-3)
			return strings.Join(x[from:min(i+3, len(x))], "\n") + "\n  and\n" + strings.Join(y[from:min(i+3, len(y))], "\n")
		}
	}
	return fmt.Sprintf("%d and %d lines", len(x), len(y))
}

// everyStatement has the story tell every statement.
func everyStatement(w *world) {
	w.trace = func(g *gate, v verdict) { w.tell("      [%s %v]", strings.Join(strings.Fields(g.key), " "), v) }
}
