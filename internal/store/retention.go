package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tasklane/tasklane/internal/attachment"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
)

// kept reports whether a contact can still be read. One that has not ended always can.
func (s *Store) kept(c *contact.Contact) bool {
	return c.Open() || !c.Initiated.Before(s.keptSince(s.Now()))
}

// keptSince is the initiation of the oldest contacts that are kept at a time.
func (s *Store) keptSince(at time.Time) time.Time { return at.Add(-s.retention) }

var (
	clearContact = &target{text: `DELETE FROM contact WHERE (instance_id, id) IN (VALUES ($1, $2))`}
	clearChain   = &target{text: `DELETE FROM chain WHERE (instance_id, id) IN (VALUES ($1, $2))`}
	clearEvents  = &target{text: `DELETE FROM event WHERE (instance_id, contact_id) IN (VALUES ($1, $2))`}
)

// purgeAtOnce bounds the contacts that one call removes: each has a dozen rows.
const purgeAtOnce = 100

// purge adds to the writes of t the removal of contacts that are kept no longer, the oldest first, each with all
// that belongs to it. No command can read them any more, and so none writes them.
func (s *Store) purge(ctx context.Context, t *tx, at time.Time) error {
	since := s.keptSince(at)
	old, err := collectOf(ctx, s, t.instance, scanContact, `
		SELECT id, version, state, queue_id, agent_id, initiated_at, body FROM contact
		WHERE instance_id = $1 AND id < $2 AND initiated_at < $3 AND ended_at IS NOT NULL ORDER BY id LIMIT $4`,
		t.instance, contact.FirstID(since.Add(time.Millisecond)), micros(since), purgeAtOnce)
	if err != nil {
		return fmt.Errorf("read contacts that are kept no longer: %w", err)
	}
	gone := map[string]bool{}
	for _, c := range old {
		gone[c.ID] = true
	}
	for _, c := range old {
		if err := s.remove(ctx, t, c, gone); err != nil {
			return err
		}
	}
	return nil
}

// remove adds to the writes of t the removal of a contact with everything that belongs to it. Its chain goes with
// the last of its contacts; gone are those that t removes. Its files are marked as deleted: their bytes go first.
func (s *Store) remove(ctx context.Context, t *tx, c *contact.Contact, gone map[string]bool) error {
	chain, err := s.Chain(ctx, t.instance, c.Chain())
	if fault.Is(err, fault.NotFound) {
		chain, err = &contact.Chain{ID: c.Chain()}, nil
	}
	if err != nil {
		return err
	}
	t.change(c.ID, c.Terms(), nil)
	t.change(c.ID, chain.Terms(), nil)
	t.writes = append(t.writes,
		write{to: clearContact, args: []any{t.instance, c.ID}}, write{to: clearEvents, args: []any{t.instance, c.ID}})
	files, err := s.Files(ctx, t.instance, c.ID)
	if err != nil {
		return err
	}
	for _, f := range files {
		if f.State == attachment.Deleted {
			continue
		}
		if err := f.Delete(t.now); err != nil {
			return err
		}
		t.PutFile(f)
	}
	members, err := s.members(ctx, t.instance, chain.ID)
	if !slices.ContainsFunc(members, func(id string) bool { return !gone[id] }) {
		t.write(clearChain, chain.ID, t.instance, chain.ID)
	}
	return err
}
