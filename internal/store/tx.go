package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/attachment"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
)

// tx is one run of a command: reads pass through, writes gather.
type tx struct {
	ctx      context.Context //nolint:containedctx // a tx lives for one call of Update
	store    *Store
	instance string
	now      time.Time // zero until somebody asks
	writes   []write
	commit   engine.Commit
	err      error // first failure to encode; Update returns it

	chains     []*contact.Chain    // those that the command writes
	generation *int64              // of the configuration, when the command has read it
	lifted     []engine.Row        // those that are quarantined no longer
	reload     bool                // everybody reads the instance anew when the command is committed
	terms      map[string][]string // those of contacts and chains as they were read, by kind and id
}

// Now is the time of the command: of the first call, so that it is not before what was read ahead of it.
func (t *tx) Now() time.Time {
	if t.now.IsZero() {
		t.now = t.store.Now()
	}
	return t.now
}

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

// describe names the rows that are buffered.
func (t *tx) describe() string {
	var b strings.Builder
	for _, w := range t.writes {
		fmt.Fprintf(&b, " %d/%s", w.to.order, w.key)
	}
	return b.String()
}

// unwrite forgets a row that was buffered: what comes after it counts, whatever the order of the tables.
func (t *tx) unwrite(to *target, key string) {
	t.writes = slices.DeleteFunc(t.writes, func(w write) bool { return w.to == to && w.key == key })
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
	c, err := t.store.Contact(t.ctx, t.instance, id)
	if err == nil {
		t.found(ofContact+id, c.Terms())
	}
	return c, err
}

func (t *tx) Chain(id string) (*contact.Chain, error) {
	c, err := t.store.Chain(t.ctx, t.instance, id)
	if err == nil {
		t.found(ofChain+id, c.Terms())
	}
	return c, err
}

func (t *tx) Agent(user string) (*agent.Agent, error) {
	return t.store.Agent(t.ctx, t.instance, user)
}

func (t *tx) Token(operation, token string) (*engine.Token, error) {
	return t.store.Token(t.ctx, t.instance, operation, token)
}

func (t *tx) OldestWaiting(queue string) (time.Time, error) {
	return t.store.OldestWaiting(t.ctx, t.instance, queue)
}

func (t *tx) Agents() ([]*agent.Agent, error) { return t.store.Agents(t.ctx, t.instance) }

func (t *tx) Version(kind arn.Kind, id string, version int64) (engine.Resource, error) {
	return t.store.Version(t.ctx, t.instance, kind, id, version)
}

// Call has a function called when the command is committed.
func (t *tx) Call(c engine.Call) { t.commit.Calls = append(t.commit.Calls, c) }

// Log tells of an action of a flow when the command is committed.
func (t *tx) Log(l engine.FlowLog) { t.commit.Logs = append(t.commit.Logs, l) }

func (t *tx) CountWaiting(queue string, limit int) (int, error) {
	return t.store.CountWaiting(t.ctx, t.instance, queue, limit)
}

func (t *tx) HoldsContacts(queue string) (bool, error) {
	return t.store.HoldsContacts(t.ctx, t.instance, queue)
}

func (t *tx) WaitingIDs(queue string) ([]string, error) {
	return t.store.WaitingIDs(t.ctx, t.instance, queue)
}

func (t *tx) File(id string) (*attachment.File, error) { return t.store.File(t.ctx, t.instance, id) }

func (t *tx) Files(contact string) ([]*attachment.File, error) {
	return t.store.Files(t.ctx, t.instance, contact)
}
