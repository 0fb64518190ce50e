package engine

import (
	"context"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/flow"
)

// CreateFlowVersion keeps the published text of a flow of type CAMPAIGN, the only one of which Amazon Connect keeps
// versions, under the next number. When a sum is given, it must be that of the text.
// It fails with [fault.NotFound], with [fault.NotPublished] when there is no such text, with [fault.Unusable] for a
// flow of another type and for the sum of another text, and with [fault.Limit].
func (e *Engine) CreateFlowVersion(ctx context.Context, instance, name, description, sum string) (Entry[Flow], int64, error) {
	var made Version
	t, err := e.tenant(instance)
	if err != nil {
		return Entry[Flow]{}, 0, err
	}
	idOrARN, draft, err := addressed(name)
	if err != nil || draft {
		return Entry[Flow]{}, 0, fault.New(fault.Unusable, "%s: a version is made of what is published", name)
	}
	err = e.configure(ctx, t, func(tx Tx) error {
		old, err := find[Flow](t, arn.Flow, idOrARN)
		if err != nil {
			return err
		}
		f := *old.Value
		switch {
		case f.Type != flow.TypeCampaign:
			return fault.New(fault.Unusable, "Flow %s is of type %s; versions are of flows of type %s only", old.ID, f.Type, flow.TypeCampaign)
		case f.Published == "":
			return fault.New(fault.NotPublished, "Flow %s has no published version", old.ID)
		}
		f.Versions++
		made = Version{Of: old.ID, Number: f.Versions, Description: description, Content: f.Published}
		if err := t.addVersion(tx, arn.FlowVersion, &made, sum); err != nil {
			return err
		}
		return put(tx, old.Resource, &f)
	})
	if err != nil {
		return Entry[Flow]{}, 0, err
	}
	f, err := find[Flow](t, arn.Flow, made.Of)
	return f, made.Number, err
}

// FlowVersions returns a flow and its versions, oldest first. It fails with [fault.NotFound].
func (e *Engine) FlowVersions(instance, idOrARN string) (Entry[Flow], []Entry[Version], error) {
	t, err := e.tenant(instance)
	if err != nil {
		return Entry[Flow]{}, nil, err
	}
	f, err := find[Flow](t, arn.Flow, idOrARN)
	if err != nil {
		return Entry[Flow]{}, nil, err
	}
	return f, t.versions(arn.FlowVersion, f.ID), nil
}

// DeleteFlowVersion removes a version of a flow. Its number is not given again. It fails with [fault.NotFound].
func (e *Engine) DeleteFlowVersion(ctx context.Context, instance, idOrARN string, number int64) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	return e.configure(ctx, t, func(tx Tx) error {
		f, err := find[Flow](t, arn.Flow, idOrARN)
		if err != nil {
			return err
		}
		v, err := t.version(arn.FlowVersion, f.ID, number)
		if err != nil {
			return err
		}
		tx.DeleteResource(v.Resource)
		return put(tx, f.Resource, f.Value)
	})
}
