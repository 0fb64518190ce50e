package awsapi

import (
	"context"
	"slices"

	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/routing"
	"github.com/tasklane/tasklane/internal/wire"
)

type quickConnect = engine.Entry[routing.QuickConnect]

func (a *API) createQuickConnect(ctx context.Context, in *wire.CreateQuickConnectRequest) (*wire.CreateQuickConnectResponse, error) {
	to, err := destination(in.QuickConnectConfig)
	if err != nil {
		return nil, err
	}
	q, err := a.opts.Engine.CreateQuickConnect(ctx, *in.InstanceId, routing.QuickConnect{
		Name: *in.Name, Description: wire.Value(in.Description), Destination: to, Tags: in.Tags,
	})
	return &wire.CreateQuickConnectResponse{QuickConnectId: &q.ID, QuickConnectARN: &q.ARN}, err
}

// destination reads a configuration. It fails with [fault.Invalid] unless exactly the member of its type is there.
func destination(c *wire.QuickConnectConfig) (routing.Destination, error) {
	kind := *c.QuickConnectType
	members := []struct {
		kind wire.QuickConnectType
		given
	}{
		{wire.QuickConnectTypeUser, given{"UserConfig", c.UserConfig != nil}},
		{wire.QuickConnectTypeQueue, given{"QueueConfig", c.QueueConfig != nil}},
		{wire.QuickConnectTypePhoneNumber, given{"PhoneConfig", c.PhoneConfig != nil}},
		{wire.QuickConnectTypeFlow, given{"FlowConfig", c.FlowConfig != nil}},
	}
	for _, m := range members {
		switch {
		case m.is && m.kind != kind:
			return routing.Destination{}, fault.New(fault.Invalid, "QuickConnectConfig.%s does not belong to QuickConnectType %s", m.member, kind)
		case !m.is && m.kind == kind:
			return routing.Destination{}, fault.New(fault.Invalid, "QuickConnectConfig.%s is required for QuickConnectType %s", m.member, kind)
		}
	}
	to := routing.Destination{Type: routing.QuickConnectType(kind)}
	switch kind {
	case wire.QuickConnectTypeUser:
		to.Target, to.Flow = *c.UserConfig.UserId, *c.UserConfig.ContactFlowId
	case wire.QuickConnectTypeQueue:
		to.Target, to.Flow = *c.QueueConfig.QueueId, *c.QueueConfig.ContactFlowId
	case wire.QuickConnectTypePhoneNumber:
		to.Phone = *c.PhoneConfig.PhoneNumber
	case wire.QuickConnectTypeFlow:
		to.Flow = *c.FlowConfig.ContactFlowId
	}
	return to, nil
}

// quickConnectConfig is destination the other way round.
func quickConnectConfig(d routing.Destination) *wire.QuickConnectConfig {
	kind := wire.QuickConnectType(d.Type)
	c := &wire.QuickConnectConfig{QuickConnectType: &kind}
	switch d.Type {
	case routing.QuickConnectUser:
		c.UserConfig = &wire.UserQuickConnectConfig{UserId: &d.Target, ContactFlowId: &d.Flow}
	case routing.QuickConnectQueue:
		c.QueueConfig = &wire.QueueQuickConnectConfig{QueueId: &d.Target, ContactFlowId: &d.Flow}
	case routing.QuickConnectPhone:
		c.PhoneConfig = &wire.PhoneNumberQuickConnectConfig{PhoneNumber: &d.Phone}
	case routing.QuickConnectFlow:
		c.FlowConfig = &wire.FlowQuickConnectConfig{ContactFlowId: &d.Flow}
	}
	return c
}

func (a *API) describeQuickConnect(_ context.Context, in *wire.DescribeQuickConnectRequest) (*wire.DescribeQuickConnectResponse, error) {
	q, err := a.opts.Engine.QuickConnect(*in.InstanceId, *in.QuickConnectId)
	if err != nil {
		return nil, err
	}
	out := describeQuickConnect(q, a.region(*in.InstanceId))
	return &wire.DescribeQuickConnectResponse{QuickConnect: &out}, nil
}

func describeQuickConnect(q quickConnect, region string) wire.QuickConnect {
	return wire.QuickConnect{
		QuickConnectId: &q.ID, QuickConnectARN: &q.ARN, Name: &q.Name, Description: wire.String(q.Value.Description),
		QuickConnectConfig: quickConnectConfig(q.Value.Destination), Tags: q.Value.Tags,
		LastModifiedTime: wire.Time(q.Modified), LastModifiedRegion: &region,
	}
}

func (a *API) listQuickConnects(_ context.Context, in *wire.ListQuickConnectsRequest) (*wire.ListQuickConnectsResponse, error) {
	all, err := a.opts.Engine.QuickConnects(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(q quickConnect) bool {
		kind := wire.QuickConnectType(q.Value.Type)
		return len(in.QuickConnectTypes) > 0 && !slices.Contains(in.QuickConnectTypes, kind)
	})
	list, next, err := a.quickConnectPage(all, "quick connects", *in.InstanceId, in.NextToken, in.MaxResults, usualPage)
	return &wire.ListQuickConnectsResponse{QuickConnectSummaryList: list, NextToken: next}, err
}

// maxQueueConnects is the largest page of ListQueueQuickConnects, and the one it gives when none is asked for.
const maxQueueConnects = 100

func (a *API) listQueueQuickConnects(_ context.Context, in *wire.ListQueueQuickConnectsRequest) (*wire.ListQueueQuickConnectsResponse, error) {
	q, mine, err := a.opts.Engine.QueueQuickConnects(*in.InstanceId, *in.QueueId)
	if err != nil {
		return nil, err
	}
	region := a.region(*in.InstanceId)
	list, next, err := a.quickConnectPage(mine, "quick connects of queue "+q.ID, *in.InstanceId, in.NextToken, in.MaxResults, maxQueueConnects)
	return &wire.ListQueueQuickConnectsResponse{
		QuickConnectSummaryList: list, NextToken: next, LastModifiedTime: wire.Time(q.Modified), LastModifiedRegion: &region,
	}, err
}

// quickConnectPage cuts a page out of a list that is sorted by name.
func (a *API) quickConnectPage(all []quickConnect, of, instance string, token *string, size *int64, most int) ([]wire.QuickConnectSummary, *string, error) {
	list, next, err := page(all, func(q quickConnect) string { return q.Name }, of, token, size, most, a.opts.Engine.Now())
	out := make([]wire.QuickConnectSummary, len(list))
	region := a.region(instance)
	for i, q := range list {
		kind := wire.QuickConnectType(q.Value.Type)
		out[i] = wire.QuickConnectSummary{
			Id: &q.ID, Arn: &q.ARN, Name: &q.Name, QuickConnectType: &kind,
			LastModifiedTime: wire.Time(q.Modified), LastModifiedRegion: &region,
		}
	}
	return out, next, err
}

// quickConnectFields are what SearchQuickConnects can ask for.
var quickConnectFields = []field[quickConnect]{
	text("name", func(q quickConnect) string { return q.Name }),
	text("description", func(q quickConnect) string { return q.Value.Description }),
	text("resourceID", func(q quickConnect) string { return q.ID }),
}

func quickConnectNode(c wire.QuickConnectSearchCriteria) node[wire.QuickConnectSearchCriteria, quickConnect] {
	return nodeOf(c.AndConditions, c.OrConditions, stringCondition(c.StringCondition, quickConnectFields))
}

func (a *API) searchQuickConnects(_ context.Context, in *wire.SearchQuickConnectsRequest) (*wire.SearchQuickConnectsResponse, error) {
	wanted, err := criteria(in.SearchCriteria, quickConnectNode)
	if err != nil {
		return nil, err
	}
	tagged, err := tagFilter(wire.Value(in.SearchFilter).TagFilter, func(q quickConnect) map[string]string { return q.Value.Tags })
	if err != nil {
		return nil, err
	}
	all, err := a.opts.Engine.QuickConnects(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	got, err := search(all, func(q quickConnect) string { return q.ID }, "quick connects found",
		in.NextToken, in.MaxResults, a.opts.Engine.Now(), wanted, tagged)
	out := make([]wire.QuickConnect, len(got.items))
	region := a.region(*in.InstanceId)
	for i, q := range got.items {
		out[i] = describeQuickConnect(q, region)
	}
	return &wire.SearchQuickConnectsResponse{QuickConnects: out, NextToken: got.next, ApproximateTotalCount: got.total}, err
}

func (a *API) updateQuickConnectConfig(ctx context.Context, in *wire.UpdateQuickConnectConfigRequest) (*none, error) {
	to, err := destination(in.QuickConnectConfig)
	if err != nil {
		return nil, err
	}
	return &none{}, a.opts.Engine.RedirectQuickConnect(ctx, *in.InstanceId, *in.QuickConnectId, to)
}

func (a *API) updateQuickConnectName(ctx context.Context, in *wire.UpdateQuickConnectNameRequest) (*none, error) {
	if err := someName(in.Name, in.Description); err != nil {
		return nil, err
	}
	return &none{}, a.opts.Engine.RenameQuickConnect(ctx, *in.InstanceId, *in.QuickConnectId, in.Name, in.Description)
}

func (a *API) deleteQuickConnect(ctx context.Context, in *wire.DeleteQuickConnectRequest) (*none, error) {
	return &none{}, a.opts.Engine.DeleteQuickConnect(ctx, *in.InstanceId, *in.QuickConnectId)
}

func (a *API) associateQueueQuickConnects(ctx context.Context, in *wire.AssociateQueueQuickConnectsRequest) (*none, error) {
	return &none{}, a.opts.Engine.AssociateQuickConnects(ctx, *in.InstanceId, *in.QueueId, in.QuickConnectIds)
}

func (a *API) disassociateQueueQuickConnects(ctx context.Context, in *wire.DisassociateQueueQuickConnectsRequest) (*none, error) {
	return &none{}, a.opts.Engine.DisassociateQuickConnects(ctx, *in.InstanceId, *in.QueueId, in.QuickConnectIds)
}
