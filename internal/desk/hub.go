package desk

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
)

// hub knows who wants to hear of changes to an agent's desk. Each change gives the desk a new version.
type hub struct {
	boot    string         // tells versions of this process from those of another
	serving sync.WaitGroup // watchers that have not left

	mu       sync.Mutex // guards what follows
	closed   bool
	all      int64 // changes that concern everybody
	versions map[string]int64
	seen     map[string]int64             // the version last seen of each agent's row
	desktops map[string]desktop           // what is on the desks that were told of
	watchers map[string]map[*watcher]bool // by user
}

// maxTold is how many frames for an agent wait for a socket that is slow; further ones are lost.
const maxTold = 32

// watcher waits for changes of one desk, or for the end of its session.
type watcher struct {
	of      directory.Session // its Active is guarded by hub.mu
	warned  bool              // that the session is about to end for want of activity; guarded by hub.mu
	changed chan struct{}     // of capacity 1
	told    chan frame        // of capacity maxTold
	ended   chan struct{}     // closed when the session or the server ends
	over    bool              // whether it is closed; guarded by hub.mu
}

func newHub() *hub {
	return &hub{
		boot: uuid.NewString()[:8], versions: map[string]int64{}, seen: map[string]int64{}, desktops: map[string]desktop{},
		watchers: map[string]map[*watcher]bool{},
	}
}

// watch begins to wait; [hub.leave] ends it.
func (h *hub) watch(s directory.Session) *watcher {
	user := s.User
	w := &watcher{of: s, changed: make(chan struct{}, 1), told: make(chan frame, maxTold), ended: make(chan struct{})}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		w.end()
		return w
	}
	if h.watchers[user] == nil {
		h.watchers[user] = map[*watcher]bool{}
	}
	h.watchers[user][w] = true
	h.serving.Add(1)
	return w
}

func (h *hub) leave(w *watcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.watchers[w.of.User][w] {
		return // it came when the hub was closed
	}
	delete(h.watchers[w.of.User], w)
	if len(h.watchers[w.of.User]) == 0 {
		delete(h.watchers, w.of.User)
	}
	h.serving.Done()
}

// version names the present state of a desk.
func (h *hub) version(user string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return fmt.Sprintf("v1.%s.%d.%d", h.boot, h.all, h.versions[user])
}

// committed wakes those whose desk a commit has changed. It never blocks.
func (h *hub) committed(c engine.Commit) {
	users := map[string]bool{}
	for _, a := range c.Agents {
		users[a.ID] = true
	}
	for _, t := range c.Contacts {
		if t.Agent != "" {
			users[t.Agent] = true
		}
	}
	h.unseen(c.Agents)
	for _, r := range c.Resources {
		switch r.Kind {
		case arn.User:
			users[r.ID] = true
		case arn.AgentStatus, arn.Queue:
			h.showing(r, users)
		default: // is on no desk
		}
	}
	if c.Reset || len(users) > 0 {
		h.wake(c.Instance, users, c.Reset)
	}
}

// desktop is what is known of an agent's desk: the statuses on it, and whether there are tasks.
type desktop struct {
	version      int64 // of the agent's row
	status, next string
	tasks        bool
}

func desktopOf(a *agent.Agent) desktop { return desktop{a.Version, a.Status, a.Next, len(a.Legs) > 0} }

// shows takes note of a desk that somebody is told of.
func (h *hub) shows(a *agent.Agent) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.desktops[a.ID].version <= a.Version {
		h.desktops[a.ID] = desktopOf(a)
	}
}

// showing adds the users on whose desk the name of a status is, or may be that of a queue.
func (h *hub) showing(r engine.Resource, users map[string]bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for user, d := range h.desktops {
		if r.Kind == arn.Queue && d.tasks || d.status == r.ID || d.next == r.ID {
			users[user] = true
		}
	}
}

// watched are the users of an instance for whom somebody waits.
func (h *hub) watched(instance string) (users []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for user, watchers := range h.watchers {
		for w := range watchers {
			if w.of.Instance == instance {
				users = append(users, user)
				break
			}
		}
	}
	slices.Sort(users)
	return users
}

// unseen tells which agents have another version than the one last seen, and takes note of it.
func (h *hub) unseen(agents []*agent.Agent) map[string]bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	users := map[string]bool{}
	for _, a := range agents {
		if h.seen[a.ID] != a.Version {
			h.seen[a.ID] = a.Version
			h.desktops[a.ID] = desktopOf(a)
			users[a.ID] = true
		}
	}
	return users
}

// instances are those of the agents for whom somebody waits.
func (h *hub) instances() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	of := map[string]bool{}
	for _, watchers := range h.watchers {
		for w := range watchers {
			of[w.of.Instance] = true
		}
	}
	return slices.Collect(maps.Keys(of))
}

// wake wakes some users, or everybody of an instance.
func (h *hub) wake(instance string, users map[string]bool, everybody bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for user := range users {
		h.versions[user]++
		for w := range h.watchers[user] {
			w.notify()
		}
	}
	if !everybody {
		return
	}
	h.all++
	for _, watchers := range h.watchers {
		for w := range watchers {
			if w.of.Instance == instance {
				w.notify()
			}
		}
	}
}

func (w *watcher) notify() {
	select {
	case w.changed <- struct{}{}:
	default: // it has not looked since the last change
	}
}

// tell sends a frame to all sockets of an agent. It never blocks.
func (h *hub) tell(user string, f frame) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for w := range h.watchers[user] {
		select {
		case w.told <- f:
		default:
		}
	}
}

// families are the sessions in which somebody waits, one of each family.
func (h *hub) families() map[string]directory.Session {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := map[string]directory.Session{}
	for _, watchers := range h.watchers {
		for w := range watchers {
			all[w.of.Root()] = w.of
		}
	}
	return all
}

// announce takes note of when somebody was active in a session, and sends a frame to those of its family who have not
// yet heard whether it ends soon.
func (h *hub) announce(s directory.Session, soon bool, f frame) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for w := range h.watchers[s.User] {
		if w.of.Root() != s.Root() {
			continue
		}
		w.of.Active = s.Active
		if w.warned == soon {
			continue
		}
		select {
		case w.told <- f:
			w.warned = soon
		default: // the next look tries again
		}
	}
}

// end lets go of those who wait in a session, or in one that ends with it.
func (h *hub) end(user, session string) {
	h.endWhere(user, func(w *watcher) bool { return w.of.TokenHash == session || w.of.Root() == session })
}

// endWhere lets go of those waiters of a user who are meant.
func (h *hub) endWhere(user string, meant func(*watcher) bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for w := range h.watchers[user] {
		if meant(w) {
			w.end()
		}
	}
}

// endInstance lets go of those who wait in sessions of an instance that is gone.
func (h *hub) endInstance(instance string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, watchers := range h.watchers {
		for w := range watchers {
			if w.of.Instance == instance {
				w.end()
			}
		}
	}
}

// endOfSessions lets go of those who wait in sessions that a commit has ended. It never blocks.
func (d *Desk) endOfSessions(c engine.Commit) {
	if c.Gone {
		d.hub.endInstance(c.Instance)
		return
	}
	for _, r := range slices.Concat(c.Resources, c.Deleted) {
		if r.Kind != arn.User {
			continue
		}
		epoch, ok := d.sessions.Users.SessionEpoch(c.Instance, r.ID)
		d.hub.endWhere(r.ID, func(w *watcher) bool { return !ok || w.of.Epoch != epoch })
	}
}

func (w *watcher) end() {
	if !w.over {
		w.over = true
		close(w.ended)
	}
}

// close lets go of everybody, and waits until they have left or that takes too long.
func (h *hub) close(within time.Duration) {
	h.mu.Lock()
	h.closed = true
	for _, watchers := range h.watchers {
		for w := range watchers {
			w.end()
		}
	}
	h.mu.Unlock()
	left := make(chan struct{})
	go func() {
		h.serving.Wait()
		close(left)
	}()
	select {
	case <-left:
	case <-time.After(within):
	}
}
