package agent

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tasklane/tasklane/internal/fault"
)

var (
	start     = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	available = Status{ID: "available", Type: Routable}
	offline   = Status{ID: "offline", Type: Offline}
	lunch     = Status{ID: "lunch", Type: Custom}
)

// with is an available agent who has one task, which has come as far as a state.
func with(t testing.TB, s LegState) *Agent {
	t.Helper()
	a := &Agent{ID: "ann"}
	a.Choose(available, start)
	must(t, a.Offer("c-1", 2, start.Add(30*time.Second), start))
	switch s {
	case Missed:
		must(t, a.Miss("c-1", start))
	case Rejected:
		must(t, a.Reject("c-1", start.Add(2*time.Second), start))
	case Connected, Ended:
		must(t, a.Accept("c-1", start))
	default: // it rings
	}
	if s == Ended {
		must(t, a.End("c-1", start))
	}
	return a
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestChoose(t *testing.T) {
	tests := []struct {
		name   string
		leg    LegState // of the one task; empty: none
		choose Status
		status string
		next   string
		closed int
		legs   int
	}{
		{"free", "", lunch, "lunch", "", 0, 0},
		{"ringing", Connecting, lunch, "available", "lunch", 0, 1},
		{"working", Connected, offline, "available", "offline", 0, 1},
		{"after-contact work is closed", Ended, lunch, "lunch", "", 1, 0},
		{"after-contact work goes on", Ended, available, "available", "", 0, 1},
		{"a missed task is cleared", Missed, available, "available", "", 0, 0},
		{"a declined task is cleared", Rejected, lunch, "lunch", "", 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := &Agent{ID: "ann"}
			if tt.leg != "" {
				a = with(t, tt.leg)
			}
			closed := a.Choose(tt.choose, start.Add(time.Minute))
			if a.Status != tt.status || a.Next != tt.next || len(closed) != tt.closed || len(a.Legs) != tt.legs {
				t.Errorf("Choose(%s): status %s, next %q, %d closed, %d legs; want %s, %q, %d, %d",
					tt.choose.ID, a.Status, a.Next, len(closed), len(a.Legs), tt.status, tt.next, tt.closed, tt.legs)
			}
		})
	}
}

func TestNextStatusAppliesAfterTheLastTask(t *testing.T) {
	a := with(t, Connected)
	a.Choose(lunch, start)
	if a.Ready() {
		t.Error("an agent with a next status is ready")
	}
	must(t, a.End("c-1", start))
	if a.Status != "available" {
		t.Error("the next status applied while a task is in after-contact work")
	}
	must(t, a.Clear("c-1", start))
	if a.Status != "lunch" || a.Next != "" || a.Type != Custom {
		t.Errorf("after the last task: status %s, next %q, type %s; want lunch", a.Status, a.Next, a.Type)
	}
}

func TestChoosingAvailableCancelsTheNextStatus(t *testing.T) {
	a := with(t, Connected)
	a.Choose(lunch, start)
	a.Choose(available, start)
	if a.Next != "" || !a.Ready() {
		t.Errorf("next status %q, ready %t; want it cancelled", a.Next, a.Ready())
	}
}

func TestOfferIsRefused(t *testing.T) {
	tests := []struct {
		name  string
		agent *Agent
		id    string
	}{
		{"offline", &Agent{ID: "ann", Type: Offline}, "c-2"},
		{"missed task uncleared", with(t, Missed), "c-2"},
		{"the same task again", with(t, Rejected), "c-1"},
		{"no slot", with(t, Connected), "c-2"},
	}
	for _, tt := range tests {
		before := len(tt.agent.Legs)
		if err := tt.agent.Offer(tt.id, 1, start, start); !fault.Is(err, fault.Conflict) || len(tt.agent.Legs) != before {
			t.Errorf("%s: Offer = %v, want a conflict", tt.name, err)
		}
	}
}

func TestClear(t *testing.T) {
	for state, kind := range map[LegState]fault.Kind{
		Connecting: fault.Unusable, Connected: fault.Unusable, Missed: 0, Rejected: 0, Ended: 0,
	} {
		a := with(t, state)
		if err := a.Clear("c-1", start); kind == 0 && err != nil || kind != 0 && !fault.Is(err, kind) {
			t.Errorf("Clear of a task that is %s = %v", state, err)
		}
	}
	if err := with(t, Ended).Clear("c-9", start); !fault.Is(err, fault.NotFound) {
		t.Errorf("Clear of a task they do not have = %v, want not found", err)
	}
}

func TestWhoCanBeInterrupted(t *testing.T) {
	const second = "c-2"
	busy := func(state LegState) func() *Agent { return func() *Agent { return with(t, state) } }
	tests := []struct {
		name string
		who  func() *Agent
		can  bool
	}{
		{"idle", func() *Agent { a := &Agent{ID: "ann"}; a.Choose(available, start); return a }, true},
		{"at work", busy(Connected), true},
		{"in after-contact work", busy(Ended), true},
		{"one at whom something rings", busy(Connecting), false},
		{"one who has missed a task", busy(Missed), false},
		{"offline", func() *Agent { return &Agent{ID: "ann", Type: Offline} }, false},
		{"about to leave", func() *Agent { a := with(t, Connected); a.Choose(lunch, start); return a }, false},
		{"one who has just declined it", func() *Agent {
			a := with(t, Connected)
			a.Declined = []Decline{{second, start.Add(time.Hour)}}
			return a
		}, false},
	}
	for _, tt := range tests {
		a := tt.who()
		legs := len(a.Legs)
		err := a.Interrupt(second, start.Add(time.Hour), start.Add(time.Minute))
		if leg, rings := a.Leg(second); (err == nil) != tt.can || rings != tt.can || tt.can && leg.State != Connecting || !tt.can && len(a.Legs) != legs {
			t.Errorf("%s: Interrupt = %v, legs %+v", tt.name, err, a.Legs)
		}
	}
}

func TestWithdrawnOfferKeepsThePlaceInLine(t *testing.T) {
	withdraw := func(a *Agent, id string) { a.Withdraw(id, start.Add(time.Minute)) }
	tests := []struct {
		name string
		then func(a *Agent)
		want time.Duration // since the start that they are available
	}{
		{"nothing happens", func(a *Agent) { withdraw(a, "c-1") }, 0},
		{"a later one is withdrawn", func(a *Agent) { withdraw(a, "c-2") }, 10 * time.Second},
		{"an earlier one is withdrawn", func(a *Agent) { withdraw(a, "c-1") }, 20 * time.Second},
		{"both are, the later one first", func(a *Agent) { withdraw(a, "c-2"); withdraw(a, "c-1") }, 0},
		{"both are, the earlier one first", func(a *Agent) { withdraw(a, "c-1"); withdraw(a, "c-2") }, 0},
		{"a later one is accepted", func(a *Agent) { must(t, a.Accept("c-2", start.Add(30*time.Second))); withdraw(a, "c-1") }, 30 * time.Second},
	}
	for i, tt := range tests {
		a := &Agent{ID: "ann"}
		a.Choose(available, start)
		must(t, a.Offer("c-1", 2, start.Add(time.Hour), start.Add(10*time.Second)))
		if i > 0 {
			must(t, a.Offer("c-2", 2, start.Add(time.Hour), start.Add(20*time.Second)))
		}
		tt.then(a)
		if want := start.Add(tt.want); !a.Idle.Equal(want) || !a.Inbound.Equal(want) {
			t.Errorf("%s: available since %v, and without what was taken %v; want %v", tt.name, a.Idle, a.Inbound, want)
		}
	}
}

// Whatever happens, offers never fill more than the slots, no task is held twice, and a refused event changes
// nothing. Values that were handed out earlier stay as they were.
func TestSlots(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := &Agent{ID: "ann"}
		slots := Slots(rapid.IntRange(1, 3).Draw(t, "slots"))
		ids := rapid.SampledFrom([]string{"c-1", "c-2", "c-3", "c-4"})
		now := start
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			now = now.Add(time.Second)
			before, copied := *a, append([]Leg{}, a.Legs...)
			id := ids.Draw(t, "contact")
			var err error
			switch rapid.IntRange(0, 6).Draw(t, "event") {
			case 0:
				a.Choose(rapid.SampledFrom([]Status{available, offline, lunch}).Draw(t, "status"), now)
			case 1:
				err = a.Offer(id, slots, now, now)
			case 2:
				err = a.Accept(id, now)
			case 3:
				err = a.Miss(id, now)
			case 4:
				err = a.Reject(id, now.Add(2*time.Second), now)
			case 5:
				err = a.End(id, now)
			case 6:
				err = a.Clear(id, now)
			}
			if a.Occupied() > slots {
				t.Fatalf("%d of %d slots are taken", a.Occupied(), slots)
			}
			if err != nil && len(a.Legs) != len(before.Legs) {
				t.Fatal("a refused event changed the legs")
			}
			for i, l := range copied {
				if before.Legs[i] != l {
					t.Fatal("a value that was handed out has changed")
				}
			}
			seen := map[string]bool{}
			for _, l := range a.Legs {
				if seen[l.Contact] {
					t.Fatalf("%s is held twice", l.Contact)
				}
				seen[l.Contact] = true
			}
			if a.Next != "" && a.NextType == Routable {
				t.Fatal("a routable status waits")
			}
		}
	})
}
