package dispatch

import (
	"encoding/json"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/routing"
)

// setUser changes a user.
func (w *world) setUser(id string, change func(*directory.User)) {
	w.Helper()
	u, err := w.engine.User(instance, id)
	w.must(err)
	v := *u.Value
	change(&v)
	w.put(u.Resource, v)
}

// setProfile changes the routing profile of a user.
func (w *world) setProfile(user string, change func(*routing.Profile)) {
	w.Helper()
	p := w.profileOf(user)
	v := *p.Value
	change(&v)
	w.put(p.Resource, v)
}

func (w *world) profileOf(user string) engine.Entry[routing.Profile] {
	w.Helper()
	u, err := w.engine.User(instance, user)
	w.must(err)
	p, err := w.engine.RoutingProfile(instance, u.Value.RoutingProfile)
	w.must(err)
	return p
}

func (w *world) put(r engine.Resource, v any) {
	w.Helper()
	body, err := json.Marshal(v)
	w.must(err)
	r.Body = body
	w.command(func(tx engine.Tx) { tx.PutResource(r) })
}

func (w *world) remove(r engine.Resource) {
	w.Helper()
	w.command(func(tx engine.Tx) { tx.DeleteResource(r) })
}

// speaker makes an available agent with one slot and a level of German; 0: none.
func (w *world) speaker(name string, level float64) string {
	w.Helper()
	id := w.busy(name, w.stock.Queue)
	if level > 0 {
		w.setUser(id, func(u *directory.User) {
			u.Proficiencies = []directory.Proficiency{{Name: "language", Value: "de", Level: level}}
		})
	}
	w.choose(id, "Available")
	time.Sleep(time.Millisecond) // so that they are available one after the other
	return id
}

// german is a step for agents who speak German so well.
func german(level float64, expiry time.Duration) contact.Step {
	return contact.Step{
		Expression: contact.Expression{Attribute: &contact.Condition{Name: "language", Value: "de", Min: level}},
		Expiry:     expiry, Status: contact.StepInactive,
	}
}

func preferring(expiry time.Duration, agents ...string) contact.Step {
	return contact.Step{
		Expression: contact.Expression{Attribute: &contact.Condition{AgentIDs: agents}}, Expiry: expiry, Status: contact.StepInactive,
	}
}

// languages defines the attribute that steps ask for.
func (w *world) languages() {
	w.Helper()
	w.must(w.engine.CreatePredefinedAttribute(w.Context(), instance, routing.PredefinedAttribute{Name: "language", Values: []string{"de"}}))
}

func (w *world) ask(id string, steps ...contact.Step) {
	w.Helper()
	w.must(w.engine.UpdateRouting(w.Context(), instance, id, engine.RoutingData{Criteria: &contact.Criteria{Steps: steps}}))
}

// steps checks the statuses of the steps of a contact.
func (w *world) steps(id string, want ...contact.StepStatus) {
	w.Helper()
	synctest.Wait()
	var got []contact.StepStatus
	for _, s := range w.contact(id).Criteria.Steps {
		got = append(got, s.Status)
	}
	if !slices.Equal(got, want) {
		w.Errorf("steps are %v, want %v", got, want)
	}
}

// stepEvents is how often it was told that the step of a contact has another status.
func (w *world) stepEvents(id string) (n int) {
	w.Helper()
	events, err := w.engine.Events(w.Context(), instance, id)
	w.must(err)
	for _, e := range events {
		if slices.Contains(e.Updated, "RoutingCriteria.Step.Status") {
			n++
		}
	}
	return n
}

const (
	inactive    = contact.StepInactive
	active      = contact.StepActive
	expired     = contact.StepExpired
	joined      = contact.StepJoined
	deactivated = contact.StepDeactivated
)

func TestStepsWidenTheCircle(t *testing.T) {
	run(t, func(w *world) {
		w.languages()
		poor, fair := w.speaker("poor", 0), w.speaker("fair", 2)
		w.choose(poor, "Offline")
		w.choose(fair, "Offline")
		id := w.start("german")
		w.ask(id, german(4, 30*time.Second), german(2, 30*time.Second))
		w.steps(id, active, inactive)
		begun := w.contact(id)
		if c := begun.Criteria; c.Activated.IsZero() || !c.Steps[0].Expires.Equal(c.Activated.Add(30*time.Second)) {
			w.Errorf("activated at %v, the first step expires at %v", c.Activated, c.Steps[0].Expires)
		}
		w.choose(poor, "Available")
		time.Sleep(time.Millisecond)
		w.choose(fair, "Available")
		w.want(id, contact.Queued, "")
		other := w.start("behind it")
		w.want(other, contact.Connecting, poor) // what is behind it is not held up
		time.Sleep(29 * time.Second)
		w.want(id, contact.Queued, "")
		time.Sleep(2 * time.Second)
		w.want(id, contact.Connecting, fair)
		w.steps(id, expired, active)
		time.Sleep(31 * time.Second) // missed, and the last step is over
		w.steps(id, expired, expired)
		w.choose(poor, "Offline") // clears what they have missed, too
		w.want(id, contact.Queued, "")
		w.choose(poor, "Available")
		w.want(id, contact.Connecting, poor) // any agent will do
		if n := w.stepEvents(id); n != 3 {
			w.Errorf("%d events of steps, want 3", n)
		}
	})
}

func TestStepUnderWhichATaskWasOfferedIsJoined(t *testing.T) {
	run(t, func(w *world) {
		w.languages()
		good := w.speaker("good", 5)
		id := w.start("german", func(in *engine.StartTask) { in.ScheduledFor = w.engine.Now().Add(time.Minute) })
		w.ask(id, german(4, 10*time.Second), german(1, 0))
		w.steps(id, inactive, inactive) // it is not in a queue
		time.Sleep(time.Minute)
		w.want(id, contact.Connecting, good)
		w.steps(id, active, inactive)
		time.Sleep(11 * time.Second) // the step expires while it rings
		w.want(id, contact.Connecting, good)
		w.steps(id, expired, active)
		w.must(w.engine.Accept(w.Context(), instance, id, good))
		w.steps(id, joined, inactive)
		time.Sleep(time.Minute)
		w.steps(id, joined, inactive)
		next, err := w.engine.Transfer(w.Context(), instance, engine.TransferTask{Contact: id, Flow: w.stock.Flow})
		w.must(err)
		if c := w.contact(next); c.Criteria != nil {
			w.Errorf("the criteria of a task that was joined are carried to the next: %v", c.Criteria)
		}
	})
}

func TestCriteriaAreReplaced(t *testing.T) {
	run(t, func(w *world) {
		w.languages()
		poor, good := w.speaker("poor", 1), ""
		id := w.start("german")
		w.want(id, contact.Connecting, poor)
		w.ask(id, german(4, time.Minute), german(3, 0)) // counts when it comes back
		w.want(id, contact.Connecting, poor)
		w.steps(id, inactive, inactive)
		time.Sleep(31 * time.Second)
		w.want(id, contact.Queued, "")
		w.steps(id, active, inactive)
		good = w.speaker("good", 2)
		w.want(id, contact.Queued, "")
		age := time.Hour
		w.must(w.engine.UpdateRouting(w.Context(), instance, id, engine.RoutingData{
			Criteria: &contact.Criteria{Steps: []contact.Step{german(2, 10*time.Second)}}, Adjustment: &age,
		}))
		w.want(id, contact.Connecting, good)
		w.steps(id, active)
		c := w.contact(id)
		if c.Criteria.Index != 1 || c.Adjustment != age {
			w.Errorf("index %d, adjustment %v; want the second criteria, and an hour", c.Criteria.Index, c.Adjustment)
		}
		time.Sleep(15 * time.Second)
		w.steps(id, expired)
		w.must(w.engine.Stop(w.Context(), instance, id))
		if err := w.engine.UpdateRouting(w.Context(), instance, id, engine.RoutingData{Criteria: &contact.Criteria{Steps: []contact.Step{german(2, 0)}}}); !fault.Is(err, fault.Conflict) {
			w.Errorf("criteria of a task that is over: %v, want a conflict", err)
		}
	})
}

func TestStepEndsWithTheWait(t *testing.T) {
	run(t, func(w *world) {
		w.languages()
		stopped, paused := w.start("stopped"), w.start("paused")
		for _, id := range []string{stopped, paused} {
			w.ask(id, german(4, time.Minute), german(2, 0))
			w.steps(id, active, inactive)
		}
		w.must(w.engine.Stop(w.Context(), instance, stopped))
		w.must(w.engine.Pause(w.Context(), instance, engine.Pausing{Contact: paused}))
		w.steps(stopped, deactivated, inactive)
		w.steps(paused, inactive, inactive)
		time.Sleep(2 * time.Minute)
		w.steps(stopped, deactivated, inactive)
		w.steps(paused, inactive, inactive)
		w.must(w.engine.Resume(w.Context(), instance, engine.Pausing{Contact: paused, Flow: w.stock.Flow}))
		w.want(paused, contact.Queued, "")
		w.steps(paused, active, inactive) // from the beginning
		if c := w.contact(paused); !c.Criteria.Activated.Equal(c.Enqueued) {
			w.Errorf("activated at %v, enqueued at %v", c.Criteria.Activated, c.Enqueued)
		}
	})
}

func TestNoStepIsActiveInAnAgentsOwnQueue(t *testing.T) {
	run(t, func(w *world) {
		w.languages()
		send, cid := w.sender(), w.speaker("cid", 0)
		w.choose(cid, "Offline")
		id := send("for cid", cid)
		w.ask(id, german(5, 0))
		w.steps(id, inactive)
		if w.contact(id).Criteria.Activated.IsZero() {
			w.Error("the criteria have no time of activation")
		}
		w.choose(cid, "Available")
		w.want(id, contact.Connecting, cid)
	})
}

func TestPreferredAgentIsWaitedFor(t *testing.T) {
	run(t, func(w *world) {
		ann, bob := w.speaker("one", 0), w.speaker("two", 0)
		w.choose(bob, "Offline")
		away := w.busy("away") // has no queue at all
		w.choose(away, "Available")
		first, second := w.start("first"), ""
		w.want(first, contact.Connecting, ann)
		w.must(w.engine.Accept(w.Context(), instance, first, ann))
		second = w.start("second")
		w.ask(second, preferring(time.Minute, bob, away, "deleted"), preferring(0, ann))
		time.Sleep(59 * time.Second)
		w.want(second, contact.Queued, "")
		w.choose(bob, "Available")
		w.want(second, contact.Connecting, bob)
	})
}

func TestDelayMaturesWithoutAnyOtherEvent(t *testing.T) {
	run(t, func(w *world) {
		first, second := w.busy("first", w.stock.Queue), w.busy("second", w.stock.Queue)
		w.setProfile(second, func(p *routing.Profile) { p.Queues[0].Delay = 20 * time.Second })
		w.choose(second, "Available")
		id := w.start("call back")
		age := time.Hour // does not count for the delay
		w.must(w.engine.UpdateRouting(w.Context(), instance, id, engine.RoutingData{Adjustment: &age}))
		time.Sleep(19 * time.Second)
		w.want(id, contact.Queued, "")
		time.Sleep(time.Second)
		w.want(id, contact.Connecting, second)
		w.choose(first, "Available")
		w.want(w.start("at once"), contact.Connecting, first)
	})
}

func TestClockThatIsMovedStopsWhereADelayEnds(t *testing.T) {
	run(t, func(w *world) {
		second := w.busy("second", w.stock.Queue)
		w.setProfile(second, func(p *routing.Profile) { p.Queues[0].Delay = 20 * time.Second })
		w.choose(second, "Available")
		id := w.start("call back")
		w.want(id, contact.Queued, "")
		w.must(w.d.Advance(w.Context(), w.engine.Now().Add(40*time.Second)))
		c := w.contact(id)
		if rang := c.RingStart.Sub(c.Enqueued); c.State != contact.Connecting || rang != 20*time.Second {
			w.Errorf("the task is %s, and rang after %v; want 20 s", c.State, rang)
		}
		w.must(w.d.Advance(w.Context(), w.engine.Now().Add(20*time.Second)))
		w.want(id, contact.Queued, "") // missed after 50 s
	})
}

func TestWhoDeclinedGetsATaskAgainAfterTwoSecondsAlsoWhenTheyClearItAtOnce(t *testing.T) {
	run(t, func(w *world) {
		ann := w.speaker("one", 0)
		id := w.start("call back")
		w.want(id, contact.Connecting, ann)
		w.must(w.engine.Reject(w.Context(), instance, id, ann))
		w.must(w.engine.Clear(w.Context(), instance, id, ann))
		w.want(id, contact.Queued, "")
		other := w.start("another")
		w.want(other, contact.Connecting, ann) // others at once
		w.must(w.engine.Stop(w.Context(), instance, other))
		time.Sleep(1900 * time.Millisecond)
		w.want(id, contact.Queued, "")
		time.Sleep(200 * time.Millisecond)
		w.want(id, contact.Connecting, ann)
	})
}

func TestTimerOfTheProfileSaysWhoIsNext(t *testing.T) {
	for timer, want := range map[routing.Timer]string{"": "bob", routing.TimerActivity: "bob", routing.TimerInbound: "ann"} {
		run(t, func(w *world) {
			who := map[string]string{}
			for _, name := range []string{"ann", "bob"} {
				who[name] = w.speaker(name+" the second", 0)
				w.setProfile(who[name], func(p *routing.Profile) { p.Slots, p.Timer = 2, timer })
				time.Sleep(time.Second)
			}
			// Ann takes a task that was not offered to her.
			_, err := w.engine.CreateContact(w.Context(), instance, engine.CreateContact{Name: "her own", User: who["ann"]})
			w.must(err)
			time.Sleep(time.Second)
			w.want(w.start("call back "+string(timer)), contact.Connecting, who[want])
		})
	}
}

func TestWhatIsChangedOrDeletedCountsAtOnce(t *testing.T) {
	run(t, func(w *world) {
		w.languages()
		ann := w.speaker("one", 0)
		id := w.start("german")
		w.want(id, contact.Connecting, ann)
		w.must(w.engine.Reject(w.Context(), instance, id, ann))
		w.ask(id, german(3, 0))
		time.Sleep(3 * time.Second)
		w.want(id, contact.Queued, "")
		skill := func(level float64) {
			w.setUser(ann, func(u *directory.User) {
				u.Proficiencies = []directory.Proficiency{{Name: "language", Value: "de", Level: level}}
			})
		}
		skill(2)
		w.want(id, contact.Queued, "")
		skill(3)
		w.want(id, contact.Connecting, ann)

		back := func() {
			w.Helper()
			w.must(w.engine.Reject(w.Context(), instance, id, ann))
		}
		security, err := w.engine.User(instance, ann)
		w.must(err)
		profiles := security.Value.SecurityProfiles
		back()
		w.setUser(ann, func(u *directory.User) { u.SecurityProfiles = nil })
		time.Sleep(3 * time.Second)
		w.want(id, contact.Queued, "")
		w.setUser(ann, func(u *directory.User) { u.SecurityProfiles = profiles })
		w.want(id, contact.Connecting, ann)

		back()
		p := w.profileOf(ann)
		queues := p.Value.Queues
		w.setProfile(ann, func(p *routing.Profile) { p.Queues = nil })
		time.Sleep(3 * time.Second)
		w.want(id, contact.Queued, "")
		w.setProfile(ann, func(p *routing.Profile) { p.Queues = queues })
		w.want(id, contact.Connecting, ann)

		back()
		w.remove(w.profileOf(ann).Resource)
		time.Sleep(3 * time.Second)
		w.want(id, contact.Queued, "")
		w.setUser(ann, func(u *directory.User) { u.RoutingProfile = w.profileOf(w.stock.Agent).ID })
		w.want(id, contact.Connecting, ann)

		back()
		u, err := w.engine.User(instance, ann)
		w.must(err)
		w.remove(u.Resource)
		time.Sleep(3 * time.Second)
		w.want(id, contact.Queued, "")
	})
}

func TestDeletedSecurityProfileTakesItsPermissionsAway(t *testing.T) {
	run(t, func(w *world) {
		u, err := w.engine.User(instance, w.stock.Agent)
		w.must(err)
		w.choose(w.stock.Agent, "Available")
		all, err := w.store.Resources(w.Context(), instance, time.Time{})
		w.must(err)
		for _, r := range all {
			if r.Kind == arn.SecurityProfile && slices.Contains(u.Value.SecurityProfiles, r.ID) {
				w.remove(r)
			}
		}
		w.want(w.start("call back"), contact.Queued, "")
	})
}

func TestUnknownKindsOfConfigurationDoNotMatter(t *testing.T) {
	run(t, func(w *world) {
		w.choose(w.stock.Agent, "Available")
		q, err := w.engine.CreateQueue(w.Context(), instance, routing.Queue{Name: "short-lived", Hours: w.hours()})
		w.must(err)
		w.remove(q.Resource)
		w.want(w.start("call back"), contact.Connecting, w.stock.Agent)
	})
}

func (w *world) hours() string {
	w.Helper()
	q, err := w.engine.Queue(instance, w.stock.Queue)
	w.must(err)
	return q.Value.Hours
}
