package engine

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/hours"
	"github.com/tasklane/tasklane/internal/routing"
)

// CreateQueue makes a standard queue and returns it. Its id is given here.
// It fails with [fault.NotFound] for an unknown instance, hours of operation or quick connect, with
// [fault.Duplicate] when the name is taken, with [fault.Limit] for too many quick connects, and with [fault.Quota].
func (e *Engine) CreateQueue(ctx context.Context, instance string, q routing.Queue) (Entry[routing.Queue], error) {
	t, err := e.tenant(instance)
	if err != nil {
		return Entry[routing.Queue]{}, err
	}
	open, err := find[hours.Hours](t, arn.Hours, q.Hours)
	if err != nil {
		return Entry[routing.Queue]{}, err
	}
	q.Hours = open.ID
	if q.QuickConnects, err = t.connect(nil, q.QuickConnects, e.quotas[QuotaQueueQuickConnects]); err != nil {
		return Entry[routing.Queue]{}, err
	}
	return create(ctx, e, t, arn.Queue, q.Name, &q, QuotaQueues)
}

// create writes a new object in a command of its own and returns it.
func create[T any](ctx context.Context, e *Engine, t *tenant, kind arn.Kind, name string, v *T, quota string) (Entry[T], error) {
	id := uuid.NewString()
	err := e.store.Update(ctx, t.ID, func(tx Tx) error {
		return t.add(tx, kind, id, name, v, e.quotas[quota])
	})
	if err != nil {
		return Entry[T]{}, err
	}
	return find[T](t, kind, id)
}

// change puts a changed copy of an object in its place, in a command of its own. fn may change the name in r and
// whatever v holds, but not in place what v shares with the value that was read: its lists and maps. When fn
// returns errDone nothing is written.
// It fails with [fault.NotFound], with [fault.Duplicate] when a new name is taken, and as fn does.
func change[T any](ctx context.Context, e *Engine, t *tenant, kind arn.Kind, idOrARN string, fn func(r *Resource, v *T) error) error {
	err := e.store.Update(ctx, t.ID, func(tx Tx) error {
		old, err := find[T](t, kind, idOrARN)
		if err != nil {
			return err
		}
		r, v := old.Resource, *old.Value
		if err := fn(&r, &v); err != nil {
			return err
		}
		if r.Name != old.Name {
			if err := t.free(kind, r.Name); err != nil {
				return err
			}
		}
		return put(tx, r, &v)
	})
	if errors.Is(err, errDone) {
		return nil
	}
	return err
}

// remove deletes an object in a command of its own. Unless it is nil, before runs first in the same command: it
// refuses the deletion, or changes what refers to the object.
// It fails with [fault.NotFound], and as before does.
func remove[T any](ctx context.Context, e *Engine, t *tenant, kind arn.Kind, idOrARN string, before func(Tx, Entry[T]) error) error {
	return e.store.Update(ctx, t.ID, func(tx Tx) error {
		gone, err := find[T](t, kind, idOrARN)
		if err != nil {
			return err
		}
		if before != nil {
			if err := before(tx, gone); err != nil {
				return err
			}
		}
		tx.DeleteResource(gone.Resource)
		return nil
	})
}

// Queues returns all standard queues, by name.
func (e *Engine) Queues(instance string) ([]Entry[routing.Queue], error) {
	return listAll[routing.Queue](e, instance, arn.Queue)
}

// User finds a user. It fails with [fault.NotFound].
func (e *Engine) User(instance, idOrARN string) (Entry[directory.User], error) {
	return lookUp[directory.User](e, instance, arn.User, idOrARN)
}

// Users returns all users, by name.
func (e *Engine) Users(instance string) ([]Entry[directory.User], error) {
	return listAll[directory.User](e, instance, arn.User)
}

// UserNamed finds a user by name. It fails with [fault.NotFound].
func (e *Engine) UserNamed(instance, username string) (Entry[directory.User], error) {
	t, err := e.tenant(instance)
	if err != nil {
		return Entry[directory.User]{}, err
	}
	return findNamed[directory.User](t, arn.User, username)
}

// CreateUser makes a user and returns them. They own no presence until they choose a status.
// It fails with [fault.NotFound] for an unknown instance, routing or security profile, with [fault.Duplicate]
// when the name is taken, and with [fault.Quota].
func (e *Engine) CreateUser(ctx context.Context, instance string, u directory.User) (Entry[directory.User], error) {
	t, err := e.tenant(instance)
	if err != nil {
		return Entry[directory.User]{}, err
	}
	profile, err := find[routing.Profile](t, arn.RoutingProfile, u.RoutingProfile)
	if err != nil {
		return Entry[directory.User]{}, err
	}
	u.RoutingProfile = profile.ID
	u.SecurityProfiles = slices.Clone(u.SecurityProfiles)
	for i, id := range u.SecurityProfiles {
		security, err := find[directory.SecurityProfile](t, arn.SecurityProfile, id)
		if err != nil {
			return Entry[directory.User]{}, err
		}
		u.SecurityProfiles[i] = security.ID
	}
	return create(ctx, e, t, arn.User, u.Username, &u, QuotaUsers)
}

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

// Permissions are what the user's security profiles give together, sorted.
func (e *Engine) Permissions(instance string, u *directory.User) []string {
	all := []string{}
	for _, id := range u.SecurityProfiles {
		if p, err := lookUp[directory.SecurityProfile](e, instance, arn.SecurityProfile, id); err == nil {
			all = append(all, p.Value.Permissions...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// May tells whether one of the user's security profiles gives a permission.
func (e *Engine) May(instance string, u *directory.User, permission string) bool {
	return slices.ContainsFunc(u.SecurityProfiles, func(id string) bool {
		p, err := lookUp[directory.SecurityProfile](e, instance, arn.SecurityProfile, id)
		return err == nil && p.Value.Allows(permission)
	})
}

// RoutingProfile finds a routing profile. It fails with [fault.NotFound].
func (e *Engine) RoutingProfile(instance, idOrARN string) (Entry[routing.Profile], error) {
	return lookUp[routing.Profile](e, instance, arn.RoutingProfile, idOrARN)
}

// RoutingProfiles returns all routing profiles, by name.
func (e *Engine) RoutingProfiles(instance string) ([]Entry[routing.Profile], error) {
	return listAll[routing.Profile](e, instance, arn.RoutingProfile)
}

// CreateAgentStatus makes a status that agents can choose, of type CUSTOM, and returns it.
// It fails with [fault.NotFound] for an unknown instance, with [fault.Duplicate] when the name is taken, and with
// [fault.Quota].
func (e *Engine) CreateAgentStatus(ctx context.Context, instance string, s agent.Status) (Entry[agent.Status], error) {
	t, err := e.tenant(instance)
	if err != nil {
		return Entry[agent.Status]{}, err
	}
	s.Type = agent.Custom
	return create(ctx, e, t, arn.AgentStatus, s.Name, &s, QuotaAgentStatuses)
}

// AgentStatus finds an agent status. It fails with [fault.NotFound].
func (e *Engine) AgentStatus(instance, idOrARN string) (Entry[agent.Status], error) {
	return lookUp[agent.Status](e, instance, arn.AgentStatus, idOrARN)
}

// AgentStatuses returns all agent statuses, by name.
func (e *Engine) AgentStatuses(instance string) ([]Entry[agent.Status], error) {
	return listAll[agent.Status](e, instance, arn.AgentStatus)
}

func lookUp[T any](e *Engine, instance string, kind arn.Kind, idOrARN string) (Entry[T], error) {
	t, err := e.tenant(instance)
	if err != nil {
		return Entry[T]{}, err
	}
	return find[T](t, kind, idOrARN)
}

func listAll[T any](e *Engine, instance string, kind arn.Kind) ([]Entry[T], error) {
	t, err := e.tenant(instance)
	if err != nil {
		return nil, err
	}
	return all[T](t, kind), nil
}
