package metric_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/metric"
)

func someone(status agent.StatusType, next string, states ...agent.LegState) *agent.Agent {
	a := &agent.Agent{ID: "ann", Type: status, Next: next}
	for i, s := range states {
		a.Legs = append(a.Legs, agent.Leg{Contact: string(rune('a' + i)), State: s})
	}
	return a
}

func TestAgentIsCountedByWhatTheyDo(t *testing.T) {
	tests := []struct {
		name string
		who  *agent.Agent
		want metric.Agents
	}{
		{"offline", someone(agent.Offline, ""), metric.Agents{}},
		{
			"available", someone(agent.Routable, ""),
			metric.Agents{Online: 1, Staffed: 1, Available: 1, SlotsAvailable: 3, Free: 1, AtWork: 1},
		},
		{
			"at lunch", someone(agent.Custom, ""),
			metric.Agents{Online: 1, NonProductive: 1},
		},
		{
			"a task rings", someone(agent.Routable, "", agent.Connecting),
			metric.Agents{Online: 1, Staffed: 1, SlotsAvailable: 2, Free: 1, Busy: 1, AtWork: 1},
		},
		{
			"works one and has one paused", someone(agent.Routable, "", agent.Connected, agent.Paused),
			metric.Agents{Online: 1, Staffed: 1, OnContact: 1, SlotsActive: 2, SlotsAvailable: 2, Free: 1, Busy: 1, AtWork: 1},
		},
		{
			"after-contact work, twice", someone(agent.Routable, "", agent.Ended, agent.Ended),
			metric.Agents{
				Online: 1, Staffed: 1, OnContact: 1, AfterContactWork: 2, SlotsActive: 2, SlotsAvailable: 1, Free: 1,
				WrappedUp: 1, AtWork: 1,
			},
		},
		{
			"missed one", someone(agent.Routable, "", agent.Missed),
			metric.Agents{Online: 1, Staffed: 1, Error: 1, SlotsAvailable: 2, Missed: 1},
		},
		{
			"declined one", someone(agent.Routable, "", agent.Rejected),
			metric.Agents{Online: 1, Staffed: 1, Error: 1, SlotsAvailable: 2, Free: 1, AtWork: 1},
		},
		{
			"lunch comes next", someone(agent.Routable, "lunch", agent.Connected),
			metric.Agents{Online: 1, Staffed: 1, OnContact: 1, SlotsActive: 1, Busy: 1, AtWork: 1},
		},
		{
			"works at lunch", someone(agent.Custom, "", agent.Connected),
			metric.Agents{Online: 1, NonProductive: 1, OnContact: 1, SlotsActive: 1, Busy: 1, AtWork: 1},
		},
		{
			"more in hand than slots", someone(agent.Routable, "", agent.Connected, agent.Connected, agent.Connected, agent.Connected),
			metric.Agents{Online: 1, Staffed: 1, OnContact: 1, SlotsActive: 4, Busy: 1, AtWork: 1},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got metric.Agents
			got.Add(tt.who, 3)
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("want (-), got (+):\n%s", d)
			}
		})
	}
}

// Counting apart and adding up is the same as counting together.
func TestSumsDoNotDependOnHowAgentsAreParted(t *testing.T) {
	states := []agent.LegState{agent.Connecting, agent.Connected, agent.Paused, agent.Missed, agent.Rejected, agent.Ended}
	rapid.Check(t, func(t *rapid.T) {
		var together, one, two metric.Agents
		for range rapid.IntRange(0, 20).Draw(t, "agents") {
			a := someone(
				rapid.SampledFrom([]agent.StatusType{agent.Routable, agent.Offline, agent.Custom}).Draw(t, "status"),
				rapid.SampledFrom([]string{"", "next"}).Draw(t, "next"),
				rapid.SliceOfN(rapid.SampledFrom(states), 0, 5).Draw(t, "legs")...,
			)
			together.Add(a, 3)
			part := &one
			if rapid.Bool().Draw(t, "part") {
				part = &two
			}
			part.Add(a, 3)
		}
		if d := cmp.Diff(together, one.Plus(two)); d != "" {
			t.Fatalf("together (-), apart (+):\n%s", d)
		}
		if together.Available > together.Staffed || together.Staffed+together.NonProductive != together.Online {
			t.Fatalf("%+v: those available are staffed, and who is online is either staffed or not productive", together)
		}
	})
}

func TestValuesOfAGroup(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	old := metric.Waiting{Count: 2, Oldest: now.Add(-90 * time.Second)}
	young := metric.Waiting{Count: 1, Oldest: now.Add(-time.Second)}
	g := metric.Group{
		Now: now, Waiting: young.Plus(metric.Waiting{}).Plus(old),
		Pace: metric.Pace{Answered: 60, Within: 30 * time.Minute}, Agents: metric.Agents{OnContact: 4},
	}
	for name, want := range map[metric.Name]float64{
		metric.ContactsInQueue: 3, metric.OldestContactAge: 90, metric.ContactsScheduled: 0,
		metric.EstimatedWaitTime: 120, metric.AgentsOnCall: 4, metric.AgentsOnContact: 4,
	} {
		if v, ok := g.Value(name); v != want || !ok {
			t.Errorf("%s = %g, %t, want %g", name, v, ok, want)
		}
	}
	if v, ok := (metric.Group{Now: now}).Value(metric.EstimatedWaitTime); ok {
		t.Errorf("estimated wait where nobody answers: %g", v)
	}
	if v, ok := (metric.Group{Now: now}).Value(metric.OldestContactAge); v != 0 || !ok {
		t.Errorf("age where nothing waits: %g, %t", v, ok)
	}
	if _, ok := g.Value("CONTACTS_LOST"); ok {
		t.Error("a metric that is not there has a value")
	}
}

func TestUnits(t *testing.T) {
	for _, tt := range []struct {
		name    metric.Name
		unit    metric.Unit
		want    metric.Unit
		refused string
	}{
		{metric.AgentsOnline, "", metric.Count, ""},
		{metric.OldestContactAge, metric.Seconds, metric.Seconds, ""},
		{metric.OldestContactAge, metric.Count, "", "SECONDS"},
		{"CONTACTS_LOST", "", "", "CONTACTS_LOST"},
	} {
		u, err := metric.Check(tt.name, tt.unit)
		if tt.refused == "" && (u != tt.want || err != nil) {
			t.Errorf("Check(%s, %s) = %s, %v", tt.name, tt.unit, u, err)
		}
		if tt.refused != "" && (!fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), tt.refused)) {
			t.Errorf("Check(%s, %s): %v, want one that says %s", tt.name, tt.unit, err, tt.refused)
		}
	}
	if err := metric.CheckSort(metric.SlotsActive); !fault.Is(err, fault.Invalid) {
		t.Errorf("sorting by slots: %v", err)
	}
	if err := metric.CheckSort(metric.OldestContactAge); err != nil {
		t.Error(err)
	}
}

func TestQuestionsThatDoNotGoTogether(t *testing.T) {
	one := []string{"x"}
	online, waiting := []metric.Name{metric.AgentsOnline}, []metric.Name{metric.ContactsInQueue}
	by := func(g ...metric.Grouping) []metric.Grouping { return g }
	tests := []struct {
		name    string
		q       metric.Question
		refused string // empty: it is fine
	}{
		{"queues", metric.Question{Metrics: online, Queues: one}, ""},
		{"profiles", metric.Question{Metrics: waiting, Profiles: one, By: by(metric.ByProfile)}, ""},
		{"no filter", metric.Question{Metrics: online}, "exactly one"},
		{"both filters", metric.Question{Metrics: online, Queues: one, Profiles: one}, "exactly one"},
		{"no metrics", metric.Question{Queues: one}, "CurrentMetrics"},
		{"twice", metric.Question{Metrics: online, Queues: one, By: by(metric.ByQueue, metric.ByQueue)}, "twice"},
		{"channel", metric.Question{Metrics: online, Queues: one, By: by(metric.ByChannel)}, "Channels"},
		{"channel with a filter", metric.Question{Metrics: online, Queues: one, Channels: one, By: by(metric.ByChannel)}, ""},
		{"profile of queues, agents", metric.Question{Metrics: online, Queues: one, By: by(metric.ByProfile)}, ""},
		{"profile of queues, contacts", metric.Question{Metrics: waiting, Queues: one, By: by(metric.ByProfile)}, "RoutingProfiles"},
		{"status alone", metric.Question{Metrics: online, Queues: one, By: by(metric.ByStatus)}, "follow QUEUE"},
		{"status first", metric.Question{Metrics: online, Queues: one, By: by(metric.ByStatus, metric.ByQueue)}, "follow QUEUE"},
		{"status after queue", metric.Question{Metrics: online, Queues: one, By: by(metric.ByQueue, metric.ByStatus)}, ""},
		{"status, other metric", metric.Question{Metrics: waiting, Queues: one, By: by(metric.ByQueue, metric.ByStatus)}, "AGENTS_ONLINE"},
		{"statuses of profiles", metric.Question{Metrics: online, Profiles: one, Statuses: one}, "AgentStatuses"},
		{"wait", metric.Question{Metrics: []metric.Name{metric.EstimatedWaitTime}, Queues: one, By: by(metric.ByQueue)}, "QUEUE and CHANNEL"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.q.Check()
			if tt.refused == "" && err != nil {
				t.Error(err)
			}
			if tt.refused != "" && (!fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), tt.refused)) {
				t.Errorf("%v, want one that says %q", err, tt.refused)
			}
		})
	}
}
