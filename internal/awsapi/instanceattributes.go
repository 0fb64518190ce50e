package awsapi

import (
	"context"
	"slices"

	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

// instanceAttributes are what ListInstanceAttributes tells of, in the order in which it does. All of them are about
// calls, chats and what listens to them, so all are off for good.
var instanceAttributes = slices.Sorted(slices.Values([]wire.InstanceAttributeType{
	wire.InstanceAttributeTypeInboundCalls, wire.InstanceAttributeTypeOutboundCalls,
	wire.InstanceAttributeTypeContactflowLogs, wire.InstanceAttributeTypeContactLens,
	wire.InstanceAttributeTypeAutoResolveBestVoices, wire.InstanceAttributeTypeUseCustomTtsVoices,
	wire.InstanceAttributeTypeEarlyMedia, wire.InstanceAttributeTypeMultiPartyConference,
	wire.InstanceAttributeTypeHighVolumeOutbound, wire.InstanceAttributeTypeEnhancedContactMonitoring,
	wire.InstanceAttributeTypeEnhancedChatMonitoring, wire.InstanceAttributeTypeMultiPartyChatConference,
	wire.InstanceAttributeTypeMessageStreaming,
}))

// attributeOff is the value of an attribute that is off; attributeOn would be the other one.
const attributeOff, attributeOn = "false", "true"

func off(kind wire.InstanceAttributeType) wire.Attribute {
	value := attributeOff
	return wire.Attribute{AttributeType: &kind, Value: &value}
}

func (a *API) describeInstanceAttribute(_ context.Context, in *wire.DescribeInstanceAttributeRequest) (*wire.DescribeInstanceAttributeResponse, error) {
	if _, err := a.opts.Engine.Instance(*in.InstanceId); err != nil {
		return nil, err
	}
	attribute := off(*in.AttributeType)
	return &wire.DescribeInstanceAttributeResponse{Attribute: &attribute}, nil
}

// maxAttributes is the largest page of ListInstanceAttributes, and the one it gives when none is asked for.
const maxAttributes = 7

func (a *API) listInstanceAttributes(_ context.Context, in *wire.ListInstanceAttributesRequest) (*wire.ListInstanceAttributesResponse, error) {
	if _, err := a.opts.Engine.Instance(*in.InstanceId); err != nil {
		return nil, err
	}
	list, next, err := page(instanceAttributes, func(k wire.InstanceAttributeType) string { return string(k) }, "instance attributes",
		in.NextToken, in.MaxResults, maxAttributes, a.opts.Engine.Now())
	out := make([]wire.Attribute, len(list))
	for i, kind := range list {
		out[i] = off(kind)
	}
	return &wire.ListInstanceAttributesResponse{Attributes: out, NextToken: next}, err
}

// updateInstanceAttribute takes what is so already: tools say all that they know of an instance, and must not fail for
// that. It ignores ClientToken, as nothing is ever done. It fails with [fault.Unsupported] for an attribute that is to
// be switched on (docs/divergences.md), and with [fault.Invalid] for what is no value.
func (a *API) updateInstanceAttribute(_ context.Context, in *wire.UpdateInstanceAttributeRequest) (*none, error) {
	if _, err := a.opts.Engine.Instance(*in.InstanceId); err != nil {
		return nil, err
	}
	switch *in.Value {
	case attributeOff:
		return &none{}, nil
	case attributeOn:
		return nil, fault.New(fault.Unsupported, "Attribute %s cannot be switched on: this version of Tasklane does not have what it stands for", *in.AttributeType)
	}
	return nil, fault.New(fault.Invalid, "Value must be true or false")
}
