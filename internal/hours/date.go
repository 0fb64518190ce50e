package hours

import (
	"time"

	"github.com/tasklane/tasklane/internal/fault"
)

// Date is a day of the calendar, counted from 1970-01-01 on.
type Date int

const secondsPerDay = 24 * 60 * 60

// ParseDate reads a date in the form 2006-01-02. It fails with [fault.Invalid].
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return 0, fault.New(fault.Invalid, "%q is not a date in the form YYYY-MM-DD", text)
	}
	return Date(t.Unix() / secondsPerDay), nil
}

// dateOf is the date that the calendar shows at a time, where the time says it is.
func dateOf(t time.Time) Date {
	year, month, day := t.Date()
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

// midnight is when the date begins in UTC.
func (d Date) midnight() time.Time { return time.Unix(int64(d)*secondsPerDay, 0).UTC() }

// String is the date in the form 2006-01-02.
func (d Date) String() string { return d.midnight().Format(time.DateOnly) }

// Weekday is the date's day of the week.
func (d Date) Weekday() time.Weekday { return d.midnight().Weekday() }

// week counts the weeks, which begin on Mondays.
func (d Date) week() int {
	const aMonday = 4 // 1970-01-05
	days := int(d) - aMonday
	if days < 0 {
		days -= 6
	}
	return days / 7
}

// isLast reports whether the date is the last of its month.
func (d Date) isLast() bool { return (d + 1).midnight().Day() == 1 }

// MarshalText writes the date as [Date.String] does.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads a date. It fails as [ParseDate] does.
func (d *Date) UnmarshalText(text []byte) error {
	date, err := ParseDate(string(text))
	*d = date
	return err
}
