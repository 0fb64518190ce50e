package agent

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/fault"
)

// A declined task stays away from the agent until its time, also when they have cleared it; others do not.
func TestDeclinedTaskStaysAwayUntilItsTime(t *testing.T) {
	until := start.Add(2 * time.Second)
	for _, tt := range []struct {
		name    string
		contact string
		at      time.Time
		offered bool
	}{
		{"before", "c-1", until.Add(-time.Microsecond), false},
		{"then", "c-1", until, true},
		{"another one, before", "c-2", start, true},
	} {
		a := with(t, Rejected)
		must(t, a.Clear("c-1", start))
		if err := a.Offer(tt.contact, 1, start.Add(time.Hour), tt.at); (err == nil) != tt.offered {
			t.Errorf("%s: Offer = %v, want it offered: %t", tt.name, err, tt.offered)
		}
	}
}

func TestForgetKeepsDeclinesWhoseTimeIsToCome(t *testing.T) {
	first, second := Decline{"c-1", start.Add(time.Second)}, Decline{"c-2", start.Add(2 * time.Second)}
	for _, tt := range []struct {
		after time.Duration
		want  []Decline
	}{
		{time.Second - time.Microsecond, []Decline{first, second}},
		{time.Second, []Decline{second}},
		{2 * time.Second, nil},
	} {
		a := &Agent{ID: "ann", Declined: []Decline{first, second}}
		a.Forget(start.Add(tt.after))
		if diff := cmp.Diff(tt.want, a.Declined); diff != "" {
			t.Errorf("Forget after %v (-want +got):\n%s", tt.after, diff)
		}
	}
}

// Of a task that is declined again the last time counts, and what was declined beside it stays.
func TestDecliningAgainReplacesTheTime(t *testing.T) {
	other := Decline{"c-2", start.Add(time.Hour)}
	a := with(t, Connecting)
	a.Declined = []Decline{{"c-1", start.Add(time.Second)}, other}
	must(t, a.Reject("c-1", start.Add(time.Minute), start.Add(time.Second)))
	if diff := cmp.Diff([]Decline{other, {"c-1", start.Add(time.Minute)}}, a.Declined); diff != "" {
		t.Errorf("declined (-want +got):\n%s", diff)
	}
}

// What does not ring can neither be missed nor declined, and nothing changes.
func TestOnlyWhatRingsIsMissedOrDeclined(t *testing.T) {
	for _, s := range []LegState{Connected, Missed, Rejected, Ended} {
		for name, event := range map[string]func(*Agent) error{
			"Miss":   func(a *Agent) error { return a.Miss("c-1", start.Add(time.Second)) },
			"Reject": func(a *Agent) error { return a.Reject("c-1", start.Add(time.Hour), start.Add(time.Second)) },
		} {
			a := with(t, s)
			if err := event(a); !fault.Is(err, fault.Conflict) {
				t.Errorf("%s of a task that is %s = %v, want a conflict", name, s, err)
			}
			if diff := cmp.Diff(with(t, s), a); diff != "" {
				t.Errorf("%s of a task that is %s has changed the agent (-want +got):\n%s", name, s, diff)
			}
		}
	}
}

// A status that waits applies once the only task has been missed or declined, and clears it.
func TestNextStatusAppliesAfterMissedOrDeclinedTask(t *testing.T) {
	for name, event := range map[string]func(*Agent) error{
		"Miss":   func(a *Agent) error { return a.Miss("c-1", start) },
		"Reject": func(a *Agent) error { return a.Reject("c-1", start.Add(time.Second), start) },
	} {
		a := with(t, Connecting)
		a.Choose(lunch, start)
		must(t, event(a))
		if a.Status != "lunch" || a.Next != "" || a.NextType != "" || len(a.Legs) != 0 {
			t.Errorf("after %s: status %s, next %q, legs %+v; want lunch and nothing in hand", name, a.Status, a.Next, a.Legs)
		}
	}
}
