package simulation

import (
	"cmp"
	"context"
	"database/sql/driver"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"testing/synctest"
	"time"
)

// gateKind is where a goroutine waits until the scheduler lets it go on.
type gateKind string

const (
	gateCall   gateKind = "call"   // before a call reaches its node
	gateRead   gateKind = "read"   // before a statement that reads
	gateSubmit gateKind = "submit" // before a command goes to the writer
	gateCommit gateKind = "commit" // before a transaction
	gateAnswer gateKind = "answer" // after a COMMIT, before its answer arrives
	gateReturn gateKind = "return" // when a call has its outcome
)

// verdict is how a gate is passed.
type verdict int

const (
	proceed      verdict = iota
	loseLink             // the connection is lost before anything is done
	loseCommit           // the connection is lost at COMMIT, which does not take effect
	loseAnswer           // COMMIT takes effect, and the connection is lost before its answer arrives
	silent               // no answer comes, and nothing is done
	silentAnswer         // COMMIT takes effect, and no answer comes
	dead                 // the node is dead
	gaveUp               // who waited has given up
)

func (v verdict) String() string {
	return [...]string{
		"proceeds", "loses its connection", "loses its COMMIT", "loses the answer to its COMMIT", "gets no answer",
		"gets no answer to its COMMIT", "is dead", "gave up",
	}[v]
}

// gate is one goroutine that waits.
type gate struct {
	node  *node
	kind  gateKind
	actor string // on whose behalf
	key   string // orders gates, so that it does not matter which came first
	text  string
	pass  chan verdict
}

// actorKey is where contexts say on whose behalf a statement runs.
type actorKey struct{}

func as(ctx context.Context, actor string) context.Context {
	return context.WithValue(ctx, actorKey{}, actor)
}

// pass waits until the scheduler lets a goroutine of a node go on. What is of no node need not wait.
func (l *life) pass(ctx context.Context, kind gateKind, text string, args []driver.NamedValue) verdict {
	if l == nil {
		return proceed
	}
	if ctx.Err() != nil {
		return gaveUp
	}
	n := l.node
	w := n.world
	actor, _ := ctx.Value(actorKey{}).(string)
	g := &gate{node: n, kind: kind, actor: actor, text: text, pass: make(chan verdict, 1)}
	g.key = keyOf(g, args)
	w.mu.Lock()
	if l.over {
		w.mu.Unlock()
		return dead
	}
	w.waiting = append(w.waiting, g)
	w.mu.Unlock()
	select {
	case v := <-g.pass:
		return v
	case <-ctx.Done():
		w.mu.Lock()
		w.waiting = slices.DeleteFunc(w.waiting, func(other *gate) bool { return other == g })
		w.mu.Unlock()
		return gaveUp
	}
}

func keyOf(g *gate, args []driver.NamedValue) string {
	var b strings.Builder
	b.WriteString(g.node.name + " " + g.actor + " " + string(g.kind) + " " + g.text)
	for _, a := range args {
		fmt.Fprint(&b, " ", a.Value)
	}
	return b.String()
}

// refused is the error of a statement that is not run.
func (l *life) refused(ctx context.Context, v verdict) error {
	switch v {
	case proceed, loseCommit, loseAnswer, silentAnswer:
		return nil
	case silent:
		return l.silence(ctx)
	case gaveUp:
		return ctx.Err()
	default:
		return errLink
	}
}

// silence waits until the caller gives up or the node dies.
func (l *life) silence(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-l.death:
		return errLink
	}
}

// slice is how long virtual time passes before the scheduler looks again.
const slice = 50 * time.Millisecond

// next is a gate that may be passed, and how; nil: there is none.
func (w *world) next() (*gate, verdict) {
	w.mu.Lock()
	defer w.mu.Unlock()
	slices.SortStableFunc(w.waiting, func(a, b *gate) int { return strings.Compare(a.key, b.key) })
	var may []*gate
	for _, g := range w.waiting {
		if g.kind == gateReturn || g.kind == gateCall || !w.now().Before(g.node.frozenUntil) {
			may = append(may, g)
		}
	}
	if len(may) == 0 {
		return nil, proceed
	}
	g := may[w.random.IntN(len(may))]
	w.waiting = slices.DeleteFunc(w.waiting, func(other *gate) bool { return other == g })
	return g, g.node.judge(g)
}

// judge says how a gate of the node is passed: as the faults want that are in force.
func (n *node) judge(g *gate) verdict {
	switch {
	case g.kind != gateRead && g.kind != gateCommit:
		return proceed
	case n.world.now().Before(n.cutUntil):
		return loseLink
	case n.world.now().Before(n.muteUntil):
		return silent
	case g.kind == gateCommit && n.nextCommit != proceed:
		v := n.nextCommit
		n.nextCommit = proceed
		n.world.tell("%s: the commit for %s %v", n.name, cmp.Or(g.actor, "nobody"), v)
		return v
	default:
		return proceed
	}
}

// step lets one goroutine go on and waits until all are at rest again. It reports whether there was one.
func (w *world) step() bool {
	synctest.Wait()
	g, v := w.next()
	if g == nil {
		return false
	}
	w.steps++
	h := fnv.New64a()
	fmt.Fprintf(h, "%x %s %v %d", w.digest, g.key, v, w.now().UnixNano())
	w.digest = h.Sum64()
	if w.trace != nil {
		w.trace(g, v)
	}
	g.pass <- v
	synctest.Wait()
	time.Sleep(time.Microsecond) // no two things happen at the same moment, nor run out at the same
	synctest.Wait()
	w.committed()
	if n := g.node; n.crashAfter > 0 && g.kind == gateCommit {
		if n.crashAfter--; n.crashAfter == 0 {
			w.crash(n)
		}
	}
	return true
}

// rest lets goroutines go on until none waits that may, or as many have as a limit says.
func (w *world) rest(limit int) {
	for range limit {
		if w.failed() || !w.step() {
			return
		}
	}
}

// mostSteps bounds what happens without time passing: more is a loop that does not end.
const mostSteps = 20000

// elapse lets virtual time pass, and what follows from it.
func (w *world) elapse(d time.Duration) {
	for d > 0 && !w.failed() {
		s := min(d, slice)
		d -= s
		time.Sleep(s)
		before := w.steps
		w.rest(mostSteps)
		if w.steps-before >= mostSteps {
			w.fail("progress", "%d statements ran and no time passed", mostSteps)
		}
	}
}
