package hours

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var zones = []string{"UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Australia/Lord_Howe"}

// changes are times at which one of the zones changes its clock.
var changes = []string{
	"2024-03-31T01:00:00Z", "2024-10-27T01:00:00Z", "2024-03-10T07:00:00Z", "2024-11-03T06:00:00Z",
	"2011-12-30T10:00:00Z", "2024-10-05T15:30:00Z", "2024-12-25T00:00:00Z", "2024-02-29T12:00:00Z",
}

func drawPeriods(t *rapid.T, most int) []Period {
	days := []string{"SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"}
	minute := rapid.OneOf(rapid.IntRange(0, dayMinutes-1), rapid.SampledFrom([]int{0, 60, 120, 150, 180, 23*60 + 59}))
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Period {
		return Period{Day: rapid.SampledFrom(days).Draw(t, "day"), Start: minute.Draw(t, "start"), End: minute.Draw(t, "end")}
	}), 0, most).Draw(t, "periods")
}

func drawOverride(t *rapid.T, near Date) Override {
	o := Override{
		Type: rapid.SampledFrom([]OverrideType{Standard, Opening, Closing}).Draw(t, "type"),
		From: near + Date(rapid.IntRange(-40, 3).Draw(t, "from")), Periods: drawPeriods(t, 3),
	}
	o.Till = o.From + Date(rapid.IntRange(0, 50).Draw(t, "dates"))
	if rapid.Bool().Draw(t, "recurs") {
		o.Recurrence = &Recurrence{
			Frequency: rapid.SampledFrom([]Frequency{Weekly, Monthly, Yearly}).Draw(t, "frequency"),
			Interval:  rapid.IntRange(1, 6).Draw(t, "interval"),
		}
		if o.Recurrence.Frequency != Weekly {
			o.Recurrence.MonthDay = rapid.IntRange(-1, 31).Draw(t, "day of the month")
		}
	}
	return o
}

// drawHours makes hours, and a time near which they change much.
func drawHours(t *rapid.T) (*Hours, time.Time) {
	zone, err := NewZone(rapid.SampledFrom(zones).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.Parse(time.RFC3339, rapid.SampledFrom(changes).Draw(t, "near"))
	if err != nil {
		t.Fatal(err)
	}
	at = at.Add(time.Duration(rapid.IntRange(-36*3600, 36*3600).Draw(t, "seconds")) * time.Second)
	h := &Hours{TimeZone: zone, Periods: drawPeriods(t, 5)}
	for range rapid.IntRange(0, 3).Draw(t, "overrides") {
		h.Overrides = append(h.Overrides, drawOverride(t, dateOf(at)))
	}
	return h, at
}

// within reports whether a minute of a date is in periods, those that began the day before included.
func within(periods []Period, d Date, minute int, begins func(Date) bool) bool {
	for _, p := range periods {
		for ago := range Date(2) {
			day, since := (d - ago).Weekday(), minute+int(ago)*dayMinutes
			length := (p.End - p.Start + dayMinutes - 1) % dayMinutes // and a minute
			if begins(d-ago) && []string{"SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"}[day] == p.Day &&
				p.Start <= since && since <= p.Start+length {
				return true
			}
		}
	}
	return false
}

// openBySpec decides one minute as the specification says it, without layers.
func openBySpec(h *Hours, d Date, minute int) bool {
	replaced := func(d Date) bool {
		for i := range h.Overrides {
			if o := &h.Overrides[i]; o.Type == Standard && o.covers(d) {
				return true
			}
		}
		return false
	}
	open := !replaced(d) && within(h.Periods, d, minute, func(begin Date) bool { return !replaced(begin) })
	for i := range h.Overrides {
		o := &h.Overrides[i]
		switch {
		case o.Type == Closing && len(o.Periods) == 0 && o.covers(d), o.Type == Closing && within(o.Periods, d, minute, o.covers):
			return false
		case o.Type != Closing && within(o.Periods, d, minute, o.covers):
			open = true
		}
	}
	return open
}

func TestOpenIsWhatTheSpecificationSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h, at := drawHours(t)
		local := at.In(h.TimeZone.in())
		if got, want := h.Open(at), openBySpec(h, dateOf(local), 60*local.Hour()+local.Minute()); got != want {
			t.Fatalf("Open(%s) = %t, want %t", local, got, want)
		}
	})
}

func TestNextIsTheFirstOpenMinute(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h, at := drawHours(t)
		got, ok := h.Next(at)
		if ok && (got.Before(at) || !h.Open(got)) {
			t.Fatalf("Next(%s) = %s, when it is closed", at, got)
		}
		for m := at; m.Before(at.Add(3 * 24 * time.Hour)); m = m.Add(time.Minute) {
			if h.Open(m) {
				if !ok || got.After(m) {
					t.Fatalf("Next(%s) = %s, %t, but it is open at %s", at, got, ok, m)
				}
				return
			}
			if ok && got.Before(m) {
				return
			}
		}
	})
}

// The effective hours of a date and what Open says are the same thing.
func TestEffectiveHoursAreOpen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h, at := drawHours(t)
		local := at.In(h.TimeZone.in())
		days, err := h.Effective(dateOf(local)-1, dateOf(local))
		if err != nil {
			t.Fatal(err)
		}
		minute, open := 60*local.Hour()+local.Minute(), false
		for i, s := range days[1].Open {
			open = open || s.Start <= minute && minute < s.End
			if s.Start >= s.End || s.End > dayMinutes || i > 0 && days[1].Open[i-1].End >= s.Start {
				t.Fatalf("spans %v are empty, long, or touch", days[1].Open)
			}
		}
		if got := h.Open(at); got != open {
			t.Fatalf("Open(%s) = %t, and the date has %s", local, got, clockText(days[1].Open))
		}
	})
}
