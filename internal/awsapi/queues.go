package awsapi

import (
	"context"
	"slices"
	"strings"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/routing"
	"github.com/tasklane/tasklane/internal/wire"
)

type queueEntry = engine.Entry[routing.Queue]

func (a *API) createQueue(ctx context.Context, in *wire.CreateQueueRequest) (*wire.CreateQueueResponse, error) {
	err := refuse(
		given{"OutboundEmailConfig", in.OutboundEmailConfig != nil},
		given{"EmailAddressesConfig", len(in.EmailAddressesConfig) > 0},
	)
	if err != nil {
		return nil, err
	}
	outbound, err := outboundOf(in.OutboundCallerConfig)
	if err != nil {
		return nil, err
	}
	q, err := a.opts.Engine.CreateQueue(ctx, *in.InstanceId, routing.Queue{
		Name: *in.Name, Description: wire.Value(in.Description), Hours: *in.HoursOfOperationId, Tags: in.Tags,
		QuickConnects: in.QuickConnectIds, MaxContacts: count(in.MaxContacts), Outbound: outbound,
	})
	return &wire.CreateQueueResponse{QueueId: &q.ID, QueueArn: &q.ARN}, err
}

// outboundOf reads how calls go out of a queue; nil when nothing is said. It fails with [fault.Invalid] for an empty
// identifier, as Amazon Connect does.
func outboundOf(c *wire.OutboundCallerConfig) (*routing.Outbound, error) {
	if c == nil {
		return nil, nil
	}
	for member, id := range map[string]*string{"OutboundCallerIdNumberId": c.OutboundCallerIdNumberId, "OutboundFlowId": c.OutboundFlowId} {
		if err := notEmpty("OutboundCallerConfig."+member, id); err != nil {
			return nil, err
		}
	}
	return &routing.Outbound{
		CallerName: wire.Value(c.OutboundCallerIdName), Number: wire.Value(c.OutboundCallerIdNumberId), Flow: wire.Value(c.OutboundFlowId),
	}, nil
}

// count is a number that may be absent.
func count(n *int64) *int {
	if n == nil {
		return nil
	}
	i := int(*n)
	return &i
}

// describeQueue describes also the queue that an agent owns, which has neither name nor hours.
func (a *API) describeQueue(_ context.Context, in *wire.DescribeQueueRequest) (*wire.DescribeQueueResponse, error) {
	q, err := a.opts.Engine.Queue(*in.InstanceId, *in.QueueId)
	if err != nil {
		return nil, err
	}
	out := describeQueue(q, a.region(*in.InstanceId))
	return &wire.DescribeQueueResponse{Queue: &out}, nil
}

func describeQueue(q queueEntry, region string) wire.Queue {
	status := wire.QueueStatusEnabled
	if q.Value.Disabled {
		status = wire.QueueStatusDisabled
	}
	out := wire.Queue{
		QueueId: &q.ID, QueueArn: &q.ARN, Name: wire.String(q.Name), Description: wire.String(q.Value.Description),
		HoursOfOperationId: wire.String(q.Value.Hours), Status: &status, Tags: q.Value.Tags,
		LastModifiedTime: wire.Time(q.Modified), LastModifiedRegion: &region,
	}
	if o := q.Value.Outbound; o != nil && *o != (routing.Outbound{}) {
		out.OutboundCallerConfig = &wire.OutboundCallerConfig{
			OutboundCallerIdName: wire.String(o.CallerName), OutboundCallerIdNumberId: wire.String(o.Number), OutboundFlowId: wire.String(o.Flow),
		}
	}
	if q.Value.MaxContacts != nil {
		most := int64(*q.Value.MaxContacts)
		out.MaxContacts = &most
	}
	return out
}

// region is the Region of an instance that is known to exist.
func (a *API) region(instance string) string {
	i, _ := a.opts.Engine.Instance(instance)
	return i.Region
}

// listQueues lists the standard queues by name, then the queues that agents own, which have no name.
func (a *API) listQueues(_ context.Context, in *wire.ListQueuesRequest) (*wire.ListQueuesResponse, error) {
	wanted := func(t wire.QueueType) bool { return len(in.QueueTypes) == 0 || slices.Contains(in.QueueTypes, t) }
	var all []wire.QueueSummary
	if wanted(wire.QueueTypeStandard) {
		queues, err := a.opts.Engine.Queues(*in.InstanceId)
		if err != nil {
			return nil, err
		}
		for _, q := range queues {
			all = append(all, a.queueSummary(*in.InstanceId, q))
		}
	}
	if wanted(wire.QueueTypeAgent) {
		own, err := a.agentQueues(*in.InstanceId)
		if err != nil {
			return nil, err
		}
		all = append(all, own...)
	}
	list, next, err := page(all, queueKey, "queues", in.NextToken, in.MaxResults, usualPage, a.opts.Engine.Now())
	return &wire.ListQueuesResponse{QueueSummaryList: list, NextToken: next}, err
}

// queueKey sorts standard queues before those of agents.
func queueKey(q wire.QueueSummary) string {
	if *q.QueueType == wire.QueueTypeStandard {
		return "1" + *q.Name
	}
	return "2" + *q.Id
}

func (a *API) queueSummary(instance string, q queueEntry) wire.QueueSummary {
	kind, region := wire.QueueTypeStandard, a.region(instance)
	return wire.QueueSummary{
		Id: &q.ID, Arn: &q.ARN, Name: &q.Name, QueueType: &kind,
		LastModifiedTime: wire.Time(q.Modified), LastModifiedRegion: &region,
	}
}

func (a *API) agentQueues(instance string) ([]wire.QueueSummary, error) {
	i, err := a.opts.Engine.Instance(instance)
	if err != nil {
		return nil, err
	}
	users, err := a.opts.Engine.Users(instance)
	if err != nil {
		return nil, err
	}
	var all []wire.QueueSummary
	for _, u := range users {
		kind, arnOf := wire.QueueTypeAgent, i.Of(arn.AgentQueue, u.ID)
		all = append(all, wire.QueueSummary{
			Id: &u.ID, Arn: &arnOf, QueueType: &kind, LastModifiedTime: wire.Time(u.Modified), LastModifiedRegion: &i.Region,
		})
	}
	slices.SortFunc(all, func(x, y wire.QueueSummary) int { return strings.Compare(queueKey(x), queueKey(y)) })
	return all, nil
}
