package store

import (
	"context"
	"slices"
	"time"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
)

// tx is one run of a command: reads pass through, writes gather.
type tx struct {
	ctx      context.Context //nolint:containedctx // a tx lives for one call of Update
	store    *Store
	instance string
	now      time.Time
	writes   []write
	commit   engine.Commit
	err      error // first failure to encode; Update returns it
}

// Now is the time of the command.
func (t *tx) Now() time.Time { return t.now }

// write buffers a row; a row of the same key that was buffered before is replaced.
func (t *tx) write(to *target, key string, args ...any) {
	for i := range t.writes {
		if t.writes[i].to == to && t.writes[i].key == key {
			t.writes[i].args = args
			return
		}
	}
	t.writes = append(t.writes, write{to: to, key: key, args: args})
}

// replace puts v in the place of the element that is, or at the end.
func replace[T any](all []T, v T, is func(T) bool) []T {
	if i := slices.IndexFunc(all, is); i >= 0 {
		all[i] = v
		return all
	}
	return append(all, v)
}

// fail remembers that a value could not be encoded.
func (t *tx) fail(err error) {
	if t.err == nil {
		t.err = err
	}
}

func (t *tx) Contact(id string) (*contact.Contact, error) {
	return t.store.Contact(t.ctx, t.instance, id)
}

func (t *tx) Chain(id string) (*contact.Chain, error) { return t.store.Chain(t.ctx, t.instance, id) }

func (t *tx) Agent(user string) (*agent.Agent, error) {
	return t.store.Agent(t.ctx, t.instance, user)
}

func (t *tx) Token(operation, token string) (*engine.Token, error) {
	return t.store.Token(t.ctx, t.instance, operation, token)
}
