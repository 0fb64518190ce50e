package engine

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/fault"
)

func decodeModuleVersion(r Resource) (any, error) {
	v := &Version{}
	err := json.Unmarshal(r.Body, v)
	if err == nil {
		v.program, v.contract, err = ModuleText{v.Content, v.Settings}.load()
	}
	if err != nil {
		return nil, fmt.Errorf("decode flow module version %s: %w", r.ID, err)
	}
	return v, nil
}

// moduleVersion is the version of a module that is meant by what stands behind its id; nil: its published text.
// It fails with [fault.NotFound].
func (t *tenant) moduleVersion(module, qualifier string) (*Entry[Version], error) {
	if qualifier == "" || qualifier == latestQualifier {
		return nil, nil //nolint:nilnil // it is no version
	}
	number, ok := numberOf(qualifier)
	if !ok {
		a, err := findNamed[Alias](t, arn.ModuleAlias, module+":"+qualifier)
		if err != nil {
			return nil, fault.New(fault.NotFound, "Flow module %s has no alias %s", module, qualifier)
		}
		number = a.Value.Number
	}
	v, err := t.version(arn.ModuleVersion, module, number)
	return &v, err
}

// CreateModuleVersion keeps the published text of a module under the next number. When a sum is given, it must be that
// of the content.
// It fails with [fault.NotFound], with [fault.Unusable] for the sum of another content, and with [fault.Limit].
func (e *Engine) CreateModuleVersion(ctx context.Context, instance, name, description, sum string) (Entry[Module], int64, error) {
	var made Version
	m, err := e.updateModule(ctx, instance, name, func(tx Tx, t *tenant, id string, m *Module) error {
		m.Versions++
		made = Version{
			Of: id, Number: m.Versions, Description: description,
			Content: m.Published.Content, Settings: m.Published.Settings,
		}
		return t.addVersion(tx, arn.ModuleVersion, &made, sum)
	})
	return m, made.Number, err
}

// ModuleVersions returns a module and its versions, oldest first. It fails with [fault.NotFound].
func (e *Engine) ModuleVersions(instance, idOrARN string) (Entry[Module], []Entry[Version], error) {
	t, err := e.tenant(instance)
	if err != nil {
		return Entry[Module]{}, nil, err
	}
	m, err := find[Module](t, arn.Module, idOrARN)
	if err != nil {
		return Entry[Module]{}, nil, err
	}
	return m, t.versions(arn.ModuleVersion, m.ID), nil
}

// DeleteModuleVersion removes a version of a module. Its number is not given again; tasks that have begun to run it go
// on. It fails with [fault.NotFound], and with [fault.InUse] when an alias means it.
func (e *Engine) DeleteModuleVersion(ctx context.Context, instance, name string, number int64) error {
	_, err := e.updateModule(ctx, instance, name, func(tx Tx, t *tenant, id string, _ *Module) error {
		v, err := t.version(arn.ModuleVersion, id, number)
		if err != nil {
			return err
		}
		for _, a := range t.aliases(id) {
			if a.Value.Number == number {
				return fault.New(fault.InUse, "Version %d is what alias %s means", number, a.Value.Name)
			}
		}
		tx.DeleteResource(v.Resource)
		return nil
	})
	return err
}

// updateModule writes a module together with what fn does to its versions and aliases, and returns it. The name may
// end in ":$LATEST", which is what is published. fn may change m.
// It fails with [fault.NotFound], with [fault.Unusable] for a draft, a version or an alias, and as fn does.
func (e *Engine) updateModule(ctx context.Context, instance, name string, fn func(tx Tx, t *tenant, id string, m *Module) error) (Entry[Module], error) {
	t, err := e.tenant(instance)
	if err != nil {
		return Entry[Module]{}, err
	}
	idOrARN, draft, err := addressed(name)
	if err != nil || draft {
		return Entry[Module]{}, fault.New(fault.Unusable, "%s: versions and aliases are of what is published", name)
	}
	err = e.configure(ctx, t, func(tx Tx) error {
		old, err := find[Module](t, arn.Module, idOrARN)
		if err != nil {
			return err
		}
		m := *old.Value
		if err := fn(tx, t, old.ID, &m); err != nil {
			return err
		}
		return put(tx, old.Resource, &m)
	})
	if err != nil {
		return Entry[Module]{}, err
	}
	return find[Module](t, arn.Module, idOrARN)
}
