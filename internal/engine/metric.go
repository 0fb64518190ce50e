package engine

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/metric"
	"github.com/tasklane/tasklane/internal/routing"
)

// MetricRow is one row of the real-time metrics. What is not grouped by is zero.
type MetricRow struct {
	Queue   Entry[routing.Queue]
	Profile Entry[routing.Profile]
	Status  Entry[agent.Status]
	Channel string
	metric.Group
}

// Key tells a row from the others of its answer.
func (r MetricRow) Key() string {
	return r.Queue.ID + "/" + r.Channel + "/" + r.Profile.ID + "/" + r.Status.ID
}

// Grouped tells whether a row is told apart from others by anything.
func (r MetricRow) Grouped() bool {
	return r.Queue.ID != "" || r.Channel != "" || r.Profile.ID != "" || r.Status.ID != ""
}

// survey is what is counted to answer one question.
type survey struct {
	question metric.Question
	at       time.Time
	queues   []Entry[routing.Queue]    // of the filter
	profiles []Entry[routing.Profile]  // whose agents are counted
	statuses []Entry[agent.Status]     // that are told apart
	serving  map[string][]string       // profiles by queue
	served   map[string][]string       // queues by profile
	agents   map[place]metric.Agents   // by profile and, if it is asked for, status
	totals   map[string]metric.Agents  // by profile
	waiting  map[string]metric.Waiting // by queue
	answered map[string]int            // by queue
	within   time.Duration             // of which they were answered
}

// CurrentMetrics counts what agents do and what waits at this moment. Every group of the filters has a row, also when
// there is nothing in it. It fails with [fault.NotFound] for an id that does not exist, and with [fault.Invalid] when
// the parts of the question do not go together.
func (e *Engine) CurrentMetrics(ctx context.Context, instance string, q metric.Question) (time.Time, []MetricRow, error) {
	t, err := e.tenant(instance)
	if err != nil {
		return time.Time{}, nil, err
	}
	if err := q.Check(); err != nil {
		return time.Time{}, nil, err
	}
	s := &survey{question: q, at: e.Now()}
	if err := s.choose(t); err != nil {
		return time.Time{}, nil, err
	}
	if err := s.count(ctx, e, t); err != nil {
		return time.Time{}, nil, err
	}
	rows := s.rows()
	for i := range rows {
		s.fill(&rows[i])
	}
	return s.at, rows, nil
}

// choose finds the queues, profiles and statuses that a question is about.
func (s *survey) choose(t *tenant) error {
	queues, err := t.resolveAll(arn.Queue, s.question.Queues)
	if err != nil {
		return err
	}
	profiles, err := t.resolveAll(arn.RoutingProfile, s.question.Profiles)
	if err != nil {
		return err
	}
	statuses, err := t.resolveAll(arn.AgentStatus, s.question.Statuses)
	if err != nil {
		return err
	}
	s.serving, s.served = map[string][]string{}, map[string][]string{}
	for _, p := range all[routing.Profile](t, arn.RoutingProfile) {
		for _, pq := range p.Value.Queues {
			if queues[pq.Queue] || profiles[p.ID] {
				s.relate(pq.Queue, p.ID)
			}
		}
		if profiles[p.ID] || len(s.served[p.ID]) > 0 {
			s.profiles = append(s.profiles, p)
		}
	}
	for _, q := range all[routing.Queue](t, arn.Queue) {
		if queues[q.ID] || len(profiles) > 0 && len(s.serving[q.ID]) > 0 {
			s.queues = append(s.queues, q)
		}
	}
	for _, st := range all[agent.Status](t, arn.AgentStatus) {
		if statuses[st.ID] || len(statuses) == 0 && st.Value.Type != agent.Offline {
			s.statuses = append(s.statuses, st)
		}
	}
	return nil
}

// relate notes that a profile has a queue. It can have it more than once, for several channels.
func (s *survey) relate(queue, profile string) {
	if !slices.Contains(s.served[profile], queue) {
		s.serving[queue] = append(s.serving[queue], profile)
		s.served[profile] = append(s.served[profile], queue)
	}
}

// answeredWithin is how far back it is looked for how fast tasks leave a queue, and answeredMost at how many.
const (
	answeredWithin = 30 * time.Minute
	answeredMost   = 10_000
)

// count counts everything that is asked for.
func (s *survey) count(ctx context.Context, e *Engine, t *tenant) (err error) {
	read := func() ([]*agent.Agent, error) { return e.store.Agents(ctx, t.ID) }
	if s.agents, err = t.staffing(read, s.question.ByStatus(), nil); err != nil {
		return err
	}
	s.totals = map[string]metric.Agents{}
	for at, n := range s.agents {
		if len(s.question.Statuses) == 0 || slices.ContainsFunc(s.statuses, func(st Entry[agent.Status]) bool { return st.ID == at.status }) {
			s.totals[at.profile] = s.totals[at.profile].Plus(n)
		}
	}
	if s.question.AsksForContacts() {
		ids := make([]string, len(s.queues))
		for i, q := range s.queues {
			ids[i] = q.ID
		}
		if s.waiting, err = e.store.WaitingIn(ctx, t.ID, ids); err != nil {
			return err
		}
	}
	if s.question.AsksForPace() {
		s.answered, s.within, err = e.answered(ctx, t)
	}
	return err
}

// answered counts what agents have accepted lately, by queue, and within which time.
func (e *Engine) answered(ctx context.Context, t *tenant) (map[string]int, time.Duration, error) {
	now := e.Now()
	counts, from, err := e.store.Answered(ctx, t.ID, now.Add(-answeredWithin), answeredMost)
	return counts, now.Sub(from), err
}

// rows makes a row for each group, in the order of the groupings and then of the names.
func (s *survey) rows() []MetricRow {
	rows := []MetricRow{{}}
	for _, by := range s.question.By {
		var finer []MetricRow
		for _, r := range rows {
			finer = append(finer, s.split(r, by)...)
		}
		rows = finer
	}
	return rows
}

// split makes the rows of a grouping out of one row.
func (s *survey) split(r MetricRow, by metric.Grouping) (rows []MetricRow) {
	add := func(change func(*MetricRow)) {
		next := r
		change(&next)
		rows = append(rows, next)
	}
	switch by {
	case metric.ByQueue:
		for _, q := range s.queues {
			if r.Profile.ID == "" || slices.Contains(s.serving[q.ID], r.Profile.ID) {
				add(func(next *MetricRow) { next.Queue = q })
			}
		}
	case metric.ByProfile:
		for _, p := range s.profiles {
			if r.Queue.ID == "" || slices.Contains(s.serving[r.Queue.ID], p.ID) {
				add(func(next *MetricRow) { next.Profile = p })
			}
		}
	case metric.ByChannel:
		for _, c := range s.question.Channels {
			add(func(next *MetricRow) { next.Channel = c })
		}
	case metric.ByStatus:
		for _, st := range s.statuses {
			add(func(next *MetricRow) { next.Status = st })
		}
	}
	return rows
}

// fill adds up what a row covers. Other channels than tasks have nothing in them.
func (s *survey) fill(r *MetricRow) {
	r.Now = s.at
	channels := s.question.Channels
	if r.Channel != "" {
		channels = []string{r.Channel}
	}
	if len(channels) > 0 && !slices.Contains(channels, metric.Task) {
		return
	}
	for _, profile := range s.profilesOf(r) {
		n := s.totals[profile]
		if r.Status.ID != "" {
			n = s.agents[place{profile, r.Status.ID}]
		}
		r.Agents = r.Agents.Plus(n)
	}
	r.Pace.Within = s.within
	for _, queue := range s.queuesOf(r) {
		r.Waiting = r.Waiting.Plus(s.waiting[queue])
		r.Pace.Answered += s.answered[queue]
	}
}

func (s *survey) profilesOf(r *MetricRow) []string {
	switch {
	case r.Profile.ID != "":
		return []string{r.Profile.ID}
	case r.Queue.ID != "":
		return s.serving[r.Queue.ID]
	}
	ids := make([]string, len(s.profiles))
	for i, p := range s.profiles {
		ids[i] = p.ID
	}
	return ids
}

func (s *survey) queuesOf(r *MetricRow) []string {
	switch {
	case r.Queue.ID != "":
		return []string{r.Queue.ID}
	case r.Profile.ID != "":
		return s.served[r.Profile.ID]
	}
	ids := make([]string, len(s.queues))
	for i, q := range s.queues {
		ids[i] = q.ID
	}
	return ids
}

// SortMetrics sorts rows by a metric. Those that are equal, or have no value, keep their order; who has none comes last.
func SortMetrics(rows []MetricRow, by metric.Name, descending bool) {
	slices.SortStableFunc(rows, func(x, y MetricRow) int {
		v, known := x.Value(by)
		w, knownToo := y.Value(by)
		switch {
		case known != knownToo && known:
			return -1
		case known != knownToo:
			return 1
		case descending:
			v, w = w, v
		}
		return cmp.Compare(v, w)
	})
}
