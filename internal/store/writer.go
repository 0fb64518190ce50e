package store

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
)

// errLost says that a guard did not hold: another command wrote one of the rows first. The command must read
// again and decide again.
var errLost = errors.New("a row was changed by somebody else")

// errUnknown says that a commit was sent and no answer came: it may have taken effect or not. What it held is
// not tried again.
var errUnknown = errors.New("the outcome of a commit is unknown")

// errBusy says that the writer had no time for a command. Nothing of it was written, nor will be.
var errBusy = errors.New("the writer is busy; nothing was written")

// errClosed is what commands get that arrive when the store is closing.
var errClosed = errors.New("the store is closed")

// write is one row to write. Its statement must affect exactly one row for each row that it is given when it
// is guarded; else the command has lost.
type write struct {
	to   *target
	key  string // of the row within its target, to let the last write of a row win
	args []any
}

// target is a statement that writes rows of one table: an INSERT, UPDATE or DELETE with exactly one tuple of
// placeholders, which [target.sql] repeats.
type target struct {
	order   int  // in which targets are written, the same for all commands, so that databases find no deadlock
	guarded bool // every row must be affected, or the command has lost
	// contended says that commands of one process which write the same row take turns.
	contended bool
	text      string
	width     int // placeholders in the tuple
}

// sql is the target's statement for n rows; one that takes no rows stays as it is.
func (t *target) sql(n int) string {
	if t.width == 0 {
		return t.text
	}
	head, rest, _ := strings.Cut(t.text, "($1")
	_, tail, _ := strings.Cut(rest, ")")
	var b strings.Builder
	b.WriteString(head)
	for i := range n * t.width {
		switch {
		case i == 0:
			b.WriteString("($")
		case i%t.width == 0:
			b.WriteString("), ($")
		default:
			b.WriteString(", $")
		}
		b.WriteString(strconv.Itoa(i + 1))
	}
	b.WriteString(")" + tail)
	return b.String()
}

// command is what one Update wants written, in one piece.
type command struct {
	writes []write
	commit engine.Commit
	lifted []engine.Row // that are quarantined no longer
	reload bool         // see tx
	done   chan error   // of capacity 1
	state  atomic.Int32
}

// commandState is how far a command has come. Whoever moves it to answered or abandoned decides what its caller is told.
type commandState = int32

const (
	commandQueued    commandState = iota // the writer has not seen it
	commandTaken                         // it is being written
	commandAnswered                      // its outcome is decided
	commandAbandoned                     // its caller has been told that nothing was written, or that the outcome is unknown
)

// move takes a command from one state to another and reports whether it was there.
func (c *command) move(from, to commandState) bool { return c.state.CompareAndSwap(from, to) }

// statement is a target with the rows of several commands.
type statement struct {
	to   *target
	rows int
	args []any
}

// applier applies statements in one durable transaction. It returns errLost, with nothing written, when a
// guarded statement affects fewer rows than it has, and when the database says that a concurrent transaction
// was faster.
type applier interface {
	apply(ctx context.Context, statements []statement) error
}

const (
	maxBatch = 128 // commands in one commit
	maxRows  = 64  // rows in one statement
)

// writer joins the commands that arrive together into one commit (group commit). While a commit waits for the
// disk, the next batch gathers. It owns the order of commits.
type writer struct {
	queue   chan *command
	stopped chan struct{} // closed when nothing is applied any more
	applier applier
	notify  func(engine.Commit)
	lift    func(rows []engine.Row)
	present func(ctx context.Context, instance string) (engine.Commit, error) // the Reset of an instance
	timeout time.Duration                                                     // of a command in the queue
	health  *health

	doubtful map[string]bool // instances of which memory and database may differ
	gone     map[string]bool // instances that were deleted by this process
}

// newWriter makes the writer of a store; [writer.run] starts it.
func newWriter(a applier, s *Store) *writer {
	return &writer{
		queue: make(chan *command, 4*maxBatch), stopped: make(chan struct{}), applier: a, notify: s.notify, lift: s.lifted,
		present: s.present, timeout: s.timeout, health: &health{now: s.machine}, doubtful: map[string]bool{}, gone: map[string]bool{},
	}
}

// submit queues a command and waits for its outcome. While it is in the queue it can be taken back: when ctx ends, or
// with errBusy when the writer has had no time for it. Once the writer has taken it, it may be written, so submit does
// not give up when ctx ends; when the outcome takes too long, it is errUnknown.
func (w *writer) submit(ctx context.Context, c *command) error {
	if err := ctx.Err(); err != nil {
		return err // select may queue it all the same
	}
	late := time.NewTimer(w.timeout)
	defer late.Stop()
	select {
	case w.queue <- c:
	case <-w.stopped:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	case <-late.C:
		return errBusy
	}
	select {
	case err := <-c.done:
		return err
	case <-w.stopped:
		return w.closed(c)
	case <-ctx.Done():
		if c.move(commandQueued, commandAbandoned) {
			return ctx.Err()
		}
	case <-late.C:
		if c.move(commandQueued, commandAbandoned) {
			return errBusy
		}
	}
	late.Reset(commitSteps * w.timeout)
	select {
	case err := <-c.done:
		return err
	case <-w.stopped:
		return w.closed(c)
	case <-late.C:
		if c.move(commandTaken, commandAbandoned) {
			return errors.Join(errUnknown, errTimeout)
		}
		return <-c.done // decided at this moment
	}
}

// closed is the fate of a command when the writer has stopped: what the last batch said, or that nothing was written.
func (w *writer) closed(c *command) error {
	select {
	case err := <-c.done:
		return err
	default:
		return errClosed
	}
}

// run applies commands until ctx ends; those that are left then fail.
func (w *writer) run(ctx context.Context) {
	defer close(w.stopped)
	for {
		select {
		case <-ctx.Done():
			return
		case c := <-w.queue:
			// A commit that has begun is finished, also when the store is closing.
			writing := context.WithoutCancel(ctx)
			w.settle(writing)
			if batch := w.gather(c); len(batch) > 0 {
				w.apply(writing, batch)
			}
		}
	}
}

// gather takes what is queued, c first, up to a full batch, without what was taken back.
func (w *writer) gather(c *command) []*command {
	var batch []*command
	for {
		if c.move(commandQueued, commandTaken) {
			batch = append(batch, c)
		}
		if len(batch) == maxBatch {
			return batch
		}
		select {
		case c = <-w.queue:
		default:
			return batch
		}
	}
}

// apply commits a batch and answers its commands. When one of them has lost, or fails otherwise, nothing of the
// batch is written and each half of it is tried alone, until the culprit stands by itself. When the database is to
// blame, all of them fail at once.
func (w *writer) apply(ctx context.Context, batch []*command) {
	if batch = w.refuse(batch); len(batch) == 0 {
		return
	}
	began := systemTime()
	err := w.applier.apply(ctx, join(batch))
	w.health.took(systemTime().Sub(began))
	lost := errors.Is(err, errLost)
	if err != nil && len(batch) > 1 && !errors.Is(err, errUnknown) && (lost || unavailable(err) == "") {
		w.apply(ctx, batch[:len(batch)/2])
		w.apply(ctx, batch[len(batch)/2:])
		return
	}
	if err != nil && !lost {
		slog.ErrorContext(ctx, "commit failed", "commands", len(batch), "err", err)
	}
	w.health.note(len(batch), err)
	var waiting []*command
	for _, c := range batch {
		told := c.move(commandTaken, commandAnswered)
		if told {
			waiting = append(waiting, c)
		}
		switch {
		case err == nil && told:
			w.remember(c.commit)
			w.written(c)
			w.notify(c.commit)
		case err == nil, errors.Is(err, errUnknown):
			// It may have taken effect, or has and its caller believes that it may not have: whoever remembers
			// something must learn of it.
			w.doubtful[c.commit.Instance] = true
		}
	}
	w.settle(ctx)
	for _, c := range waiting {
		c.done <- err
	}
}

// refuse answers the commands whose instance was deleted while they were under way, and returns the others: nobody
// would find what they write.
func (w *writer) refuse(batch []*command) []*command {
	return slices.DeleteFunc(batch, func(c *command) bool {
		if !w.gone[c.commit.Instance] || c.commit.Created != nil {
			return false
		}
		if !c.move(commandTaken, commandAnswered) {
			return true // its caller has gone
		}
		c.done <- fault.New(fault.NotFound, "Instance %s does not exist", c.commit.Instance)
		return true
	})
}

// remember takes note of which instances there are.
func (w *writer) remember(c engine.Commit) {
	if c.Gone {
		w.gone[c.Instance] = true
	} else if c.Created != nil {
		delete(w.gone, c.Instance)
	}
}

// written takes note of what a commit means for the quarantine.
func (w *writer) written(c *command) {
	if len(c.lifted) > 0 {
		w.lift(c.lifted)
	}
	if c.reload {
		w.doubtful[c.commit.Instance] = true
	}
}

// settle tells the watchers what there is of the doubtful instances. All commits pass through the writer, so it is
// the one place where nothing changes meanwhile. Where the database does not answer, the next batch tries again.
func (w *writer) settle(ctx context.Context) {
	if len(w.doubtful) == 0 {
		return
	}
	reading, cancel := context.WithTimeout(ctx, w.timeout)
	defer cancel()
	for _, instance := range slices.Sorted(maps.Keys(w.doubtful)) {
		c, err := w.present(reading, instance)
		if err == nil {
			delete(w.doubtful, instance)
			w.remember(c)
			w.notify(c)
			continue
		}
		slog.ErrorContext(ctx, "cannot read what a commit has left", "instance", instance, "err", err)
		if reading.Err() != nil {
			return
		}
	}
}

// join groups the rows of all commands by target, in the targets' order, into statements of a few fixed sizes
// so that they can be prepared once.
func join(batch []*command) []statement {
	rows := make([][][]any, len(targets))
	for _, c := range batch {
		for _, wr := range c.writes {
			rows[wr.to.order] = append(rows[wr.to.order], wr.args)
		}
	}
	var statements []statement
	for i, all := range rows {
		for len(all) > 0 {
			n := maxRows
			for n > len(all) {
				n /= 2
			}
			st := statement{to: targets[i], rows: n, args: make([]any, 0, n*targets[i].width)}
			for _, args := range all[:n] {
				st.args = append(st.args, args...)
			}
			statements = append(statements, st)
			all = all[n:]
		}
	}
	return statements
}

// targets are all the statements that write, in the order they are applied.
var targets = number(append(append(empty,
	putSetting, addSetting, dropInstance, putInstance, putDeletedInstance, clearDeletedInstance,
	putAccessKey, disableAccessKey, enableAccessKey, dropAccessKey, claimGeneration, raiseGeneration, holdResource, keepVersion, putResource, deleteResource,
	putTombstone, putToken, putChain, clearChain, putContact, clearContact, skipIndex, clearTerm, putTerm, putAgent, clearAgent,
	putEvent, clearEvents, holdTimer, putTimer, deferTimer, clearTimer, putSession, clearSession, putTicket, takeTicket, clearTicket,
	putActivity, clearActivity, clearToken, putLease, releaseLeases, putNode, clearNode, putFile, dropFile,
	putAttempt, clearAttempt, putQuarantine, clearQuarantine, parkTimer, unparkTimer, parkFile,
), discarding()...))

func number(all []*target) []*target {
	for i, t := range all {
		t.order, t.width = i, strings.Count(t.text, "$")
	}
	return all
}
