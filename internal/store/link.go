package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
)

// members reads the ids of the contacts that a chain has.
func (s *Store) members(ctx context.Context, instance, chain string) ([]string, error) {
	first, err := s.ids(ctx, `SELECT id FROM contact WHERE instance_id = $1 AND id = $2`, instance, chain)
	if err != nil {
		return nil, fmt.Errorf("read first contact of chain %s: %w", chain, err)
	}
	joined, err := s.ids(ctx, `SELECT id FROM contact WHERE instance_id = $1 AND initial_id = $2`, instance, chain)
	if err != nil {
		return nil, fmt.Errorf("read contacts of chain %s: %w", chain, err)
	}
	return append(first, joined...), nil
}

// Associated reads contacts of a tree of links; see [engine.Reader].
func (s *Store) Associated(ctx context.Context, instance, association, after string, limit int) ([]*contact.Contact, error) {
	var all []*contact.Contact
	if association > after {
		first, err := s.Contact(ctx, instance, association)
		switch {
		case err == nil:
			all = append(all, first)
		case !fault.Is(err, fault.NotFound) && !engine.Undecodable(err): // its contacts may outlive it
			return nil, err
		}
	}
	rest, err := atLeast(limit, func(most int) ([]*contact.Contact, int, error) {
		rows := 0
		found, err := collectOf(ctx, s, instance, func(row scanner) (*contact.Contact, error) {
			rows++
			return scanContact(row)
		}, `
			SELECT id, version, state, queue_id, agent_id, initiated_at, body FROM contact
			WHERE instance_id = $1 AND association_id = $2 AND id > $3 ORDER BY id LIMIT $4`,
			instance, association, after, most)
		return slices.DeleteFunc(found, func(c *contact.Contact) bool { return !s.kept(c) }), rows, err
	})
	if err != nil {
		return nil, fmt.Errorf("read contacts associated with %s: %w", association, err)
	}
	all = append(all, rest...)
	slices.SortFunc(all, func(a, b *contact.Contact) int { return strings.Compare(a.ID, b.ID) })
	return all[:min(limit, len(all))], nil
}
