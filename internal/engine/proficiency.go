package engine

import (
	"context"
	"slices"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/routing"
)

// AddProficiencies gives proficiencies to a user; one that they have gets the new level.
// It fails with [fault.NotFound] for an unknown user or predefined attribute, with [fault.Invalid] for a value that the
// attribute does not have and for one that is listed twice, and with [fault.Limit] when the user would have too many;
// then they have got none.
func (e *Engine) AddProficiencies(ctx context.Context, instance, idOrARN string, added []directory.Proficiency) error {
	return e.editUser(ctx, instance, idOrARN, func(t *tenant, u *directory.User) error {
		if err := t.checkProficiencies(added); err != nil {
			return err
		}
		return u.AddProficiencies(added, e.quotas[QuotaProficiencies])
	})
}

// checkProficiencies reports whether there are such attributes with such values.
func (t *tenant) checkProficiencies(list []directory.Proficiency) error {
	for _, p := range list {
		a, err := findNamed[routing.PredefinedAttribute](t, arn.PredefinedAttribute, p.Name)
		if err != nil {
			return err
		}
		if !slices.Contains(a.Value.Values, p.Value) {
			return fault.New(fault.Invalid, "UserProficiencies: %q is not a value of the predefined attribute %s", p.Value, p.Name)
		}
	}
	return nil
}

// UpdateProficiencies changes the levels of proficiencies that a user has.
// It fails with [fault.NotFound] for an unknown user and a proficiency that they do not have, and with [fault.Invalid]
// for one that is listed twice.
func (e *Engine) UpdateProficiencies(ctx context.Context, instance, idOrARN string, changed []directory.Proficiency) error {
	return e.editUser(ctx, instance, idOrARN, func(_ *tenant, u *directory.User) error {
		return u.UpdateProficiencies(changed)
	})
}

// DropProficiencies takes proficiencies from a user, whatever their level; those that they do not have change nothing.
// It fails with [fault.NotFound].
func (e *Engine) DropProficiencies(ctx context.Context, instance, idOrARN string, gone []directory.Proficiency) error {
	return e.editUser(ctx, instance, idOrARN, func(_ *tenant, u *directory.User) error {
		u.DropProficiencies(gone)
		return nil
	})
}
