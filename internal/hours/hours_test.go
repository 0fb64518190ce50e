package hours

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/tasklane/tasklane/internal/fault"
)

// in is a zone that is known to exist.
func in(t testing.TB, name string) Zone {
	t.Helper()
	z, err := NewZone(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// date reads a date that is one.
func date(t testing.TB, text string) Date {
	t.Helper()
	d, err := ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// instant reads a time in RFC 3339.
func instant(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// period is a period from one time of day to another, both as 15:04.
func period(day, from, to string) Period {
	minute := func(text string) (m int) {
		var h int
		if _, err := fmt.Sscanf(text, "%d:%d", &h, &m); err != nil {
			panic(err)
		}
		return 60*h + m
	}
	return Period{Day: day, Start: minute(from), End: minute(to)}
}

// week are the same hours from Monday to Friday.
func week(from, to string) []Period {
	var all []Period
	for _, day := range []string{"MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"} {
		all = append(all, period(day, from, to))
	}
	return all
}

func TestWeeklyHours(t *testing.T) {
	t.Parallel()
	office := week("09:00", "17:00")
	lunch := []Period{period("MONDAY", "09:00", "12:00"), period("MONDAY", "13:00", "17:00")}
	night := []Period{period("FRIDAY", "22:00", "06:00")}
	late := []Period{period("FRIDAY", "18:00", "00:00")}
	tests := []struct {
		name    string
		zone    string
		periods []Period
		at      string
		want    bool
	}{
		{"at the start", "Europe/Berlin", office, "2024-05-06T09:00:00+02:00", true},
		{"just before the start", "Europe/Berlin", office, "2024-05-06T08:59:59+02:00", false},
		{"just before the end", "Europe/Berlin", office, "2024-05-06T16:59:59+02:00", true},
		{"at the end", "Europe/Berlin", office, "2024-05-06T17:00:00+02:00", false},
		{"at the weekend", "Europe/Berlin", office, "2024-05-05T12:00:00+02:00", false},
		{"the zone's day, not that of UTC", "Asia/Kolkata", []Period{period("MONDAY", "00:00", "01:00")}, "2024-05-05T18:30:00Z", true},
		{"half an hour of zone", "Asia/Kolkata", office, "2024-05-06T03:29:59Z", false},
		{"half an hour of zone, later", "Asia/Kolkata", office, "2024-05-06T03:30:00Z", true},
		{"at lunch", "UTC", lunch, "2024-05-06T12:30:00Z", false},
		{"after lunch", "UTC", lunch, "2024-05-06T13:00:00Z", true},
		{"before midnight", "UTC", night, "2024-05-10T23:59:00Z", true},
		{"after midnight", "UTC", night, "2024-05-11T05:59:59Z", true},
		{"at the end after midnight", "UTC", night, "2024-05-11T06:00:00Z", false},
		{"the night before", "UTC", night, "2024-05-10T05:00:00Z", false},
		{"until midnight", "UTC", late, "2024-05-10T23:59:59Z", true},
		{"at midnight", "UTC", late, "2024-05-11T00:00:00Z", false},
		{"a whole day", "UTC", []Period{{Day: "SUNDAY"}}, "2024-05-05T00:00:00Z", true},
		{"a whole day, its end", "UTC", []Period{{Day: "SUNDAY"}}, "2024-05-05T23:59:59Z", true},
		{"a whole day is over", "UTC", []Period{{Day: "SUNDAY"}}, "2024-05-06T00:00:00Z", false},
		{"a week's end reaches into its start", "UTC", []Period{period("SATURDAY", "23:00", "01:00")}, "2024-05-05T00:30:00Z", true},
		{"no periods", "UTC", nil, "2024-05-06T12:00:00Z", false},
		{"always", "Pacific/Apia", AlwaysOpen(), "2024-05-06T12:00:00Z", true},
		{"a classic name", "EST5EDT", office, "2024-07-01T13:00:00Z", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := Hours{TimeZone: in(t, tt.zone), Periods: tt.periods}
			if got := h.Open(instant(t, tt.at)); got != tt.want {
				t.Errorf("Open(%s) = %t, want %t", tt.at, got, tt.want)
			}
		})
	}
}

func TestClocksThatAreChanged(t *testing.T) {
	t.Parallel()
	early := func(day, from, to string) []Period { return []Period{period(day, from, to)} }
	tests := []struct {
		name    string
		zone    string
		periods []Period
		from    string
		open    time.Duration // in the 30 hours from then on
	}{
		{"an hour that is skipped", "Europe/Berlin", early("SUNDAY", "02:15", "02:45"), "2024-03-30T22:00:00Z", 0},
		{"an hour that is skipped in part", "Europe/Berlin", early("SUNDAY", "01:30", "03:30"), "2024-03-30T22:00:00Z", time.Hour},
		{"a day of 23 hours", "Europe/Berlin", early("SUNDAY", "00:00", "00:00"), "2024-03-30T22:00:00Z", 23 * time.Hour},
		{"an hour that comes twice", "Europe/Berlin", early("SUNDAY", "02:15", "02:45"), "2024-10-26T21:00:00Z", time.Hour},
		{"a day of 25 hours", "Europe/Berlin", early("SUNDAY", "00:00", "00:00"), "2024-10-26T21:00:00Z", 25 * time.Hour},
		{"a night in spring", "America/New_York", early("SATURDAY", "22:00", "06:00"), "2024-03-10T02:00:00Z", 7 * time.Hour},
		{"a night in autumn", "America/New_York", early("SATURDAY", "22:00", "06:00"), "2024-11-03T01:00:00Z", 9 * time.Hour},
		{"a zone that changes nothing", "Asia/Kolkata", early("SUNDAY", "00:00", "00:00"), "2024-03-30T18:00:00Z", 24 * time.Hour},
		{"a date that does not exist", "Pacific/Apia", early("FRIDAY", "00:00", "00:00"), "2011-12-30T06:00:00Z", 0},
		{"the date after it", "Pacific/Apia", early("SATURDAY", "00:00", "00:00"), "2011-12-30T06:00:00Z", 24 * time.Hour},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := Hours{TimeZone: in(t, tt.zone), Periods: tt.periods}
			var open time.Duration
			for from, m := instant(t, tt.from), 0; m < 30*60; m++ {
				if h.Open(from.Add(time.Duration(m) * time.Minute)) {
					open += time.Minute
				}
			}
			if open != tt.open {
				t.Errorf("open for %v, want %v", open, tt.open)
			}
		})
	}
}

func TestNext(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		zone     string
		periods  []Period
		at, want string // empty: never
	}{
		{"now", "UTC", week("09:00", "17:00"), "2024-05-06T09:00:30Z", "2024-05-06T09:00:30Z"},
		{"later today", "UTC", week("09:00", "17:00"), "2024-05-06T08:10:30Z", "2024-05-06T09:00:00Z"},
		{"after the weekend", "Europe/Berlin", week("09:00", "17:00"), "2024-03-29T16:00:00Z", "2024-04-01T07:00:00Z"},
		{"in the hour that comes twice", "Europe/Berlin", []Period{period("SUNDAY", "02:15", "02:45")}, "2024-10-27T00:50:00Z", "2024-10-27T01:15:00Z"},
		{"not in the hour that is skipped", "Europe/Berlin", []Period{period("SUNDAY", "02:15", "02:45")}, "2024-03-31T00:50:00Z", "2024-04-07T00:15:00Z"},
		{"when the clock jumps into it", "Europe/Berlin", []Period{period("SUNDAY", "02:30", "03:30")}, "2024-03-31T00:50:00Z", "2024-03-31T01:00:00Z"},
		{"past a date that does not exist", "Pacific/Apia", []Period{{Day: "SATURDAY"}}, "2011-12-30T06:00:00Z", "2011-12-30T10:00:00Z"},
		{"never", "UTC", nil, "2024-05-06T09:00:30Z", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := Hours{TimeZone: in(t, tt.zone), Periods: tt.periods}
			got, ok := h.Next(instant(t, tt.at))
			if ok != (tt.want != "") || ok && !got.Equal(instant(t, tt.want)) {
				t.Errorf("Next(%s) = %s, %t, want %s", tt.at, got.UTC().Format(time.RFC3339), ok, tt.want)
			}
		})
	}
}

func TestHoursAreKeptAsBefore(t *testing.T) {
	t.Parallel()
	const kept = `{"timeZone":"Europe/Berlin","periods":[{"day":"MONDAY","start":540,"end":1020}]}`
	var h Hours
	if err := json.Unmarshal([]byte(kept), &h); err != nil {
		t.Fatal(err)
	}
	if !h.Open(instant(t, "2024-05-06T07:00:00Z")) {
		t.Error("closed at 9 in Berlin")
	}
	if body, err := json.Marshal(&h); string(body) != kept || err != nil {
		t.Errorf("Marshal = %s, %v, want %s", body, err, kept)
	}
	if body, err := json.Marshal(Hours{}.TimeZone); string(body) != `"UTC"` || err != nil {
		t.Errorf("Marshal of no zone = %s, %v", body, err)
	}
}

func TestNoZones(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "Local", "Europe/Bielefeld", "../../etc/passwd", "/etc/localtime", "right/UTC", "posix/UTC", "zone.tab", "+02:00"} {
		if _, err := NewZone(name); !fault.Is(err, fault.Invalid) {
			t.Errorf("NewZone(%q): %v, want a fault of kind Invalid", name, err)
		}
	}
}

func TestNoDates(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "2024-02-30", "2023-02-29", "2024-13-01", "2024-1-1", "24-01-01", "2024-01-01T00:00:00Z"} {
		if _, err := ParseDate(text); !fault.Is(err, fault.Invalid) {
			t.Errorf("ParseDate(%q): %v, want a fault of kind Invalid", text, err)
		}
	}
	for _, text := range []string{"0000-01-01", "1969-12-31", "1970-01-01", "2024-02-29", "9999-12-31"} {
		if got := date(t, text).String(); got != text {
			t.Errorf("ParseDate(%s) = %s", text, got)
		}
	}
}
