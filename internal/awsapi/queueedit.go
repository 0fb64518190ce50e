package awsapi

import (
	"context"

	"github.com/tasklane/tasklane/internal/wire"
)

// queueFields are what SearchQueues can ask for.
var queueFields = []field[queueEntry]{
	text("name", func(q queueEntry) string { return q.Name }),
	text("description", func(q queueEntry) string { return q.Value.Description }),
	text("resourceID", func(q queueEntry) string { return q.ID }),
}

func queueNode(c wire.QueueSearchCriteria) node[wire.QueueSearchCriteria, queueEntry] {
	return nodeOf(c.AndConditions, c.OrConditions, stringCondition(c.StringCondition, queueFields), queueTypeCondition(c.QueueTypeCondition))
}

// queueTypeCondition wants every queue: STANDARD is the only type that can be searched for, and what is searched.
func queueTypeCondition(c *wire.SearchableQueueType) condition[queueEntry] {
	return condition[queueEntry]{"QueueTypeCondition", c != nil, func(string) (wanted[queueEntry], error) { return every[queueEntry], nil }}
}

// searchQueues searches the standard queues.
func (a *API) searchQueues(_ context.Context, in *wire.SearchQueuesRequest) (*wire.SearchQueuesResponse, error) {
	wanted, err := criteria(in.SearchCriteria, queueNode)
	if err != nil {
		return nil, err
	}
	tagged, err := tagFilter(wire.Value(in.SearchFilter).TagFilter, func(q queueEntry) map[string]string { return q.Value.Tags })
	if err != nil {
		return nil, err
	}
	all, err := a.opts.Engine.Queues(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	got, err := search(all, func(q queueEntry) string { return q.ID }, "queues found",
		in.NextToken, in.MaxResults, a.opts.Engine.Now(), wanted, tagged)
	out := make([]wire.Queue, len(got.items))
	region := a.region(*in.InstanceId)
	for i, q := range got.items {
		out[i] = describeQueue(q, region)
	}
	return &wire.SearchQueuesResponse{Queues: out, NextToken: got.next, ApproximateTotalCount: got.total}, err
}

func (a *API) updateQueueName(ctx context.Context, in *wire.UpdateQueueNameRequest) (*none, error) {
	if err := someName(in.Name, in.Description); err != nil {
		return nil, err
	}
	return &none{}, a.opts.Engine.RenameQueue(ctx, *in.InstanceId, *in.QueueId, in.Name, in.Description)
}

func (a *API) updateQueueStatus(ctx context.Context, in *wire.UpdateQueueStatusRequest) (*none, error) {
	return &none{}, a.opts.Engine.DisableQueue(ctx, *in.InstanceId, *in.QueueId, *in.Status == wire.QueueStatusDisabled)
}

func (a *API) updateQueueMaxContacts(ctx context.Context, in *wire.UpdateQueueMaxContactsRequest) (*none, error) {
	return &none{}, a.opts.Engine.CapQueue(ctx, *in.InstanceId, *in.QueueId, count(in.MaxContacts))
}

func (a *API) updateQueueOutboundCallerConfig(ctx context.Context, in *wire.UpdateQueueOutboundCallerConfigRequest) (*none, error) {
	o, err := outboundOf(in.OutboundCallerConfig)
	if err != nil {
		return nil, err
	}
	return &none{}, a.opts.Engine.SetQueueOutbound(ctx, *in.InstanceId, *in.QueueId, *o)
}

func (a *API) updateQueueHours(ctx context.Context, in *wire.UpdateQueueHoursOfOperationRequest) (*none, error) {
	return &none{}, a.opts.Engine.SetQueueHours(ctx, *in.InstanceId, *in.QueueId, *in.HoursOfOperationId)
}

func (a *API) deleteQueue(ctx context.Context, in *wire.DeleteQueueRequest) (*none, error) {
	return &none{}, a.opts.Engine.DeleteQueue(ctx, *in.InstanceId, *in.QueueId)
}
