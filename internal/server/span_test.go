package server

import (
	"testing"
	"time"
)

func TestSpan(t *testing.T) {
	tests := []struct {
		text string
		want time.Duration // 0: refused
	}{
		{"730d", 730 * 24 * time.Hour},
		{"0.5d", 12 * time.Hour},
		{"48h", 48 * time.Hour},
		{"90m", 90 * time.Minute},
		{"d", 0},
		{"-1d", 0},
		{"1e9d", 0},
		{"NaNd", 0},
		{"7", 0},
		{"two days", 0},
	}
	for _, tt := range tests {
		var s Span
		err := s.UnmarshalText([]byte(tt.text))
		if (err != nil) != (tt.want == 0) || err == nil && time.Duration(s) != tt.want {
			t.Errorf("UnmarshalText(%q) = %v, %v, want %v", tt.text, time.Duration(s), err, tt.want)
		}
	}
}
