package desk

import (
	"encoding/json"
	"testing"

	"github.com/coder/websocket"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/routing"
)

// toldSettings reads the next frame, which must be of settings.
func toldSettings(t *testing.T, conn *websocket.Conn) (s struct {
	States, Queues []struct{ Name *string }
	Reload         bool
},
) {
	t.Helper()
	for {
		f, err := next(t, conn)
		if err != nil {
			t.Fatalf("no frame: %v", err)
		}
		if f.Topic == "ccp/snapshot" {
			continue
		}
		if f.Topic != settingsTopic {
			t.Fatalf("frame %v, want one of settings", f)
		}
		text, _ := json.Marshal(f.Content) // was decoded
		if err := json.Unmarshal(text, &s); err != nil {
			t.Fatal(err)
		}
		return s
	}
}

// A panel is told what an administrator has changed of what it keeps, with the change itself where it concerns many; what
// concerns others is told to nobody.
func TestPanelsAreToldOfChangedSettings(t *testing.T) {
	w := signedIn(t)
	ctx := t.Context()
	conn := w.dial(websocket.DialOptions{})
	named := func(list []struct{ Name *string }, name string) bool {
		for _, item := range list {
			if item.Name != nil && *item.Name == name {
				return true
			}
		}
		return false
	}
	if _, err := w.engine.CreateAgentStatus(ctx, instance, agent.Status{Name: "Lunch", Type: agent.Custom}); err != nil {
		t.Fatal(err)
	}
	if s := toldSettings(t, conn); s.Reload || s.Queues != nil || !named(s.States, "Lunch") || !named(s.States, "Available") {
		t.Errorf("after a status was made: %+v, want all statuses", s)
	}

	// Nobody has this queue, and nobody this profile: the next frame is about the queue that the agent has.
	basic, err := w.engine.Queue(instance, w.stock.Queue)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.engine.CreateQueue(ctx, instance, routing.Queue{Name: "Refunds", Hours: basic.Value.Hours}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.engine.CreateSecurityProfile(ctx, instance, directory.SecurityProfile{Name: "Guests"}); err != nil {
		t.Fatal(err)
	}
	name := "Claims"
	if err := w.engine.RenameQueue(ctx, instance, w.stock.Queue, &name, nil); err != nil {
		t.Fatal(err)
	}
	if s := toldSettings(t, conn); s.Reload || s.States != nil || !named(s.Queues, "Claims") {
		t.Errorf("after the queue of the agent was renamed: %+v, want their queues", s)
	}

	u, err := w.engine.User(instance, w.stock.Agent)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.engine.UpdateSecurityProfile(ctx, instance, u.Value.SecurityProfiles[0], engine.SecurityProfileUpdate{Description: &name}); err != nil {
		t.Fatal(err)
	}
	if s := toldSettings(t, conn); !s.Reload {
		t.Errorf("after their security profile has changed: %+v, want that all is read anew", s)
	}
}
