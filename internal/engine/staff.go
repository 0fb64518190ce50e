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

// each calls fn with every agent who ever chose a status.
func (s *staff) each(tx Tx, fn func(*agent.Agent)) error {
	if err := s.load(tx); err != nil {
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
func (s *staff) load(tx Tx) error {
	s.mu.Lock()
	done := s.read
	if s.agents == nil {
		s.agents = map[string]*agent.Agent{}
	}
	s.mu.Unlock()
	if done {
		return nil
	}
	all, err := tx.Agents()
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(all)
	s.read = true
	return nil
}

// staffing counts agents by what they are doing.
type staffing struct{ online, available, staffed, acw, busy, missed, custom int }

func (n *staffing) add(a *agent.Agent, slots agent.Slots) {
	if a.Type == agent.Offline {
		return
	}
	n.online++
	var working, acw, missed bool
	for _, l := range a.Legs {
		working = working || l.State == agent.Connected || l.State == agent.Paused || l.State == agent.Connecting
		acw = acw || l.State == agent.Ended
		missed = missed || l.State == agent.Missed
	}
	available := a.Ready() && a.Occupied() < slots
	for _, c := range []struct {
		is    bool
		count *int
	}{
		{available, &n.available},
		{available || working || acw, &n.staffed},
		{acw, &n.acw},
		{working, &n.busy},
		{missed, &n.missed},
		{a.Type == agent.Custom, &n.custom},
	} {
		if c.is {
			*c.count++
		}
	}
}

// staffing counts the agents who serve a queue.
func (t *tenant) staffing(tx Tx, q Entry[routing.Queue]) (staffing, error) {
	profiles := map[string]agent.Slots{} // those that have the queue
	for _, p := range all[routing.Profile](t, arn.RoutingProfile) {
		if q.Kind == arn.AgentQueue || slices.ContainsFunc(p.Value.Queues, func(pq routing.ProfileQueue) bool { return pq.Queue == q.ID }) {
			profiles[p.ID] = p.Value.Slots
		}
	}
	var n staffing
	err := t.staff.each(tx, func(a *agent.Agent) {
		if q.Kind == arn.AgentQueue && a.ID != q.ID {
			return
		}
		u, err := find[directory.User](t, arn.User, a.ID)
		if err != nil {
			return
		}
		if slots, serves := profiles[u.Value.RoutingProfile]; serves {
			n.add(a, slots)
		}
	})
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
		n, err := r.t.staffing(r.tx, q)
		return map[flow.Metric]int{
			flow.AgentsAvailable: n.available, flow.AgentsStaffed: n.staffed, flow.AgentsOnline: n.online,
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
	n, err := r.t.staffing(r.tx, q)
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
			"Online": counted(n.online), "Available": counted(n.available), "Staffed": counted(n.staffed),
			"AfterContactWork": counted(n.acw), "Busy": counted(n.busy), "Missed": counted(n.missed),
			"NonProductive": counted(n.custom),
		},
	}, nil
}

func decimal(n int) json.Number { return json.Number(strconv.Itoa(n)) }

func counted(n int) map[string]any { return map[string]any{"Count": decimal(n)} }

// checkHours tells whether hours of operation are open: those named, or those of the target queue.
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
