package contact

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/fault"
)

// A task that its flow moves to another queue takes its hooks and criteria with it, and starts anew there.
func TestRequeuedTaskStartsAnew(t *testing.T) {
	t.Parallel()
	c := routed(t, widening())
	c.Flow, c.Hooks, c.HooksOff, c.Rank = "f-1", map[string]string{"PAUSE": "f-2"}, []string{"RESUME"}, after(-time.Hour)
	c.Activate(false, start)
	c.StepExpired(c.Criteria.Stamp(0), start)
	next, err := c.Requeued("c-2", after(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	if next.Method != MethodQueueTransfer || !next.Rank.IsZero() || next.Flow != "f-1" || next.Previous != "c-1" || c.Next != "c-2" {
		t.Errorf("the next contact is %+v", next)
	}
	if diff := cmp.Diff(widening(), next.Criteria); diff != "" {
		t.Errorf("criteria of the next contact (-want +got):\n%s", diff)
	}
	if next.Hooks["PAUSE"] != "f-2" || len(next.HooksOff) != 1 {
		t.Errorf("hooks %v, off %v", next.Hooks, next.HooksOff)
	}
	if _, err := at(Ended).Requeued("c-2", start); !fault.Is(err, fault.Unusable) {
		t.Errorf("Requeued of a task that is over = %v, want it refused", err)
	}
}

// A task that its disconnect flow queues anew has a life of its own, and no hooks.
func TestRevivedTaskHasALifeOfItsOwn(t *testing.T) {
	t.Parallel()
	c := at(Ended)
	c.Flow, c.Target, c.Hooks, c.Life, c.Association = "f-1", "q-7", map[string]string{"DISCONNECT": "f-2"}, time.Hour, "c-0"
	next := c.Revived("c-2")
	next.Begin(after(48 * time.Hour))
	if next.Method != MethodDisconnect || next.Flow != "f-1" || next.Target != "q-7" || next.Hooks != nil || next.Association != "c-0" {
		t.Errorf("the next contact is %+v", next)
	}
	if want := after(49 * time.Hour); !next.Expires.Equal(want) {
		t.Errorf("it lives until %v, want %v", next.Expires, want)
	}
}

// Calls, chats and mails are not transferred, paused, or routed.
func TestContactOfAnotherChannelIsNoTask(t *testing.T) {
	t.Parallel()
	for channel, want := range map[Channel]struct {
		subtype string
		done    Reason
	}{
		"": {SubtypeTask, ReasonDone}, Task: {SubtypeTask, ReasonDone}, Voice: {"connect:Telephony", ReasonCustomer},
		Chat: {"connect:Chat", ReasonCustomer}, Email: {"connect:Email", ReasonOther},
	} {
		c := &Contact{ID: "c-1", Channel: channel, State: InFlow}
		if c.Subtype() != want.subtype || c.Completed() != want.done {
			t.Errorf("channel %q: subtype %s, over for %s; want %s, %s", channel, c.Subtype(), c.Completed(), want.subtype, want.done)
		}
		isTask := channel == "" || channel == Task
		refused := func(err error, kind fault.Kind) bool { return !isTask && fault.Is(err, kind) || isTask && err == nil }
		_, transfer := c.Successor("c-2", "f", start)
		_, route := c.Prioritize(1, start)
		_, pause := c.Pause(0, start)
		if !refused(c.IsTask(), fault.Unusable) || !refused(transfer, fault.Unusable) || !refused(route, fault.Conflict) || !refused(pause, fault.Unusable) {
			t.Errorf("channel %q: IsTask = %v, Successor = %v, Prioritize = %v, Pause = %v", channel, c.IsTask(), transfer, route, pause)
		}
	}
	if subtype := (&Contact{Channel: Chat, Method: MethodTransfer}).Subtype(); subtype != "connect:Chat" {
		t.Errorf("a chat that was transferred has subtype %s", subtype)
	}
}
