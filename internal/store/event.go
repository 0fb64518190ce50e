package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
)

// Events reads what happened to a contact, oldest first.
func (s *Store) Events(ctx context.Context, instance, id string) ([]contact.Event, error) {
	var all []contact.Event
	err := s.each(ctx, func(row scanner) error {
		var body []byte
		if err := row.Scan(&body); err != nil {
			return err
		}
		var events []contact.Event
		if err := json.Unmarshal(body, &events); err != nil {
			return err
		}
		all = append(all, events...)
		return nil
	}, `SELECT body FROM event WHERE instance_id = $1 AND contact_id = $2 ORDER BY seq`, instance, id)
	if err != nil {
		return nil, fmt.Errorf("read events of contact %s: %w", id, err)
	}
	return all, nil
}

// A row of event holds all that one command made happen to a contact; seq is the contact's version after it.
var putEvent = &target{text: `
	INSERT INTO event (instance_id, contact_id, seq, body) VALUES ($1, $2, $3, $4)`}

// Emit records what happened to a contact; see [engine.Tx].
func (t *tx) Emit(id string, events ...contact.Event) {
	if len(events) == 0 {
		return
	}
	for _, c := range t.commit.Contacts {
		if c.ID != id {
			continue
		}
		body, err := json.Marshal(events)
		if err != nil {
			t.fail(fmt.Errorf("encode events of contact %s: %w", id, err))
			return
		}
		t.write(putEvent, id, t.instance, id, c.Version, string(body))
		for _, e := range events {
			if e.Type != contact.EventAction {
				t.commit.Events = append(t.commit.Events, engine.ContactEvent{Contact: id, Event: e})
			}
		}
		return
	}
	t.fail(fmt.Errorf("events of contact %s, which the command does not write", id))
}
