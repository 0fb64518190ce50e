package latency

import (
	"testing"
	"time"
)

func TestSummarize(t *testing.T) {
	var hundred []time.Duration
	for i := range 100 {
		hundred = append(hundred, time.Duration(100-i)*time.Millisecond)
	}
	tests := []struct {
		name string
		give []time.Duration
		want Summary
	}{
		{"none", nil, Summary{}},
		{"one", []time.Duration{1500 * time.Microsecond}, Summary{1.5, 1.5}},
		{"two", []time.Duration{2 * time.Millisecond, time.Millisecond}, Summary{1, 2}},
		{"1 to 100, backwards", hundred, Summary{50, 99}},
	}
	for _, tt := range tests {
		if got := Summarize(tt.give); got != tt.want {
			t.Errorf("%s: got %+v, want %+v", tt.name, got, tt.want)
		}
	}
}
