package contact

import (
	"slices"
	"testing"
	"time"

	"github.com/tasklane/tasklane/internal/fault"
)

func after(d time.Duration) time.Time { return start.Add(d) }

func TestPauseOfWaitingTask(t *testing.T) {
	for _, from := range []State{InFlow, Queued, Connecting} {
		c := at(from)
		if _, err := c.Pause(10, after(time.Minute)); err != nil {
			t.Fatalf("%s: Pause: %v", from, err)
		}
		if c.Agent != "" || c.State != Paused {
			t.Errorf("%s: paused, the task is %s with agent %q; want PAUSED with none", from, c.State, c.Agent)
		}
		if _, err := c.Resume(after(3 * time.Minute)); err != nil {
			t.Fatalf("%s: Resume: %v", from, err)
		}
		if c.State != InFlow || !c.Rank.IsZero() || c.PausedFor != 2*time.Minute || c.AgentPausedFor != 0 {
			t.Errorf("%s: resumed, the task is %s, rank %v, paused %v, with an agent %v; want IN_FLOW without rank after 2m and 0s",
				from, c.State, c.Rank, c.PausedFor, c.AgentPausedFor)
		}
		if _, err := c.Enqueue(after(4 * time.Minute)); err != nil || !c.Rank.Equal(after(4*time.Minute)) {
			t.Errorf("%s: queued again with rank %v, %v; want the new time", from, c.Rank, err)
		}
	}
}

func TestPauseWithAgent(t *testing.T) {
	c := at(Connected)
	if _, err := c.Pause(10, after(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if c.Agent != "ann" || !c.WithAgent() {
		t.Errorf("a paused task is with agent %q, want ann", c.Agent)
	}
	if _, err := c.Disconnect(ReasonExpired, after(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if c.State != ACW || c.AgentPausedFor != 59*time.Minute || c.PausedFor != 59*time.Minute || c.PausedFrom != "" {
		t.Errorf("expired while paused: %s after pauses of %v, with an agent %v; want ACW, 59m, 59m", c.State, c.PausedFor, c.AgentPausedFor)
	}
}

func TestEleventhPauseIsRefused(t *testing.T) {
	c := at(Connected)
	for range 10 {
		if _, err := c.Pause(10, start); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Resume(start); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Pause(10, start); !fault.Is(err, fault.Limit) || c.State != Connected || c.Pauses != 10 {
		t.Errorf("11th Pause = %v, state %s; want a limit fault and CONNECTED", err, c.State)
	}
	if _, err := c.Pause(0, start); err != nil {
		t.Errorf("Pause without a limit = %v", err)
	}
}

func TestPauseOfPausedOrOverIsConflict(t *testing.T) {
	for _, s := range []State{Scheduled, Paused, ACW, Ended} {
		c := at(s)
		c.Pauses = 10 // which is not why
		if _, err := c.Pause(10, start); !fault.Is(err, fault.Conflict) {
			t.Errorf("Pause of a task that is %s = %v, want a conflict", s, err)
		}
	}
}

func TestSuccessor(t *testing.T) {
	for _, s := range []State{Scheduled, ACW, Ended} {
		if _, err := at(s).Successor("c-2", "f", start); !fault.Is(err, fault.Unusable) {
			t.Errorf("Successor of a task that is %s = %v, want it refused", s, err)
		}
	}
	for from, keepsRank := range map[State]bool{InFlow: false, Queued: false, Connecting: false, Connected: true, Paused: true} {
		c := at(from)
		c.Life, c.Expires, c.Priority = time.Hour, after(time.Hour), 3
		next, err := c.Successor("c-2", "f", after(time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		next.Begin(after(time.Minute))
		if next.Initial != "c-1" || next.Previous != "c-1" || next.Method != MethodTransfer || c.Next != "c-2" {
			t.Errorf("%s: the next contact is %+v", from, next)
		}
		if !next.Expires.Equal(after(time.Hour)) || next.Life != time.Hour || next.Priority != 3 {
			t.Errorf("%s: the next contact lives %v until %v with priority %d; want what the first had", from, next.Life, next.Expires, next.Priority)
		}
		next.Target = "q-2"
		if _, err := next.Enqueue(after(2 * time.Minute)); err != nil {
			t.Fatal(err)
		}
		if kept := next.Rank.Equal(start); kept != keepsRank {
			t.Errorf("%s: the next contact has rank %v; keeps the old one: %t", from, next.Rank, keepsRank)
		}
	}
}

func TestReschedule(t *testing.T) {
	c := at(Scheduled)
	c.SetLife(time.Hour)
	for i := range 20 {
		to := after(time.Duration(i+2) * time.Hour)
		if _, err := c.Reschedule(to, 20, start); err != nil || !c.ScheduledFor.Equal(to) || !c.Expires.Equal(to.Add(time.Hour)) {
			t.Fatalf("change %d: %v, for %v until %v", i+1, err, c.ScheduledFor, c.Expires)
		}
	}
	if _, err := c.Reschedule(start, 20, start); !fault.Is(err, fault.Limit) {
		t.Errorf("21st Reschedule = %v, want a limit fault", err)
	}
	if _, err := at(Queued).Reschedule(start, 20, start); !fault.Is(err, fault.Unusable) {
		t.Errorf("Reschedule of a queued task = %v, want it refused", err)
	}
}

func TestEdit(t *testing.T) {
	c := at(Queued)
	c.References = References{"a": {Type: ReferenceString, Value: "1"}, "b": {Type: ReferenceString, Value: "2"}}
	before := c.References
	name := ""
	events, err := c.Edit(Edit{Name: &name, References: References{"b": {Type: ReferenceNumber, Value: "3"}}, Life: time.Hour}, start)
	if err != nil || len(events) != 2 {
		t.Fatalf("Edit = %v, %v", events, err)
	}
	if c.Name != "" || len(c.References) != 2 || c.References["b"].Value != "3" || before["b"].Value != "2" || !c.Expires.Equal(after(time.Hour)) {
		t.Errorf("after the edit: name %q, references %v, expires %v", c.Name, c.References, c.Expires)
	}
	full := References{"k": {Type: ReferenceString, Value: string(make([]byte, MaxReferenceBytes-1))}}
	if _, err := c.Edit(Edit{References: full}, start); !fault.Is(err, fault.Invalid) || len(c.References) != 2 {
		t.Errorf("Edit with %d bytes more = %v, want it refused and nothing changed", MaxReferenceBytes, err)
	}
}

func TestEditTakesReferencesAway(t *testing.T) {
	c := at(Queued)
	before := References{
		"a": {Type: ReferenceString, Value: "1"}, "b": {Type: ReferenceString, Value: "2"}, "f": {Type: ReferenceAttachment, Value: "f-1"},
	}
	c.References = before
	events, err := c.Edit(Edit{References: References{"c": {Type: ReferenceString, Value: "3"}}, Removed: []string{"a", "a", "unknown"}}, start)
	if err != nil || len(events) != 1 || !slices.Equal(events[0].Updated, []string{"References"}) {
		t.Fatalf("Edit = %v, %v, want one event that names References", events, err)
	}
	if got := sortedNames(c.References); !slices.Equal(got, []string{"b", "c", "f"}) || len(before) != 3 {
		t.Errorf("references are %v, and were %v", got, before)
	}
	if events, err := c.Edit(Edit{Removed: []string{"a"}}, start); err != nil || events != nil {
		t.Errorf("once more = %v, %v, want no event", events, err)
	}
	for name, wrong := range map[string]Edit{
		"a file":            {Removed: []string{"b", "f"}},
		"given and removed": {Removed: []string{"b"}, References: References{"b": {Type: ReferenceString, Value: "4"}}},
	} {
		if _, err := c.Edit(wrong, start); !fault.Is(err, fault.Invalid) || len(c.References) != 3 {
			t.Errorf("%s: %v, want it refused and nothing changed", name, err)
		}
	}
}

func TestTags(t *testing.T) {
	c := at(Queued)
	if _, err := c.Tag(map[string]string{"a": "1", "b": "2", "c": "3", "d": "4", "e": "5", "f": "6"}, start); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Tag(map[string]string{"g": "7"}, start); !fault.Is(err, fault.Invalid) || len(c.Tags) != MaxTags {
		t.Errorf("seventh tag: %v", err)
	}
	if events, err := c.Tag(map[string]string{"a": "1"}, start); err != nil || events != nil {
		t.Errorf("a tag that is there = %v, %v; want nothing to happen", events, err)
	}
	if events := c.Untag([]string{"a", "none"}, start); len(events) != 1 || len(c.Tags) != 5 {
		t.Errorf("Untag = %v, left %v", events, c.Tags)
	}
	if events := c.Untag([]string{"none"}, start); events != nil {
		t.Errorf("Untag of what is not there = %v, want nothing to happen", events)
	}
}
