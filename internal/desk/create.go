package desk

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
)

// createTask makes a task that the agent asks for: for a quick connect, or from a template.
func (c *call) createTask() (any, error) {
	if c.in.QuickConnectID != "" {
		return nil, fault.New(fault.Invalid, "quickConnectId: name the quick connect by endpoint.endpointARN")
	}
	if c.in.Endpoint.ARN != "" || c.in.TaskTemplateID == "" {
		to, err := c.quickConnect()
		if err != nil {
			return nil, err
		}
		c.in.QuickConnectID = to
	}
	id, err := c.startTask()
	return object{"contactId": id}, err
}

// startTask makes a task in the agent's name and returns its id. A repeated idempotency token returns that of the
// first call. It fails as [call.mayStart] and [engine.Engine.StartTask] do.
func (c *call) startTask() (string, error) {
	in := c.in.newTask
	if err := c.mayStart(in.SelfAssign); err != nil {
		return "", err
	}
	if in.Name == nil || *in.Name == "" {
		return "", fault.New(fault.Invalid, "name is required")
	}
	if err := c.checkToken(); err != nil {
		return "", err
	}
	if err := in.check(); err != nil {
		return "", err
	}
	if in.ExpiryMinutes < 0 || in.ExpiryMinutes > maxExpiry {
		return "", fault.New(fault.Invalid, "expiryMinutes must be 0 to %d", maxExpiry)
	}
	return c.engine.StartTask(c.r.Context(), c.session.Instance, engine.StartTask{
		QuickConnect: in.QuickConnectID, Template: in.TaskTemplateID, Combined: true, Name: *in.Name, Description: value(in.Description),
		References: in.references(), ScheduledFor: in.ScheduledTime.Time, Token: c.in.IdempotencyToken,
		Previous: in.PreviousContactID, Related: in.RelatedContactID,
		Segment: engine.Segment{
			CreatedBy: c.user.ID, SelfAssign: in.SelfAssign, Life: time.Duration(in.ExpiryMinutes) * time.Minute,
		},
	})
}

// checkToken looks at the token by which a repeated request is known. It fails with [fault.Invalid].
func (c *call) checkToken() error {
	if len(c.in.IdempotencyToken) > 500 || strings.ContainsRune(c.in.IdempotencyToken, 0) {
		return fault.New(fault.Invalid, "idempotencyToken must have at most 500 characters, and no U+0000")
	}
	return nil
}

// The longest texts of a task (https://docs.aws.amazon.com/connect/latest/APIReference/API_StartTaskContact.html).
const (
	maxName        = 1024
	maxDescription = 4096
	maxExpiry      = 90 * 24 * 60 // minutes
)

// check looks at what is told of a task, each member by itself. It fails with [fault.Invalid].
func (in *newTask) check() error {
	for _, m := range []struct {
		member string
		text   string
		most   int
	}{
		{"name", value(in.Name), maxName},
		{"description", value(in.Description), maxDescription},
	} {
		if utf8.RuneCountInString(m.text) > m.most {
			return fault.New(fault.Invalid, "%s must have at most %d characters", m.member, m.most)
		}
		if strings.ContainsRune(m.text, 0) {
			return fault.New(fault.Invalid, "%s must not contain U+0000", m.member)
		}
	}
	for name, r := range in.References {
		if name == "" || strings.ContainsRune(name+string(r.Value), 0) {
			return fault.New(fault.Invalid, "references: a name must not be empty, and neither name nor value may contain U+0000")
		}
	}
	return in.references().CheckEach()
}

func (in *newTask) references() contact.References {
	if len(in.References) == 0 {
		return nil
	}
	out := make(contact.References, len(in.References))
	for name, r := range in.References {
		out[name] = contact.Reference{Type: contact.ReferenceType(r.Type), Value: string(r.Value), Place: int64(r.place)}
	}
	return out
}

// value is what a pointer leads to, or the empty text.
func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
