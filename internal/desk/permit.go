package desk

import (
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
)

// bars are the permissions that close an operation of the panel. All the others are open to who has
// [directory.BasicAgentAccess], transfers by quick connect among them, as in Amazon Connect.
var bars = map[string]string{"CreateTaskContact": directory.RestrictTaskCreation}

// mayCall fails with [fault.Denied] unless the user may call an operation of the panel.
func (d *Desk) mayCall(instance string, u engine.Entry[directory.User], operation string) error {
	if err := d.permit(instance, u, directory.BasicAgentAccess); err != nil {
		return err
	}
	if bar := bars[operation]; bar != "" && d.engine.May(instance, u.Value, bar) {
		return fault.New(fault.Denied, "User %s may not call %s: a security profile of theirs has %s", u.Name, operation, bar)
	}
	return nil
}

// permit fails with [fault.Denied] unless one of the user's security profiles has a permission.
func (d *Desk) permit(instance string, u engine.Entry[directory.User], permission string) error {
	if !d.engine.May(instance, u.Value, permission) {
		return fault.New(fault.Denied, "User %s may not do this: no security profile of theirs has %s", u.Name, permission)
	}
	return nil
}
