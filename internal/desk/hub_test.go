package desk

import (
	"slices"
	"testing"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
)

// Whom a commit wakes: those whose desk it has changed, and nobody else.
func TestCommitWakesThoseWhomItConcerns(t *testing.T) {
	t.Parallel()
	legs := []agent.Leg{{Contact: "c-1"}}
	for _, tt := range []struct {
		name   string
		commit engine.Commit
		want   []string
	}{
		{"a task with an agent", engine.Commit{Contacts: []*contact.Contact{{ID: "c-1", Agent: "ann"}}}, []string{"ann"}},
		{"a task that waits", engine.Commit{Contacts: []*contact.Contact{{ID: "c-1"}}}, nil},
		{"tasks of two", engine.Commit{Contacts: []*contact.Contact{{Agent: "ann"}, {Agent: "bob"}}}, []string{"ann", "bob"}},
		{"an agent", engine.Commit{Agents: []*agent.Agent{{ID: "bob", Version: 9}}}, []string{"bob"}},
		{"a user", engine.Commit{Resources: []engine.Resource{{Kind: arn.User, ID: "ann"}}}, []string{"ann"}},
		{"the status of one", engine.Commit{Resources: []engine.Resource{{Kind: arn.AgentStatus, ID: "break"}}}, []string{"bob"}},
		{"the next status of one", engine.Commit{Resources: []engine.Resource{{Kind: arn.AgentStatus, ID: "lunch"}}}, []string{"bob"}},
		{"a status of nobody", engine.Commit{Resources: []engine.Resource{{Kind: arn.AgentStatus, ID: "training"}}}, nil},
		{"a queue, whose name is with tasks", engine.Commit{Resources: []engine.Resource{{Kind: arn.Queue, ID: "q"}}}, []string{"ann"}},
		{"a flow", engine.Commit{Resources: []engine.Resource{{Kind: arn.Flow, ID: "f"}}}, nil},
		{"everything is void", engine.Commit{Reset: true}, []string{"ann", "bob", "cas"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHub()
			watchers := map[string]*watcher{}
			for _, user := range []string{"ann", "bob", "cas"} {
				watchers[user] = h.watch(directory.Session{Instance: instance, User: user})
			}
			elsewhere := h.watch(directory.Session{Instance: "other", User: "dan"})
			h.shows(&agent.Agent{ID: "ann", Version: 1, Status: "available", Legs: legs})
			h.shows(&agent.Agent{ID: "bob", Version: 1, Status: "break", Next: "lunch"})
			tt.commit.Instance = instance
			before := h.version("cas")
			h.committed(tt.commit)
			var woken []string
			for user, w := range watchers {
				select {
				case <-w.changed:
					woken = append(woken, user)
				default:
				}
			}
			if slices.Sort(woken); !slices.Equal(woken, tt.want) {
				t.Errorf("woke %v, want %v", woken, tt.want)
			}
			if changed := h.version("cas") != before; changed != slices.Contains(tt.want, "cas") {
				t.Errorf("the desk of cas has a new version: %t", changed)
			}
			select {
			case <-elsewhere.changed:
				t.Error("woke somebody of another instance")
			default:
			}
		})
	}
}
