package awsapi

import (
	"context"
	"slices"
	"strconv"

	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

// instanceAttributes are what ListInstanceAttributes tells of, in the order in which it does. But for that of flow logs
// all of them are about calls, chats and what listens to them, so they are off for good.
var instanceAttributes = slices.Sorted(slices.Values([]wire.InstanceAttributeType{
	wire.InstanceAttributeTypeInboundCalls, wire.InstanceAttributeTypeOutboundCalls,
	wire.InstanceAttributeTypeContactflowLogs, wire.InstanceAttributeTypeContactLens,
	wire.InstanceAttributeTypeAutoResolveBestVoices, wire.InstanceAttributeTypeUseCustomTtsVoices,
	wire.InstanceAttributeTypeEarlyMedia, wire.InstanceAttributeTypeMultiPartyConference,
	wire.InstanceAttributeTypeHighVolumeOutbound, wire.InstanceAttributeTypeEnhancedContactMonitoring,
	wire.InstanceAttributeTypeEnhancedChatMonitoring, wire.InstanceAttributeTypeMultiPartyChatConference,
	wire.InstanceAttributeTypeMessageStreaming,
}))

// attribute is an attribute of an instance that has flow logs, or not.
func attribute(kind wire.InstanceAttributeType, flowLogs bool) wire.Attribute {
	value := strconv.FormatBool(flowLogs && kind == wire.InstanceAttributeTypeContactflowLogs)
	return wire.Attribute{AttributeType: &kind, Value: &value}
}

func (a *API) describeInstanceAttribute(_ context.Context, in *wire.DescribeInstanceAttributeRequest) (*wire.DescribeInstanceAttributeResponse, error) {
	flowLogs, err := a.opts.Engine.FlowLogs(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	out := attribute(*in.AttributeType, flowLogs)
	return &wire.DescribeInstanceAttributeResponse{Attribute: &out}, nil
}

// maxAttributes is the largest page of ListInstanceAttributes, and the one it gives when none is asked for.
const maxAttributes = 7

func (a *API) listInstanceAttributes(_ context.Context, in *wire.ListInstanceAttributesRequest) (*wire.ListInstanceAttributesResponse, error) {
	flowLogs, err := a.opts.Engine.FlowLogs(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	list, next, err := page(instanceAttributes, func(k wire.InstanceAttributeType) string { return string(k) }, "instance attributes",
		in.NextToken, in.MaxResults, maxAttributes, a.opts.Engine.Now())
	out := make([]wire.Attribute, len(list))
	for i, kind := range list {
		out[i] = attribute(kind, flowLogs)
	}
	return &wire.ListInstanceAttributesResponse{Attributes: out, NextToken: next}, err
}

// updateInstanceAttribute switches flow logs on and off. Of the other attributes it takes what is so already: tools say
// all that they know of an instance, and must not fail for that. It ignores ClientToken, as doing it twice is doing it
// once. It fails with [fault.Unsupported] for an attribute that cannot be switched on (docs/divergences.md), and with
// [fault.Invalid] for what is no value.
func (a *API) updateInstanceAttribute(ctx context.Context, in *wire.UpdateInstanceAttributeRequest) (*none, error) {
	if _, err := a.opts.Engine.Instance(*in.InstanceId); err != nil {
		return nil, err
	}
	on := *in.Value == "true"
	switch {
	case !on && *in.Value != "false":
		return nil, fault.New(fault.Invalid, "Value must be true or false")
	case *in.AttributeType == wire.InstanceAttributeTypeContactflowLogs:
		return &none{}, a.opts.Engine.SetFlowLogs(ctx, *in.InstanceId, on)
	case on:
		return nil, fault.New(fault.Unsupported, "Attribute %s cannot be switched on: this version of Tasklane does not have what it stands for", *in.AttributeType)
	}
	return &none{}, nil
}
