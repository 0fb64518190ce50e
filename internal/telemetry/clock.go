package telemetry

import "time"

// Stopwatch starts to measure how long something takes and returns a function that tells it. It measures the
// process, not the server's clock, which a test may move.
func Stopwatch() (elapsed func() time.Duration) {
	begun := time.Now()
	return func() time.Duration { return time.Since(begun) }
}
