package engine

import (
	"context"
	"maps"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
)

// linked reads a contact that a request names by id or ARN. It fails with [fault.NotFound].
func (t *tenant) linked(tx Tx, idOrARN string) (*contact.Contact, error) {
	id, err := t.Resolve(arn.Contact, idOrARN)
	if err != nil {
		return nil, err
	}
	return tx.Contact(id)
}

// Contact returns a contact and the attributes it shares with its chain. It fails with [fault.NotFound].
func (e *Engine) Contact(ctx context.Context, instance, idOrARN string) (*contact.Contact, map[string]string, error) {
	t, err := e.tenant(instance)
	if err != nil {
		return nil, nil, err
	}
	id, err := t.Resolve(arn.Contact, idOrARN)
	if err != nil {
		return nil, nil, err
	}
	c, err := e.store.Contact(ctx, t.ID, id)
	if err != nil {
		return nil, nil, err
	}
	chain, err := e.store.Chain(ctx, t.ID, c.Chain())
	if err != nil {
		return nil, nil, err
	}
	return c, chain.Attributes, nil
}

// Events returns what happened to a contact, oldest first. It fails with [fault.NotFound].
func (e *Engine) Events(ctx context.Context, instance, id string) ([]contact.Event, error) {
	t, err := e.tenant(instance)
	if err != nil {
		return nil, err
	}
	if _, err := e.store.Contact(ctx, t.ID, id); err != nil {
		return nil, err
	}
	return e.store.Events(ctx, t.ID, id)
}

// UpdateAttributes merges attributes into the set that the contact shares with its chain.
// It fails with [fault.NotFound], or with [fault.Invalid] for a key or a size that is refused.
func (e *Engine) UpdateAttributes(ctx context.Context, instance, idOrARN string, attributes map[string]string) error {
	if err := contact.CheckKeys(attributes); err != nil {
		return err
	}
	return e.handle(ctx, instance, idOrARN, func(h *handling) error { return h.merge(attributes) })
}

// merge merges attributes into the set of the chain.
func (h *handling) merge(attributes map[string]string) error {
	chain, err := h.attributes()
	if err != nil {
		return err
	}
	before := chain.Attributes
	if err := chain.Merge(attributes); err != nil || maps.Equal(before, chain.Attributes) {
		return err
	}
	h.chainChanged, h.c.Updated = true, h.tx.Now()
	return h.happened(contact.Changed(h.tx.Now(), contact.AttributesChanged), nil)
}

// Stop ends a task in any state; one that an agent works goes on to after-contact work.
// It fails with [fault.NotFound], and with [fault.Gone] when the task has already ended.
func (e *Engine) Stop(ctx context.Context, instance, idOrARN string) error {
	return e.handle(ctx, instance, idOrARN, func(h *handling) error { return h.disconnect(contact.ReasonAPI) })
}
