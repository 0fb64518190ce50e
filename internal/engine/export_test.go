package engine

import (
	"context"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/flow"
)

// MaxTexts is how many programs of old texts are kept.
const MaxTexts = maxTexts

// Current is what runs now, for tests.
func (e *Engine) Current(instance string, kind arn.Kind, id string) (flow.Ref, *flow.Program, error) {
	t, err := e.tenant(instance)
	if err != nil {
		return flow.Ref{}, nil, err
	}
	return t.current(kind, id)
}

// Pinned is a text that a run began with, for tests.
func (e *Engine) Pinned(ctx context.Context, instance string, ref flow.Ref) (*flow.Program, error) {
	t, err := e.tenant(instance)
	if err != nil {
		return nil, err
	}
	return t.pinned(reading{ctx, e.store, t.ID}, ref)
}

// KeptTexts is how many programs of old texts are kept now, for tests.
func (e *Engine) KeptTexts(instance string) (programs, order int) {
	t, err := e.tenant(instance)
	if err != nil {
		return 0, 0
	}
	return len(t.texts.programs), len(t.texts.order)
}

// ModuleNamed is what runs when a flow calls a module, for tests.
func (e *Engine) ModuleNamed(instance, name string) (flow.Ref, *flow.Program, *flow.Contract, error) {
	t, err := e.tenant(instance)
	if err != nil {
		return flow.Ref{}, nil, nil, err
	}
	return t.moduleNamed(name)
}
