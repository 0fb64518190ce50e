package routing

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/contact"
)

// free is an agent who can be offered what waits in the queues "q" and, after a minute, "slow".
func free() Candidate {
	return Candidate{
		Agent: &agent.Agent{ID: "ann", Type: agent.Routable},
		Profile: &Profile{
			Slots: 2, Manual: []string{"manual", "q"},
			Queues: []ProfileQueue{{Queue: "other"}, {Queue: "slow", Delay: time.Hour}, {Queue: "slow", Delay: time.Minute}, {Queue: "q"}},
		},
		IsAgent: true,
		Skills:  []Skill{{"language", "de", 3}},
	}
}

// holding is a change of the agent, who then has these legs.
func holding(states ...agent.LegState) func(*Candidate) {
	return func(c *Candidate) {
		for _, s := range states {
			c.Agent.Legs = append(c.Agent.Legs, agent.Leg{Contact: string(s), State: s})
		}
	}
}

func TestObstacleIsTheFirstThatKeepsTheTaskAway(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		queue string
		who   func(*Candidate)
		task  func(*contact.Contact)
		at    int // seconds
		want  Obstacle
		until time.Time
	}{
		{name: "none", queue: "q"},
		{name: "offline", queue: "q", who: func(c *Candidate) { c.Agent.Type = agent.Offline }, want: ObstacleStatus},
		{name: "about to leave", queue: "q", who: func(c *Candidate) { c.Agent.Next = "lunch" }, want: ObstacleNextStatus},
		{name: "a missed task, which takes the last slot", queue: "q", who: holding(agent.Connected, agent.Missed), want: ObstacleMissed},
		{name: "one slot left", queue: "q", who: holding(agent.Connected)},
		{name: "no slot left", queue: "q", who: holding(agent.Connected, agent.Ended), want: ObstacleSlots},
		{name: "no agent", queue: "q", who: func(c *Candidate) { c.IsAgent = false }, want: ObstaclePermission},
		{name: "not in the profile", queue: "none", want: ObstacleProfile},
		{name: "by hand only", queue: "manual", want: ObstacleManual},
		{name: "their own queue", queue: "ann"},
		{name: "the shorter delay is not over", queue: "slow", at: 59, want: ObstacleDelay, until: after(60)},
		{name: "the shorter delay is over", queue: "slow", at: 60},
		{name: "meets the criteria", queue: "q", task: step("de", 3, 0)},
		{name: "does not meet the criteria", queue: "q", task: step("de", 4, 0), want: ObstacleCriteria},
		{name: "not even in their own queue", queue: "ann", task: step("fr", 1, 0), want: ObstacleCriteria},
		{name: "has declined it", queue: "q", who: declined("c-1"), at: 59, want: ObstacleDeclined, until: after(60)},
		{name: "has declined it long ago", queue: "q", who: declined("c-1"), at: 60},
		{name: "has declined another", queue: "q", who: declined("c-2")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			who, w := free(), &contact.Contact{ID: "c-1", Queue: tt.queue, Enqueued: start}
			if tt.who != nil {
				tt.who(&who)
			}
			if tt.task != nil {
				tt.task(w)
			}
			if got, until := who.Obstacle(w, after(tt.at)); got != tt.want || !until.Equal(tt.until) {
				t.Errorf("Obstacle = %q until %v, want %q until %v", got, until, tt.want, tt.until)
			}
		})
	}
}

// step is a change of a task, which then is for who speaks a language, for as many seconds (0: for ever).
func step(language string, level float64, seconds int) func(*contact.Contact) {
	return func(c *contact.Contact) {
		if c.Criteria == nil {
			c.Criteria = &contact.Criteria{}
		}
		s := contact.Step{Expression: *speaks(language, level), Expiry: time.Duration(seconds) * time.Second, Status: contact.StepInactive}
		if len(c.Criteria.Steps) == 0 {
			if s.Status = contact.StepActive; seconds > 0 {
				s.Expires = after(seconds)
			}
		}
		c.Criteria.Steps = append(c.Criteria.Steps, s)
	}
}

// declined is a change of the agent, who then has declined a task for a minute from the start.
func declined(id string) func(*Candidate) {
	return func(c *Candidate) { c.Agent.Declined = []agent.Decline{{Contact: id, Until: after(60)}} }
}

// An agent who does not meet the step that is active may meet a later one, or anybody may have the task after the last.
func TestCriteriaKeepTaskAwayUntilAStepThatTheAgentMeets(t *testing.T) {
	t.Parallel()
	type steps = []func(*contact.Contact)
	tests := []struct {
		name  string
		steps steps
		until time.Time // zero: for ever
	}{
		{"the only step never expires", steps{step("fr", 1, 0)}, time.Time{}},
		{"the only step expires", steps{step("fr", 1, 30)}, after(30)},
		{"they meet the second", steps{step("fr", 1, 30), step("de", 3, 0)}, after(30)},
		{"they meet the third", steps{step("fr", 1, 30), step("de", 4, 20), step("de", 3, 0)}, after(50)},
		{"the second never expires", steps{step("fr", 1, 30), step("de", 4, 0)}, time.Time{}},
		{"all expire", steps{step("fr", 1, 30), step("de", 4, 20)}, after(50)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := &contact.Contact{ID: "c-1", Queue: "q", Enqueued: start}
			for _, s := range tt.steps {
				s(w)
			}
			if got, until := free().Obstacle(w, start); got != ObstacleCriteria || !until.Equal(tt.until) {
				t.Errorf("Obstacle = %q until %v, want %q until %v", got, until, ObstacleCriteria, tt.until)
			}
		})
	}
}

func TestUnservedCountsWhatWaitsInQueuesOfNoProfile(t *testing.T) {
	t.Parallel()
	b := NewBoard()
	b.SetProfile(&Profile{ID: "p", Queues: []ProfileQueue{{Queue: "served", Priority: 1}, {Queue: "empty", Priority: 1}}})
	for id, w := range map[string]Waiting{
		"c-1": {Queue: "served"}, "c-2": {Queue: "lost"}, "c-3": {Queue: "lost", Filter: speaks("de", 1)},
		"c-4": {Queue: "lost", Filter: prefers("ann", "bob")}, "c-5": {Queue: "named", Filter: prefers("ann")}, "c-6": {Queue: "left"},
	} {
		w.Contact = id
		b.Wait(w)
	}
	b.Leave("c-6")
	if diff := cmp.Diff(map[string]int{"lost": 3, "named": 1}, b.Unserved()); diff != "" {
		t.Errorf("Unserved (-want +got):\n%s", diff)
	}
	b.RemoveProfile("p")
	if diff := cmp.Diff(map[string]int{"lost": 3, "named": 1, "served": 1}, b.Unserved()); diff != "" {
		t.Errorf("Unserved without the profile (-want +got):\n%s", diff)
	}
}
