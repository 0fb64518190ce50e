package store

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
)

// breaking makes commits fail: some as a serializable database does (40001), one after it took effect (40003).
type breaking struct {
	applier
	applied int
	fail    func(n int) error // before the n-th commit
	lose    func(n int) bool  // the answer to it
}

func (b *breaking) apply(ctx context.Context, statements []statement) error {
	b.applied++
	n := b.applied
	if b.fail != nil {
		if err := b.fail(n); err != nil {
			return err
		}
	}
	err := b.applier.apply(ctx, statements)
	if err == nil && b.lose != nil && b.lose(n) {
		return errUnknown
	}
	return err
}

func openBreaking(t *testing.T) (*Store, *breaking) {
	t.Helper()
	s, err := Open(t.Context(), Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	b := &breaking{applier: s.writer.applier}
	s.writer.applier = b
	return s, b
}

func add(ctx context.Context, s *Store, id string) (runs int, err error) {
	err = s.Update(ctx, "i", func(tx engine.Tx) error {
		runs++
		c := &contact.Contact{ID: id}
		c.Begin(tx.Now())
		tx.PutContact(c)
		tx.PutChain(&contact.Chain{ID: id})
		tx.Emit(id, contact.Event{Type: contact.EventInitiated, At: tx.Now()})
		return nil
	})
	return runs, err
}

func TestSerializationFailureIsTriedAgain(t *testing.T) {
	s, b := openBreaking(t)
	b.fail = func(n int) error {
		if n <= 2 {
			return errLost
		}
		return nil
	}
	if runs, err := add(t.Context(), s, "c-1"); err != nil || runs != 3 {
		t.Errorf("%d runs, %v; want 3", runs, err)
	}
}

func TestFailedCommitLeavesNoTrace(t *testing.T) {
	s, b := openBreaking(t)
	broken := errors.New("disk full")
	b.fail = func(int) error { return broken }
	told := 0
	s.Watch(func(engine.Commit) { told++ })
	if runs, err := add(t.Context(), s, "c-1"); !errors.Is(err, broken) || runs != 1 {
		t.Errorf("%d runs, %v; want one and the error", runs, err)
	}
	if _, err := s.Contact(t.Context(), "i", "c-1"); !fault.Is(err, fault.NotFound) || told != 0 {
		t.Errorf("the failed command left a contact (%v) or was told (%d)", err, told)
	}
}

func TestUnknownOutcomeIsNotTriedAgain(t *testing.T) {
	s, b := openBreaking(t)
	b.lose = func(n int) bool { return n == 1 }
	void := 0
	s.Watch(func(c engine.Commit) {
		if c.Reset {
			void++
		}
	})
	if runs, err := add(t.Context(), s, "c-1"); !errors.Is(err, errUnknown) || runs != 1 {
		t.Errorf("%d runs, %v; want one and an unknown outcome", runs, err)
	}
	if _, err := s.Contact(t.Context(), "i", "c-1"); err != nil {
		t.Errorf("the commit took effect, and yet: %v", err)
	}
	if void != 1 {
		t.Errorf("watchers were told %d times that what they know may be void, want once", void)
	}
}

func TestStatementsForManyRows(t *testing.T) {
	insert := &target{text: `INSERT INTO t (a, b) VALUES ($1, $2) ON CONFLICT (a) DO NOTHING`, width: 2}
	if got, want := insert.sql(3), `INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4), ($5, $6) ON CONFLICT (a) DO NOTHING`; got != want {
		t.Errorf("sql(3) = %s, want %s", got, want)
	}
	remove := &target{text: `DELETE FROM t WHERE (a) IN (VALUES ($1))`, width: 1}
	if got, want := remove.sql(2), `DELETE FROM t WHERE (a) IN (VALUES ($1), ($2))`; got != want {
		t.Errorf("sql(2) = %s, want %s", got, want)
	}
	if got := empty[0].sql(1); got != empty[0].text {
		t.Errorf("a statement without rows became %s", got)
	}
}

func TestJoinKeepsEveryRowInTheOrderOfTheTargets(t *testing.T) {
	var batch []*command
	for i := range 100 {
		batch = append(batch, &command{writes: []write{
			{to: putContact, args: make([]any, putContact.width)},
			{to: putToken, args: append(make([]any, putToken.width-1), i)},
		}})
	}
	rows := map[*target]int{}
	var order []int
	for _, st := range join(batch) {
		if len(st.args) != st.rows*st.to.width {
			t.Errorf("%d arguments for %d rows of %d", len(st.args), st.rows, st.to.width)
		}
		rows[st.to] += st.rows
		order = append(order, st.to.order)
	}
	if rows[putContact] != 100 || rows[putToken] != 100 || !slices.IsSorted(order) {
		t.Errorf("%d contacts and %d tokens in the order %v", rows[putContact], rows[putToken], order)
	}
}
