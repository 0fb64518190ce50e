package dispatch

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/telemetry"
)

const (
	// newsEvery is how often an owner asks what other nodes have done.
	newsEvery = 500 * time.Millisecond
	// newsOverlap is how far back it looks beyond the last time: clocks differ between nodes, and what was written
	// then may have been committed later.
	newsOverlap = 3 * time.Second
	// newsAtOnce bounds the tasks of other nodes that are read at one time; the next time finds the rest.
	newsAtOnce = 1000
)

// news finds what other nodes have done that matters for matching: tasks that they have queued, agents that they have
// changed, and the tasks that those have declined. It tells the owner as if it had been committed here. What it misses,
// such as a task that was given another priority elsewhere, the owner finds when it reads everything again; what it
// tells too late, versions refuse.
type news struct {
	engine   *engine.Engine
	instance string
	since    time.Time

	mu     sync.Mutex // guards what follows
	known  map[string]time.Time
	agents map[string]int64 // versions
}

func newNews(e *engine.Engine, instance string) *news {
	return &news{
		engine: e, instance: instance, since: e.Now().Add(-newsOverlap),
		known: map[string]time.Time{}, agents: map[string]int64{},
	}
}

// begin takes note of what is there. The owner reads it afterwards, so that nothing is missed in between.
func (n *news) begin(ctx context.Context) {
	agents, err := n.engine.AgentVersions(ctx, n.instance)
	if err != nil {
		n.failed(ctx, err) // the first look finds all agents changed
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for id, version := range agents {
		n.agents[id] = max(n.agents[id], version)
	}
}

func (n *news) failed(ctx context.Context, err error) {
	if ctx.Err() == nil {
		slog.WarnContext(ctx, "cannot read what other nodes have done", "instance", n.instance, "err", err)
	}
}

// note remembers what this node has committed itself.
func (n *news) note(c engine.Commit) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, t := range c.Contacts {
		if t.State == contact.Queued {
			n.known[t.ID] = t.Updated
		}
	}
	for _, a := range c.Agents {
		n.agents[a.ID] = max(n.agents[a.ID], a.Version)
	}
}

// run tells what it finds, until ctx ends.
func (n *news) run(ctx context.Context, tell func(engine.Commit)) {
	for range telemetry.Every(ctx, newsEvery) {
		c, err := n.look(ctx)
		if err != nil {
			n.failed(ctx, err)
		}
		if len(c.Contacts)+len(c.Agents) > 0 {
			tell(c)
		}
	}
}

// look reads what is new.
func (n *news) look(ctx context.Context) (engine.Commit, error) {
	began := n.engine.Now()
	queued, err := n.engine.QueuedSince(ctx, n.instance, n.since)
	if err != nil {
		return engine.Commit{}, err
	}
	agents, err := n.engine.AgentVersions(ctx, n.instance)
	if err != nil {
		return engine.Commit{}, err
	}
	contacts, users := n.unknown(queued, agents)
	complete := len(contacts) <= newsAtOnce
	if !complete {
		contacts = contacts[:newsAtOnce]
	}
	c, err := n.engine.Changed(ctx, n.instance, contacts, users)
	if err != nil {
		return engine.Commit{}, err
	}
	back, err := n.engine.Changed(ctx, n.instance, declined(c.Agents), nil)
	if err != nil {
		return engine.Commit{}, err
	}
	c.Contacts = append(c.Contacts, back.Contacts...)
	n.note(c)
	if complete {
		n.since = began.Add(-newsOverlap)
		n.forget(n.since.Add(-newsOverlap))
	}
	return c, nil
}

// declined are the tasks that some agents have just declined: they wait again.
func declined(agents []*agent.Agent) (contacts []string) {
	for _, a := range agents {
		for _, d := range a.Declined {
			contacts = append(contacts, d.Contact)
		}
	}
	return contacts
}

// unknown picks what this node does not know.
func (n *news) unknown(queued []string, agents map[string]int64) (contacts, users []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, id := range queued {
		if _, ok := n.known[id]; !ok {
			contacts = append(contacts, id)
		}
	}
	for id, version := range agents {
		if n.agents[id] < version {
			users = append(users, id)
		}
	}
	slices.Sort(users)
	return contacts, users
}

// forget drops the tasks that were queued before a time: they are not asked for again.
func (n *news) forget(before time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for id, at := range n.known {
		if at.Before(before) {
			delete(n.known, id)
		}
	}
}
