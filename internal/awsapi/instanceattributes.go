package awsapi

import (
	"context"
	"slices"
	"strconv"

	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

// instanceAttributes are what ListInstanceAttributes tells of, in the order in which it does. But for that of flow logs
// all of them are about calls, chats and what listens to them: they are kept and told, and do nothing
// (docs/divergences.md).
var instanceAttributes = slices.Sorted(slices.Values([]wire.InstanceAttributeType{
	wire.InstanceAttributeTypeInboundCalls, wire.InstanceAttributeTypeOutboundCalls,
	wire.InstanceAttributeTypeContactflowLogs, wire.InstanceAttributeTypeContactLens,
	wire.InstanceAttributeTypeAutoResolveBestVoices, wire.InstanceAttributeTypeUseCustomTtsVoices,
	wire.InstanceAttributeTypeEarlyMedia, wire.InstanceAttributeTypeMultiPartyConference,
	wire.InstanceAttributeTypeHighVolumeOutbound, wire.InstanceAttributeTypeEnhancedContactMonitoring,
	wire.InstanceAttributeTypeEnhancedChatMonitoring, wire.InstanceAttributeTypeMultiPartyChatConference,
	wire.InstanceAttributeTypeMessageStreaming,
}))

func attribute(kind wire.InstanceAttributeType, s directory.Settings) wire.Attribute {
	value := strconv.FormatBool(s.Attribute(string(kind)))
	return wire.Attribute{AttributeType: &kind, Value: &value}
}

func (a *API) describeInstanceAttribute(_ context.Context, in *wire.DescribeInstanceAttributeRequest) (*wire.DescribeInstanceAttributeResponse, error) {
	settings, err := a.opts.Engine.Settings(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	out := attribute(*in.AttributeType, settings)
	return &wire.DescribeInstanceAttributeResponse{Attribute: &out}, nil
}

// maxAttributes is the largest page of ListInstanceAttributes, and the one it gives when none is asked for.
const maxAttributes = 7

func (a *API) listInstanceAttributes(_ context.Context, in *wire.ListInstanceAttributesRequest) (*wire.ListInstanceAttributesResponse, error) {
	settings, err := a.opts.Engine.Settings(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	list, next, err := page(instanceAttributes, func(k wire.InstanceAttributeType) string { return string(k) }, "instance attributes",
		in.NextToken, in.MaxResults, maxAttributes, a.opts.Engine.Now())
	out := make([]wire.Attribute, len(list))
	for i, kind := range list {
		out[i] = attribute(kind, settings)
	}
	return &wire.ListInstanceAttributesResponse{Attributes: out, NextToken: next}, err
}

// updateInstanceAttribute switches an attribute. It ignores ClientToken, as doing it twice is doing it once. It fails
// with [fault.Invalid] for what is no value.
func (a *API) updateInstanceAttribute(ctx context.Context, in *wire.UpdateInstanceAttributeRequest) (*none, error) {
	if *in.Value != "true" && *in.Value != "false" {
		return nil, fault.New(fault.Invalid, "Value must be true or false")
	}
	return &none{}, a.opts.Engine.SetAttribute(ctx, *in.InstanceId, string(*in.AttributeType), *in.Value == "true")
}
