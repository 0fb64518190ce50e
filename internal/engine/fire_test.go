package engine_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
)

// timed is an engine whose clock a test moves.
type timed struct {
	*testing.T
	*place
	stock engine.Stock
}

func begin(t *testing.T) *timed {
	t.Helper()
	p := open(t)
	stock, err := p.engine.Bootstrap(t.Context(), engine.First{
		Instance: directory.Instance{Instance: arn.Instance{Region: "us-east-1", Account: "000000000000", ID: instance}, Alias: "tasklane"},
		NewID:    func(arn.Kind, string) string { return uuid.NewString() },
		Admin:    directory.User{Username: "ann"}, Agent: directory.User{Username: "bob"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &timed{t, p, stock}
}

func (w *timed) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *timed) start(in engine.StartTask) string {
	w.Helper()
	in.Flow, in.Name = w.stock.Flow, "call back"
	id, err := w.engine.StartTask(w.Context(), instance, in)
	w.must(err)
	return id
}

func (w *timed) pass(d time.Duration) {
	w.Helper()
	w.must(w.store.SetOffset(w.Context(), w.store.Offset()+d))
}

// due reads the timers that are due, as whoever fires them does, some time before they are fired.
func (w *timed) due() []engine.Timer {
	w.Helper()
	due, err := w.engine.DueTimers(w.Context(), instance, 100)
	w.must(err)
	return due
}

func (w *timed) fire(timers []engine.Timer) {
	w.Helper()
	for _, t := range timers {
		w.must(w.engine.Fire(w.Context(), instance, t))
	}
}

func (w *timed) want(id string, state contact.State) {
	w.Helper()
	c, _, err := w.engine.Contact(w.Context(), instance, id)
	w.must(err)
	if c.State != state {
		w.Errorf("the task is %s, want %s", c.State, state)
	}
}

func TestTaskThatIsRescheduledAtTheLastMomentWaits(t *testing.T) {
	t.Parallel()
	w := begin(t)
	id := w.start(engine.StartTask{ScheduledFor: w.engine.Now().Add(time.Hour)})
	w.pass(time.Hour + time.Second)
	read := w.due()
	w.must(w.engine.Reschedule(w.Context(), instance, id, w.engine.Now().Add(time.Hour)))
	w.fire(read)
	w.want(id, contact.Scheduled)
	w.pass(time.Hour + time.Second)
	w.fire(w.due())
	w.want(id, contact.Queued)
}

func TestTaskThatGetsMoreTimeAtTheLastMomentLives(t *testing.T) {
	t.Parallel()
	w := begin(t)
	id := w.start(engine.StartTask{Segment: engine.Segment{Life: time.Hour}})
	w.pass(time.Hour + time.Second)
	read := w.due()
	w.must(w.engine.Edit(w.Context(), instance, id, contact.Edit{Life: 2 * time.Hour}))
	w.fire(read)
	w.want(id, contact.Queued)
	w.pass(time.Hour)
	w.fire(w.due())
	w.want(id, contact.Ended)
}

// pickByHand lets the stock agent pick tasks out of the stock queue.
func (w *timed) pickByHand() {
	w.Helper()
	u, err := w.engine.User(instance, w.stock.Agent)
	w.must(err)
	p, err := w.engine.RoutingProfile(instance, u.Value.RoutingProfile)
	w.must(err)
	manual := *p.Value
	manual.Manual = []string{w.stock.Queue}
	w.must(w.store.Update(w.Context(), instance, func(tx engine.Tx) error {
		r := p.Resource
		var err error
		r.Body, err = json.Marshal(manual)
		tx.PutResource(r)
		return err
	}))
}

// ring has a task ring at the stock agent, who is available, and whose hands are cleared of what they have declined.
func (w *timed) ring(id string) {
	w.Helper()
	statuses, err := w.engine.AgentStatuses(instance)
	w.must(err)
	w.must(w.engine.SetStatus(w.Context(), instance, w.stock.Agent, statuses[0].ID)) // Available, by name
	w.must(w.engine.Associate(w.Context(), instance, id, w.stock.Agent))
}

// A task that is declined once more is in hand for two seconds from then on, not from the first time.
func TestTaskThatIsDeclinedTwiceStaysInHandFromTheSecondTime(t *testing.T) {
	t.Parallel()
	w := begin(t)
	bob, id := w.stock.Agent, w.start(engine.StartTask{})
	w.pickByHand()
	for range 2 {
		w.ring(id)
		w.must(w.engine.Reject(w.Context(), instance, id, bob))
		w.pass(1500 * time.Millisecond)
	}
	held := func() bool {
		w.Helper()
		w.fire(w.due())
		a, err := w.store.Agent(w.Context(), instance, bob)
		w.must(err)
		leg, ok := a.Leg(id)
		return ok && leg.State == agent.Rejected
	}
	if !held() {
		t.Error("the timer of the first time has taken the task off their hands")
	}
	w.pass(time.Second)
	if held() {
		t.Error("the task stays in hand")
	}
}

// The timer of an offer that was declined must not end the next one.
func TestTimerOfAnEarlierOfferIsStale(t *testing.T) {
	t.Parallel()
	w := begin(t)
	bob, id := w.stock.Agent, w.start(engine.StartTask{})
	w.pickByHand()
	timers := func() []engine.Timer { // of the offer, as whoever reads them when they are due
		t.Helper()
		var all []engine.Timer
		w.pass(30 * time.Second)
		for _, timer := range w.due() {
			if timer.Kind == engine.TimerOffer {
				all = append(all, timer)
			}
		}
		w.pass(-30 * time.Second)
		return all
	}
	w.ring(id)
	first := timers()
	w.must(w.engine.Reject(w.Context(), instance, id, bob))
	w.ring(id)
	if second := timers(); len(first) != 1 || len(second) != 1 || first[0] == second[0] {
		t.Fatalf("the timers of two offers are %v and %v", first, second)
	}
	w.fire(first)
	w.want(id, contact.Connecting)
	w.fire(timers())
	w.want(id, contact.Queued)
}

// What is over has no timer left, which would be read for nothing, and could fail.
func TestTaskThatIsOverHasNoTimer(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(w *timed, id string){
		"stopped": func(w *timed, id string) { w.must(w.engine.Stop(w.Context(), instance, id)) },
		"expired": func(w *timed, id string) { w.pass(8 * 24 * time.Hour); w.fire(w.due()) },
		"declined, then stopped": func(w *timed, id string) {
			w.pickByHand()
			w.ring(id)
			w.must(w.engine.Stop(w.Context(), instance, id))
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := begin(t)
			id := w.start(engine.StartTask{})
			end(w, id)
			w.want(id, contact.Ended)
			w.pass(90 * 24 * time.Hour)
			for _, timer := range w.due() {
				if timer.Contact == id {
					t.Errorf("timer %s is left", timer.ID())
				}
			}
		})
	}
}
