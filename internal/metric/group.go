package metric

import "time"

// Waiting is what waits in a queue, or in several.
type Waiting struct {
	Count  int
	Oldest time.Time // when the one that has waited longest was put there; zero: nothing waits
}

// Plus adds up what waits in different queues.
func (w Waiting) Plus(v Waiting) Waiting {
	sum := Waiting{Count: w.Count + v.Count, Oldest: w.Oldest}
	if sum.Oldest.IsZero() || !v.Oldest.IsZero() && v.Oldest.Before(sum.Oldest) {
		sum.Oldest = v.Oldest
	}
	return sum
}

// age is how long the oldest has waited.
func (w Waiting) age(now time.Time) time.Duration {
	if w.Oldest.IsZero() {
		return 0
	}
	return max(0, now.Sub(w.Oldest))
}

// Pace is how fast tasks leave a queue: how many agents have accepted within a time.
type Pace struct {
	Answered int
	Within   time.Duration
}

// Wait estimates how long the task at a place in line, counted from 1, waits until an agent accepts it, in seconds.
// When nobody has accepted anything there is no estimate.
func (p Pace) Wait(place int) (seconds float64, known bool) {
	if p.Answered == 0 || p.Within <= 0 {
		return 0, false
	}
	return float64(place) * p.Within.Seconds() / float64(p.Answered), true
}

// Group is what one row of an answer covers.
type Group struct {
	Now     time.Time
	Agents  Agents
	Waiting Waiting
	Pace    Pace
}

// Value is the value of a metric; false: there is none.
func (g Group) Value(n Name) (float64, bool) {
	d, ok := definitions[n]
	if !ok {
		return 0, false
	}
	return d.value(g)
}
