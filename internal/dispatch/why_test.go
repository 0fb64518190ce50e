package dispatch

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/routing"
)

// obstacles are what keeps a task from the agents who could be meant, by their names.
func (w *world) obstacles(id string) map[string]AgentWhy {
	w.Helper()
	synctest.Wait()
	why, err := w.d.WhyTask(w.Context(), instance, id)
	w.must(err)
	all := map[string]AgentWhy{}
	for _, a := range why.Agents {
		all[a.Name] = a
	}
	return all
}

func TestWhyATaskIsNotWithAnAgent(t *testing.T) {
	run(t, func(w *world) {
		w.languages()
		hire := func(name string, status string) string {
			id := w.busy(name, w.stock.Queue)
			if status != "" {
				w.choose(id, status)
			}
			return id
		}
		hire("offline", "")
		missed, full, leaving := hire("missed", "Available"), hire("full", ""), hire("leaving", "")
		w.setProfile(missed, func(p *routing.Profile) { p.Slots = 2 })
		one := w.start("one")
		w.want(one, contact.Connecting, missed)
		time.Sleep(31 * time.Second)
		w.choose(full, "Available")
		w.want(one, contact.Connecting, full)
		w.must(w.engine.Accept(w.Context(), instance, one, full))
		w.choose(leaving, "Available")
		two := w.start("two")
		w.want(two, contact.Connecting, leaving)
		w.must(w.engine.Accept(w.Context(), instance, two, leaving))
		w.choose(leaving, "Offline")
		visitor := hire("visitor", "Available")
		w.setUser(visitor, func(u *directory.User) { u.SecurityProfiles = nil })
		bare, delayed, poor := w.busy("bare"), hire("delayed", ""), hire("poor", "")
		w.choose(bare, "Available")
		w.setProfile(delayed, func(p *routing.Profile) { p.Queues[0].Delay = time.Hour })
		hand := w.picker("hand")
		for _, id := range []string{delayed, hand} {
			w.choose(id, "Available")
		}
		id := w.start("german", func(in *engine.StartTask) { in.ScheduledFor = w.engine.Now().Add(time.Second) })
		w.ask(id, german(4, time.Minute), preferring(time.Minute, bare), german(2, time.Minute))
		time.Sleep(time.Second)
		w.choose(poor, "Available")
		w.setUser(poor, func(u *directory.User) {
			u.Proficiencies = []directory.Proficiency{{Name: "language", Value: "de", Level: 3}}
		})
		w.want(id, contact.Queued, "")
		c := w.contact(id)
		got := w.obstacles(id)
		for name, want := range map[string]struct {
			obstacle routing.Obstacle
			until    time.Time
		}{
			"offline": {obstacle: routing.ObstacleStatus},
			"leaving": {obstacle: routing.ObstacleNextStatus},
			"full":    {obstacle: routing.ObstacleSlots},
			"missed":  {obstacle: routing.ObstacleMissed},
			"visitor": {obstacle: routing.ObstaclePermission},
			"hand":    {obstacle: routing.ObstacleManual},
			"delayed": {routing.ObstacleDelay, c.Enqueued.Add(time.Hour)},
			"poor":    {routing.ObstacleCriteria, c.Criteria.Activated.Add(2 * time.Minute)},
		} {
			a, told := got[name]
			if !told || a.Obstacle != want.obstacle || !a.Until.Equal(want.until) || a.Summary == "" {
				w.Errorf("%s: told is %t: %s until %v, %q; want %s until %v", name, told, a.Obstacle, a.Until, a.Summary, want.obstacle, want.until)
			}
		}
		if _, told := got["bare"]; told {
			w.Error("an agent is told whom nobody means")
		}
		why, err := w.d.WhyTask(w.Context(), instance, id)
		w.must(err)
		if s := why.Step; s == nil || s.Number != 1 || s.Of != 3 || !s.Expires.Equal(c.Criteria.Steps[0].Expires) {
			w.Errorf("step %v", s)
		}
		total := 0
		for _, n := range why.Obstacles {
			total += n
		}
		if why.Obstacles[routing.ObstacleProfile] != 0 || total != len(why.Agents) || why.NoProfile { // bare is not meant
			w.Errorf("obstacles %v of %d agents", why.Obstacles, len(why.Agents))
		}
		time.Sleep(61 * time.Second)
		if a := w.obstacles(id)["bare"]; a.Obstacle != routing.ObstacleProfile {
			w.Errorf("bare, who is preferred now: %s, want PROFILE", a.Obstacle)
		}
		time.Sleep(time.Minute)
		w.want(id, contact.Connecting, poor)
		why, err = w.d.WhyTask(w.Context(), instance, id)
		w.must(err)
		if why.State != contact.Connecting || len(why.Agents) != 0 {
			w.Errorf("of a task that rings: %v", why)
		}
		w.must(w.engine.Reject(w.Context(), instance, id, poor))
		w.must(w.engine.Clear(w.Context(), instance, id, poor))
		if a := w.obstacles(id)["poor"]; a.Obstacle != routing.ObstacleDeclined || a.Until.IsZero() {
			w.Errorf("poor, who has declined: %s until %v", a.Obstacle, a.Until)
		}
	})
}

func TestWhyAnAgentHasNothing(t *testing.T) {
	run(t, func(w *world) {
		w.languages()
		delayed := w.busy("delayed", w.stock.Queue)
		w.setProfile(delayed, func(p *routing.Profile) { p.Queues[0].Delay = time.Hour })
		w.choose(delayed, "Available")
		picky, plain := w.start("picky"), w.start("plain")
		w.ask(picky, german(4, 0))
		why := func(user string) QueueWhy {
			w.Helper()
			synctest.Wait()
			got, err := w.d.WhyAgent(w.Context(), instance, user)
			w.must(err)
			if len(got.Queues) != 1 || got.Queues[0].Queue != w.stock.Queue || got.Queues[0].Waiting != 2 {
				w.Fatalf("queues %v, want the stock queue with two tasks", got.Queues)
			}
			return got.Queues[0]
		}
		got := why(delayed)
		if got.Obstacle != routing.ObstacleDelay || !got.Until.Equal(w.contact(got.Contact).Enqueued.Add(time.Hour)) {
			w.Errorf("delayed: %s until %v", got.Obstacle, got.Until)
		}
		w.setProfile(delayed, func(p *routing.Profile) { p.Queues, p.Manual = nil, []string{w.stock.Queue} })
		if got := why(delayed); got.Obstacle != routing.ObstacleManual {
			w.Errorf("by hand: %s", got.Obstacle)
		}
		if got := why(w.stock.Agent); got.Obstacle != routing.ObstacleStatus {
			w.Errorf("offline: %s", got.Obstacle)
		}
		poor := w.speaker("poor", 0)
		w.want(plain, contact.Connecting, poor)
		w.must(w.engine.Accept(w.Context(), instance, plain, poor))
		w.must(w.engine.Stop(w.Context(), instance, plain))
		w.must(w.engine.Clear(w.Context(), instance, plain, poor))
		another := w.start("another", func(in *engine.StartTask) { in.ScheduledFor = w.engine.Now().Add(time.Second) })
		w.ask(another, german(4, 0))
		time.Sleep(time.Second)
		if got := why(poor); got.Obstacle != routing.ObstacleCriteria || !got.Until.IsZero() {
			w.Errorf("poor: %s until %v, want CRITERIA for ever", got.Obstacle, got.Until)
		}
		if _, err := w.d.WhyAgent(w.Context(), instance, unknown); !fault.Is(err, fault.NotFound) {
			w.Errorf("of nobody: %v", err)
		}
		if _, err := w.d.WhyTask(w.Context(), instance, unknown); !fault.Is(err, fault.NotFound) {
			w.Errorf("of no task: %v", err)
		}
	})
}

func TestUnroutableTasksAreThoseThatNoProfileHas(t *testing.T) {
	run(t, func(w *world) {
		own := w.sender()
		lost, err := w.engine.CreateQueue(w.Context(), instance, routing.Queue{Name: "lost", Hours: w.hours()})
		w.must(err)
		cid := w.busy("cid")
		own("for cid", cid)
		w.start("served")
		handOn := w.publish("Hand on", strings.Replace(toAgent, `"AgentId":"$.Attributes.who"`, `"QueueId":"$.Attributes.who"`, 1))
		for range 2 {
			w.start("lost", func(in *engine.StartTask) { in.Flow, in.Attributes = handOn, map[string]string{"who": lost.ID} })
		}
		want := func(n int) {
			w.Helper()
			synctest.Wait()
			if got, err := w.d.Unroutable(w.Context()); err != nil || got != n {
				w.Errorf("%d tasks are unroutable, %v; want %d", got, err, n)
			}
		}
		want(2)
		w.setProfile(cid, func(p *routing.Profile) { p.Manual = []string{lost.ID} })
		want(0)
		w.setProfile(cid, func(p *routing.Profile) { p.Manual = nil })
		want(2)
		w.setProfile(cid, func(p *routing.Profile) { p.Queues = []routing.ProfileQueue{{Queue: lost.ID, Priority: 1}} })
		want(0)
	})
}

func TestWhyNamesAQueueThatNoProfileHas(t *testing.T) {
	run(t, func(w *world) {
		lost, err := w.engine.CreateQueue(w.Context(), instance, routing.Queue{Name: "lost", Hours: w.hours()})
		w.must(err)
		handOn := w.publish("Hand on", strings.Replace(toAgent, `"AgentId":"$.Attributes.who"`, `"QueueId":"$.Attributes.who"`, 1))
		id := w.start("lost", func(in *engine.StartTask) { in.Flow, in.Attributes = handOn, map[string]string{"who": lost.ID} })
		want := func(noProfile bool, agents int, summary string) {
			w.Helper()
			synctest.Wait()
			why, err := w.d.WhyTask(w.Context(), instance, id)
			w.must(err)
			if why.NoProfile != noProfile || len(why.Agents) != agents || !strings.Contains(why.Summary, summary) {
				w.Errorf("no profile %t, %d agents, %q; want %t, %d, %q", why.NoProfile, len(why.Agents), why.Summary, noProfile, agents, summary)
			}
		}
		want(true, 0, "no routing profile has this queue")
		picker := w.busy("picker")
		w.setProfile(picker, func(p *routing.Profile) { p.Manual = []string{lost.ID} })
		want(false, 1, "for one of 1 agents who could be meant: of 1 their status is not routable")
		w.setUser(picker, func(u *directory.User) { u.RoutingProfile = w.profileOf(w.stock.Agent).ID })
		want(false, 0, "no agent has a routing profile with this queue")
	})
}

func TestWhyCountsMissedTasks(t *testing.T) {
	run(t, func(w *world) {
		cid := w.busy("cid", w.stock.Queue)
		w.setProfile(cid, func(p *routing.Profile) { p.Slots = 3 })
		w.choose(cid, "Available")
		for _, name := range []string{"one", "two", "three"} {
			w.want(w.start(name), contact.Connecting, cid)
		}
		time.Sleep(31 * time.Second)
		id := w.start("four")
		w.want(id, contact.Queued, "")
		const missed = "they have missed 3 tasks that are not cleared"
		if a := w.obstacles(id)["cid"]; a.Obstacle != routing.ObstacleMissed || a.Missed != 3 || a.Summary != missed {
			w.Errorf("%s, %d missed: %q; want MISSED, 3: %q", a.Obstacle, a.Missed, a.Summary, missed)
		}
		why, err := w.d.WhyAgent(w.Context(), instance, cid)
		w.must(err)
		if q := why.Queues; len(q) != 1 || q[0].Obstacle != routing.ObstacleMissed || q[0].Waiting != 4 || why.Missed != 3 || !strings.HasSuffix(why.Summary, missed) {
			w.Errorf("%+v, want one queue with four tasks, and three missed", why)
		}
	})
}

// A node that does not route for the instance tells the same.
func TestWhyAsksTheDatabaseNotTheOwner(t *testing.T) {
	run(t, func(w *world) {
		cid := w.busy("cid", w.stock.Queue)
		w.languages()
		for range 3 {
			w.ask(w.start("picky"), german(4, 0))
		}
		plain := w.start("plain")
		w.choose(cid, "Available")
		w.want(plain, contact.Connecting, cid)
		w.must(w.engine.Accept(w.Context(), instance, plain, cid))
		w.setProfile(cid, func(p *routing.Profile) { p.Slots = 2 })
		synctest.Wait()
		other := New(Options{Engine: w.engine, Store: w.store}) // it runs nothing
		for _, name := range []string{cid, "cid"} {
			mine, err := w.d.WhyAgent(w.Context(), instance, name)
			w.must(err)
			got, err := other.WhyAgent(w.Context(), instance, name)
			w.must(err)
			if diff := cmp.Diff(mine, got); diff != "" {
				w.Errorf("WhyAgent(%s) of the owner and of another node (-owner +other):\n%s", name, diff)
			}
			if len(got.Queues) != 1 || got.Queues[0].Waiting != 3 || got.Queues[0].Obstacle != routing.ObstacleCriteria {
				w.Errorf("WhyAgent(%s) = %+v, want three tasks whose criteria cid does not meet", name, got)
			}
		}
		id := w.start("another")
		w.want(id, contact.Connecting, cid)
		mine, err := w.d.WhyTask(w.Context(), instance, id)
		w.must(err)
		if got, err := other.WhyTask(w.Context(), instance, id); err != nil || !cmp.Equal(mine, got) {
			w.Errorf("WhyTask of another node: %+v, %v; want %+v", got, err, mine)
		}
	})
}

func TestWhyIsBounded(t *testing.T) {
	run(t, func(w *world) {
		for i := range agentsTold + 5 {
			w.hire(fmt.Sprint("agent ", i))
		}
		id := w.start("call back")
		why, err := w.d.WhyTask(w.Context(), instance, id)
		w.must(err)
		if len(why.Agents) != agentsTold || why.LeftOut < 5 {
			w.Errorf("%d agents are told and %d left out, want %d told", len(why.Agents), why.LeftOut, agentsTold)
		}
	})
}
