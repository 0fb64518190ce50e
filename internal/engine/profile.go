package engine

import (
	"context"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/routing"
)

// RoutingProfile finds a routing profile. It fails with [fault.NotFound].
func (e *Engine) RoutingProfile(instance, idOrARN string) (Entry[routing.Profile], error) {
	return lookUp[routing.Profile](e, instance, arn.RoutingProfile, idOrARN)
}

// RoutingProfiles returns all routing profiles, by name.
func (e *Engine) RoutingProfiles(instance string) ([]Entry[routing.Profile], error) {
	return listAll[routing.Profile](e, instance, arn.RoutingProfile)
}

// CreateRoutingProfile makes a routing profile out of name, description, default outbound queue, timer and tags, and
// returns it.
// It fails with [fault.NotFound] for an unknown instance or queue, with [fault.Invalid] and [fault.Limit] as
// [routing.Profile.SetConcurrencies] and [routing.Profile.Associate] do, with [fault.Duplicate] when the name is taken,
// and with [fault.Quota].
func (e *Engine) CreateRoutingProfile(ctx context.Context, instance string, p routing.Profile, media []routing.Concurrency, q ProfileQueues) (Entry[routing.Profile], error) {
	t, err := e.tenant(instance)
	if err != nil {
		return Entry[routing.Profile]{}, err
	}
	named := p
	return create(ctx, e, t, arn.RoutingProfile, p.Name, &p, QuotaProfiles, func() (err error) {
		p = named
		if p.DefaultOutbound, err = t.standardQueue(named.DefaultOutbound); err != nil {
			return err
		}
		if err := p.SetConcurrencies(media); err != nil {
			return err
		}
		ids, err := t.resolveQueues(q)
		if err != nil {
			return err
		}
		return p.Associate(ids.Offered, ids.Manual, e.quotas[QuotaProfileQueues])
	})
}

// ProfileQueues are queues of a routing profile: those whose contacts are offered to its agents, and those whose
// contacts they may pick themselves.
type ProfileQueues struct{ Offered, Manual []routing.Row }

// standardQueue is the id of a standard queue. It fails with [fault.NotFound].
func (t *tenant) standardQueue(idOrARN string) (string, error) {
	q, err := find[routing.Queue](t, arn.Queue, idOrARN)
	return q.ID, err
}

// resolveQueues returns the rows with the ids of their queues. It fails with [fault.NotFound].
func (t *tenant) resolveQueues(q ProfileQueues) (ids ProfileQueues, err error) {
	if ids.Offered, err = t.resolveRows(q.Offered); err == nil {
		ids.Manual, err = t.resolveRows(q.Manual)
	}
	return ids, err
}

func (t *tenant) resolveRows(rows []routing.Row) ([]routing.Row, error) {
	ids := make([]routing.Row, len(rows))
	for i, r := range rows {
		var err error
		if r.Queue, err = t.standardQueue(r.Queue); err != nil {
			return nil, err
		}
		ids[i] = r
	}
	return ids, nil
}

// RenameRoutingProfile changes the name and the description of a routing profile; nil leaves one as it is.
// It fails with [fault.NotFound], and with [fault.Duplicate] when the name is taken.
func (e *Engine) RenameRoutingProfile(ctx context.Context, instance, idOrARN string, name, description *string) error {
	return e.editProfile(ctx, instance, idOrARN, func(_ *tenant, r *Resource, p *routing.Profile) error {
		replace(&r.Name, name)
		replace(&p.Description, description)
		return nil
	})
}

// SetConcurrency replaces how many contacts of each channel the agents of a routing profile have at once. Those who
// have more in hand keep them, and are offered none until they have fewer.
// It fails with [fault.NotFound], and with [fault.Invalid] as [routing.Profile.SetConcurrencies] does.
func (e *Engine) SetConcurrency(ctx context.Context, instance, idOrARN string, media []routing.Concurrency) error {
	return e.editProfile(ctx, instance, idOrARN, func(_ *tenant, _ *Resource, p *routing.Profile) error {
		return p.SetConcurrencies(media)
	})
}

// SetDefaultOutbound changes the queue of calls that go out. It fails with [fault.NotFound] for an unknown profile or
// queue.
func (e *Engine) SetDefaultOutbound(ctx context.Context, instance, idOrARN, queue string) error {
	return e.editProfile(ctx, instance, idOrARN, func(t *tenant, _ *Resource, p *routing.Profile) (err error) {
		p.DefaultOutbound, err = t.standardQueue(queue)
		return err
	})
}

// SetAvailabilityTimer changes which of the agents of a routing profile goes first. It fails with [fault.NotFound].
func (e *Engine) SetAvailabilityTimer(ctx context.Context, instance, idOrARN string, timer routing.Timer) error {
	return e.editProfile(ctx, instance, idOrARN, func(_ *tenant, _ *Resource, p *routing.Profile) error {
		p.Timer = timer
		return nil
	})
}

// AssociateProfileQueues gives queues to a routing profile; one that it has gets the new priority and delay.
// It fails with [fault.NotFound] for an unknown profile or queue, and with [fault.Invalid] and [fault.Limit] as
// [routing.Profile.Associate] does; then the profile has got none.
func (e *Engine) AssociateProfileQueues(ctx context.Context, instance, idOrARN string, q ProfileQueues) error {
	return e.requeue(ctx, instance, idOrARN, q, func(p *routing.Profile, q ProfileQueues) error {
		return p.Associate(q.Offered, q.Manual, e.quotas[QuotaProfileQueues])
	})
}

// UpdateProfileQueues changes priority and delay of queues that a routing profile has.
// It fails with [fault.NotFound] for an unknown profile or queue, or one that the profile does not have, and with
// [fault.Invalid] for one that is listed twice.
func (e *Engine) UpdateProfileQueues(ctx context.Context, instance, idOrARN string, rows []routing.Row) error {
	return e.requeue(ctx, instance, idOrARN, ProfileQueues{Offered: rows}, func(p *routing.Profile, q ProfileQueues) error {
		return p.UpdateQueues(q.Offered)
	})
}

// DisassociateProfileQueues takes queues from a routing profile; those that it does not have change nothing.
// It fails with [fault.NotFound] for an unknown profile or queue.
func (e *Engine) DisassociateProfileQueues(ctx context.Context, instance, idOrARN string, q ProfileQueues) error {
	return e.requeue(ctx, instance, idOrARN, q, func(p *routing.Profile, q ProfileQueues) error {
		p.Disassociate(q.Offered, q.Manual)
		return nil
	})
}

// requeue changes the queues of a routing profile.
func (e *Engine) requeue(ctx context.Context, instance, idOrARN string, q ProfileQueues, fn func(*routing.Profile, ProfileQueues) error) error {
	return e.editProfile(ctx, instance, idOrARN, func(t *tenant, _ *Resource, p *routing.Profile) error {
		ids, err := t.resolveQueues(q)
		if err != nil {
			return err
		}
		return fn(p, ids)
	})
}

func (e *Engine) editProfile(ctx context.Context, instance, idOrARN string, fn func(*tenant, *Resource, *routing.Profile) error) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	return change(ctx, e, t, arn.RoutingProfile, idOrARN, func(r *Resource, p *routing.Profile) error { return fn(t, r, p) })
}

// DeleteRoutingProfile removes a routing profile.
// It fails with [fault.NotFound], and with [fault.InUse] while a user has it.
func (e *Engine) DeleteRoutingProfile(ctx context.Context, instance, idOrARN string) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	return remove(ctx, e, t, arn.RoutingProfile, idOrARN, func(_ Tx, gone Entry[routing.Profile]) error {
		return t.userHas(gone.Resource, func(u *directory.User) bool { return u.RoutingProfile == gone.ID })
	})
}

// userHas fails with [fault.InUse] when some user has what is to be deleted.
func (t *tenant) userHas(r Resource, has func(*directory.User) bool) error {
	for _, u := range all[directory.User](t, arn.User) {
		if has(u.Value) {
			return inUse(r, u.Resource)
		}
	}
	return nil
}
