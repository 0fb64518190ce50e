package engine

import (
	"context"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
)

// CreateContact is what a contact is made of that was worked, or is worked, without a flow.
type CreateContact struct {
	Channel  contact.Channel `json:",omitempty"` // empty: a task
	Method   contact.Method  `json:",omitempty"` // empty: API
	Previous string          `json:",omitempty"` // joins this contact's chain; not of a task

	Name        string
	Description string
	References  contact.References
	Attributes  map[string]string
	Segment     Segment
	Related     string        // copies this contact's attributes
	Life        time.Duration // zero: the default
	User        string        // whose task it is at once; empty: nobody's
	Completed   bool          // a record of work that is done already
	Token       string        `json:"-"` // idempotency token; empty: none
}

const opCreateContact = "CreateContact"

// CreateContact makes a contact on which no flow runs: it is at once in the hands of an agent, or over, or waits for
// its end (task-api.md §4.4). One of another channel is in nobody's hands. It returns the contact's id; a repeated token returns that of the first call.
//
// It fails with [fault.NotFound] for an unknown user or contact, with [fault.Invalid] for an attribute, reference or
// life that is refused, with [fault.Reused] for a token used with other parameters, and with [fault.Quota] when the
// instance is full.
func (e *Engine) CreateContact(ctx context.Context, instance string, in CreateContact) (string, error) {
	t, err := e.tenant(instance)
	if err != nil {
		return "", err
	}
	return e.begin(ctx, t, opCreateContact, in.Token, in, func(s *beginning) error {
		h, user, err := s.external(in)
		if err != nil {
			return err
		}
		if err := s.room.take(e.quotas[QuotaActiveTasks]); err != nil {
			return err
		}
		return s.startWith(h, func() error {
			switch {
			case in.Completed:
				return h.disconnect(h.c.Completed())
			case user != "":
				return h.assign(user)
			}
			return nil // it waits for somebody to end it, or for its end
		})
	})
}

// external checks the request and makes the contact.
func (s *beginning) external(in CreateContact) (*handling, string, error) {
	if err := legible(in.Name, in.References); err != nil {
		return nil, "", err
	}
	c := &contact.Contact{
		ID: s.e.newContactID(s.tx.Now()), External: true, Channel: in.Channel, Method: in.Method, Name: in.Name, Description: in.Description, References: in.References,
	}
	chain, err := s.link(c, in.Previous, in.Related)
	if err != nil {
		return nil, "", err
	}
	user, err := s.t.user(in.User)
	if err != nil {
		return nil, "", fault.In("UserInfo.UserId", err)
	}
	if c.CreatedBy, err = s.t.creator(in.Segment); err != nil {
		return nil, "", err
	}
	if in.Life != 0 && in.Segment.Life != 0 {
		return nil, "", fault.New(fault.Unusable, "Specify only one of ExpiryDurationInMinutes and the segment attribute connect:ContactExpiry")
	}
	in.Segment.Life += in.Life
	if err := s.t.segment(c, in.Segment); err != nil {
		return nil, "", err
	}
	if err := fill(chain, in.Attributes, in.References); err != nil {
		return nil, "", err
	}
	return &handling{e: s.e, t: s.t, tx: s.tx, c: c, chain: chain, room: s.room, chainChanged: true}, user, nil
}
