package metric

import "github.com/tasklane/tasklane/internal/contact"

// Wanted is a historical metric that is asked for.
type Wanted struct {
	Name      Name
	Threshold Threshold
	// Only tells which tasks the metric is about; nil: all.
	Only func(*contact.Contact) bool
}

// Tally adds up one historical metric, task by task.
type Tally struct {
	could, counted int
	sum, largest   float64
}

// Add takes one more task in, which has come to the moment of the metric.
func (t *Tally) Add(w Wanted, c *contact.Contact) {
	if w.Only != nil && !w.Only(c) {
		return
	}
	h, counted := histories[w.Name]
	if !counted {
		return
	}
	could, counts, v := h.of(c, w.Threshold)
	count(&t.could, could)
	if counts {
		t.counted++
		t.sum += v
		t.largest = max(t.largest, v)
	}
}

// Value is what has been added up; false: there is none, as of an average of nothing.
func (t *Tally) Value(n Name) (float64, bool) {
	h, counted := histories[n]
	if !counted {
		return 0, false
	}
	switch h.fold {
	case average:
		if t.counted == 0 {
			return 0, false
		}
		return t.sum / float64(t.counted), true
	case percent:
		if t.could == 0 {
			return 0, false
		}
		return 100 * float64(t.counted) / float64(t.could), true
	case most:
		return t.largest, t.counted > 0
	case total:
	}
	return t.sum, true
}
