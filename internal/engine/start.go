package engine

import (
	"context"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
)

const opStartTask = "StartTaskContact"

// StartTask is what a new task is made of. Ids may be ARNs.
type StartTask struct {
	// Flow, QuickConnect and Template: exactly one of them is given, unless Combined, and one flow follows.
	Flow         string // flow to run
	QuickConnect string // brings its flow, and the queue or user that is preset for it
	Template     string // may bring its flow, and defaults
	Combined     bool   `json:"-"` // a template without a flow goes with a flow or a quick connect, as in the agent's form
	Name         string
	Description  string
	References   contact.References
	Attributes   map[string]string
	Segment      Segment
	Token        string       `json:"-"` // idempotency token; empty: none
	ScheduledFor time.Time    // zero: at once
	Previous     string       // joins this contact's chain and shares its attributes
	Related      string       // copies this contact's attributes
	Attachments  []Attachment `json:",omitempty"`
}

// StartTask makes a task and runs its flow as far as it goes, in one commit. It returns the contact's id; a
// repeated token returns the id of the first call.
//
// It fails with [fault.NotFound] for an unknown instance, flow or linked contact, [fault.Unusable] for members
// that do not go together, a flow that cannot be run or a token used with other parameters, [fault.Invalid]
// for a time, attribute or reference that is refused, and [fault.Quota] when the chain or the instance is full.
func (e *Engine) StartTask(ctx context.Context, instance string, in StartTask) (string, error) {
	t, err := e.tenant(instance)
	if err != nil {
		return "", err
	}
	return e.begin(ctx, t, opStartTask, in.Token, in, func(s *beginning) error {
		h, err := s.newTask(in)
		if err != nil {
			return err
		}
		if err := e.attach(s.tx, t, h.c, in.Attachments); err != nil {
			return err
		}
		if err := s.room.take(e.quotas[QuotaActiveTasks]); err != nil {
			return err
		}
		return s.start(h)
	})
}

// newTask checks the request in the order of task-api.md §2.9 and makes the contact with its chain.
func (s *beginning) newTask(in StartTask) (*handling, error) {
	if err := s.e.together(in); err != nil {
		return nil, err
	}
	now := s.tx.Now()
	c := &contact.Contact{ID: s.e.newContactID(now)}
	chain, err := s.link(c, in.Previous, in.Related)
	if err != nil {
		return nil, err
	}
	task, err := s.t.route(c, in)
	if err != nil {
		return nil, err
	}
	c.Name, c.Description, c.References = task.Name, task.Description, task.References
	if err := legible(c.Name, c.References); err != nil {
		return nil, err
	}
	if c.ScheduledFor, err = s.e.schedule(task.ScheduledFor, now); err != nil {
		return nil, err
	}
	in.Segment.Life = task.Life
	if err := s.t.segment(c, in.Segment); err != nil {
		return nil, err
	}
	if err := fill(chain, in.Attributes, c.References); err != nil {
		return nil, err
	}
	if c.Previous != "" {
		if err := chain.Join(s.e.quotas[QuotaLinked]); err != nil {
			return nil, err
		}
	}
	return &handling{e: s.e, t: s.t, tx: s.tx, c: c, chain: chain, room: s.room, chainChanged: true}, nil
}

// together reports whether the members of a request go together, as far as nothing has to be looked up for that.
// It fails with [fault.Unusable].
func (e *Engine) together(in StartTask) error {
	given := 0
	for _, id := range []string{in.Flow, in.QuickConnect, in.Template} {
		if id != "" {
			given++
		}
	}
	switch {
	case in.Previous != "" && in.Related != "":
		return fault.New(fault.Unusable, "Specify only one of PreviousContactId and RelatedContactId")
	case given == 0:
		return fault.New(fault.Unusable, "One of ContactFlowId, QuickConnectId or TaskTemplateId is required")
	case given > 1 && (!in.Combined && !e.lenientFlow || in.Flow != "" && in.QuickConnect != ""):
		return errTwoFlows
	case in.Segment.SelfAssign && (in.Segment.CreatedBy == "" || in.Template == ""):
		return fault.New(fault.Unusable, "Self assignment needs CreatedByUser and a task template with a self-assign flow")
	}
	return nil
}

// fill puts attributes into the set of a chain, and checks them and the references of its new contact.
func fill(chain *contact.Chain, attributes map[string]string, references contact.References) error {
	if err := contact.CheckKeys(attributes); err != nil {
		return err
	}
	if err := chain.Merge(attributes); err != nil {
		return err
	}
	return references.Check()
}

// link finds the contact that the new one follows or relates to, and the chain it belongs to.
func (s *beginning) link(c *contact.Contact, previous, related string) (*contact.Chain, error) {
	own := &contact.Chain{ID: c.ID}
	switch {
	case previous != "":
		p, chain, err := s.linked(previous)
		if err != nil {
			return nil, fault.In("PreviousContactId", err)
		}
		c.Previous, c.Initial, c.Association = p.ID, p.Chain(), p.Association
		return chain, nil
	case related != "":
		r, theirs, err := s.linked(related)
		if err != nil {
			return nil, fault.In("RelatedContactId", err)
		}
		c.Related, c.Association = r.ID, r.Association
		own.Attributes = theirs.Attributes
	}
	return own, nil
}

// linked reads a contact and its chain. The contact whose flow asks for another one is at hand.
func (s *beginning) linked(idOrARN string) (*contact.Contact, *contact.Chain, error) {
	if s.by != nil && s.by.c.ID == idOrARN {
		chain, err := s.by.attributes()
		return s.by.c, chain, err
	}
	c, err := s.t.linked(s.tx, idOrARN)
	if err != nil {
		return nil, nil, err
	}
	chain, err := s.tx.Chain(c.Chain())
	return c, chain, err
}

// schedule returns when the task starts; the zero time means at once. Amazon Connect counts whole seconds, so
// the second that has just begun is not yet past.
func (e *Engine) schedule(at, now time.Time) (time.Time, error) {
	switch {
	case at.IsZero():
		return at, nil
	case at.Before(now.Truncate(time.Second)):
		return at, fault.New(fault.Invalid, "ScheduledTime cannot be in the past")
	case at.After(now.Add(e.scheduleAhead)):
		return at, fault.New(fault.Invalid, "ScheduledTime must be within %g days", e.scheduleAhead.Hours()/24)
	}
	return at, nil
}
