package hours

import (
	"cmp"
	"time"

	"github.com/tasklane/tasklane/internal/fault"
)

// Frequency is how often an override recurs.
type Frequency string

// The frequencies.
const (
	Weekly  Frequency = "WEEKLY"
	Monthly Frequency = "MONTHLY"
	Yearly  Frequency = "YEARLY"
)

// Recurrence picks dates out of those from the first date of an override on, as RFC 5545 does: weeks begin on
// Mondays; a month that lacks the day is left out; and what is not given is as it is for the first date. A field
// that is 0 is not given.
type Recurrence struct {
	Frequency  Frequency  `json:"frequency"`
	Interval   int        `json:"interval"`             // 2: every other week, month or year
	Month      time.Month `json:"month,omitempty"`      // of YEARLY
	MonthDay   int        `json:"monthDay,omitempty"`   // -1: the last
	Occurrence int        `json:"occurrence,omitempty"` // of a day of the week in its month; -1: the last
}

// check fails with [fault.Invalid] for members that do not go together
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_RecurrencePattern.html).
func (r *Recurrence) check() error {
	switch {
	case r.Interval < 1:
		return fault.New(fault.Invalid, "Interval must be 1 or more")
	case r.Month != 0 && r.Frequency != Yearly:
		return fault.New(fault.Invalid, "ByMonth goes with Frequency YEARLY only, not %s", r.Frequency)
	case r.MonthDay != 0 && r.Frequency == Weekly:
		return fault.New(fault.Invalid, "ByMonthDay goes with Frequency MONTHLY or YEARLY only")
	case r.Occurrence != 0 && r.Frequency == Weekly:
		return fault.New(fault.Invalid, "ByWeekdayOccurrence goes with Frequency MONTHLY or YEARLY only")
	case r.MonthDay != 0 && r.Occurrence != 0:
		return fault.New(fault.Invalid, "specify at most one of ByMonthDay and ByWeekdayOccurrence")
	}
	return nil
}

// falls reports whether the recurrence that began on a date falls on another, which is not before it.
func (r *Recurrence) falls(first, d Date) bool {
	was, is := first.midnight(), d.midnight()
	years := is.Year() - was.Year()
	switch r.Frequency {
	case Weekly:
		return (d.week()-first.week())%r.Interval == 0
	case Monthly:
		months := 12*years + int(is.Month()-was.Month())
		return months%r.Interval == 0 && r.onDay(was.Day(), d)
	case Yearly:
		return years%r.Interval == 0 && is.Month() == cmp.Or(r.Month, was.Month()) && r.onDay(was.Day(), d)
	}
	return false
}

// onDay reports whether a date is the right one of its month.
func (r *Recurrence) onDay(first int, d Date) bool {
	day := d.midnight().Day()
	switch {
	case r.Occurrence == -1:
		return (d + 7).midnight().Day() <= 7
	case r.Occurrence != 0:
		return (day-1)/7+1 == r.Occurrence
	case r.MonthDay == -1:
		return d.isLast()
	default:
		return day == cmp.Or(r.MonthDay, first)
	}
}
