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
		{"a task in after-contact work", with(t, Ended), "c-1"},
		{"no slot", with(t, Connected), "c-2"},
	}
	for _, tt := range tests {
		before := len(tt.agent.Legs)
		if err := tt.agent.Offer(tt.id, 1, start, start); !fault.Is(err, fault.Conflict) || len(tt.agent.Legs) != before {
			t.Errorf("%s: Offer = %v, want a conflict", tt.name, err)
		}
	}
}

// Rows of a newer version may have what this one does not know.
func TestCheckRefusesWhatThisVersionDoesNotKnow(t *testing.T) {
	legs := func(states ...LegState) (all []Leg) {
		for _, s := range states {
			all = append(all, Leg{Contact: "c-1", State: s})
		}
		return all
	}
	tests := []struct {
		name  string
		agent Agent
		ok    bool
	}{
		{"new", Agent{}, true},
		{"routable", Agent{Type: Routable}, true},
		{"offline", Agent{Type: Offline}, true},
		{"a status of their own", Agent{Type: Custom, NextType: Offline}, true},
		{"every state of a leg", Agent{Type: Routable, Legs: legs(Connecting, Connected, Paused, Missed, Rejected, Ended)}, true},
		{"another type", Agent{Type: "NEWER"}, false},
		{"another type that waits", Agent{Type: Routable, NextType: "NEWER"}, false},
		{"another state of a leg", Agent{Type: Routable, Legs: legs(Connected, "NEWER")}, false},
	}
	for _, tt := range tests {
		if err := tt.agent.Check(); (err == nil) != tt.ok {
			t.Errorf("%s: Check = %v, want ok %t", tt.name, err, tt.ok)
		}
	}
}

// Who is given a task by hand need not be available, nor have a slot, nor want it; but they have it once.
func TestWhoCanBeGivenATask(t *testing.T) {
	deadline, now := start.Add(time.Hour), start.Add(time.Minute)
	tests := []struct {
		name    string
		agent   *Agent
		contact string
		can     bool
		legs    int // afterwards
	}{
		{"who is offline", &Agent{ID: "ann", Type: Offline}, "c-1", true, 1},
		{"who works another", with(t, Connected), "c-2", true, 2},
		{"at whom it rings", with(t, Connecting), "c-1", false, 1},
		{"who works it", with(t, Connected), "c-1", false, 1},
		{"who has it in after-contact work", with(t, Ended), "c-1", false, 1},
		{"who has missed it", with(t, Missed), "c-1", true, 1},
		{"who has declined it", with(t, Rejected), "c-1", true, 1},
		{"who has missed another", with(t, Missed), "c-2", true, 2},
	}
	for _, tt := range tests {
		err := tt.agent.Pick(tt.contact, deadline, now)
		if tt.can && err != nil || !tt.can && !fault.Is(err, fault.Unusable) || len(tt.agent.Legs) != tt.legs {
			t.Errorf("%s: Pick = %v, legs %+v; want it given: %t, and %d legs", tt.name, err, tt.agent.Legs, tt.can, tt.legs)
		}
		leg, _ := tt.agent.Leg(tt.contact)
		if rings := leg.State == Connecting && leg.Deadline.Equal(deadline); rings != tt.can {
			t.Errorf("%s: the leg is %+v, want it to ring until %v: %t", tt.name, leg, deadline, tt.can)
		}
	}
}

// An agent who chooses the status they have keeps the time since which they have it and their place in line.
func TestChoosingTheSameStatusChangesNothing(t *testing.T) {
	a := &Agent{ID: "ann"}
	a.Choose(available, start)
	a.Choose(available, start.Add(time.Hour))
	if !a.StatusSince.Equal(start) || !a.Idle.Equal(start) {
		t.Errorf("status since %v, available since %v; want %v", a.StatusSince, a.Idle, start)
	}
	a.Choose(lunch, start.Add(2*time.Hour))
	if !a.StatusSince.Equal(start.Add(2*time.Hour)) || a.Type != Custom {
		t.Errorf("status of type %s since %v, want %s since two hours later", a.Type, a.StatusSince, Custom)
	}
}

// Work that came without an offer counts for [Agent.Idle] and not for [Agent.Inbound].
func TestTakenTaskKeepsTheInboundPlaceInLine(t *testing.T) {
	a := &Agent{ID: "ann"}
	a.Choose(available, start)
	must(t, a.Take("c-1", start.Add(time.Minute)))
	must(t, a.End("c-1", start.Add(2*time.Minute)))
	must(t, a.Clear("c-1", start.Add(3*time.Minute)))
	if !a.Idle.Equal(start.Add(3*time.Minute)) || !a.Inbound.Equal(start) {
		t.Errorf("available since %v, and without what was taken since %v; want 3 minutes and none after the start", a.Idle, a.Inbound)
	}
}

// Only what rings gives its place in line back; anything else that is taken away does not.
func TestWithdrawOfAcceptedTaskGivesNoPlaceBack(t *testing.T) {
	a := with(t, Connecting)
	must(t, a.Accept("c-1", start.Add(time.Minute)))
	a.Withdraw("c-1", start.Add(2*time.Minute))
	if !a.Idle.Equal(start.Add(time.Minute)) || len(a.Legs) != 0 {
		t.Errorf("available since %v with %d legs, want since the acceptance and none", a.Idle, len(a.Legs))
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
