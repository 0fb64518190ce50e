package engine

import (
	"context"
	"regexp"
	"slices"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/fault"
)

// Alias is a name for a version of a module, and can be made to mean another.
type Alias struct {
	ID          string `json:"-"`
	Name        string `json:"-"`
	Module      string `json:"module"`
	Number      int64  `json:"number"`
	Description string `json:"description,omitempty"`
}

// aliasResource is how an alias is stored: its name is unique within the module.
func aliasResource(r Resource, module, name string) Resource {
	r.Kind, r.Name = arn.ModuleAlias, module+":"+name
	return r
}

const maxAliasName = 100

// aliasName is the pattern of an alias's name (Alias of the connect model).
var aliasName = regexp.MustCompile(`^([$0-9a-zA-Z][_-]?)+$`)

// checkAliasName fails with [fault.Invalid] for a name that an alias cannot have, or that would not be known from a
// version or a qualifier.
func checkAliasName(member, name string) error {
	_, number := numberOf(name)
	switch {
	case len(name) > maxAliasName || !aliasName.MatchString(name):
		return fault.New(fault.Invalid, "%s: %q is not a name of 1 to %d letters, digits and $, between which _ and - may stand", member, name, maxAliasName)
	case number || name == savedQualifier || name == latestQualifier:
		return fault.New(fault.Invalid, "%s: %q means something else behind the id of a module", member, name)
	}
	return nil
}

// aliases are those of a module, by name.
func (t *tenant) aliases(module string) []Entry[Alias] {
	return slices.DeleteFunc(all[Alias](t, arn.ModuleAlias), func(a Entry[Alias]) bool { return a.Value.Module != module })
}

// alias finds an alias of a module by its id. It fails with [fault.NotFound], and with [fault.Invalid] for what is no id.
func (t *tenant) alias(module, id string) (Entry[Alias], error) {
	if err := arn.CheckID(arn.ModuleAlias.Noun(), id); err != nil {
		return Entry[Alias]{}, err
	}
	o, ok := t.catalog.get(arn.ModuleAlias, id)
	if !ok || o.value.(*Alias).Module != module {
		return Entry[Alias]{}, fault.New(fault.NotFound, "Alias %s of flow module %s does not exist", id, module)
	}
	return entry[Alias](t, o), nil
}

// freeAlias fails with [fault.Duplicate] when a module has an alias of that name.
func (t *tenant) freeAlias(module, name string) error {
	if _, taken := t.catalog.named(arn.ModuleAlias, module+":"+name); taken {
		return fault.New(fault.Duplicate, "Flow module %s has an alias named %q already", module, name)
	}
	return nil
}

// CreateAlias gives a version of a module a name, and returns the module and the alias's id.
// It fails with [fault.NotFound] for an unknown module or version, with [fault.Invalid] for a name that cannot be, with
// [fault.Duplicate] when it is taken, and with [fault.Limit].
func (e *Engine) CreateAlias(ctx context.Context, instance, module string, a Alias) (Entry[Module], string, error) {
	if err := checkAliasName("AliasName", a.Name); err != nil {
		return Entry[Module]{}, "", err
	}
	id := e.newID()
	m, err := e.updateModule(ctx, instance, module, func(tx Tx, t *tenant, of string, _ *Module) error {
		if _, err := t.version(arn.ModuleVersion, of, a.Number); err != nil {
			return err
		}
		if err := t.freeAlias(of, a.Name); err != nil {
			return err
		}
		if n, quota := len(t.aliases(of)), t.quotas[QuotaAliases]; quota > 0 && n >= quota {
			return fault.New(fault.Limit, "The module has %d of at most %d aliases", n, quota)
		}
		made := a
		made.Module = of
		return put(tx, aliasResource(Resource{ID: id}, of, made.Name), &made)
	})
	return m, id, err
}

// AliasUpdate is what can be changed of an alias; nil leaves a member as it is.
type AliasUpdate struct {
	Name, Description *string
	Number            *int64
}

// UpdateAlias changes the name of an alias, what is said about it, and which version it means.
// It fails with [fault.NotFound], [fault.Invalid] and [fault.Duplicate] as [Engine.CreateAlias] does.
func (e *Engine) UpdateAlias(ctx context.Context, instance, module, id string, u AliasUpdate) error {
	if u.Name != nil {
		if err := checkAliasName("Name", *u.Name); err != nil {
			return err
		}
	}
	_, err := e.updateModule(ctx, instance, module, func(tx Tx, t *tenant, of string, _ *Module) error {
		old, err := t.alias(of, id)
		if err != nil {
			return err
		}
		a := *old.Value
		set(&a.Name, u.Name)
		set(&a.Description, u.Description)
		set(&a.Number, u.Number)
		if a.Name != old.Value.Name {
			if err := t.freeAlias(of, a.Name); err != nil {
				return err
			}
		}
		if _, err := t.version(arn.ModuleVersion, of, a.Number); err != nil {
			return err
		}
		return put(tx, aliasResource(old.Resource, of, a.Name), &a)
	})
	return err
}

// DeleteAlias removes an alias. Flows that call the module by it take their error branch.
// It fails with [fault.NotFound].
func (e *Engine) DeleteAlias(ctx context.Context, instance, module, id string) error {
	_, err := e.updateModule(ctx, instance, module, func(tx Tx, t *tenant, of string, _ *Module) error {
		a, err := t.alias(of, id)
		if err != nil {
			return err
		}
		tx.DeleteResource(a.Resource)
		return nil
	})
	return err
}

// Aliases returns a module and its aliases, by name. It fails with [fault.NotFound].
func (e *Engine) Aliases(instance, module string) (Entry[Module], []Entry[Alias], error) {
	t, err := e.tenant(instance)
	if err != nil {
		return Entry[Module]{}, nil, err
	}
	m, err := find[Module](t, arn.Module, module)
	if err != nil {
		return Entry[Module]{}, nil, err
	}
	return m, t.aliases(m.ID), nil
}

// Alias finds an alias of a module by its id. It fails with [fault.NotFound].
func (e *Engine) Alias(instance, module, id string) (Entry[Module], Entry[Alias], error) {
	t, err := e.tenant(instance)
	if err != nil {
		return Entry[Module]{}, Entry[Alias]{}, err
	}
	m, err := find[Module](t, arn.Module, module)
	if err != nil {
		return Entry[Module]{}, Entry[Alias]{}, err
	}
	a, err := t.alias(m.ID, id)
	return m, a, err
}
