package engine

import (
	"context"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
)

// Dismiss does for an agent what they do with [Engine.Clear]. User and contact are named by id or ARN.
// It fails with [fault.NotFound] when one of them does not exist or the agent does not have the contact, and with
// [fault.Unusable] while it rings or is worked.
func (e *Engine) Dismiss(ctx context.Context, instance, user, contactID string) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	u, err := find[directory.User](t, arn.User, user)
	if err != nil {
		return err
	}
	return e.Clear(ctx, t.ID, contactID, u.ID)
}
