package server

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Span is a length of time as a setting gives it: in days (730d) or as [time.ParseDuration] reads it (17520h).
type Span time.Duration

// UnmarshalText reads a span.
func (s *Span) UnmarshalText(text []byte) error {
	if days, ok := strings.CutSuffix(string(text), "d"); ok {
		n, err := strconv.ParseFloat(days, 64)
		if err != nil || !(n >= 0 && n <= 36500) { // NaN is neither
			return fmt.Errorf("%q is no number of days up to 36500", text)
		}
		*s = Span(n * float64(24*time.Hour))
		return nil
	}
	d, err := time.ParseDuration(string(text))
	*s = Span(d)
	return err
}
