package engine

import (
	"context"
	"maps"
	"strings"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
)

// maxPreferences and maxPreference bound the preferences of a user, and each key and value.
const (
	maxPreferences = 20
	maxPreference  = 256
)

// SetPreferences replaces what a user prefers in the agent panel.
// It fails with [fault.NotFound], and with [fault.Invalid] for too many or too long ones.
func (e *Engine) SetPreferences(ctx context.Context, instance, user string, p map[string]string) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	if len(p) > maxPreferences {
		return fault.New(fault.Invalid, "There can be at most %d preferences", maxPreferences)
	}
	for key, v := range p {
		if len(key) > maxPreference || len(v) > maxPreference || strings.ContainsRune(key+v, 0) {
			return fault.New(fault.Invalid, "Keys and values of preferences must have at most %d bytes, and no U+0000", maxPreference)
		}
	}
	return change(ctx, e, t, arn.User, user, func(_ *Resource, u *directory.User) error {
		if maps.Equal(u.Preferences, p) {
			return errDone
		}
		u.Preferences = p
		return nil
	})
}
