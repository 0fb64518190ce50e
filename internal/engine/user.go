package engine

import (
	"context"
	"slices"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/routing"
)

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
// It fails with [fault.NotFound] for an unknown instance, routing profile, security profile or hierarchy group, with
// [fault.Duplicate] when the name is taken, and with [fault.Quota].
func (e *Engine) CreateUser(ctx context.Context, instance string, u directory.User) (Entry[directory.User], error) {
	t, err := e.tenant(instance)
	if err != nil {
		return Entry[directory.User]{}, err
	}
	return create(ctx, e, t, arn.User, u.Username, &u, QuotaUsers, func() error { return t.belong(&u) })
}

// belong puts ids in the place of what a new user names by id or ARN. It fails with [fault.NotFound].
func (t *tenant) belong(u *directory.User) (err error) {
	if u.RoutingProfile, err = t.profile(u.RoutingProfile); err != nil {
		return err
	}
	if u.SecurityProfiles, err = t.securityProfiles(u.SecurityProfiles); err != nil {
		return err
	}
	u.HierarchyGroup, err = t.group(u.HierarchyGroup)
	return err
}

func (t *tenant) profile(idOrARN string) (string, error) {
	p, err := find[routing.Profile](t, arn.RoutingProfile, idOrARN)
	return p.ID, err
}

// securityProfiles are ids, each once, in the order in which they are named.
func (t *tenant) securityProfiles(named []string) ([]string, error) {
	ids := make([]string, 0, len(named))
	for _, idOrARN := range named {
		p, err := find[directory.SecurityProfile](t, arn.SecurityProfile, idOrARN)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(ids, p.ID) {
			ids = append(ids, p.ID)
		}
	}
	return ids, nil
}

// group is the id of a hierarchy group; of none it is empty.
func (t *tenant) group(idOrARN string) (string, error) {
	if idOrARN == "" {
		return "", nil
	}
	g, err := find[directory.Group](t, arn.HierarchyGroup, idOrARN)
	return g.ID, err
}

// Identity is who a user is, as far as it can change. A name that is nil stays as it is: a user has one. Anything else is
// replaced, also by nothing.
type Identity struct {
	FirstName, LastName           *string
	Email, SecondaryEmail, Mobile string
}

// Identify changes who a user is. It fails with [fault.NotFound].
func (e *Engine) Identify(ctx context.Context, instance, idOrARN string, who Identity) error {
	return e.editUser(ctx, instance, idOrARN, func(_ *tenant, u *directory.User) error {
		replace(&u.FirstName, who.FirstName)
		replace(&u.LastName, who.LastName)
		u.Email, u.SecondaryEmail, u.Mobile = who.Email, who.SecondaryEmail, who.Mobile
		return nil
	})
}

// channels are those that the agents of a routing profile handle.
func channels(t *tenant, profile string) (all []string) {
	p, err := find[routing.Profile](t, arn.RoutingProfile, profile)
	if err != nil {
		return nil
	}
	for _, c := range p.Value.Concurrencies() {
		all = append(all, string(c.Channel))
	}
	return all
}

// Channels are those that the agents of a routing profile handle; of an unknown profile there are none.
func (e *Engine) Channels(instance, profile string) []string {
	t, err := e.tenant(instance)
	if err != nil {
		return nil
	}
	return channels(t, profile)
}

// SetPhone replaces the settings of a user for all channels. It fails with [fault.NotFound].
func (e *Engine) SetPhone(ctx context.Context, instance, idOrARN string, p directory.Phone) error {
	return e.editUser(ctx, instance, idOrARN, func(t *tenant, u *directory.User) error {
		u.SetPhone(p, channels(t, u.RoutingProfile))
		return nil
	})
}

// Configure changes the settings of a user by channel. It fails with [fault.NotFound].
func (e *Engine) Configure(ctx context.Context, instance, idOrARN string, by map[string]directory.Setting) error {
	return e.editUser(ctx, instance, idOrARN, func(_ *tenant, u *directory.User) error {
		u.Set(by)
		return nil
	})
}

// SetRoutingProfile gives a user another routing profile. What they have in hand, and what rings, stays.
// It fails with [fault.NotFound] for an unknown user or profile.
func (e *Engine) SetRoutingProfile(ctx context.Context, instance, idOrARN, profile string) error {
	return e.editUser(ctx, instance, idOrARN, func(t *tenant, u *directory.User) (err error) {
		u.RoutingProfile, err = t.profile(profile)
		return err
	})
}

// SetSecurityProfiles replaces the security profiles of a user. It fails with [fault.NotFound] for an unknown user or
// profile.
func (e *Engine) SetSecurityProfiles(ctx context.Context, instance, idOrARN string, profiles []string) error {
	return e.editUser(ctx, instance, idOrARN, func(t *tenant, u *directory.User) (err error) {
		u.SecurityProfiles, err = t.securityProfiles(profiles)
		return err
	})
}

// SetHierarchyGroup puts a user into a hierarchy group, or with an empty id into none.
// It fails with [fault.NotFound] for an unknown user or group.
func (e *Engine) SetHierarchyGroup(ctx context.Context, instance, idOrARN, group string) error {
	return e.editUser(ctx, instance, idOrARN, func(t *tenant, u *directory.User) (err error) {
		u.HierarchyGroup, err = t.group(group)
		return err
	})
}

func (e *Engine) editUser(ctx context.Context, instance, idOrARN string, fn func(*tenant, *directory.User) error) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	return change(ctx, e, t, arn.User, idOrARN, func(_ *Resource, u *directory.User) error { return fn(t, u) })
}
