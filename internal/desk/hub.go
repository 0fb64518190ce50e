package desk

import (
	"fmt"
	"sync"

	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/engine"
)

// hub knows who wants to hear of changes to an agent's desk. Each change gives the desk a new version.
type hub struct {
	boot string // tells versions of this process from those of another

	mu       sync.Mutex // guards what follows
	closed   bool
	all      int64 // changes that concern everybody
	versions map[string]int64
	watchers map[*watcher]struct{}
}

// watcher waits for changes of one desk, or for the end of its session.
type watcher struct {
	user, session string
	changed       chan struct{} // of capacity 1
	ended         chan struct{} // closed when the session or the server ends
}

func newHub() *hub {
	return &hub{boot: uuid.NewString()[:8], versions: map[string]int64{}, watchers: map[*watcher]struct{}{}}
}

// watch begins to wait; [hub.leave] ends it.
func (h *hub) watch(user, session string) *watcher {
	w := &watcher{user: user, session: session, changed: make(chan struct{}, 1), ended: make(chan struct{})}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		close(w.ended)
	} else {
		h.watchers[w] = struct{}{}
	}
	return w
}

func (h *hub) leave(w *watcher) {
	h.mu.Lock()
	delete(h.watchers, w)
	h.mu.Unlock()
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
	everybody := c.Reset
	for _, a := range c.Agents {
		users[a.ID] = true
	}
	for _, t := range c.Contacts {
		if t.Agent != "" {
			users[t.Agent] = true
		}
	}
	for _, r := range c.Resources {
		switch r.Kind {
		case arn.User, arn.AgentStatus, arn.RoutingProfile, arn.Queue:
			everybody = true
		default: // is on no desk
		}
	}
	if everybody || len(users) > 0 {
		h.wake(users, everybody)
	}
}

func (h *hub) wake(users map[string]bool, everybody bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if everybody {
		h.all++
	}
	for user := range users {
		h.versions[user]++
	}
	for w := range h.watchers {
		if everybody || users[w.user] {
			select {
			case w.changed <- struct{}{}:
			default: // it has not looked since the last change
			}
		}
	}
}

// end lets go of those who wait in a session.
func (h *hub) end(session string) {
	h.drop(func(w *watcher) bool { return w.session == session })
}

// close lets go of everybody.
func (h *hub) close() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	h.drop(func(*watcher) bool { return true })
}

func (h *hub) drop(which func(*watcher) bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for w := range h.watchers {
		if which(w) {
			close(w.ended)
			delete(h.watchers, w)
		}
	}
}
