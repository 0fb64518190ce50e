package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tasklane/tasklane/internal/attachment"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
)

// A row that cannot be worked on must not stop the others. It stays in its table; table quarantine says that it is left
// out, of what waits, of what is listed and of the timers that fire, until somebody writes it or takes it back.
//
//	a read that cannot decode it ─┐
//	a command that panics ────────┼─► memory, one line in the log ─► table quarantine, a moment later
//	a timer that keeps failing ───┘         ▲                                │ other servers, and after a restart
//	                                        └────────────────────────────────┘

const (
	// quarantineEvery is how often a server looks what other servers, and commands, have changed in the table.
	quarantineEvery = 2 * time.Second
	// saveAgain is how long it takes to try again to write down what is quarantined.
	saveAgain = 5 * time.Second
	// mostReason bounds the reason that is kept, in bytes.
	mostReason = 500
)

// quarantine is what the store knows of the table.
type quarantine struct {
	size atomic.Int64 // of rows

	mu      sync.Mutex // guards what follows
	rows    map[engine.Row]engine.Quarantined
	unsaved map[engine.Row]bool // true: to be written; false: to be removed
	wake    chan struct{}       // of capacity 1: something is unsaved
}

func newQuarantine() *quarantine {
	return &quarantine{
		rows: map[engine.Row]engine.Quarantined{}, unsaved: map[engine.Row]bool{}, wake: make(chan struct{}, 1),
	}
}

// find returns the entry of a row. Mostly there is none at all, which costs one atomic read.
func (q *quarantine) find(r engine.Row) (engine.Quarantined, bool) {
	if q.size.Load() == 0 {
		return engine.Quarantined{}, false
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	found, ok := q.rows[r]
	return found, ok
}

// add reports whether the row was not there yet.
func (q *quarantine) add(entry engine.Quarantined) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if _, known := q.rows[entry.Row]; known {
		return false
	}
	q.rows[entry.Row] = entry
	q.changed(entry.Row, true)
	return true
}

// changed has a change saved. It is called with the lock held.
func (q *quarantine) changed(r engine.Row, there bool) {
	q.unsaved[r] = there
	q.size.Store(int64(len(q.rows)))
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// recover takes a row back that was read all the same.
func (q *quarantine) recover(r engine.Row) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.rows, r)
	q.changed(r, false)
}

// remove forgets rows whose entries a commit has removed.
func (q *quarantine) remove(gone func(engine.Row) bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	maps.DeleteFunc(q.rows, func(r engine.Row, _ engine.Quarantined) bool { return gone(r) })
	maps.DeleteFunc(q.unsaved, func(r engine.Row, _ bool) bool { return gone(r) })
	q.size.Store(int64(len(q.rows)))
}

// replace takes in what the table holds. What is not saved yet stays.
func (q *quarantine) replace(saved []engine.Quarantined) {
	q.mu.Lock()
	defer q.mu.Unlock()
	rows := make(map[engine.Row]engine.Quarantined, len(saved))
	for _, entry := range saved {
		rows[entry.Row] = entry
	}
	for r, there := range q.unsaved {
		if there {
			rows[r] = q.rows[r]
		} else {
			delete(rows, r)
		}
	}
	q.rows = rows
	q.size.Store(int64(len(rows)))
}

// pending returns the changes that are not saved yet: the entries to write, and the rows whose entries are to be removed.
func (q *quarantine) pending() (entries []engine.Quarantined, gone []engine.Row) {
	q.mu.Lock()
	defer q.mu.Unlock()
	byName := func(a, b engine.Row) int {
		return cmp.Or(strings.Compare(a.Instance, b.Instance), strings.Compare(a.Table, b.Table), strings.Compare(a.Key, b.Key))
	}
	for _, r := range slices.SortedFunc(maps.Keys(q.unsaved), byName) {
		if q.unsaved[r] {
			entries = append(entries, q.rows[r])
		} else {
			gone = append(gone, r)
		}
	}
	return entries, gone
}

// saved notes that changes were saved, unless they have changed again.
func (q *quarantine) saved(entries []engine.Quarantined, gone []engine.Row) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, entry := range entries {
		if q.unsaved[entry.Row] {
			delete(q.unsaved, entry.Row)
		}
	}
	for _, r := range gone {
		if there, ok := q.unsaved[r]; ok && !there {
			delete(q.unsaved, r)
		}
	}
}

// Quarantine leaves a row out from now on; see [engine.Store].
func (s *Store) Quarantine(entry engine.Quarantined) {
	entry.Found = cmp.Or(entry.Found, s.Now())
	entry.Reason = strings.ToValidUTF8(entry.Reason[:min(len(entry.Reason), mostReason)], "")
	if s.quarantine.add(entry) {
		slog.Error("a row is quarantined: it is left out until it is mended or dropped (tasklane quarantine)",
			"instance", entry.Instance, "row", entry.String(), "cause", entry.Cause, "reason", entry.Reason)
	}
}

// lifted forgets rows whose entries a commit has removed.
func (s *Store) lifted(rows []engine.Row) {
	s.quarantine.remove(func(r engine.Row) bool { return slices.Contains(rows, r) })
}

// IsQuarantined reports whether a row is left out, as far as this server knows.
func (s *Store) IsQuarantined(r engine.Row) bool {
	_, found := s.quarantine.find(r)
	return found
}

// QuarantinedRows is how many rows are quarantined, as far as this server knows.
func (s *Store) QuarantinedRows() int { return int(s.quarantine.size.Load()) }

// Quarantined reads which rows are quarantined, by instance, table and key.
func (s *Store) Quarantined(ctx context.Context) ([]engine.Quarantined, error) {
	all, err := collect(ctx, s, scanQuarantined, selectQuarantined)
	if err != nil {
		return nil, fmt.Errorf("read quarantined rows: %w", err)
	}
	return all, nil
}

const selectQuarantined = `
	SELECT instance_id, table_name, row_key, cause, reason, found_at FROM quarantine
	ORDER BY instance_id, table_name, row_key`

func scanQuarantined(row scanner) (q engine.Quarantined, err error) {
	var found int64
	err = row.Scan(&q.Instance, &q.Table, &q.Key, &q.Cause, &q.Reason, &found)
	q.Found = fromMicros(found)
	return q, err
}

// loadQuarantine reads the table when the store is opened. What an earlier version could not decode and this one can is
// taken back.
func (s *Store) loadQuarantine(ctx context.Context) error {
	all, err := s.Quarantined(ctx)
	if err != nil {
		return err
	}
	s.quarantine.replace(all)
	for _, entry := range all {
		if entry.Cause != engine.CauseUndecodable || engine.Undecodable(s.decodes(ctx, entry.Row)) {
			continue
		}
		if err := s.Lift(ctx, entry.Row); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return nil
}

// keepQuarantine writes down what is quarantined, and reads what others have, until ctx ends.
func (s *Store) keepQuarantine(ctx context.Context) {
	var look <-chan time.Time
	if s.engine != sqliteName { // of which this process is the only server
		ticks := time.NewTicker(quarantineEvery)
		defer ticks.Stop()
		look = ticks.C
	}
	var again <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-look:
			if all, err := s.Quarantined(ctx); err == nil { // otherwise what is known stands
				s.quarantine.replace(all)
			}
			continue
		case <-s.quarantine.wake:
		case <-again:
		}
		if again = nil; s.saveQuarantine(ctx) != nil {
			again = time.After(saveAgain)
		}
	}
}

func (s *Store) saveQuarantine(ctx context.Context) error {
	entries, gone := s.quarantine.pending()
	tx := &tx{ctx: ctx, store: s}
	for _, r := range gone {
		tx.write(clearQuarantine, r.Instance+"/"+r.String(), r.Instance, r.Table, r.Key)
	}
	for _, q := range entries {
		tx.write(putQuarantine, q.Instance+"/"+q.String(), q.Instance, q.Table, q.Key, string(q.Cause), q.Reason, micros(q.Found))
		tx.park(q.Row)
	}
	err := s.commit(ctx, tx)
	if err == nil {
		s.quarantine.saved(entries, gone)
	}
	return err
}

// park has a row that is due at a time never be due: else it would be read again and again.
func (t *tx) park(r engine.Row) {
	switch r.Table {
	case engine.TimerTable:
		t.write(parkTimer, r.Instance+"/"+r.Key, r.Instance, r.Key)
	case engine.FileTable:
		t.write(parkFile, r.Instance+"/"+r.Key, r.Instance, r.Key)
	}
}

// unpark has a row be due again.
func (t *tx) unpark(r engine.Row) error {
	switch r.Table {
	case engine.TimerTable:
		t.write(unparkTimer, r.Key, r.Instance, r.Key)
		t.commit.Timer = t.Now()
	case engine.FileTable:
		f, err := t.File(r.Key)
		if err != nil {
			return err
		}
		if f.State != attachment.Approved && f.State != attachment.Rejected {
			f.Due = t.Now()
		}
		t.PutFile(f)
	case engine.ResourceTable:
		found, err := t.store.resource(t.ctx, r)
		if err != nil {
			return err
		}
		t.PutResource(found) // as it is: other servers read what was modified since they last looked
	}
	return nil
}

var (
	parkTimer = &target{text: `
		UPDATE timer SET first_due_at = COALESCE(first_due_at, due_at), due_at = 253402300799999999
		WHERE (instance_id, id) IN (VALUES ($1, $2))`}
	unparkTimer = &target{text: `
		UPDATE timer SET due_at = COALESCE(first_due_at, due_at), first_due_at = NULL, failures = 0
		WHERE (instance_id, id) IN (VALUES ($1, $2))`}
	parkFile = &target{text: `UPDATE file SET due_at = NULL WHERE (instance_id, id) IN (VALUES ($1, $2))`}
)

var (
	putQuarantine = &target{text: `
		INSERT INTO quarantine (instance_id, table_name, row_key, cause, reason, found_at)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (instance_id, table_name, row_key) DO UPDATE SET
		  cause = excluded.cause, reason = excluded.reason, found_at = excluded.found_at`}
	clearQuarantine = &target{text: `
		DELETE FROM quarantine WHERE (instance_id, table_name, row_key) IN (VALUES ($1, $2, $3))`}
)

// tables are the tables of the targets that write a row which can be quarantined.
var tables = map[*target]string{
	putContact: engine.ContactTable, clearContact: engine.ContactTable, putAgent: engine.AgentTable,
	putResource: engine.ResourceTable, deleteResource: engine.ResourceTable, putFile: engine.FileTable,
	putChain: engine.ChainTable, clearChain: engine.ChainTable, dropFile: engine.FileTable, putTimer: engine.TimerTable, clearTimer: engine.TimerTable,
}

// rowOf is the row that a write is of; ok is false when it cannot be quarantined.
func (w write) rowOf() (r engine.Row, ok bool) {
	if r.Table, ok = tables[w.to]; !ok {
		return r, false
	}
	r.Instance = w.args[0].(string)
	if r.Key = w.args[1].(string); r.Table == engine.ResourceTable {
		r.Key += "/" + w.args[2].(string)
	}
	return r, true
}

// liftWritten has a command take back the rows that it writes: they can be read and worked on again.
func (t *tx) liftWritten() {
	if t.store.quarantine.size.Load() == 0 {
		return
	}
	for _, w := range slices.Clone(t.writes) {
		r, ok := w.rowOf()
		if !ok {
			continue
		}
		if _, found := t.store.quarantine.find(r); found {
			t.lift(r)
		}
	}
}

func (t *tx) lift(r engine.Row) {
	t.write(clearQuarantine, r.Instance+"/"+r.String(), r.Instance, r.Table, r.Key)
	t.lifted = append(t.lifted, r)
}

// undecodable says that a row cannot be read.
func undecodable(table, key string, err error) error {
	return &engine.UndecodableError{Table: table, Key: key, Err: err}
}

// scanFailed is the error of a Scan of a row whose first columns were read: the others have no values of their types. An
// error of the database stays what it is.
func scanFailed(table, key string, err error) error {
	if key == "" || !strings.HasPrefix(err.Error(), "sql: Scan error") {
		return err
	}
	return undecodable(table, key, err)
}

// note quarantines the row that an error is about, and reports whether it is about one.
func (s *Store) note(instance string, err error) bool {
	broken, ok := errors.AsType[*engine.UndecodableError](err)
	if ok {
		s.Quarantine(engine.Quarantined{
			Row: engine.Row{Instance: instance, Table: broken.Table, Key: broken.Key}, Cause: engine.CauseUndecodable,
			Reason: broken.Err.Error(),
		})
	}
	return ok
}

// tolerant is fn, which leaves out what it cannot decode.
func (s *Store) tolerant(instance string, fn func(scanner) error) func(scanner) error {
	return func(row scanner) error {
		if err := fn(row); err != nil && !s.note(instance, err) {
			return err
		}
		return nil
	}
}

// eachOf is [Store.each] of rows of an instance. A row that fn cannot decode is quarantined and left out.
func (s *Store) eachOf(ctx context.Context, instance string, fn func(scanner) error, text string, args ...any) error {
	return s.each(ctx, s.tolerant(instance, fn), text, args...)
}

// collectOf is [collect] of rows of an instance. A row that scan cannot decode is quarantined and left out.
func collectOf[T any](ctx context.Context, s *Store, instance string, scan func(scanner) (T, error), text string, args ...any) ([]T, error) {
	var all []T
	err := s.eachOf(ctx, instance, func(row scanner) error {
		v, err := scan(row)
		if err == nil {
			all = append(all, v)
		}
		return err
	}, text, args...)
	return all, err
}

// atLeast reads a page of a number of things: where some of its rows are left out it reads more of them, until the page
// is full or there are no more. read reads at most so many rows, and returns how many they were.
func atLeast[T any](number int, read func(most int) (page []T, rows int, err error)) ([]T, error) {
	for most := number; ; most *= 2 {
		page, rows, err := read(most)
		if err != nil || rows < most || len(page) >= number {
			return page, err
		}
	}
}

// leftOut reports whether a row that could be decoded is left out all the same. One that could not be before is taken
// back.
func (s *Store) leftOut(r engine.Row) bool {
	entry, ok := s.quarantine.find(r)
	if ok && entry.Cause == engine.CauseUndecodable {
		s.quarantine.recover(r)
		return false
	}
	return ok
}

// Lift takes a quarantined row back, which has been mended or is to be tried once more: what happens by itself reads
// it again. It fails with [fault.NotFound] when it is not quarantined, and with an [engine.UndecodableError] when it still
// cannot be decoded.
func (s *Store) Lift(ctx context.Context, r engine.Row) error {
	if err := s.isQuarantined(ctx, r); err != nil {
		return err
	}
	if err := s.decodes(ctx, r); err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	return s.changeQuarantined(ctx, r, func(t *tx) error { return t.unpark(r) })
}

// changeQuarantined changes a row, takes it back, and has everybody read its instance anew.
func (s *Store) changeQuarantined(ctx context.Context, r engine.Row, change func(*tx) error) error {
	err := s.Update(ctx, r.Instance, func(etx engine.Tx) error {
		t := etx.(*tx)
		t.reload = true
		t.lift(r)
		return change(t)
	})
	if err != nil {
		return fmt.Errorf("take %s out of quarantine: %w", r, err)
	}
	return nil
}

// isQuarantined fails with [fault.NotFound] when a row is not quarantined.
func (s *Store) isQuarantined(ctx context.Context, r engine.Row) error {
	all, err := s.Quarantined(ctx)
	if err != nil {
		return err
	}
	_, unsaved := s.quarantine.find(r)
	if unsaved || slices.ContainsFunc(all, func(q engine.Quarantined) bool { return q.Row == r }) {
		return nil
	}
	return fault.New(fault.NotFound, "%s of instance %s is not quarantined", r, r.Instance)
}

// rowDecoders read one row as the server does. They fail with [fault.NotFound], or because the row cannot be decoded.
var rowDecoders = map[string]func(*Store, context.Context, engine.Row) error{
	engine.ContactTable: func(s *Store, ctx context.Context, r engine.Row) error {
		_, err := s.contact(ctx, r.Instance, r.Key)
		return err
	},
	engine.AgentTable: func(s *Store, ctx context.Context, r engine.Row) error {
		a, err := s.Agent(ctx, r.Instance, r.Key)
		if err == nil && a == nil {
			return missing("agent", r.Key)
		}
		return err
	},
	engine.ChainTable: func(s *Store, ctx context.Context, r engine.Row) error {
		_, err := s.Chain(ctx, r.Instance, r.Key)
		return err
	},
	engine.FileTable: func(s *Store, ctx context.Context, r engine.Row) error {
		_, err := s.File(ctx, r.Instance, r.Key)
		return err
	},
	engine.ResourceTable: func(s *Store, ctx context.Context, r engine.Row) error {
		found, err := s.resource(ctx, r)
		if err != nil {
			return err
		}
		return checkResource(found)
	},
	engine.TimerTable: func(s *Store, ctx context.Context, r engine.Row) error {
		_, err := scanTimer(s.row(ctx, `
			SELECT id, kind, contact_id, agent_id, stamp, due_at, failures FROM timer WHERE instance_id = $1 AND id = $2`, r.Instance, r.Key))
		return err
	},
}

// decodes reads a row as the server does.
func (s *Store) decodes(ctx context.Context, r engine.Row) error {
	decode, ok := rowDecoders[r.Table]
	if !ok {
		return missing("table", r.Table)
	}
	return decode(s, ctx, r)
}
