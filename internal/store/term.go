package store

import (
	"slices"

	"github.com/tasklane/tasklane/internal/contact"
)

// Table term holds what contacts are found by: one row for each term of a contact, those of its chain's attributes
// included. A term is never searched without the contacts in the order of their ids, which is that of time.
var putTerm = &target{text: `
	INSERT INTO term (instance_id, term, contact_id) VALUES ($1, $2, $3)
	ON CONFLICT (instance_id, term, contact_id) DO NOTHING`}

var clearTerm = &target{text: `
	DELETE FROM term WHERE (instance_id, term, contact_id) IN (VALUES ($1, $2, $3))`}

// What [tx.terms] are the terms of.
const (
	ofContact = "contact/"
	ofChain   = "chain/"
)

// found remembers the terms of something as the command read it. It may read again, but a command that writes over
// what it read first loses.
func (t *tx) found(what string, terms []string) {
	if t.terms == nil {
		t.terms = map[string][]string{}
	}
	t.terms[what] = terms
}

// index adds to the writes of a command what makes its contacts found by what they now are.
func (t *tx) index() error {
	for _, c := range t.commit.Contacts {
		if before, read := t.terms[ofContact+c.ID]; read || c.Version == 1 {
			t.change(c.ID, before, c.Terms())
		}
	}
	for _, chain := range t.chains {
		if err := t.indexChain(chain); err != nil {
			return err
		}
	}
	return nil
}

// indexChain has every contact of a chain found by the attributes that they share.
func (t *tx) indexChain(chain *contact.Chain) error {
	before, now := t.terms[ofChain+chain.ID], chain.Terms()
	joining := map[string]bool{}
	for _, c := range t.commit.Contacts {
		if c.Version == 1 && c.Chain() == chain.ID {
			joining[c.ID] = true
			t.change(c.ID, nil, now)
		}
	}
	if chain.Version == 0 || slices.Equal(before, now) {
		return nil
	}
	members, err := t.store.members(t.ctx, t.instance, chain.ID)
	for _, id := range members {
		if !joining[id] {
			t.change(id, before, now)
		}
	}
	return err
}

// change writes the difference between the terms that a contact had and those that it has; both are sorted.
func (t *tx) change(id string, before, now []string) {
	for _, term := range before {
		if _, stays := slices.BinarySearch(now, term); !stays {
			t.writes = append(t.writes, write{to: clearTerm, args: []any{t.instance, term, id}})
		}
	}
	for _, term := range now {
		if _, was := slices.BinarySearch(before, term); !was {
			t.writes = append(t.writes, write{to: putTerm, args: []any{t.instance, term, id}})
		}
	}
}
