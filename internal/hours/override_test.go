package hours

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/fault"
)

// clockText puts spans in one line.
func clockText(spans []Span) string {
	var all []string
	for _, s := range spans {
		all = append(all, fmt.Sprintf("%02d:%02d-%02d:%02d", s.Start/60, s.Start%60, s.End/60, s.End%60))
	}
	return strings.Join(all, " ")
}

func TestLayersOfADate(t *testing.T) {
	t.Parallel()
	// 2024-12-24 is a Tuesday.
	const d = "2024-12-24"
	on := func(kind OverrideType, periods ...Period) Override {
		return Override{Name: string(kind), Type: kind, From: date(t, d), Till: date(t, d), Periods: periods}
	}
	eve := func(o Override) Override {
		o.From, o.Till = o.From-1, o.Till-1
		return o
	}
	short := on(Standard, period("TUESDAY", "09:00", "12:00"))
	night := eve(on(Standard, period("MONDAY", "22:00", "06:00")))
	tests := []struct {
		name      string
		overrides []Override
		want      string
	}{
		{"none", nil, "00:00-02:00 09:00-17:00 20:00-24:00"},
		{"of another date", []Override{eve(on(Closing))}, "00:00-02:00 09:00-17:00 20:00-24:00"},
		{"STANDARD takes the place of the day", []Override{short}, "09:00-12:00"},
		{"STANDARD without periods closes", []Override{on(Standard)}, ""},
		{"STANDARD for another weekday closes", []Override{on(Standard, period("FRIDAY", "09:00", "12:00"))}, ""},
		{"STANDARD for any day", []Override{on(Standard, period("", "10:00", "11:00"))}, "10:00-11:00"},
		{"two of STANDARD are added up", []Override{short, on(Standard), on(Standard, period("TUESDAY", "11:00", "13:00"))}, "09:00-13:00"},
		{"OPEN adds", []Override{on(Opening, period("TUESDAY", "16:00", "18:00"))}, "00:00-02:00 09:00-18:00 20:00-24:00"},
		{"OPEN without periods adds nothing", []Override{on(Opening)}, "00:00-02:00 09:00-17:00 20:00-24:00"},
		{"OPEN adds to STANDARD", []Override{on(Opening, period("TUESDAY", "16:00", "18:00")), short}, "09:00-12:00 16:00-18:00"},
		{"CLOSED takes away", []Override{on(Closing, period("TUESDAY", "12:00", "13:00"))}, "00:00-02:00 09:00-12:00 13:00-17:00 20:00-24:00"},
		{"CLOSED for another weekday", []Override{on(Closing, period("FRIDAY", "12:00", "13:00"))}, "00:00-02:00 09:00-17:00 20:00-24:00"},
		{"CLOSED without periods closes", []Override{on(Closing), short}, ""},
		{"CLOSED wins over all", []Override{on(Closing, period("", "08:00", "17:30")), on(Opening, period("", "16:00", "18:00")), short}, "17:30-18:00"},
		{"CLOSED over midnight", []Override{eve(on(Closing, period("", "23:00", "10:00")))}, "10:00-17:00 20:00-24:00"},
		{"OPEN over midnight", []Override{eve(on(Opening, period("", "23:00", "03:00")))}, "00:00-03:00 09:00-17:00 20:00-24:00"},
		{"STANDARD over midnight", []Override{night}, "00:00-06:00 09:00-17:00 20:00-24:00"},
		{"STANDARD over midnight into STANDARD", []Override{night, short}, "00:00-06:00 09:00-12:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := Hours{Overrides: tt.overrides, Periods: []Period{
				period("MONDAY", "20:00", "02:00"), period("TUESDAY", "09:00", "17:00"), period("TUESDAY", "20:00", "02:00"),
			}}
			days, err := h.Effective(date(t, d), date(t, d))
			if err != nil {
				t.Fatal(err)
			}
			if got := clockText(days[0].Open); got != tt.want {
				t.Errorf("open %s, want %s", got, tt.want)
			}
		})
	}
}

func TestOverridesAreTold(t *testing.T) {
	t.Parallel()
	day := date(t, "2024-12-24")
	h := Hours{Overrides: []Override{
		{Name: "closed", Type: Closing, From: day, Till: day},
		{Name: "shut", Type: Standard, From: day, Till: day},
		{Name: "late", Type: Opening, From: day, Till: day, Periods: []Period{period("", "22:00", "03:00")}},
		{Name: "elsewhere", Type: Opening, From: day + 9, Till: day + 9, Periods: []Period{{}}},
	}}
	days, err := h.Effective(day, day+2)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range days {
		for _, o := range d.Overrides {
			got = append(got, fmt.Sprintf("%s %s %s closes: %t", d.Date, o.Name, clockText([]Span{o.Span}), o.Closes))
		}
	}
	want := []string{
		"2024-12-24 closed 00:00-24:00 closes: true", "2024-12-24 shut 00:00-24:00 closes: true",
		"2024-12-24 late 22:00-24:00 closes: false", "2024-12-25 late 00:00-03:00 closes: false",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("overrides (-want +got):\n%s", diff)
	}
}

func TestEffectiveIsBounded(t *testing.T) {
	t.Parallel()
	h, from := Hours{}, date(t, "2024-01-01")
	if days, err := h.Effective(from, date(t, "2024-12-31")); len(days) != 366 || err != nil {
		t.Errorf("a leap year has %d days: %v", len(days), err)
	}
	for _, to := range []Date{from - 1, from + 366} {
		if _, err := h.Effective(from, to); !fault.Is(err, fault.Invalid) {
			t.Errorf("Effective(%s, %s): %v, want a fault of kind Invalid", from, to, err)
		}
	}
}

func TestParentsGiveTheirOverrides(t *testing.T) {
	t.Parallel()
	day := date(t, "2024-12-24")
	child := &Hours{TimeZone: in(t, "Asia/Kolkata"), Periods: AlwaysOpen()}
	parent := &Hours{TimeZone: in(t, "America/New_York"), Overrides: []Override{{Type: Closing, From: day, Till: day}}}
	whole := child.With(parent)
	for at, want := range map[string]bool{"2024-12-23T18:29:00Z": true, "2024-12-23T18:30:00Z": false, "2024-12-24T18:30:00Z": true} {
		if got := whole.Open(instant(t, at)); got != want {
			t.Errorf("with the parent Open(%s) = %t, want %t", at, got, want)
		}
		if !child.Open(instant(t, at)) {
			t.Errorf("the child alone is closed at %s", at)
		}
	}
}

func TestRecurrence(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		first string // a date that the override begins on
		r     Recurrence
		want  string // those it falls on, within the time that is looked at
		days  int
	}{
		{"every week", "2024-05-01", Recurrence{Frequency: Weekly, Interval: 1}, "2024-05-01 2024-05-02 2024-05-03 2024-05-04 2024-05-05 2024-05-06 2024-05-07 2024-05-08", 8},
		{"every other week, from Monday", "2024-05-01", Recurrence{Frequency: Weekly, Interval: 2}, "2024-05-01 2024-05-02 2024-05-03 2024-05-04 2024-05-05 2024-05-13 2024-05-14", 14},
		{"a day of the month", "2024-01-01", Recurrence{Frequency: Monthly, Interval: 1, MonthDay: 15}, "2024-01-15 2024-02-15 2024-03-15", 90},
		{"a day that some months lack", "2024-01-01", Recurrence{Frequency: Monthly, Interval: 1, MonthDay: 31}, "2024-01-31 2024-03-31 2024-05-31", 170},
		{"the last of the month", "2024-01-15", Recurrence{Frequency: Monthly, Interval: 1, MonthDay: -1}, "2024-01-31 2024-02-29 2024-03-31", 90},
		{"every third month", "2023-11-05", Recurrence{Frequency: Monthly, Interval: 3}, "2023-11-05 2024-02-05 2024-05-05", 200},
		{"the second Monday", "2024-01-01", Recurrence{Frequency: Monthly, Interval: 1, Occurrence: 2}, "2024-01-08 2024-02-12 2024-03-11", 90},
		{"the last Monday", "2024-01-01", Recurrence{Frequency: Monthly, Interval: 1, Occurrence: -1}, "2024-01-29 2024-02-26 2024-03-25", 90},
		{"Christmas", "2023-01-01", Recurrence{Frequency: Yearly, Interval: 1, Month: 12, MonthDay: 25}, "2023-12-25 2024-12-25", 800},
		{"every other year", "2023-06-01", Recurrence{Frequency: Yearly, Interval: 2, MonthDay: 3}, "2023-06-03 2025-06-03", 1000},
		{"the day of the start", "2024-02-29", Recurrence{Frequency: Yearly, Interval: 1}, "2024-02-29 2028-02-29", 1500},
		{"Thanksgiving", "2023-01-01", Recurrence{Frequency: Yearly, Interval: 1, Month: 11, Occurrence: 4}, "2023-11-27 2024-11-25", 800},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			first := date(t, tt.first)
			o := Override{Type: Opening, From: first, Till: first + Date(tt.days) - 1, Recurrence: &tt.r, Periods: []Period{{}}}
			if tt.r.Occurrence != 0 {
				o.Periods[0].Day = "MONDAY"
			}
			if err := o.Check(); err != nil {
				t.Fatal(err)
			}
			h, got := Hours{Overrides: []Override{o}}, []string{}
			for d := first - 10; d < first+Date(tt.days)+40; d++ {
				if len(h.clock(d).spans()) > 0 {
					got = append(got, d.String())
				}
			}
			if diff := cmp.Diff(strings.Fields(tt.want), got); diff != "" {
				t.Errorf("it falls on (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOverridesAreChecked(t *testing.T) {
	t.Parallel()
	day := date(t, "2024-12-24")
	tests := []struct {
		name string
		o    Override
		says string
	}{
		{"ends before it begins", Override{From: day, Till: day - 1}, "EffectiveTill"},
		{"a month of a week", Override{From: day, Till: day, Recurrence: &Recurrence{Frequency: Weekly, Interval: 1, Month: 1}}, "ByMonth goes"},
		{"a month of a month", Override{From: day, Till: day, Recurrence: &Recurrence{Frequency: Monthly, Interval: 1, Month: 1}}, "ByMonth goes"},
		{"a month day of a week", Override{From: day, Till: day, Recurrence: &Recurrence{Frequency: Weekly, Interval: 1, MonthDay: 1}}, "ByMonthDay"},
		{"an occurrence in a week", Override{From: day, Till: day, Recurrence: &Recurrence{Frequency: Weekly, Interval: 1, Occurrence: 1}}, "ByWeekdayOccurrence"},
		{"both days", Override{From: day, Till: day, Recurrence: &Recurrence{Frequency: Monthly, Interval: 1, MonthDay: 1, Occurrence: 1}}, "at most one"},
		{"an occurrence of no day", Override{From: day, Till: day, Recurrence: &Recurrence{Frequency: Monthly, Interval: 1, Occurrence: 1}}, "Config"},
		{"an occurrence of any day", Override{From: day, Till: day, Periods: []Period{{}}, Recurrence: &Recurrence{Frequency: Yearly, Interval: 1, Occurrence: 1}}, "Config"},
		{"no interval", Override{From: day, Till: day, Recurrence: &Recurrence{Frequency: Weekly}}, "Interval"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.o.Check(); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("Check() = %v, want one that says %s", err, tt.says)
			}
		})
	}
}
