package engine

import (
	"context"
	"sync"
)

// turns lets the requests that have the same idempotency token go one after another. The store makes sure that one
// of them wins; but while it is under way it holds the room that the others, who would find its answer a moment
// later, are refused for want of. The zero value is ready.
type turns struct {
	mu    sync.Mutex // guards taken
	taken map[string]chan struct{}
}

// take waits until nobody else has the token. The caller then calls done.
func (t *turns) take(ctx context.Context, token string) (done func(), err error) {
	mine := make(chan struct{})
	for {
		before := t.tryTake(token, mine)
		if before == nil {
			return func() { t.giveBack(token) }, nil
		}
		select {
		case <-before:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// tryTake returns nil when the turn is ours, or else what is closed when that of another is over.
func (t *turns) tryTake(token string, mine chan struct{}) (before <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if other, ok := t.taken[token]; ok {
		return other
	}
	if t.taken == nil {
		t.taken = map[string]chan struct{}{}
	}
	t.taken[token] = mine
	return nil
}

func (t *turns) giveBack(token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	close(t.taken[token])
	delete(t.taken, token)
}
