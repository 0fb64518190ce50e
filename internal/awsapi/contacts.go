package awsapi

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

func (a *API) startTaskContact(ctx context.Context, in *wire.StartTaskContactRequest) (*wire.StartTaskContactResponse, error) {
	s, err := segment(in.SegmentAttributes)
	if err != nil {
		return nil, err
	}
	id, err := a.opts.Engine.StartTask(ctx, *in.InstanceId, engine.StartTask{
		Flow:         wire.Value(in.ContactFlowId),
		QuickConnect: wire.Value(in.QuickConnectId),
		Template:     wire.Value(in.TaskTemplateId),
		Name:         *in.Name,
		Description:  wire.Value(in.Description),
		References:   references(in.References),
		Attributes:   in.Attributes,
		Segment:      s,
		Token:        wire.Value(in.ClientToken),
		ScheduledFor: wire.Value(in.ScheduledTime).Time,
		Previous:     wire.Value(in.PreviousContactId),
		Related:      wire.Value(in.RelatedContactId),
		Attachments:  attachments(in.Attachments),
	})
	return &wire.StartTaskContactResponse{ContactId: &id}, err
}

func attachments(in []wire.TaskAttachment) []engine.Attachment {
	var out []engine.Attachment
	for _, a := range in {
		out = append(out, engine.Attachment{Name: *a.FileName, URL: *a.S3Url})
	}
	return out
}

// checkStart checks the members of a new task each by itself, as far as the table of the API cannot.
func checkStart(in *wire.StartTaskContactRequest) error {
	if err := contact.CheckKeys(in.Attributes); err != nil {
		return err
	}
	if err := references(in.References).CheckEach(); err != nil {
		return err
	}
	for _, a := range attachments(in.Attachments) {
		if err := a.Check(); err != nil {
			return err
		}
	}
	_, err := segment(in.SegmentAttributes)
	return err
}

func references(in map[string]wire.Reference) contact.References {
	if len(in) == 0 {
		return nil
	}
	out := make(contact.References, len(in))
	for name, r := range in {
		out[name] = contact.Reference{Type: contact.ReferenceType(wire.Value(r.Type)), Value: wire.Value(r.Value), Place: r.Place}
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
	out := describe(i.Instance, c, attributes)
	if c.Template != "" {
		tpl, err := a.opts.Engine.TaskTemplate(ctx, *in.InstanceId, c.Template, c.TemplateVersion)
		if err != nil {
			return nil, err
		}
		out.TaskTemplateInfo = &wire.TaskTemplateInfoV2{Arn: &tpl.ARN, Name: &tpl.Name}
	}
	return &wire.DescribeContactResponse{Contact: out}, nil
}

// maxDetail bounds the description in ContactDetails, in characters.
const maxDetail = 1024

// describe is a contact as DescribeContact tells it.
func describe(i arn.Instance, c *contact.Contact, attributes map[string]string) *wire.Contact {
	arnOf := i.Of(arn.Contact, c.ID)
	channel, method := wire.Channel(c.On()), wire.ContactInitiationMethod(c.Method)
	priority, adjustment := int64(c.Priority), int64(c.Adjustment/time.Second)
	out := &wire.Contact{
		Arn: &arnOf, Id: &c.ID, Channel: &channel, InitiationMethod: &method,
		InitialContactId: wire.String(c.Initial), PreviousContactId: wire.String(c.Previous),
		RelatedContactId: wire.String(c.Related), ContactAssociationId: &c.Association,
		Name: nameOf(c), Description: wire.String(c.Description), CustomerId: wire.String(c.Customer),
		ContactDetails:             &wire.ContactDetails{Name: nameOf(c), Description: wire.String(cut(c.Description, maxDetail))},
		Attributes:                 attributes,
		SegmentAttributes:          segmentAttributes(i, c),
		Tags:                       c.Tags,
		QueuePriority:              &priority,
		QueueTimeAdjustmentSeconds: &adjustment,
		InitiationTimestamp:        wire.Time(c.Initiated),
		ScheduledTimestamp:         wire.Time(c.ScheduledFor),
		ConnectedToSystemTimestamp: wire.Time(c.ConnectedToSystem),
		RingStartTimestamp:         wire.Time(c.RingStart),
		LastPausedTimestamp:        wire.Time(c.LastPaused),
		LastResumedTimestamp:       wire.Time(c.LastResumed),
		DisconnectTimestamp:        wire.Time(c.Disconnected),
		LastUpdateTimestamp:        wire.Time(c.Updated),
		DisconnectReason:           wire.String(string(c.Reason)),
		RoutingCriteria:            describeCriteria(c.Criteria),
	}
	if c.Adjustment != 0 {
		out.QueueTimeAdjustmentSeconds = whole(c.Adjustment)
	}
	if c.Queue != "" {
		out.QueueInfo = &wire.QueueInfo{Id: &c.Queue, EnqueueTimestamp: wire.Time(c.Enqueued)}
	}
	if c.Pauses > 0 {
		pauses := int64(c.Pauses)
		out.TotalPauseCount = &pauses
		if c.Disconnecting() {
			out.TotalPauseDurationInSeconds = whole(c.PausedFor)
		}
	}
	if !c.ConnectedToAgent.IsZero() {
		out.AgentInfo = agentInfo(i, c)
	}
	return out
}

// nameOf is the name of a contact. A task has one, even if it is empty.
func nameOf(c *contact.Contact) *string {
	if c.On() != contact.Task {
		return wire.String(c.Name)
	}
	return &c.Name
}

// agentInfo is the part of a contact that its agent had.
func agentInfo(i arn.Instance, c *contact.Contact) *wire.AgentInfo {
	out := &wire.AgentInfo{
		Id: &c.Agent, ConnectedToAgentTimestamp: wire.Time(c.ConnectedToAgent),
		AcceptedByAgentTimestamp:       wire.Time(c.ConnectedToAgent),
		AfterContactWorkStartTimestamp: wire.Time(c.ACWStart),
		AfterContactWorkEndTimestamp:   wire.Time(c.ACWEnd),
		HierarchyGroups:                groupsOf(i, c.Hierarchy),
	}
	if c.Pauses > 0 {
		out.AgentPauseDurationInSeconds = whole(c.AgentPausedFor)
	}
	if !c.ACWEnd.IsZero() {
		out.AfterContactWorkDuration = whole(c.ACWEnd.Sub(c.ACWStart))
	}
	return out
}

// groupsOf are hierarchy groups from the topmost level down; nil: there are none.
func groupsOf(i arn.Instance, ids []string) *wire.HierarchyGroups {
	if len(ids) == 0 {
		return nil
	}
	out := &wire.HierarchyGroups{}
	levels := [...]**wire.AgentHierarchyGroup{&out.Level1, &out.Level2, &out.Level3, &out.Level4, &out.Level5}
	for n, id := range ids {
		arnOf := i.Of(arn.HierarchyGroup, id)
		*levels[n] = &wire.AgentHierarchyGroup{Arn: &arnOf}
	}
	return out
}

// whole is a duration in whole seconds.
func whole(d time.Duration) *int64 {
	s := int64(d / time.Second)
	return &s
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
	if wire.Value(in.NextToken) != "" { // no answer has one, as the reference says
		return nil, fault.New(fault.Invalid, "NextToken is not valid")
	}
	out := &wire.ListContactReferencesResponse{ReferenceSummaryList: []wire.ReferenceSummary{}}
	for _, name := range c.References.Ordered() {
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
	case contact.ReferenceAttachment:
		status := wire.ReferenceStatus(r.Status)
		return wire.ReferenceSummary{Attachment: &wire.AttachmentReference{
			Name: &name, Value: &r.Value, Arn: &r.ARN, Status: &status,
		}}
	default:
		return wire.ReferenceSummary{String: &wire.StringReference{Name: &name, Value: &r.Value}}
	}
}

// stopContact ignores DisconnectReason, which is for calls of outbound campaigns only (docs/divergences.md).
// A contact that does not exist is no longer there, as the operation has an exception of its own for that
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_StopContact.html).
func (a *API) stopContact(ctx context.Context, in *wire.StopContactRequest) (*none, error) {
	err := a.opts.Engine.Stop(ctx, *in.InstanceId, *in.ContactId)
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Kind == fault.NotFound { // the instance is known to exist
		err = fault.New(fault.Gone, "%s", f.Message)
	}
	return &none{}, err
}
