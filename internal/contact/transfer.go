package contact

import (
	"maps"
	"time"

	"github.com/tasklane/tasklane/internal/fault"
)

// Successor makes the contact to which this one is transferred: it joins the chain, and has the same name,
// description, references, segment attributes, template and end of life. The attributes are those of the chain.
// A task that an agent hands over keeps its age in the next queue; one that is transferred out of a queue starts
// anew there (https://docs.aws.amazon.com/connect/latest/adminguide/about-routing.html).
// It fails with [fault.Unusable] when the task has not begun or is over, and for a contact of another channel.
func (c *Contact) Successor(id, flow string, now time.Time) (*Contact, error) {
	if err := c.IsTask(); err != nil {
		return nil, err
	}
	if c.State == Scheduled || c.Disconnecting() {
		return nil, fault.New(fault.Unusable, "contact %s cannot be transferred: it is %s", c.ID, c.State)
	}
	next := c.next(id, MethodTransfer)
	next.Flow, next.Expires = flow, c.Expires
	if c.WithAgent() {
		next.Rank = c.Rank
	}
	return next, nil
}

// Requeued makes the contact that takes the place of this one in another queue. Its flows go on with it: hooks,
// priority and routing criteria, which begin anew there.
// It fails as [Contact.Successor] does.
func (c *Contact) Requeued(id string, now time.Time) (*Contact, error) {
	next, err := c.Successor(id, c.Flow, now)
	if err != nil {
		return nil, err
	}
	next.Method, next.Rank = MethodQueueTransfer, time.Time{}
	next.Hooks, next.HooksOff, next.Criteria = c.Hooks, c.HooksOff, c.Criteria.restarted()
	return next, nil
}

// Revived makes the contact with which a task goes on that has ended, because its disconnect flow wants that. It has
// a life of its own, and no hooks, so that it is not revived without end.
func (c *Contact) Revived(id string) *Contact {
	next := c.next(id, MethodDisconnect)
	next.Flow, next.Target = c.Flow, c.Target
	return next
}

// next makes the next contact of the chain.
func (c *Contact) next(id string, method Method) *Contact {
	c.Next = id
	return &Contact{
		ID: id, Method: method,
		Initial: c.Chain(), Previous: c.ID, Related: c.Related, Association: c.Association,
		Name: c.Name, Description: c.Description, References: maps.Clone(c.References),
		Segment: maps.Clone(c.Segment), CreatedBy: c.CreatedBy, Language: c.Language, Customer: c.Customer,
		Template: c.Template, TemplateVersion: c.TemplateVersion, TemplateChanges: c.TemplateChanges,
		Priority: c.Priority, Adjustment: c.Adjustment, Life: c.Life,
		Flows: Flows{Logging: c.Logging, Depth: c.Depth},
	}
}
