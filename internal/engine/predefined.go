package engine

import (
	"context"
	"maps"
	"slices"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/routing"
)

// CreatePredefinedAttribute makes a predefined attribute.
// It fails with [fault.NotFound] for an unknown instance, with [fault.Invalid] for a name or values that are
// refused, with [fault.Duplicate] when the name is taken, and with [fault.Quota].
func (e *Engine) CreatePredefinedAttribute(ctx context.Context, instance string, a routing.PredefinedAttribute) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	if err := a.Check(); err != nil {
		return err
	}
	if err := legibleValues(a.Values); err != nil {
		return err
	}
	_, err = create(ctx, e, t, arn.PredefinedAttribute, a.Name, &a, QuotaPredefinedAttributes, nil)
	return err
}

// PredefinedAttribute finds a predefined attribute by its name. It fails with [fault.NotFound].
func (e *Engine) PredefinedAttribute(instance, name string) (Entry[routing.PredefinedAttribute], error) {
	t, err := e.tenant(instance)
	if err != nil {
		return Entry[routing.PredefinedAttribute]{}, err
	}
	return findNamed[routing.PredefinedAttribute](t, arn.PredefinedAttribute, name)
}

// PredefinedAttributes returns all predefined attributes, by name. It fails with [fault.NotFound] for an unknown
// instance.
func (e *Engine) PredefinedAttributes(instance string) ([]Entry[routing.PredefinedAttribute], error) {
	return listAll[routing.PredefinedAttribute](e, instance, arn.PredefinedAttribute)
}

// PredefinedAttributeUpdate is what becomes of a predefined attribute. Nil leaves something as it is; an empty list
// that is not nil takes its place.
type PredefinedAttributeUpdate struct {
	Values   []string
	Purposes []string
	Enforced *bool
}

// UpdatePredefinedAttribute changes a predefined attribute. Contacts keep the values they have.
// It fails with [fault.NotFound], and with [fault.Invalid] for values that are refused.
func (e *Engine) UpdatePredefinedAttribute(ctx context.Context, instance, name string, u PredefinedAttributeUpdate) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	found, err := findNamed[routing.PredefinedAttribute](t, arn.PredefinedAttribute, name)
	if err != nil {
		return err
	}
	if err := legibleValues(u.Values); err != nil {
		return err
	}
	return change(ctx, e, t, arn.PredefinedAttribute, found.ID, func(_ *Resource, a *routing.PredefinedAttribute) error {
		if u.Values != nil {
			a.Values = u.Values
		}
		if u.Purposes != nil {
			a.Purposes = u.Purposes
		}
		if u.Enforced != nil {
			a.Enforced = *u.Enforced
		}
		return a.Check()
	})
}

// DeletePredefinedAttribute removes a predefined attribute. Contacts that have it keep it.
// It fails with [fault.NotFound], and with [fault.InUse] while a user has a proficiency in it.
func (e *Engine) DeletePredefinedAttribute(ctx context.Context, instance, name string) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	found, err := findNamed[routing.PredefinedAttribute](t, arn.PredefinedAttribute, name)
	if err != nil {
		return err
	}
	return remove(ctx, e, t, arn.PredefinedAttribute, found.ID, func(_ Tx, gone Entry[routing.PredefinedAttribute]) error {
		return t.userHas(gone.Resource, func(u *directory.User) bool {
			return slices.ContainsFunc(u.Proficiencies, func(p directory.Proficiency) bool { return p.Name == gone.Name })
		})
	})
}

// checkSegment reports whether a contact may have user-defined segment attributes
// (https://docs.aws.amazon.com/connect/latest/adminguide/use-contact-segment-attributes.html).
// It fails with [fault.Invalid] for one that is not a predefined attribute, and for a value that is not listed
// where only those are allowed.
func (t *tenant) checkSegment(attributes map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		a, err := findNamed[routing.PredefinedAttribute](t, arn.PredefinedAttribute, name)
		if err != nil {
			return fault.New(fault.Invalid, "SegmentAttributes: %s is not a predefined attribute of the instance", name)
		}
		if !a.Value.Allows(attributes[name]) {
			return fault.New(fault.Invalid, "SegmentAttributes: %q is not a value of the predefined attribute %s", attributes[name], name)
		}
	}
	return nil
}
