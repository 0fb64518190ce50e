package engine_test

import (
	"fmt"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
)

// committed holds one commit against the laws. Commits come in their order, one at a time.
func (h *history) committed(c engine.Commit) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.commits++
	for _, now := range c.Contacts {
		was, seen := h.known[now.ID]
		if !seen {
			h.tasks = append(h.tasks, now.ID)
		}
		h.known[now.ID] = *now
		if wrong := step(was, *now, seen); wrong != "" {
			h.breaches = append(h.breaches, fmt.Sprintf("contact %s, version %d: %s", now.ID, now.Version, wrong))
		}
	}
	for _, e := range c.Events {
		if now := h.known[e.Contact]; e.At.After(now.Updated) {
			h.breaches = append(h.breaches, fmt.Sprintf("contact %s was updated at %v, before its event %v", now.ID, now.Updated, e))
		}
	}
}

// reachable are the states that one command can lead to from each, its flow included.
var reachable = map[contact.State][]contact.State{
	"":                 {contact.Scheduled, contact.InFlow, contact.Queued, contact.Connected, contact.Ended},
	contact.Scheduled:  {contact.InFlow, contact.Queued, contact.Connected, contact.Ended},
	contact.InFlow:     {contact.Paused, contact.Ended},
	contact.Queued:     {contact.Connecting, contact.Paused, contact.Ended},
	contact.Connecting: {contact.Connected, contact.Queued, contact.Paused, contact.Ended},
	contact.Connected:  {contact.Paused, contact.ACW},
	contact.Paused:     {contact.InFlow, contact.Queued, contact.Connected, contact.ACW, contact.Ended},
	contact.ACW:        {contact.Ended},
	contact.Ended:      {},
}

// step tells what is wrong with how one commit has changed a contact; empty: nothing.
func step(was, now contact.Contact, seen bool) string {
	legal := seen && was.State == now.State
	for _, s := range reachable[was.State] {
		legal = legal || s == now.State
	}
	switch {
	case !legal:
		return fmt.Sprintf("%s became %s", was.State, now.State)
	case now.Version != was.Version+1:
		return fmt.Sprintf("version %d became %d", was.Version, now.Version)
	case now.Updated.Before(was.Updated):
		return fmt.Sprintf("LastUpdateTimestamp went back from %v to %v", was.Updated, now.Updated)
	case now.State == contact.Scheduled && (!now.ConnectedToSystem.IsZero() || now.Queue != "" || now.Agent != "" || now.Attempt > 0):
		return "it is scheduled and has begun"
	}
	if !was.Disconnecting() {
		return ""
	}
	if diff := cmp.Diff(was, now, cmpopts.IgnoreFields(contact.Contact{}, editable(was)...), cmpopts.EquateEmpty()); diff != "" {
		return "it was " + string(was.State) + " and has changed:\n" + diff
	}
	return ""
}

// editable are the fields that may change of a contact that is disconnected: what UpdateContact and TagContact
// change, and while there is after-contact work, its end.
func editable(c contact.Contact) []string {
	fields := []string{"Version", "Updated", "Name", "Description", "References", "Segment", "Life", "Expires", "Tags"}
	if c.State == contact.ACW {
		fields = append(fields, "State", "ACWEnd")
	}
	return fields
}
