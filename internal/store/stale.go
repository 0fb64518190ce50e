package store

import (
	"context"
	"fmt"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
)

// indexAtOnce bounds the contacts that one commit indexes.
const indexAtOnce = 200

// indexAll indexes the contacts that a version has written which knew of no search.
func (s *Store) indexAll(ctx context.Context) error {
	instances, err := s.Instances(ctx)
	if err != nil {
		return err
	}
	for _, i := range instances {
		for n := 1; n > 0; {
			if n, err = s.indexSome(ctx, i.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// indexSome writes some contacts anew, with what they are found by, and tells how many. Other nodes may do the same.
func (s *Store) indexSome(ctx context.Context, instance string) (int, error) {
	n := 0
	err := s.Update(ctx, instance, func(etx engine.Tx) error {
		t := etx.(*tx)
		stale, err := s.stale(ctx, instance)
		if err != nil {
			return err
		}
		n = len(stale)
		for _, id := range stale {
			if err := t.indexAnew(id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil && !fault.Is(err, fault.Contended) {
		return 0, fmt.Errorf("index contacts: %w", err)
	}
	return n, nil
}

func (s *Store) stale(ctx context.Context, instance string) ([]string, error) {
	return s.ids(ctx, `
		SELECT id FROM contact WHERE instance_id = $1 AND (indexed IS NULL OR indexed <> version)
		ORDER BY id LIMIT $2`, instance, indexAtOnce)
}

// skipIndex has a contact not looked at again.
var skipIndex = &target{text: `
	UPDATE contact SET indexed = version WHERE (instance_id, id) IN (VALUES ($1, $2))`}

// indexAnew writes a contact once more as it is, with all of its terms.
func (t *tx) indexAnew(id string) error {
	c, err := t.store.contact(t.ctx, t.instance, id)
	if fault.Is(err, fault.NotFound) { // another node has removed it since
		return nil
	}
	if engine.Undecodable(err) { // it is indexed when it has been mended
		t.write(skipIndex, id, t.instance, id)
		return nil
	}
	if err != nil {
		return err
	}
	return t.putAnew(c)
}

// putAnew writes a contact whose search terms are not known. A chain that is not there, or cannot be decoded, has none.
func (t *tx) putAnew(c *contact.Contact) error {
	chain, err := t.Chain(c.Chain())
	if err == nil {
		t.change(c.ID, nil, chain.Terms())
	} else if !fault.Is(err, fault.NotFound) && !engine.Undecodable(err) {
		return err
	}
	t.found(ofContact+c.ID, nil)
	t.PutContact(c)
	return nil
}
