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
// It fails with [fault.Unusable] when the task has not begun or is over.
func (c *Contact) Successor(id, flow string, now time.Time) (*Contact, error) {
	if c.State == Scheduled || c.Disconnecting() {
		return nil, fault.New(fault.Unusable, "contact %s cannot be transferred: it is %s", c.ID, c.State)
	}
	next := &Contact{
		ID: id, Flow: flow, Method: MethodTransfer,
		Initial: c.Chain(), Previous: c.ID, Related: c.Related, Association: c.Association,
		Name: c.Name, Description: c.Description, References: maps.Clone(c.References),
		Segment: maps.Clone(c.Segment), CreatedBy: c.CreatedBy,
		Template: c.Template, TemplateVersion: c.TemplateVersion, TemplateChanges: c.TemplateChanges,
		Priority: c.Priority, Adjustment: c.Adjustment, Life: c.Life, Expires: c.Expires,
	}
	if c.WithAgent() {
		next.Rank = c.Rank
	}
	c.Next = id
	return next, nil
}
