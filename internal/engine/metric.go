package engine

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
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

// Grouped reports whether a row is told apart from others by anything.
func (r MetricRow) Grouped() bool {
	return r.Queue.ID != "" || r.Channel != "" || r.Profile.ID != "" || r.Status.ID != ""
}

// survey is what is counted to answer one question.
type survey struct {
	question metric.Question
	at       time.Time
	queues   []Entry[routing.Queue]    // of the filter
	owners   map[string]bool           // users whose own queues are among them
	profiles []Entry[routing.Profile]  // of the agents who are counted
	whole    map[string]bool           // profiles all of whose agents are counted; of the others the owners are
	statuses []Entry[agent.Status]     // that are told apart
	serving  map[string][]string       // profiles by queue
	served   map[string][]string       // queues by profile
	agents   map[place]metric.Agents   // by profile and, if it is asked for, status; owners apart
	totals   map[string]metric.Agents  // by profile, without the owners
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
	queues, err := s.chooseQueues(t)
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
	for _, p := range all[routing.Profile](t, arn.RoutingProfile) {
		for _, pq := range p.Value.Queues {
			if queues[pq.Queue] || profiles[p.ID] {
				s.relate(pq.Queue, p.ID)
			}
		}
		s.whole[p.ID] = profiles[p.ID] || len(s.served[p.ID]) > 0
		if s.whole[p.ID] || s.owned(p.ID) {
			s.profiles = append(s.profiles, p)
		}
	}
	own := s.queues
	s.queues = nil
	for _, q := range all[routing.Queue](t, arn.Queue) {
		if queues[q.ID] || len(profiles) > 0 && len(s.serving[q.ID]) > 0 {
			s.queues = append(s.queues, q)
		}
	}
	s.queues = append(s.queues, own...)
	for _, st := range all[agent.Status](t, arn.AgentStatus) {
		if statuses[st.ID] || len(statuses) == 0 && st.Value.Type != agent.Offline {
			s.statuses = append(s.statuses, st)
		}
	}
	return nil
}

// chooseQueues finds the queues that a question names: standard ones, of which it returns the ids, and those that users
// own.
func (s *survey) chooseQueues(t *tenant) (standard map[string]bool, err error) {
	standard, s.owners, s.whole = map[string]bool{}, map[string]bool{}, map[string]bool{}
	s.serving, s.served = map[string][]string{}, map[string][]string{}
	for _, idOrARN := range s.question.Queues {
		q, err := t.queue(idOrARN)
		switch {
		case err != nil:
			return nil, err
		case q.Kind != arn.AgentQueue:
			standard[q.ID] = true
		case !s.owners[q.ID]:
			s.owners[q.ID] = true
			s.queues = append(s.queues, q)
			if u, err := find[directory.User](t, arn.User, q.ID); err == nil {
				s.serving[q.ID] = []string{u.Value.RoutingProfile}
			}
		}
	}
	return standard, nil
}

// owned reports whether a routing profile is that of a user whose own queue is asked for.
func (s *survey) owned(profile string) bool {
	for owner := range s.owners {
		if slices.Contains(s.serving[owner], profile) {
			return true
		}
	}
	return false
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
	if s.agents, err = t.staffing(read, s.question.ByStatus(), s.owners, nil); err != nil {
		return err
	}
	s.totals = map[string]metric.Agents{}
	for at, n := range s.agents {
		if at.agent == "" && s.wants(at) {
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

// wants reports whether agents of a place have a status that is asked for.
func (s *survey) wants(at place) bool {
	return len(s.question.Statuses) == 0 || slices.ContainsFunc(s.statuses, func(st Entry[agent.Status]) bool { return st.ID == at.status })
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
			n = s.agents[place{profile: profile, status: r.Status.ID}]
		}
		r.Agents = r.Agents.Plus(n)
	}
	for at, n := range s.agents {
		if at.agent != "" && s.covers(r, at) {
			r.Agents = r.Agents.Plus(n)
		}
	}
	r.Pace.Within = s.within
	for _, queue := range s.queuesOf(r) {
		r.Waiting = r.Waiting.Plus(s.waiting[queue])
		r.Pace.Answered += s.answered[queue]
	}
}

// covers reports whether a row is about a user whose own queue is asked for: as its owner, or by their profile.
func (s *survey) covers(r *MetricRow, at place) bool {
	switch {
	case r.Status.ID != "" && r.Status.ID != at.status, !s.wants(at):
		return false
	case r.Profile.ID != "" && r.Profile.ID != at.profile:
		return false
	case r.Queue.Kind == arn.AgentQueue:
		return r.Queue.ID == at.agent
	}
	return r.Queue.ID == "" || slices.Contains(s.serving[r.Queue.ID], at.profile)
}

// profilesOf are the profiles all of whose agents a row is about.
func (s *survey) profilesOf(r *MetricRow) (ids []string) {
	switch {
	case r.Queue.Kind == arn.AgentQueue:
		return nil
	case r.Profile.ID != "" && s.whole[r.Profile.ID]:
		return []string{r.Profile.ID}
	case r.Profile.ID != "":
		return nil
	case r.Queue.ID != "":
		return s.serving[r.Queue.ID]
	}
	for _, p := range s.profiles {
		if s.whole[p.ID] {
			ids = append(ids, p.ID)
		}
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
