package awsapi

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/wire"
)

func (a *API) startTaskContact(ctx context.Context, in *wire.StartTaskContactRequest) (*wire.StartTaskContactResponse, error) {
	err := refuse(
		given{"QuickConnectId", in.QuickConnectId != nil},
		given{"TaskTemplateId", in.TaskTemplateId != nil},
		given{"SegmentAttributes", len(in.SegmentAttributes) > 0},
		given{"Attachments", len(in.Attachments) > 0},
	)
	if err != nil {
		return nil, err
	}
	id, err := a.opts.Engine.StartTask(ctx, *in.InstanceId, engine.StartTask{
		Flow:         wire.Value(in.ContactFlowId),
		Name:         *in.Name,
		Description:  wire.Value(in.Description),
		References:   references(in.References),
		Attributes:   in.Attributes,
		Token:        wire.Value(in.ClientToken),
		ScheduledFor: wire.Value(in.ScheduledTime).Time,
		Previous:     wire.Value(in.PreviousContactId),
		Related:      wire.Value(in.RelatedContactId),
	})
	return &wire.StartTaskContactResponse{ContactId: &id}, err
}

func references(in map[string]wire.Reference) contact.References {
	if len(in) == 0 {
		return nil
	}
	out := make(contact.References, len(in))
	for name, r := range in {
		out[name] = contact.Reference{Type: contact.ReferenceType(wire.Value(r.Type)), Value: wire.Value(r.Value)}
	}
	return out
}

func (a *API) describeContact(ctx context.Context, in *wire.DescribeContactRequest) (*wire.DescribeContactResponse, error) {
	c, attributes, err := a.opts.Engine.Contact(ctx, *in.InstanceId, *in.ContactId)
	if err != nil {
		return nil, err
	}
	i, err := a.opts.Engine.Instance(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	return &wire.DescribeContactResponse{Contact: describe(i.Instance, c, attributes)}, nil
}

// maxDetail bounds the description in ContactDetails, in characters.
const maxDetail = 1024

// describe is a contact as DescribeContact tells it.
func describe(i arn.Instance, c *contact.Contact, attributes map[string]string) *wire.Contact {
	arnOf := i.Of(arn.Contact, c.ID)
	channel, method := wire.ChannelTask, wire.ContactInitiationMethod(c.Method)
	priority := int64(c.Priority)
	subtype := "connect:Task"
	out := &wire.Contact{
		Arn: &arnOf, Id: &c.ID, Channel: &channel, InitiationMethod: &method,
		InitialContactId: wire.String(c.Initial), PreviousContactId: wire.String(c.Previous),
		RelatedContactId: wire.String(c.Related), ContactAssociationId: &c.Association,
		Name: &c.Name, Description: wire.String(c.Description),
		ContactDetails: &wire.ContactDetails{Name: &c.Name, Description: wire.String(cut(c.Description, maxDetail))},
		Attributes:     attributes,
		SegmentAttributes: map[string]wire.SegmentAttributeValue{
			"connect:Subtype": {ValueString: &subtype},
		},
		QueuePriority:              &priority,
		InitiationTimestamp:        wire.Time(c.Initiated),
		ScheduledTimestamp:         wire.Time(c.ScheduledFor),
		ConnectedToSystemTimestamp: wire.Time(c.ConnectedToSystem),
		RingStartTimestamp:         wire.Time(c.RingStart),
		DisconnectTimestamp:        wire.Time(c.Disconnected),
		LastUpdateTimestamp:        wire.Time(c.Updated),
		DisconnectReason:           wire.String(string(c.Reason)),
	}
	if c.Queue != "" {
		out.QueueInfo = &wire.QueueInfo{Id: &c.Queue, EnqueueTimestamp: wire.Time(c.Enqueued)}
	}
	if !c.ConnectedToAgent.IsZero() {
		out.AgentInfo = &wire.AgentInfo{
			Id: &c.Agent, ConnectedToAgentTimestamp: wire.Time(c.ConnectedToAgent),
			AcceptedByAgentTimestamp:       wire.Time(c.ConnectedToAgent),
			AfterContactWorkStartTimestamp: wire.Time(c.ACWStart),
			AfterContactWorkEndTimestamp:   wire.Time(c.ACWEnd),
		}
		if !c.ACWEnd.IsZero() {
			took := int64(c.ACWEnd.Sub(c.ACWStart) / time.Second)
			out.AgentInfo.AfterContactWorkDuration = &took
		}
	}
	return out
}

// cut shortens a text to a number of characters.
func cut(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

func (a *API) getContactAttributes(ctx context.Context, in *wire.GetContactAttributesRequest) (*wire.GetContactAttributesResponse, error) {
	_, attributes, err := a.opts.Engine.Contact(ctx, *in.InstanceId, *in.InitialContactId)
	if attributes == nil {
		attributes = map[string]string{}
	}
	return &wire.GetContactAttributesResponse{Attributes: attributes}, err
}

func (a *API) updateContactAttributes(ctx context.Context, in *wire.UpdateContactAttributesRequest) (*none, error) {
	return &none{}, a.opts.Engine.UpdateAttributes(ctx, *in.InstanceId, *in.InitialContactId, in.Attributes)
}

func (a *API) listContactReferences(ctx context.Context, in *wire.ListContactReferencesRequest) (*wire.ListContactReferencesResponse, error) {
	c, _, err := a.opts.Engine.Contact(ctx, *in.InstanceId, *in.ContactId)
	if err != nil {
		return nil, err
	}
	out := &wire.ListContactReferencesResponse{ReferenceSummaryList: []wire.ReferenceSummary{}}
	for _, name := range slices.Sorted(maps.Keys(c.References)) {
		r := c.References[name]
		if slices.Contains(in.ReferenceTypes, wire.ReferenceType(r.Type)) {
			out.ReferenceSummaryList = append(out.ReferenceSummaryList, summary(name, r))
		}
	}
	return out, nil
}

// summary is a reference as a member of the union of its type.
func summary(name string, r contact.Reference) wire.ReferenceSummary {
	switch r.Type {
	case contact.ReferenceURL:
		return wire.ReferenceSummary{Url: &wire.UrlReference{Name: &name, Value: &r.Value}}
	case contact.ReferenceNumber:
		return wire.ReferenceSummary{Number: &wire.NumberReference{Name: &name, Value: &r.Value}}
	case contact.ReferenceDate:
		return wire.ReferenceSummary{Date: &wire.DateReference{Name: &name, Value: &r.Value}}
	case contact.ReferenceEmail:
		return wire.ReferenceSummary{Email: &wire.EmailReference{Name: &name, Value: &r.Value}}
	default:
		return wire.ReferenceSummary{String: &wire.StringReference{Name: &name, Value: &r.Value}}
	}
}

// stopContact ignores DisconnectReason, which is for calls of outbound campaigns only (docs/divergences.md).
func (a *API) stopContact(ctx context.Context, in *wire.StopContactRequest) (*none, error) {
	return &none{}, a.opts.Engine.Stop(ctx, *in.InstanceId, *in.ContactId)
}
