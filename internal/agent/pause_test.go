package agent

import (
	"testing"

	"github.com/tasklane/tasklane/internal/fault"
)

func TestPausedTaskFreesItsSlot(t *testing.T) {
	a := with(t, Connected)
	must(t, a.Pause("c-1", 1, start))
	if a.Occupied() != 0 || !a.Ready() {
		t.Errorf("paused: %d slots taken, ready %t; want 0 and ready", a.Occupied(), a.Ready())
	}
	must(t, a.Offer("c-2", 1, start, start))
	must(t, a.Accept("c-2", start))
	if err := a.Pause("c-2", 1, start); !fault.Is(err, fault.Limit) {
		t.Errorf("second Pause with one slot = %v, want a limit fault", err)
	}
	must(t, a.Resume("c-1", start)) // more than there are slots
	if a.Occupied() != 2 {
		t.Errorf("resumed: %d slots taken, want 2", a.Occupied())
	}
	if err := a.Offer("c-3", 1, start, start); !fault.Is(err, fault.Conflict) {
		t.Errorf("Offer above the slots = %v, want a conflict", err)
	}
	if err := a.Resume("c-1", start); !fault.Is(err, fault.Conflict) {
		t.Errorf("Resume of what is not paused = %v, want a conflict", err)
	}
}

func TestPausedTaskKeepsAgentFromGoing(t *testing.T) {
	a := with(t, Connected)
	must(t, a.Pause("c-1", 1, start))
	a.Choose(offline, start)
	if a.Status != "available" || a.Next != "offline" {
		t.Errorf("status %s, next %q; want available until the paused task is over", a.Status, a.Next)
	}
	must(t, a.End("c-1", start))
	must(t, a.Clear("c-1", start))
	if a.Status != "offline" {
		t.Errorf("after the last task: %s, want offline", a.Status)
	}
}

func TestTake(t *testing.T) {
	a := &Agent{ID: "ann", Type: Offline}
	must(t, a.Take("c-1", start))
	if leg, _ := a.Leg("c-1"); leg.State != Connected {
		t.Errorf("taken: %s, want CONNECTED", leg.State)
	}
	if err := a.Take("c-1", start); !fault.Is(err, fault.Conflict) {
		t.Errorf("Take twice = %v, want a conflict", err)
	}
}
