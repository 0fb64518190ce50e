package engine

import (
	"context"
	"slices"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/hours"
	"github.com/tasklane/tasklane/internal/routing"
)

// CreateHours makes hours of operation and returns them. Their parents may be named by ARNs.
// It fails with [fault.NotFound] for an unknown instance or parent, with [fault.Invalid] for a parent that has
// parents itself, with [fault.Duplicate] when the name is taken, and with [fault.Quota].
func (e *Engine) CreateHours(ctx context.Context, instance string, h hours.Hours) (Entry[hours.Hours], error) {
	t, err := e.tenant(instance)
	if err != nil {
		return Entry[hours.Hours]{}, err
	}
	return create(ctx, e, t, arn.Hours, h.Name, &h, QuotaHours, func() (err error) {
		if h.Parents, err = t.parents(h.Parents); err != nil {
			return fault.In("ParentHoursOfOperationConfigs", err)
		}
		return nil
	})
}

// parents returns the ids of hours that can be parents. It fails with [fault.NotFound] and [fault.Invalid].
func (t *tenant) parents(named []string) ([]string, error) {
	var ids []string
	for _, idOrARN := range named {
		p, err := find[hours.Hours](t, arn.Hours, idOrARN)
		switch {
		case err != nil:
			return nil, err
		case len(p.Value.Parents) > 0:
			return nil, fault.New(fault.Invalid, "hours of operation %s have parents themselves", p.ID)
		case !slices.Contains(ids, p.ID):
			ids = append(ids, p.ID)
		}
	}
	return ids, nil
}

// Hours finds hours of operation. It fails with [fault.NotFound].
func (e *Engine) Hours(instance, idOrARN string) (Entry[hours.Hours], error) {
	return lookUp[hours.Hours](e, instance, arn.Hours, idOrARN)
}

// AllHours returns all hours of operation, by name. It fails with [fault.NotFound] for an unknown instance.
func (e *Engine) AllHours(instance string) ([]Entry[hours.Hours], error) {
	return listAll[hours.Hours](e, instance, arn.Hours)
}

// HoursUpdate is what becomes of hours of operation. Nil leaves something as it is; an empty list that is not nil
// takes its place.
type HoursUpdate struct {
	Name, Description *string
	TimeZone          *hours.Zone
	Periods           []hours.Period
}

// UpdateHours changes hours of operation.
// It fails with [fault.NotFound], and with [fault.Duplicate] when the name is taken.
func (e *Engine) UpdateHours(ctx context.Context, instance, idOrARN string, u HoursUpdate) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	return change(ctx, e, t, arn.Hours, idOrARN, func(r *Resource, h *hours.Hours) error {
		replace(&r.Name, u.Name)
		replace(&h.Description, u.Description)
		replace(&h.TimeZone, u.TimeZone)
		if u.Periods != nil {
			h.Periods = u.Periods
		}
		return nil
	})
}

// replace puts a new value in the place of one, if there is a new one.
func replace[T any](old, by *T) {
	if by != nil {
		*old = *by
	}
}

// DeleteHours removes hours of operation with their overrides.
// It fails with [fault.NotFound], and with [fault.InUse] while a queue has them or they are the parent of others.
func (e *Engine) DeleteHours(ctx context.Context, instance, idOrARN string) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	return remove(ctx, e, t, arn.Hours, idOrARN, func(_ Tx, gone Entry[hours.Hours]) error {
		for _, q := range all[routing.Queue](t, arn.Queue) {
			if q.Value.Hours == gone.ID {
				return inUse(gone.Resource, q.Resource)
			}
		}
		for _, h := range all[hours.Hours](t, arn.Hours) {
			if slices.Contains(h.Value.Parents, gone.ID) {
				return inUse(gone.Resource, h.Resource)
			}
		}
		return nil
	})
}

// inUse is the fault of deleting what something else refers to.
func inUse(r, by Resource) error {
	return fault.New(fault.InUse, "The %s %q (%s) cannot be deleted: the %s %q (%s) uses it",
		r.Kind.Noun(), r.Name, r.ID, by.Kind.Noun(), by.Name, by.ID)
}

// EffectiveHours returns hours of operation, and what they are on the dates from one to another when all overrides
// are taken into account, those of parents too. It fails with [fault.NotFound], and with [fault.Invalid] as
// [hours.Hours.Effective] does.
func (e *Engine) EffectiveHours(instance, idOrARN string, from, to hours.Date) (*hours.Hours, []hours.Day, error) {
	t, err := e.tenant(instance)
	if err != nil {
		return nil, nil, err
	}
	h, err := t.wholeHours(idOrARN)
	if err != nil {
		return nil, nil, err
	}
	days, err := h.Effective(from, to)
	return h, days, err
}

// wholeHours finds hours of operation and adds the overrides of their parents. It fails with [fault.NotFound].
func (t *tenant) wholeHours(idOrARN string) (*hours.Hours, error) {
	h, err := find[hours.Hours](t, arn.Hours, idOrARN)
	if err != nil {
		return nil, err
	}
	var parents []*hours.Hours
	for _, id := range h.Value.Parents {
		if p, err := find[hours.Hours](t, arn.Hours, id); err == nil {
			parents = append(parents, p.Value)
		}
	}
	return h.Value.With(parents...), nil
}
