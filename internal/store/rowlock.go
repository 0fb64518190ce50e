package store

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
)

// rowLocks has the commands of this process that write the same row take turns, in the order in which they came, so
// that none of them loses against another of this process for ever. Correctness does not rest on them: versions decide,
// also between processes (docs/decisions/0012-row-locks.md). The zero value is ready.
type rowLocks struct {
	mu     sync.Mutex // guards locked
	locked map[row]*rowLock
}

// row is one row that commands contend for.
type row struct {
	target        int // the order of its target
	instance, key string
}

func compareRows(a, b row) int {
	return cmp.Or(cmp.Compare(a.target, b.target), cmp.Compare(a.instance, b.instance), cmp.Compare(a.key, b.key))
}

// rowLock is held by one command; others wait for it, the first first.
type rowLock struct{ waiting []chan struct{} }

// rows are those that a command writes over what it has read, in the order in which they are locked.
func (t *tx) rows() []row {
	var all []row
	for _, w := range t.writes {
		if w.to.contended {
			all = append(all, row{w.to.order, t.instance, w.key})
		}
	}
	slices.SortFunc(all, compareRows)
	return slices.Compact(all)
}

// tryLock locks rows if none of them is.
func (l *rowLocks) tryLock(rows []row) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range rows {
		if l.locked[r] != nil {
			return false
		}
	}
	if l.locked == nil {
		l.locked = map[row]*rowLock{}
	}
	for _, r := range rows {
		l.locked[r] = &rowLock{}
	}
	return true
}

// lock locks rows, one after the other in their order, so that no two commands wait for each other. When ctx ends first,
// it locks none.
func (l *rowLocks) lock(ctx context.Context, rows []row) error {
	for i, r := range rows {
		if err := l.lockRow(ctx, r); err != nil {
			l.unlock(rows[:i])
			return err
		}
	}
	return nil
}

func (l *rowLocks) lockRow(ctx context.Context, r row) error {
	for !l.tryLock([]row{r}) {
		turn := l.await(r)
		if turn == nil { // unlocked since
			continue
		}
		select {
		case <-turn:
			return nil
		case <-ctx.Done():
			if l.giveUp(r, turn) {
				l.unlock([]row{r}) // it was handed over at this moment
			}
			return ctx.Err()
		}
	}
	return nil
}

// await queues for a locked row. The channel is closed when the lock is handed over; nil when the row is not locked.
func (l *rowLocks) await(r row) chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	held := l.locked[r]
	if held == nil {
		return nil
	}
	turn := make(chan struct{})
	held.waiting = append(held.waiting, turn)
	return turn
}

// giveUp leaves the queue for a row. It reports whether the lock was handed over already.
func (l *rowLocks) giveUp(r row, turn chan struct{}) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	held := l.locked[r]
	before := len(held.waiting)
	held.waiting = slices.DeleteFunc(held.waiting, func(c chan struct{}) bool { return c == turn })
	return len(held.waiting) == before
}

// unlock releases each row to the command that has waited longest for it.
func (l *rowLocks) unlock(rows []row) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range rows {
		held := l.locked[r]
		if len(held.waiting) == 0 {
			delete(l.locked, r)
			continue
		}
		close(held.waiting[0])
		held.waiting = held.waiting[1:]
	}
}

const (
	maxAttempts  = 30                    // commits of one command that keeps losing
	longestPause = 64 * time.Millisecond // between two of them
	turnTimeout  = 10 * time.Second      // for the locks of a command
)

// turn is the rows that a command has locked.
type turn struct {
	locks *rowLocks
	rows  []row
	until context.Context //nolint:containedctx // of one call of Update, made when it has to wait
	stop  func()
}

// take locks the rows that a command is about to write. It reports whether it had to wait: then others have written them
// since the command has read them, and it must run again.
func (t *turn) take(ctx context.Context, rows []row) (waited bool, err error) {
	missing := slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return slices.Contains(t.rows, r) })
	if len(missing) == 0 {
		return false, nil
	}
	all := append(slices.Clone(t.rows), missing...)
	if t.locks.tryLock(missing) {
		t.rows = all
		return false, nil
	}
	// Nobody waits for a lock while they hold one out of order.
	t.locks.unlock(t.rows)
	t.rows = nil
	if t.until == nil {
		t.until, t.stop = context.WithTimeout(ctx, turnTimeout)
	}
	slices.SortFunc(all, compareRows)
	if err := t.locks.lock(t.until, all); err != nil { //nolint:contextcheck // it comes from ctx of the first wait
		if ctx.Err() != nil {
			return true, ctx.Err()
		}
		return true, errContended
	}
	t.rows = all
	return true, nil
}

// end gives the turn to the others.
func (t *turn) end() {
	t.locks.unlock(t.rows)
	if t.stop != nil {
		t.stop()
	}
}

var errContended = fault.New(fault.Contended, "Too many requests change the same resource at the same time. Try again.")

// Update runs a command and commits what it writes; see [engine.Store].
func (s *Store) Update(ctx context.Context, instance string, fn func(engine.Tx) error) error {
	mine := turn{locks: &s.locks}
	defer mine.end()
	for attempt := 0; attempt < maxAttempts; {
		tx := &tx{ctx: ctx, store: s, instance: instance}
		if err := s.run(tx, fn); err != nil {
			return err
		}
		if tx.err != nil {
			return tx.err
		}
		s.held(ctx, tx)
		waited, err := mine.take(ctx, tx.rows())
		if err != nil {
			return err
		}
		if waited {
			continue
		}
		if err := s.submit(ctx, tx); !errors.Is(err, errLost) {
			return err
		}
		if err := s.pause(ctx, attempt); err != nil {
			return err
		}
		attempt++
	}
	return errContended
}

// run runs a command once. A panic in it is an [engine.PanicError]: it must not end the process, nor any other command.
func (s *Store) run(tx *tx, fn func(engine.Tx) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			s.panics.Add(1)
			slog.ErrorContext(tx.ctx, "a command has panicked; nothing of it is written",
				"instance", tx.instance, "panic", v, "stack", string(debug.Stack()))
			err = &engine.PanicError{Value: v}
		}
	}()
	if err := fn(tx); err != nil {
		return err
	}
	return tx.index()
}

// Panics is how many commands have panicked.
func (s *Store) Panics() int64 { return s.panics.Load() }

// commit has the writer write what was buffered outside of a command.
func (s *Store) commit(ctx context.Context, tx *tx) error {
	s.held(ctx, tx)
	return s.submit(ctx, tx)
}

// held holds a command back for as long as [Options.Hold] wants.
func (s *Store) held(ctx context.Context, tx *tx) {
	if s.hold != nil && len(tx.writes) > 0 {
		s.hold(ctx, tx.describe())
	}
}

// submit has the writer write what a command has buffered.
func (s *Store) submit(ctx context.Context, tx *tx) error {
	if len(tx.writes) == 0 {
		return nil
	}
	tx.commit.Instance = tx.instance
	tx.liftWritten()
	return s.writer.submit(ctx, &command{
		writes: tx.writes, commit: tx.commit, lifted: tx.lifted, reload: tx.reload, done: make(chan error, 1),
	})
}

// pause lets the others finish before a command that has lost runs again.
func (s *Store) pause(ctx context.Context, attempt int) error {
	if attempt == 0 {
		return nil
	}
	most := min(time.Millisecond<<min(attempt, 10), longestPause)
	timer := time.NewTimer(s.jitter(most))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func randomPause(most time.Duration) time.Duration { return rand.N(most) } //nolint:gosec // jitter, not a secret
