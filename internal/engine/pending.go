package engine

import (
	"time"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/flow"
	"github.com/tasklane/tasklane/internal/hours"
)

func (t *tenant) hoursOpen(id string, at time.Time) (bool, error) {
	_, err := find[hours.Hours](t, arn.Hours, id)
	return true, err
}

func (t *tenant) moduleNamed(name string) (flow.Ref, *flow.Program, any, error) {
	return flow.Ref{}, nil, nil, fault.New(fault.NotFound, "no modules")
}

func (t *tenant) current(kind arn.Kind, id string) (flow.Ref, *flow.Program, error) {
	f, err := find[Flow](t, kind, id)
	if err != nil {
		return flow.Ref{}, nil, err
	}
	if f.Value.program == nil {
		return flow.Ref{}, nil, fault.New(fault.NotFound, "flow %s is not published", id)
	}
	return flow.Ref{Kind: kind, ID: f.ID, Version: f.Version}, f.Value.program, nil
}

func (t *tenant) pinned(tx Tx, ref flow.Ref) (*flow.Program, error) {
	_, p, err := t.current(ref.Kind, ref.ID)
	return p, err
}
