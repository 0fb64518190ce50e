package desk

import (
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
)

// permit fails with [fault.Denied] unless one of the user's security profiles has a permission. Who has
// [directory.BasicAgentAccess] may use the whole panel, transfers by quick connect among it, but what is named here.
func (d *Desk) permit(instance string, u engine.Entry[directory.User], permission string) error {
	if !d.engine.May(instance, u.Value, permission) {
		return fault.New(fault.Denied, "User %s may not do this: no security profile of theirs has %s", u.Name, permission)
	}
	return nil
}

// mayStart fails with [fault.Denied] when the agent may not make tasks, or not for themselves.
func (c *call) mayStart(selfAssign bool) error {
	if c.engine.May(c.session.Instance, c.user.Value, directory.RestrictTaskCreation) {
		return fault.New(fault.Denied, "User %s may not make tasks: a security profile of theirs has %s", c.user.Name, directory.RestrictTaskCreation)
	}
	if !selfAssign {
		return nil
	}
	return c.permit(c.session.Instance, c.user, directory.SelfAssignContacts)
}
