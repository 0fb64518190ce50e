package engine

import (
	"context"
	"slices"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/hours"
)

// CreateOverride adds an override to hours of operation and returns its id, which is given here.
// It fails with [fault.NotFound] for unknown hours, with [fault.Invalid] as [hours.Override.Check] does, with
// [fault.Duplicate] when the hours have an override of the name, and with [fault.Quota].
func (e *Engine) CreateOverride(ctx context.Context, instance, hoursID string, o hours.Override) (string, error) {
	o.ID = e.newID()
	return o.ID, e.overrides(ctx, instance, hoursID, func(list []hours.Override) ([]hours.Override, error) {
		if quota := e.quotas[QuotaOverrides]; quota > 0 && len(list) >= quota {
			return nil, fault.New(fault.Quota, "The hours of operation have %d of at most %d overrides", len(list), quota)
		}
		return append(list, o), settled(list, &o)
	})
}

// settled reports whether an override can be among others. It fails with [fault.Invalid] and [fault.Duplicate].
func settled(list []hours.Override, o *hours.Override) error {
	if err := directory.CheckName(o.Name); err != nil {
		return err
	}
	key := directory.NameKey(o.Name, false)
	taken := func(other hours.Override) bool {
		return directory.NameKey(other.Name, false) == key && other.ID != o.ID
	}
	if slices.ContainsFunc(list, taken) {
		return fault.New(fault.Duplicate, "An override named %q exists already", o.Name)
	}
	return o.Check()
}

// overrides puts another list of overrides in the place of the one that hours of operation have. fn gets a copy.
// It fails with [fault.NotFound], and as fn does.
func (e *Engine) overrides(ctx context.Context, instance, hoursID string, fn func([]hours.Override) ([]hours.Override, error)) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	return change(ctx, e, t, arn.Hours, hoursID, func(_ *Resource, h *hours.Hours) error {
		list, err := fn(slices.Clone(h.Overrides))
		h.Overrides = list
		return err
	})
}

// Override finds an override of hours of operation, and them. It fails with [fault.NotFound].
func (e *Engine) Override(instance, hoursID, id string) (Entry[hours.Hours], hours.Override, error) {
	h, err := e.Hours(instance, hoursID)
	if err != nil {
		return h, hours.Override{}, err
	}
	i, err := overrideIn(h.Value.Overrides, id)
	if err != nil {
		return h, hours.Override{}, err
	}
	return h, h.Value.Overrides[i], nil
}

// overrideIn is the place of an override in a list. It fails with [fault.NotFound], and with [fault.Invalid] for what is
// no id.
func overrideIn(list []hours.Override, id string) (int, error) {
	if err := arn.CheckID("override", id); err != nil {
		return 0, err
	}
	i := slices.IndexFunc(list, func(o hours.Override) bool { return o.ID == id })
	if i < 0 {
		return 0, fault.New(fault.NotFound, "override %s of these hours of operation does not exist", id)
	}
	return i, nil
}

// OverrideUpdate is what becomes of an override. Nil leaves something as it is; an empty list that is not nil takes
// its place.
type OverrideUpdate struct {
	Name, Description *string
	Type              *hours.OverrideType
	From, Till        *hours.Date
	Recurrence        *hours.Recurrence
	Periods           []hours.Period
}

// UpdateOverride changes an override of hours of operation.
// It fails with [fault.NotFound], [fault.Invalid] and [fault.Duplicate] as [Engine.CreateOverride] does.
func (e *Engine) UpdateOverride(ctx context.Context, instance, hoursID, id string, u OverrideUpdate) error {
	return e.overrides(ctx, instance, hoursID, func(list []hours.Override) ([]hours.Override, error) {
		i, err := overrideIn(list, id)
		if err != nil {
			return nil, err
		}
		o := &list[i]
		replace(&o.Name, u.Name)
		replace(&o.Description, u.Description)
		replace(&o.Type, u.Type)
		replace(&o.From, u.From)
		replace(&o.Till, u.Till)
		if u.Recurrence != nil {
			o.Recurrence = u.Recurrence
		}
		if u.Periods != nil {
			o.Periods = u.Periods
		}
		return list, settled(list, o)
	})
}

// DeleteOverride removes an override from hours of operation. It fails with [fault.NotFound].
func (e *Engine) DeleteOverride(ctx context.Context, instance, hoursID, id string) error {
	return e.overrides(ctx, instance, hoursID, func(list []hours.Override) ([]hours.Override, error) {
		i, err := overrideIn(list, id)
		if err != nil {
			return nil, err
		}
		return slices.Delete(list, i, i+1), nil
	})
}
