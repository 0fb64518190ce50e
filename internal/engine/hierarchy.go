package engine

import (
	"context"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
)

// structureName is the name of the one hierarchy structure of an instance.
const structureName = "hierarchy"

// Hierarchy returns the levels of the hierarchy of an instance. It fails with [fault.NotFound].
func (e *Engine) Hierarchy(instance string) (directory.Hierarchy, error) {
	t, err := e.tenant(instance)
	if err != nil {
		return directory.Hierarchy{}, err
	}
	_, h := t.hierarchy()
	return h, nil
}

func (t *tenant) hierarchy() (Resource, directory.Hierarchy) {
	return only[directory.Hierarchy](t, arn.HierarchyStructure, structureName)
}

// SetHierarchy gives the hierarchy these levels, the topmost first; an empty name is a level that there is not.
// It fails with [fault.NotFound] for an unknown instance, with [fault.Invalid] as [directory.Hierarchy.Rename] does,
// and with [fault.InUse] for a level that is to go and has groups.
func (e *Engine) SetHierarchy(ctx context.Context, instance string, levels [directory.MaxLevels]string) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	return e.configure(ctx, t, func(tx Tx) error {
		r, h := t.hierarchy()
		next, err := h.Rename(levels, tx.Now())
		if err != nil {
			return err
		}
		for _, g := range all[directory.Group](t, arn.HierarchyGroup) {
			if g.Value.Level > len(next.Levels) {
				return fault.New(fault.InUse, "Level %d of the hierarchy cannot be removed: the %s %q (%s) is on it",
					g.Value.Level, g.Kind.Noun(), g.Name, g.ID)
			}
		}
		return put(tx, r, &next)
	})
}

// HierarchyGroup finds a hierarchy group. It fails with [fault.NotFound].
func (e *Engine) HierarchyGroup(instance, idOrARN string) (Entry[directory.Group], error) {
	return lookUp[directory.Group](e, instance, arn.HierarchyGroup, idOrARN)
}

// HierarchyGroups returns all hierarchy groups, by name.
func (e *Engine) HierarchyGroups(instance string) ([]Entry[directory.Group], error) {
	return listAll[directory.Group](e, instance, arn.HierarchyGroup)
}

// HierarchyPath returns the groups from the topmost level down to one; of an empty id there are none.
func (e *Engine) HierarchyPath(instance, group string) []Entry[directory.Group] {
	t, err := e.tenant(instance)
	if err != nil {
		return nil
	}
	return t.path(group)
}

func (t *tenant) path(group string) []Entry[directory.Group] {
	g, err := find[directory.Group](t, arn.HierarchyGroup, group)
	if err != nil {
		return nil
	}
	return append(t.path(g.Value.Parent), g)
}

// groups are the ids of the groups that a user is in, from the topmost level down.
func (t *tenant) groups(user string) (ids []string) {
	u, err := find[directory.User](t, arn.User, user)
	if err != nil {
		return nil
	}
	for _, g := range t.path(u.Value.HierarchyGroup) {
		ids = append(ids, g.ID)
	}
	return ids
}

// CreateHierarchyGroup makes a hierarchy group, below its parent or else on the first level, and returns it.
// It fails with [fault.NotFound] for an unknown instance or parent, with [fault.Unusable] when the hierarchy has no such
// level, with [fault.Duplicate] when the name is taken, and with [fault.Quota].
func (e *Engine) CreateHierarchyGroup(ctx context.Context, instance string, g directory.Group) (Entry[directory.Group], error) {
	t, err := e.tenant(instance)
	if err != nil {
		return Entry[directory.Group]{}, err
	}
	return create(ctx, e, t, arn.HierarchyGroup, g.Name, &g, QuotaHierarchyGroups, func() error {
		g.Level = 1
		if g.Parent != "" {
			parent, err := find[directory.Group](t, arn.HierarchyGroup, g.Parent)
			if err != nil {
				return err
			}
			g.Parent, g.Level = parent.ID, parent.Value.Level+1
		}
		if _, h := t.hierarchy(); g.Level > len(h.Levels) {
			return fault.New(fault.Unusable, "The hierarchy has no level %d", g.Level)
		}
		return nil
	})
}

// RenameHierarchyGroup changes the name of a hierarchy group.
// It fails with [fault.NotFound], and with [fault.Duplicate] when the name is taken.
func (e *Engine) RenameHierarchyGroup(ctx context.Context, instance, idOrARN, name string) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	return change(ctx, e, t, arn.HierarchyGroup, idOrARN, func(r *Resource, _ *directory.Group) error {
		r.Name = name
		return nil
	})
}

// DeleteHierarchyGroup removes a hierarchy group.
// It fails with [fault.NotFound], and with [fault.InUse] while it has users or groups below it.
func (e *Engine) DeleteHierarchyGroup(ctx context.Context, instance, idOrARN string) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	return remove(ctx, e, t, arn.HierarchyGroup, idOrARN, func(_ Tx, gone Entry[directory.Group]) error {
		for _, g := range all[directory.Group](t, arn.HierarchyGroup) {
			if g.Value.Parent == gone.ID {
				return inUse(gone.Resource, g.Resource)
			}
		}
		return t.userHas(gone.Resource, func(u *directory.User) bool { return u.HierarchyGroup == gone.ID })
	})
}
