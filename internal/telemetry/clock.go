package telemetry

import (
	"context"
	"time"
)

// Stopwatch starts to measure how long something takes and returns a function that tells it. It measures the
// process, not the server's clock, which a test may move.
func Stopwatch() (elapsed func() time.Duration) {
	begun := time.Now()
	return func() time.Duration { return time.Since(begun) }
}

// Every runs the body of a loop each time a period has passed, until ctx ends.
func Every(ctx context.Context, period time.Duration) func(yield func() bool) {
	return func(yield func() bool) {
		tick := time.NewTicker(period)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if !yield() {
				return
			}
		}
	}
}
