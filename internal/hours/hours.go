// Package hours is when a queue is open: weekly hours in a time zone.
package hours

// Hours is an hours-of-operation resource.
type Hours struct {
	ID          string   `json:"-"`
	Name        string   `json:"-"`
	Description string   `json:"description,omitempty"`
	TimeZone    string   `json:"timeZone"` // IANA name
	Periods     []Period `json:"periods"`
}

// Period is open time on one day of the week, in minutes after midnight. An end that is not after the start
// is on the next day, so 0 to 0 is the whole day.
type Period struct {
	Day   string `json:"day"` // SUNDAY to SATURDAY
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
