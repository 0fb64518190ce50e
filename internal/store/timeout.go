package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// DefaultTimeout is how long the database may take over one step, unless [Options.Timeout] says otherwise.
const DefaultTimeout = 5 * time.Second

// errTimeout says that the database did not answer in time. A connection may be dead without a word: the other end is
// gone, or something between has stopped forwarding.
var errTimeout = errors.New("the database does not answer")

const (
	// readSteps is how many timeouts long a read may be without a row.
	readSteps = 2
	// commitSteps is how many timeouts after the writer has taken a command its outcome is called unknown. An engine
	// that bounds its statements and its COMMIT is always earlier; the disk of an embedded one may not be.
	commitSteps = 4
)

// boundedRead is a read that ends when no row comes for a while. How long the whole takes is not bounded, because an
// owner may read a million waiting tasks.
type boundedRead struct {
	store  *Store
	ctx    context.Context //nolint:containedctx // of this one read
	cancel context.CancelCauseFunc
	timer  *time.Timer
	began  time.Time // the zero time: it has been noted how long the database took, or nobody asks
}

// bound begins a read. Its [boundedRead.end] must follow.
func (s *Store) bound(ctx context.Context) (context.Context, *boundedRead) {
	r := &boundedRead{store: s}
	if s.readTook != nil {
		r.began = systemTime()
	}
	r.ctx, r.cancel = context.WithCancelCause(ctx)
	r.timer = time.AfterFunc(readSteps*s.timeout, func() { r.cancel(errTimeout) })
	return r.ctx, r
}

// progress notes that a row has come.
func (r *boundedRead) progress() {
	r.answered()
	r.timer.Reset(readSteps * r.store.timeout)
}

// answered notes how long the database took, the first time.
func (r *boundedRead) answered() {
	if r.began.IsZero() {
		return
	}
	r.store.readTook(systemTime().Sub(r.began))
	r.began = time.Time{}
}

// end ends a read and returns its error. When it took too long, no connection is trusted any more.
func (r *boundedRead) end(err error) error {
	r.timer.Stop()
	r.answered()
	late := err != nil && errors.Is(context.Cause(r.ctx), errTimeout)
	r.cancel(nil)
	if late {
		r.store.reconnect()
		return fmt.Errorf("no row within %s: %w", readSteps*r.store.timeout, errors.Join(errTimeout, err))
	}
	return err
}

// singleRow is the row of a bounded read, which ends with Scan.
type singleRow struct {
	scanner
	read *boundedRead
}

// Scan reads the row.
func (r singleRow) Scan(dest ...any) error { return r.read.end(r.scanner.Scan(dest...)) }
