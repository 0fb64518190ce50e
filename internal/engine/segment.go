package engine

import (
	"maps"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
)

// Segment is what a caller may say in the segment attributes of a task.
type Segment struct {
	Attributes map[string]string // user-defined, and [WorkloadType]
	Life       time.Duration     // connect:ContactExpiry; zero: not said
	CreatedBy  string            // connect:CreatedByUser
	SelfAssign bool              // connect:AssignmentType SELF
}

// WorkloadType is the one attribute of the system that is a plain text of the caller.
const WorkloadType = "connect:WorkloadType"

// segment gives a new contact its segment attributes. It fails with [fault.Invalid] for an attribute that is not
// defined or has a value that is not listed, and for a life out of bounds.
func (t *tenant) segment(c *contact.Contact, s Segment) error {
	if s.Life != 0 {
		if err := contact.CheckLife(s.Life, "SegmentAttributes: connect:ContactExpiry"); err != nil {
			return err
		}
	}
	c.Life, c.Segment = s.Life, s.Attributes
	return t.checkAttributes(s.Attributes)
}

// checkAttributes reports whether segment attributes may be set. It fails with [fault.Invalid].
func (t *tenant) checkAttributes(attributes map[string]string) error {
	defined := maps.Clone(attributes)
	delete(defined, WorkloadType)
	return t.checkSegment(defined)
}

// creator finds the user who makes a task, if the segment attributes say so. It fails with [fault.NotFound].
func (t *tenant) creator(s Segment) (string, error) {
	user, err := t.user(s.CreatedBy)
	return user, fault.In("SegmentAttributes: connect:CreatedByUser", err)
}
