package engine

import (
	"context"
	"slices"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
)

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

// May reports whether one of the user's security profiles gives a permission.
func (e *Engine) May(instance string, u *directory.User, permission string) bool {
	return slices.ContainsFunc(u.SecurityProfiles, func(id string) bool {
		p, err := lookUp[directory.SecurityProfile](e, instance, arn.SecurityProfile, id)
		return err == nil && p.Value.Allows(permission)
	})
}

// SecurityProfile finds a security profile. It fails with [fault.NotFound].
func (e *Engine) SecurityProfile(instance, idOrARN string) (Entry[directory.SecurityProfile], error) {
	return lookUp[directory.SecurityProfile](e, instance, arn.SecurityProfile, idOrARN)
}

// SecurityProfiles returns all security profiles, by name.
func (e *Engine) SecurityProfiles(instance string) ([]Entry[directory.SecurityProfile], error) {
	return listAll[directory.SecurityProfile](e, instance, arn.SecurityProfile)
}

// CreateSecurityProfile makes a security profile and returns it.
// It fails with [fault.NotFound] for an unknown instance or hierarchy group, with [fault.Duplicate] when the name is taken,
// and with [fault.Quota].
func (e *Engine) CreateSecurityProfile(ctx context.Context, instance string, p directory.SecurityProfile) (Entry[directory.SecurityProfile], error) {
	t, err := e.tenant(instance)
	if err != nil {
		return Entry[directory.SecurityProfile]{}, err
	}
	p.Permissions = once(p.Permissions)
	return create(ctx, e, t, arn.SecurityProfile, p.Name, &p, QuotaSecurityProfiles, func() (err error) {
		p.Access.Group, err = t.group(p.Access.Group)
		return err
	})
}

// once is a sorted list without repetitions.
func once(list []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(list)))
}

// SecurityProfileUpdate is what of a security profile changes; nil stays as it is.
type SecurityProfileUpdate struct {
	Description *string
	Permissions []string // all of them

	Tags                               map[string]string
	TagRestricted, HierarchyRestricted []string
	Group                              *string
	Applications                       []directory.Application
	FlowModules                        []directory.FlowModule
}

// access changes what a security profile says besides its permissions.
func (u SecurityProfileUpdate) access(t *tenant, a *directory.Access) (err error) {
	if u.Tags != nil {
		a.Tags = u.Tags
	}
	if u.TagRestricted != nil {
		a.TagRestricted = u.TagRestricted
	}
	if u.HierarchyRestricted != nil {
		a.HierarchyRestricted = u.HierarchyRestricted
	}
	if u.Applications != nil {
		a.Applications = u.Applications
	}
	if u.FlowModules != nil {
		a.FlowModules = u.FlowModules
	}
	if u.Group != nil {
		a.Group, err = t.group(*u.Group)
	}
	return err
}

// UpdateSecurityProfile changes a security profile. What its users may do changes at once. It fails with
// [fault.NotFound] for an unknown security profile or hierarchy group.
func (e *Engine) UpdateSecurityProfile(ctx context.Context, instance, idOrARN string, u SecurityProfileUpdate) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	return change(ctx, e, t, arn.SecurityProfile, idOrARN, func(_ *Resource, p *directory.SecurityProfile) error {
		replace(&p.Description, u.Description)
		if u.Permissions != nil {
			p.Permissions = once(u.Permissions)
		}
		return u.access(t, &p.Access)
	})
}

// DeleteSecurityProfile removes a security profile.
// It fails with [fault.NotFound], and with [fault.InUse] while a user has it.
func (e *Engine) DeleteSecurityProfile(ctx context.Context, instance, idOrARN string) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	return remove(ctx, e, t, arn.SecurityProfile, idOrARN, func(_ Tx, gone Entry[directory.SecurityProfile]) error {
		return t.userHas(gone.Resource, func(u *directory.User) bool { return slices.Contains(u.SecurityProfiles, gone.ID) })
	})
}
