package engine

import (
	"encoding/json"
	"slices"
	"strconv"
	"sync"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/flow"
	"github.com/tasklane/tasklane/internal/metric"
	"github.com/tasklane/tasklane/internal/routing"
)

// staff knows what the agents of an instance are doing, so that a flow that asks does not read them all. It is read
// when somebody asks for the first time, and follows the commits of this node; what other nodes do it learns when
// the engine is refreshed.
type staff struct {
	mu     sync.Mutex // guards what follows
	agents map[string]*agent.Agent
	read   bool // all of them are there
}

func (s *staff) committed(c Commit) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.Reset {
		s.agents, s.read = nil, false
	}
	if s.agents != nil {
		s.put(c.Agents)
	}
}

// put takes in what is newer than what is there.
func (s *staff) put(agents []*agent.Agent) {
	for _, a := range agents {
		if old := s.agents[a.ID]; old == nil || old.Version < a.Version {
			s.agents[a.ID] = a
		}
	}
}

// forget has the agents read anew.
func (s *staff) forget() {
	s.mu.Lock()
	s.read = false
	s.mu.Unlock()
}

// each calls fn with every agent who ever chose a status; read reads them all, where that has not been done.
func (s *staff) each(read func() ([]*agent.Agent, error), fn func(*agent.Agent)) error {
	if err := s.load(read); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.agents {
		fn(a)
	}
	return nil
}

// load reads the agents unless they are there. What is committed meanwhile is taken in, too.
func (s *staff) load(read func() ([]*agent.Agent, error)) error {
	s.mu.Lock()
	done := s.read
	if s.agents == nil {
		s.agents = map[string]*agent.Agent{}
	}
	s.mu.Unlock()
	if done {
		return nil
	}
	all, err := read()
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(all)
	s.read = true
	return nil
}

// place is where an agent is counted; the status is empty where it makes no difference, and the agent unless they are
// counted by themselves.
type place struct{ profile, status, agent string }

// staffing counts the agents by routing profile and, when it is asked for, by status; some of them each apart. Those
// who are left out by counts are not looked at.
func (t *tenant) staffing(read func() ([]*agent.Agent, error), byStatus bool, apart map[string]bool, counts func(*agent.Agent) bool) (map[place]metric.Agents, error) {
	slots := map[string]agent.Slots{}
	for _, p := range all[routing.Profile](t, arn.RoutingProfile) {
		slots[p.ID] = p.Value.Slots
	}
	found := map[place]metric.Agents{}
	err := t.staff.each(read, func(a *agent.Agent) {
		o, ok := t.catalog.get(arn.User, a.ID)
		if !ok || counts != nil && !counts(a) {
			return
		}
		at := place{profile: o.value.(*directory.User).RoutingProfile}
		if byStatus {
			at.status = a.Status
		}
		if apart[a.ID] {
			at.agent = a.ID
		}
		n := found[at]
		n.Add(a, slots[at.profile])
		found[at] = n
	})
	return found, err
}

// serving counts the agents who serve a queue.
func (t *tenant) serving(tx Tx, q Entry[routing.Queue]) (metric.Agents, error) {
	own := q.Kind == arn.AgentQueue
	found, err := t.staffing(tx.Agents, false, nil, func(a *agent.Agent) bool { return !own || a.ID == q.ID })
	var n metric.Agents
	for at, some := range found {
		p, err := find[routing.Profile](t, arn.RoutingProfile, at.profile)
		if err == nil && (own || slices.ContainsFunc(p.Value.Queues, func(pq routing.ProfileQueue) bool { return pq.Queue == q.ID })) {
			n = n.Plus(some)
		}
	}
	return n, err
}

// measured finds the queue that a flow asks about: the one it names, or the contact's target.
func (r *flowRun) measured(queue, agent string) (Entry[routing.Queue], error) {
	target := r.c.Target
	if queue != "" || agent != "" {
		var err error
		if target, err = r.t.target(queue, agent); err != nil {
			return Entry[routing.Queue]{}, err
		}
	}
	return r.t.queue(target)
}

// mostCounted bounds how far the waiting contacts of a queue are counted (docs/divergences.md).
const mostCounted = 100_000

func (r *flowRun) checkMetric(e flow.CheckMetric) (string, error) {
	q, err := r.measured(e.Queue, e.Agent)
	if err != nil {
		return "", err
	}
	n, err := r.measure(e.Metric, q)
	return strconv.Itoa(n), err
}

func (r *flowRun) measure(m flow.Metric, q Entry[routing.Queue]) (int, error) {
	switch m {
	case flow.ContactsInQueue:
		return r.tx.CountWaiting(q.ID, mostCounted)
	case flow.OldestContact:
		return r.oldest(q.ID)
	case flow.AgentsAvailable, flow.AgentsStaffed, flow.AgentsOnline:
		n, err := r.t.serving(r.tx, q)
		return map[flow.Metric]int{
			flow.AgentsAvailable: n.Free, flow.AgentsStaffed: n.AtWork, flow.AgentsOnline: n.Online,
		}[m], err
	}
	return 0, fault.New(fault.Invalid, "MetricType %s is not known", m)
}

// oldest is the age of the contact that has waited longest in a queue, in whole seconds.
func (r *flowRun) oldest(queue string) (int, error) {
	since, err := r.tx.OldestWaiting(queue)
	if err != nil || since.IsZero() {
		return 0, err
	}
	return int(r.tx.Now().Sub(since).Seconds()), nil
}

// getMetrics collects all numbers of a queue, for $.Metrics. Of other channels than tasks there are none.
func (r *flowRun) getMetrics(e flow.GetMetrics) (map[string]any, error) {
	q, err := r.measured(e.Queue, e.Agent)
	if err != nil {
		return nil, err
	}
	n, err := r.t.serving(r.tx, q)
	if err != nil {
		return nil, err
	}
	size, oldest := 0, 0
	if e.Channel == "" || e.Channel == "TASK" {
		if size, err = r.tx.CountWaiting(q.ID, mostCounted); err != nil {
			return nil, err
		}
		if oldest, err = r.oldest(q.ID); err != nil {
			return nil, err
		}
	}
	return map[string]any{
		"Queue": map[string]any{
			"Name": q.Name, "ARN": q.ARN, "Size": decimal(size), "OldestContactAge": decimal(oldest),
		},
		"Agents": map[string]any{
			"Online": counted(n.Online), "Available": counted(n.Free), "Staffed": counted(n.AtWork),
			"AfterContactWork": counted(n.WrappedUp), "Busy": counted(n.Busy), "Missed": counted(n.Missed),
			"NonProductive": counted(n.NonProductive),
		},
	}, nil
}

func decimal(n int) json.Number { return json.Number(strconv.Itoa(n)) }

func counted(n int) map[string]any { return map[string]any{"Count": decimal(n)} }

// checkHours reports whether hours of operation are open: those named, or those of the target queue.
func (r *flowRun) checkHours(e flow.CheckHours) (string, error) {
	id := e.Hours
	if id == "" {
		q, err := r.t.queue(r.c.Target)
		if err != nil {
			return "", err
		}
		id = q.Value.Hours
	}
	open, err := r.t.wholeHours(id)
	if err != nil {
		return "", err
	}
	if open.Open(r.tx.Now()) {
		return "True", nil
	}
	return "False", nil
}
