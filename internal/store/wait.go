package store

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

const (
	// startTimeout bounds how long a server waits at its start for a database that is there and cannot serve yet.
	startTimeout = time.Minute
	startPause   = 250 * time.Millisecond
)

// Open opens the database, brings its schema up to date and starts the writer. [Store.Close] stops it. A database that
// is starting up, or that has no connection left, is waited for; a wrong address or password fails at once.
func Open(ctx context.Context, opts Options) (*Store, error) {
	waiting, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	var told reason
	for {
		s, err := open(ctx, opts)
		why := unavailable(err)
		if err == nil || why != reasonCrowded && why != reasonStarting {
			return s, err
		}
		if why != told {
			slog.WarnContext(ctx, "waiting for the database", "why", string(why), "atMost", startTimeout)
			told = why
		}
		select {
		case <-time.After(startPause):
		case <-waiting.Done():
			return nil, fmt.Errorf("%s, for %s: %w", why, startTimeout, err)
		}
	}
}
