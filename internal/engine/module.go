package engine

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/flow"
)

// Module is a part that flows share, with its two texts: the draft, and the one that runs. There is no module that was
// never published: making one publishes it.
type Module struct {
	ID          string            `json:"-"`
	Name        string            `json:"-"`
	Description string            `json:"description,omitempty"`
	Published   ModuleText        `json:"published"`
	Saved       ModuleText        `json:"saved"`
	Archived    bool              `json:"archived,omitempty"` // no flow can call it
	External    *bool             `json:"external,omitempty"` // ExternalInvocationConfiguration.Enabled; nil: never said
	Versions    int64             `json:"versions,omitempty"` // the number of the newest version that there ever was
	Tags        map[string]string `json:"tags,omitempty"`

	program  *flow.Program  // of the published text
	contract *flow.Contract // of the published text
}

// ModuleText is the content of a module and the contract beside it, both byte for byte.
type ModuleText struct {
	Content  string `json:"content"`
	Settings string `json:"settings,omitempty"`
}

// load makes a text that was published ready to run.
func (t ModuleText) load() (*flow.Program, *flow.Contract, error) {
	program, err := flow.Load(t.Content)
	contract, _ := flow.ParseContract(t.Settings) // was checked when the module was published
	return program, contract, err
}

// check reports whether a text may be published or, when it is a draft, saved.
// It fails with [fault.BadFlow] and [fault.Unusable].
func (t ModuleText) check(draft bool, r flow.Resources) error {
	if draft {
		return flow.Draft(t.Content)
	}
	contract, err := flow.NewContract(t.Settings)
	if err != nil {
		return err
	}
	_, err = flow.PublishModule(t.Content, contract, r)
	return err
}

func decodeModule(r Resource) (any, error) {
	m := &Module{ID: r.ID, Name: r.Name}
	err := json.Unmarshal(r.Body, m)
	if err == nil {
		m.program, m.contract, err = m.Published.load()
	}
	if err != nil {
		return nil, fmt.Errorf("decode flow module %s: %w", r.ID, err)
	}
	return m, nil
}

func (m *Module) runs() *flow.Program { return m.program }

func (m *Module) barred() error {
	if m.Archived {
		return fault.New(fault.Unusable, "Flow module %s is archived", m.ID)
	}
	return nil
}

// CreateModule makes a module, publishes its Saved text and returns its id; a repeated token returns the id of the
// first call. It fails with [fault.NotFound] for an unknown instance, with [fault.BadFlow] when the text has problems,
// with [fault.Unusable] when its content has no Settings, with [fault.Duplicate] when the name is taken, with
// [fault.Reused], and with [fault.Quota].
func (e *Engine) CreateModule(ctx context.Context, instance string, m Module, token string) (string, error) {
	t, err := e.tenant(instance)
	if err != nil {
		return "", err
	}
	request := struct {
		Name string
		Module
	}{m.Name, m}
	id := e.newID()
	made, err := e.once(ctx, t, "CreateContactFlowModule", token, request, func(tx Tx) (string, error) {
		made := m
		if err := made.Saved.check(false, t.nameable()); err != nil {
			return "", err
		}
		made.Published = made.Saved
		return id, t.add(tx, arn.Module, id, made.Name, &made, e.quotas[QuotaModules])
	})
	if err == nil {
		e.published(t, arn.Module, m.Name, m.Saved.Content)
	}
	return made, err
}

// UpdateModuleContent replaces the content of a module, the contract beside it, or both; nil leaves one as it is.
// Named by its id or ARN, the module is published with it; with ":$SAVED" behind that, only the draft is replaced.
// It fails with [fault.NotFound], with [fault.BadFlow] and [fault.Unusable] as [Engine.CreateModule] does, and with
// [fault.Unusable] for a version or an alias.
func (e *Engine) UpdateModuleContent(ctx context.Context, instance, address string, content, settings *string) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	idOrARN, draft, err := addressed(address)
	if err != nil {
		return err
	}
	var name, published string
	err = change(ctx, e, t, arn.Module, idOrARN, func(r *Resource, m *Module) error {
		text := m.Published
		if draft {
			text = m.Saved
		}
		set(&text.Content, content)
		set(&text.Settings, settings)
		if err := text.check(draft, t.nameable()); err != nil {
			return err
		}
		m.Saved = text
		if !draft {
			m.Published, name, published = text, r.Name, text.Content
		}
		return nil
	})
	if err == nil {
		e.published(t, arn.Module, name, published)
	}
	return err
}

// UpdateModule changes what a module is called and whether flows can call it.
// It fails with [fault.NotFound], and with [fault.Duplicate] when the name is taken.
func (e *Engine) UpdateModule(ctx context.Context, instance, idOrARN string, c Metadata) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	return change(ctx, e, t, arn.Module, idOrARN, func(r *Resource, m *Module) error {
		return c.change(&r.Name, &m.Description, &m.Archived)
	})
}

// DeleteModule removes a module with its versions and aliases. Flows that name it take their error branch.
// It fails with [fault.NotFound].
func (e *Engine) DeleteModule(ctx context.Context, instance, idOrARN string) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	return remove(ctx, e, t, arn.Module, idOrARN, func(tx Tx, gone Entry[Module]) error {
		t.dropVersions(tx, arn.ModuleVersion, gone.ID)
		for _, a := range t.aliases(gone.ID) {
			tx.DeleteResource(a.Resource)
		}
		return nil
	})
}

// Modules returns all modules, by name.
func (e *Engine) Modules(instance string) ([]Entry[Module], error) {
	return listAll[Module](e, instance, arn.Module)
}

// Module finds a module's text by id or ARN: the published one, with ":$SAVED" behind it the draft, and with the number
// of a version or the name of an alias that of the version. It fails with [fault.NotFound].
func (e *Engine) Module(instance, name string) (Text[Module], error) {
	t, err := e.tenant(instance)
	if err != nil {
		return Text[Module]{}, err
	}
	idOrARN, qualifier := qualified(name)
	m, err := find[Module](t, arn.Module, idOrARN)
	if err != nil {
		return Text[Module]{}, err
	}
	if qualifier == savedQualifier {
		return Text[Module]{Entry: m, Content: m.Value.Saved.Content, Settings: m.Value.Saved.Settings, Draft: true}, nil
	}
	v, err := t.moduleVersion(m.ID, qualifier)
	switch {
	case err != nil:
		return Text[Module]{}, err
	case v != nil:
		return Text[Module]{Entry: m, Content: v.Value.Content, Settings: v.Value.Settings, Numbered: v}, nil
	}
	return Text[Module]{Entry: m, Content: m.Value.Published.Content, Settings: m.Value.Published.Settings}, nil
}

// moduleNamed is what runs when a flow calls a module by its id or ARN, behind which "$LATEST", the number of a version
// or the name of an alias can stand after a colon.
// It fails with [fault.NotFound], and with [fault.Unusable] when the module is archived and for its draft.
func (t *tenant) moduleNamed(name string) (flow.Ref, *flow.Program, *flow.Contract, error) {
	idOrARN, qualifier := qualified(name)
	m, err := find[Module](t, arn.Module, idOrARN)
	if err != nil {
		return flow.Ref{}, nil, nil, err
	}
	if qualifier == savedQualifier {
		return flow.Ref{}, nil, nil, fault.New(fault.Unusable, "The draft of flow module %s cannot be run", m.ID)
	}
	if err := m.Value.barred(); err != nil {
		return flow.Ref{}, nil, nil, err
	}
	v, err := t.moduleVersion(m.ID, qualifier)
	switch {
	case err != nil:
		return flow.Ref{}, nil, nil, err
	case v != nil:
		return flow.Ref{Kind: v.Kind, ID: v.ID, Version: v.Version}, v.Value.program, v.Value.contract, nil
	}
	return flow.Ref{Kind: m.Kind, ID: m.ID, Version: m.Version}, m.Value.program, m.Value.contract, nil
}
