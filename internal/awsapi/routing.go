package awsapi

import (
	"context"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/wire"
)

func (a *API) updateContactRoutingData(ctx context.Context, in *wire.UpdateContactRoutingDataRequest) (*none, error) {
	if err := refuse(given{"RoutingCriteria", in.RoutingCriteria != nil}); err != nil {
		return nil, err
	}
	var d engine.RoutingData
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

// dismissUserContact takes off an agent's hands what they left there.
func (a *API) dismissUserContact(ctx context.Context, in *wire.DismissUserContactRequest) (*none, error) {
	return &none{}, a.opts.Engine.Dismiss(ctx, *in.InstanceId, *in.UserId, *in.ContactId)
}
