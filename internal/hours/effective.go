package hours

import "github.com/tasklane/tasklane/internal/fault"

// Day is one date of the effective hours.
type Day struct {
	Date      Date
	Open      []Span         // in order; they do not touch
	Overrides []OverrideSpan // in the order of the overrides
}

// OverrideSpan is what an override says of a part of a date.
type OverrideSpan struct {
	Span

	Name   string
	Closes bool
}

// maxEffective bounds the dates that are asked for at once: a year.
const maxEffective = 366

// Effective returns the hours of the dates from one to another, that one included.
// It fails with [fault.Invalid] when they are in the wrong order, and for more than 366 dates.
func (h *Hours) Effective(from, to Date) ([]Day, error) {
	if to < from {
		return nil, fault.New(fault.Invalid, "toDate: %s is before fromDate, %s", to, from)
	}
	if n := int(to-from) + 1; n > maxEffective {
		return nil, fault.New(fault.Invalid, "toDate: %d dates are asked for, at most %d can be", n, maxEffective)
	}
	days := make([]Day, 0, to-from+1)
	for d := from; d <= to; d++ {
		days = append(days, Day{Date: d, Open: h.clock(d).spans(), Overrides: h.overridesOn(d)})
	}
	return days, nil
}

// spans are the open minutes together.
func (c *clock) spans() []Span {
	var all []Span
	for m := 0; m < dayMinutes; m++ {
		if !c[m] {
			continue
		}
		start := m
		for m < dayMinutes && c[m] {
			m++
		}
		all = append(all, Span{start, m})
	}
	return all
}

// overridesOn is what the overrides say of a date.
func (h *Hours) overridesOn(d Date) []OverrideSpan {
	var all []OverrideSpan
	add := func(o *Override, closes bool, parts []Span) {
		for _, s := range parts {
			all = append(all, OverrideSpan{s, o.Name, closes})
		}
	}
	for i := range h.Overrides {
		o := &h.Overrides[i]
		if o.covers(d - 1) {
			spans, closes := o.on(d - 1)
			add(o, closes, tomorrow(spans))
		}
		if o.covers(d) {
			spans, closes := o.on(d)
			add(o, closes, today(spans))
		}
	}
	return all
}
