// Package latency sums up how long things took.
package latency

import (
	"slices"
	"time"
)

// Summary is what half, and what 99 of 100, did not exceed, in milliseconds.
type Summary struct {
	P50 float64 `json:"p50Millis"`
	P99 float64 `json:"p99Millis"`
}

// Summarize sorts the durations and sums them up.
func Summarize(all []time.Duration) Summary {
	slices.Sort(all)
	return Summary{P50: percentile(all, 50), P99: percentile(all, 99)}
}

// percentile returns the smallest of the sorted durations that n in a hundred do not exceed.
func percentile(sorted []time.Duration, n int) float64 {
	if len(sorted) == 0 {
		return 0
	}
	rank := (len(sorted)*n + 99) / 100
	return float64(sorted[rank-1]) / float64(time.Millisecond)
}
