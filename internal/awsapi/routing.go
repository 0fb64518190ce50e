package awsapi

import (
	"context"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/wire"
)

func (a *API) updateContactRoutingData(ctx context.Context, in *wire.UpdateContactRoutingDataRequest) (*none, error) {
	criteria, err := routingCriteria(in.RoutingCriteria)
	if err != nil {
		return nil, err
	}
	d := engine.RoutingData{Criteria: criteria}
	if in.QueuePriority != nil {
		priority := contact.Priority(*in.QueuePriority)
		d.Priority = &priority
	}
	if in.QueueTimeAdjustmentSeconds != nil {
		age := time.Duration(*in.QueueTimeAdjustmentSeconds) * time.Second
		d.Adjustment = &age
	}
	return &none{}, a.opts.Engine.UpdateRouting(ctx, *in.InstanceId, *in.ContactId, d)
}

// associateContactWithUser rings a task at the user who picks it.
func (a *API) associateContactWithUser(ctx context.Context, in *wire.AssociateContactWithUserRequest) (*none, error) {
	return &none{}, a.opts.Engine.Associate(ctx, *in.InstanceId, *in.ContactId, *in.UserId)
}

// dismissUserContact takes off an agent's hands what they left there.
func (a *API) dismissUserContact(ctx context.Context, in *wire.DismissUserContactRequest) (*none, error) {
	return &none{}, a.opts.Engine.Dismiss(ctx, *in.InstanceId, *in.UserId, *in.ContactId)
}
