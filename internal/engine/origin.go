package engine

import (
	"context"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
)

// ApprovedOrigin is an origin whose pages may frame an instance's agent panel. Its name is the origin.
type ApprovedOrigin struct{}

// ApproveOrigin lets pages of an origin frame the agent panel. A repeated token does it once.
// It fails with [fault.NotFound] for an unknown instance, with [fault.Invalid] for what is no origin or not by https,
// with [fault.Duplicate] when it is approved already, with [fault.Quota], and with [fault.Reused].
func (e *Engine) ApproveOrigin(ctx context.Context, instance, origin, token string) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	if err := directory.CheckOrigin(origin, e.localOrigins); err != nil {
		return err
	}
	id := e.newID()
	_, err = e.once(ctx, t, "AssociateApprovedOrigin", token, origin, func(tx Tx) (string, error) {
		return id, t.add(tx, arn.ApprovedOrigin, id, origin, ApprovedOrigin{}, e.quotas[QuotaApprovedOrigins])
	})
	return err
}

// ApprovedOrigins returns the approved origins of an instance, in order. It fails with [fault.NotFound] for an unknown
// instance.
func (e *Engine) ApprovedOrigins(instance string) ([]Entry[ApprovedOrigin], error) {
	return listAll[ApprovedOrigin](e, instance, arn.ApprovedOrigin)
}

// DisapproveOrigin takes an approval back; pages that show the panel keep it until they load it again. A repeated
// token does it once. It fails with [fault.NotFound], with [fault.Invalid] for what is no origin, and with [fault.Reused].
func (e *Engine) DisapproveOrigin(ctx context.Context, instance, origin, token string) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	if err := directory.CheckOrigin(origin, true); err != nil {
		return err
	}
	_, err = e.once(ctx, t, "DisassociateApprovedOrigin", token, origin, func(tx Tx) (string, error) {
		old, err := findNamed[ApprovedOrigin](t, arn.ApprovedOrigin, origin)
		if err != nil {
			return "", err
		}
		tx.DeleteResource(old.Resource)
		return old.ID, nil
	})
	return err
}
