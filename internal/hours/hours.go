// Package hours is when a queue is open: weekly hours in a time zone, and overrides of them on some dates. It is
// pure, and nothing but a flow asks it: what waits is offered also when the queue is closed.
//
// All times of day are what the clock on the wall shows in the zone. Where it skips an hour, what is open in that
// hour is not; where it repeats one, it is open twice. For one date the layers are, from below:
//
//	weekly periods ─► STANDARD overrides, in their place ─► OPEN overrides, added ─► CLOSED overrides, taken away
//
// A period that lasts past midnight belongs to the layer of the date it begins on; a STANDARD override of the next
// date cuts it off, unless it comes of a STANDARD override itself.
package hours

import (
	"slices"
	"strings"
)

// Hours is an hours-of-operation resource.
type Hours struct {
	ID          string            `json:"-"`
	Name        string            `json:"-"`
	Description string            `json:"description,omitempty"`
	TimeZone    Zone              `json:"timeZone"`
	Periods     []Period          `json:"periods"`
	Overrides   []Override        `json:"overrides,omitempty"` // in the order in which they were made
	Parents     []string          `json:"parents,omitempty"`   // ids of hours whose overrides hold here too
	Tags        map[string]string `json:"tags,omitempty"`
}

// Period is open time on one day of the week, in minutes after midnight. An end that is not after the start
// is on the next day, so 0 to 0 is the whole day.
type Period struct {
	Day   string `json:"day"` // SUNDAY to SATURDAY; of an override also empty: on any day
	Start int    `json:"start"`
	End   int    `json:"end"`
}

// AlwaysOpen returns the periods of 24 hours on 7 days.
func AlwaysOpen() []Period {
	days := []string{"SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"}
	periods := make([]Period, len(days))
	for i, day := range days {
		periods[i] = Period{Day: day}
	}
	return periods
}

// With returns the hours as they are with the overrides of their parents, which hold in the child's time zone.
func (h *Hours) With(parents ...*Hours) *Hours {
	whole := *h
	whole.Overrides = slices.Clone(h.Overrides)
	for _, p := range parents {
		whole.Overrides = append(whole.Overrides, p.Overrides...)
	}
	return &whole
}

// dayMinutes is the length of a date on the clock.
const dayMinutes = 24 * 60

// Span is a part of one date, in minutes after its midnight. The end is not in it; that of the date is 1440. Inside
// the package a span may end on the next date, up to 2880.
type Span struct{ Start, End int }

// wholeDay is a date from its midnight to the next.
var wholeDay = Span{0, dayMinutes}

// spansOn are the periods that begin on a date.
func spansOn(periods []Period, d Date) []Span {
	day := strings.ToUpper(d.Weekday().String())
	var spans []Span
	for _, p := range periods {
		if p.Day != "" && p.Day != day {
			continue
		}
		end := p.End
		if end <= p.Start {
			end += dayMinutes
		}
		spans = append(spans, Span{p.Start, end})
	}
	return spans
}

// today is the part of spans that lies on the date they begin on.
func today(spans []Span) []Span {
	parts := make([]Span, len(spans))
	for i, s := range spans {
		parts[i] = Span{s.Start, min(s.End, dayMinutes)}
	}
	return parts
}

// tomorrow is the part of spans that lies on the date after.
func tomorrow(spans []Span) []Span {
	var parts []Span
	for _, s := range spans {
		if s.End > dayMinutes {
			parts = append(parts, Span{0, s.End - dayMinutes})
		}
	}
	return parts
}
