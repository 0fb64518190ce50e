package hours

import "time"

// Open reports whether it is open at a time.
func (h *Hours) Open(at time.Time) bool {
	date, minute := h.wall(at)
	return h.clock(date)[minute]
}

// ahead is how far [Hours.Next] looks.
const ahead = 2 * 366 * 24 * time.Hour

// Next returns when it is open next: the time itself while it is open. It looks two years ahead, and returns false
// when it stays closed so long.
func (h *Hours) Next(at time.Time) (time.Time, bool) {
	for t := at; t.Before(at.Add(ahead)); {
		date, minute := h.wall(t)
		open := h.clock(date)
		if open[minute] {
			return t, true
		}
		next := minute + 1
		for next < dayMinutes && !open[next] {
			next++
		}
		local := t.In(h.TimeZone.in())
		into := time.Duration(local.Second())*time.Second + time.Duration(local.Nanosecond())
		t = local.Add(time.Duration(next-minute)*time.Minute - into)
		// A clock that is changed on the way shows another time then.
		if _, change := local.ZoneBounds(); !change.IsZero() && change.Before(t) {
			t = change
		}
	}
	return time.Time{}, false
}

// wall is the date and the minute that calendar and clock show at a time.
func (h *Hours) wall(at time.Time) (Date, int) {
	t := at.In(h.TimeZone.in())
	return dateOf(t), 60*t.Hour() + t.Minute()
}

// clock says of each minute of a date whether it is open.
type clock [dayMinutes]bool

func (c *clock) set(open bool, spans []Span) {
	for _, s := range spans {
		for m := s.Start; m < s.End; m++ {
			c[m] = open
		}
	}
}

// clock puts the layers of a date together; see the package comment.
func (h *Hours) clock(d Date) *clock {
	this, before := h.plan(d), h.plan(d-1)
	var c clock
	c.set(true, today(this.base))
	if !this.replaced || before.replaced {
		c.set(true, tomorrow(before.base))
	}
	c.set(true, today(this.added))
	c.set(true, tomorrow(before.added))
	c.set(false, today(this.closed))
	c.set(false, tomorrow(before.closed))
	return &c
}

// plan is what begins on a date, layer by layer.
type plan struct {
	base     []Span
	replaced bool // base is that of STANDARD overrides
	added    []Span
	closed   []Span
}

func (h *Hours) plan(d Date) plan {
	var p plan
	for i := range h.Overrides {
		o := &h.Overrides[i]
		if !o.covers(d) {
			continue
		}
		spans, closes := o.on(d)
		switch {
		case o.Type == Closing:
			p.closed = append(p.closed, spans...)
		case o.Type == Opening:
			p.added = append(p.added, spans...)
		case closes:
			p.replaced = true
		default:
			p.replaced, p.base = true, append(p.base, spans...)
		}
	}
	if !p.replaced {
		p.base = spansOn(h.Periods, d)
	}
	return p
}
