package routing

import (
	"testing"
	"time"

	"github.com/tasklane/tasklane/internal/agent"
)

func TestCapOfQueue(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name        string
		most        *int
		transferred bool
		want        int
		capped      bool
	}{
		{"none", nil, false, 0, false},
		{"none of transfers", nil, true, 0, false},
		{"of new contacts", new(10), false, 10, true},
		{"of transfers", new(10), true, 12, true},
		{"a fifth, rounded down", new(9), true, 10, true},
		{"no fifth of so few", new(4), true, 4, true},
		{"nothing", new(0), false, 0, true},
		{"nothing, by transfer", new(0), true, 0, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := Queue{MaxContacts: tt.most}
			if n, capped := q.Cap(tt.transferred); n != tt.want || capped != tt.capped {
				t.Errorf("Cap(%t) = %d, %t, want %d, %t", tt.transferred, n, capped, tt.want, tt.capped)
			}
		})
	}
}

func TestTimerOfProfileSaysSinceWhenAgentIsIdle(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		timer   Timer
		inbound time.Time
		want    time.Time
	}{
		{"", after(1), after(2)},
		{TimerActivity, after(1), after(2)},
		{TimerInbound, after(1), after(1)},
		{TimerInbound, time.Time{}, after(2)}, // of an earlier version
	} {
		p, a := Profile{Timer: tt.timer}, agent.Agent{Idle: after(2), Inbound: tt.inbound}
		if got := p.Idle(&a); !got.Equal(tt.want) {
			t.Errorf("timer %q, inbound %v: idle since %v, want %v", tt.timer, tt.inbound, got, tt.want)
		}
	}
}
