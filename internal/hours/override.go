package hours

import (
	"slices"

	"github.com/tasklane/tasklane/internal/fault"
)

// OverrideType says what an override does to the hours of a date.
type OverrideType string

// The types; see the package comment.
const (
	Standard OverrideType = "STANDARD"
	Opening  OverrideType = "OPEN"
	Closing  OverrideType = "CLOSED"
)

// Override changes the hours on some dates. On those a STANDARD one without periods for the day closes it, as does
// a CLOSED one that has no periods at all.
type Override struct {
	ID          string       `json:"id"`
	Name        string       `json:"name"`
	Description string       `json:"description,omitempty"`
	Type        OverrideType `json:"type"`
	From        Date         `json:"from"`
	Till        Date         `json:"till"`                 // the last date
	Recurrence  *Recurrence  `json:"recurrence,omitempty"` // nil: on every date of these
	Periods     []Period     `json:"periods"`
}

// Check fails with [fault.Invalid] for dates in the wrong order and for a recurrence whose members do not go
// together.
func (o *Override) Check() error {
	if o.Till < o.From {
		return fault.New(fault.Invalid, "EffectiveTill: %s is before EffectiveFrom, %s", o.Till, o.From)
	}
	if o.Recurrence == nil {
		return nil
	}
	if err := o.Recurrence.check(); err != nil {
		return fault.In("RecurrenceConfig.RecurrencePattern", err)
	}
	anyDay := func(p Period) bool { return p.Day == "" }
	if o.Recurrence.Occurrence != 0 && (len(o.Periods) == 0 || slices.ContainsFunc(o.Periods, anyDay)) {
		return fault.New(fault.Invalid, "Config: Day is required with ByWeekdayOccurrence, which counts that day of the week")
	}
	return nil
}

// covers reports whether the override holds on a date.
func (o *Override) covers(d Date) bool {
	return o.From <= d && d <= o.Till && (o.Recurrence == nil || o.Recurrence.falls(o.From, d))
}

// on returns the periods that begin on a date that the override covers, and whether it is closed in them.
func (o *Override) on(d Date) (spans []Span, closes bool) {
	spans = spansOn(o.Periods, d)
	switch o.Type {
	case Closing:
		if len(o.Periods) == 0 {
			spans = []Span{wholeDay}
		}
		return spans, true
	case Standard:
		if len(spans) == 0 {
			return []Span{wholeDay}, true
		}
	case Opening: // has nothing to say where it has no periods
	}
	return spans, false
}
