package metric

import (
	"iter"
	"time"

	"github.com/tasklane/tasklane/internal/fault"
)

// Period is how a span of time is cut into intervals.
type Period string

// The periods.
const (
	QuarterHour Period = "FIFTEEN_MIN"
	HalfHour    Period = "THIRTY_MIN"
	Hour        Period = "HOUR"
	Day         Period = "DAY"
	Week        Period = "WEEK"
	Total       Period = "TOTAL"
)

const (
	day = 24 * time.Hour
	// longestFine bounds the span that is cut into hours or less, and longestCoarse any other; a span is shorter.
	longestFine   = 3 * day
	longestCoarse = 35 * day
)

// Span is a time range that is cut into intervals in a time zone. Its start belongs to it, its end does not.
type Span struct {
	Start, End time.Time
	Period     Period
	Zone       *time.Location
}

// Check reports whether a span can be asked for at a time
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_GetMetricDataV2.html). It fails with [fault.Invalid].
func (s Span) Check(now time.Time) error {
	longest := longestCoarse
	if s.Period == QuarterHour || s.Period == HalfHour || s.Period == Hour {
		longest = longestFine
	}
	switch {
	case !s.Start.Before(s.End):
		return fault.New(fault.Invalid, "StartTime must be before EndTime")
	case s.End.After(now):
		return fault.New(fault.Invalid, "EndTime must not be in the future")
	case s.End.Sub(s.Start) >= longest:
		return fault.New(fault.Invalid, "The difference between StartTime and EndTime must be less than %d days for interval %s",
			int(longest/day), s.Period)
	}
	return nil
}

// Interval is the interval of the span that a time of the span is in.
func (s Span) Interval(at time.Time) (from, to time.Time) {
	from, to = s.cut(at.In(s.Zone))
	if from.Before(s.Start) {
		from = s.Start
	}
	if to.After(s.End) {
		to = s.End
	}
	return from.UTC(), to.UTC()
}

// Intervals yields all intervals of the span, in order.
func (s Span) Intervals() iter.Seq2[time.Time, time.Time] {
	return func(yield func(from, to time.Time) bool) {
		for at := s.Start; at.Before(s.End); {
			from, to := s.Interval(at)
			if !yield(from, to) {
				return
			}
			at = to
		}
	}
}

// cut is the whole interval around a time. Days and weeks, which begin on Mondays, are those of the calendar.
func (s Span) cut(at time.Time) (from, to time.Time) {
	y, m, d := at.Date()
	minutes := map[Period]int{QuarterHour: 15, HalfHour: 30, Hour: 60}[s.Period]
	switch {
	case minutes > 0: // counted from the minute, so that an hour that comes twice stays two
		into := time.Duration(at.Minute()%minutes)*time.Minute + time.Duration(at.Second())*time.Second + time.Duration(at.Nanosecond())
		from = at.Add(-into)
		return from, from.Add(time.Duration(minutes) * time.Minute)
	case s.Period == Day:
		return s.midnight(y, m, d), s.midnight(y, m, d+1)
	case s.Period == Week:
		d -= (int(at.Weekday()) + 6) % 7
		return s.midnight(y, m, d), s.midnight(y, m, d+7)
	}
	return s.Start, s.End
}

// midnight is when a day begins. Where the clock is put forward at midnight that is at one o'clock.
func (s Span) midnight(y int, m time.Month, d int) time.Time {
	at := time.Date(y, m, d, 0, 0, 0, 0, s.Zone)
	if at.Hour() > 12 { // the hour before, which is of the day before
		at = at.Add(time.Hour)
	}
	return at
}
