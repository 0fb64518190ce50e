package awsapi

import (
	"context"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

func (a *API) pauseContact(ctx context.Context, in *wire.PauseContactRequest) (*none, error) {
	return &none{}, a.opts.Engine.Pause(ctx, *in.InstanceId, engine.Pausing{Contact: *in.ContactId, Flow: wire.Value(in.ContactFlowId)})
}

func (a *API) resumeContact(ctx context.Context, in *wire.ResumeContactRequest) (*none, error) {
	return &none{}, a.opts.Engine.Resume(ctx, *in.InstanceId, engine.Pausing{Contact: *in.ContactId, Flow: wire.Value(in.ContactFlowId)})
}

func (a *API) transferContact(ctx context.Context, in *wire.TransferContactRequest) (*wire.TransferContactResponse, error) {
	id, err := a.opts.Engine.Transfer(ctx, *in.InstanceId, engine.TransferTask{
		Contact: *in.ContactId, Flow: *in.ContactFlowId, Queue: wire.Value(in.QueueId), User: wire.Value(in.UserId),
		Token: wire.Value(in.ClientToken),
	})
	if err != nil {
		return nil, err
	}
	arnOf := a.arnOf(*in.InstanceId, arn.Contact, id)
	return &wire.TransferContactResponse{ContactId: &id, ContactArn: &arnOf}, nil
}

// arnOf is the ARN of a resource of an instance that is known to exist.
func (a *API) arnOf(instance string, kind arn.Kind, id string) string {
	i, _ := a.opts.Engine.Instance(instance)
	return i.Of(kind, id)
}

func (a *API) updateContactSchedule(ctx context.Context, in *wire.UpdateContactScheduleRequest) (*none, error) {
	return &none{}, a.opts.Engine.Reschedule(ctx, *in.InstanceId, *in.ContactId, in.ScheduledTime.Time)
}

// updateContact refuses what belongs to calls that were recorded elsewhere (external audio).
func (a *API) updateContact(ctx context.Context, in *wire.UpdateContactRequest) (*none, error) {
	for _, m := range []given{
		{"QueueInfo", in.QueueInfo != nil},
		{"UserInfo", in.UserInfo != nil},
		{"CustomerEndpoint", in.CustomerEndpoint != nil},
		{"SystemEndpoint", in.SystemEndpoint != nil},
	} {
		if m.is {
			return nil, fault.New(fault.Unusable, "%s is for external audio only, not for tasks", m.member)
		}
	}
	if in.Name == nil && in.Description == nil && len(in.References) == 0 && len(in.SegmentAttributes) == 0 {
		return nil, fault.New(fault.Unusable, "Specify at least one of Name, Description, References and SegmentAttributes")
	}
	s, err := segment(in.SegmentAttributes)
	switch {
	case err != nil:
		return nil, err
	case s.CreatedBy != "":
		return nil, badSegment(createdByUser, "it cannot be changed")
	case s.SelfAssign:
		return nil, badSegment(assignmentType, "it cannot be changed")
	}
	return &none{}, a.opts.Engine.Edit(ctx, *in.InstanceId, *in.ContactId, contact.Edit{
		Name: in.Name, Description: in.Description, References: references(in.References),
		Segment: s.Attributes, Life: s.Life,
	})
}

func (a *API) updateContactTaskTemplate(ctx context.Context, in *wire.UpdateContactTaskTemplateRequest) (*none, error) {
	return &none{}, a.opts.Engine.ChangeTemplate(ctx, *in.InstanceId, *in.ContactId, *in.TaskTemplateId)
}

func (a *API) tagContact(ctx context.Context, in *wire.TagContactRequest) (*none, error) {
	return &none{}, a.opts.Engine.Tag(ctx, *in.InstanceId, *in.ContactId, in.Tags)
}

func (a *API) untagContact(ctx context.Context, in *wire.UntagContactRequest) (*none, error) {
	return &none{}, a.opts.Engine.Untag(ctx, *in.InstanceId, *in.ContactId, in.TagKeys)
}

func (a *API) createContact(ctx context.Context, in *wire.CreateContactRequest) (*wire.CreateContactResponse, error) {
	check := checkCreate
	if *in.Channel != wire.ChannelTask && a.opts.OtherChannels {
		check = checkOtherChannel
	}
	if err := check(in); err != nil {
		return nil, err
	}
	s, err := segment(in.SegmentAttributes)
	if err != nil {
		return nil, err
	}
	if s.SelfAssign {
		return nil, badSegment(assignmentType, "no flow runs on this contact; use InitiateAs CONNECTED_TO_USER")
	}
	out := engine.CreateContact{
		Name: wire.Value(in.Name), Description: wire.Value(in.Description), References: references(in.References),
		Attributes: in.Attributes, Segment: s, Related: wire.Value(in.RelatedContactId),
		Completed: wire.Value(in.InitiateAs) == wire.InitiateAsCompleted,
		Token:     wire.Value(in.ClientToken),
	}
	if *in.Channel != wire.ChannelTask {
		out.Channel, out.Method = contact.Channel(*in.Channel), contact.Method(*in.InitiationMethod)
		out.Previous = wire.Value(in.PreviousContactId)
	}
	if in.ExpiryDurationInMinutes != nil {
		out.Life = lifeOf(*in.ExpiryDurationInMinutes)
		if err := contact.CheckLife(out.Life, "ExpiryDurationInMinutes"); err != nil {
			return nil, err
		}
	}
	if wire.Value(in.InitiateAs) == wire.InitiateAsConnectedToUser {
		out.User = *in.UserInfo.UserId
	}
	id, err := a.opts.Engine.CreateContact(ctx, *in.InstanceId, out)
	if err != nil {
		return nil, err
	}
	arnOf := a.arnOf(*in.InstanceId, arn.Contact, id)
	return &wire.CreateContactResponse{ContactId: &id, ContactArn: &arnOf}, nil
}

// checkCreate reports whether a request makes a task, and makes sense. Other channels have other rules.
func checkCreate(in *wire.CreateContactRequest) error {
	toUser := wire.Value(in.InitiateAs) == wire.InitiateAsConnectedToUser
	switch {
	case *in.Channel != wire.ChannelTask:
		return fault.New(fault.Unusable, "Channel %s is not supported: Tasklane does tasks", *in.Channel)
	case *in.InitiationMethod != wire.ContactInitiationMethodApi:
		return fault.New(fault.Unusable, "InitiationMethod of a task must be API, not %s", *in.InitiationMethod)
	case in.PreviousContactId != nil:
		return fault.New(fault.Unusable, "PreviousContactId is for external audio only; a task takes RelatedContactId")
	case toUser && (in.UserInfo == nil || wire.Value(in.UserInfo.UserId) == ""):
		return fault.New(fault.Unusable, "InitiateAs CONNECTED_TO_USER needs UserInfo.UserId")
	case !toUser && in.UserInfo != nil:
		return fault.New(fault.Unusable, "UserInfo goes with InitiateAs CONNECTED_TO_USER only")
	}
	return nil
}

// checkOtherChannel reports whether a request makes a contact of another channel, which is for development: Amazon
// Connect makes them otherwise (docs/divergences.md).
func checkOtherChannel(in *wire.CreateContactRequest) error {
	switch {
	case wire.Value(in.InitiateAs) == wire.InitiateAsConnectedToUser || in.UserInfo != nil:
		return fault.New(fault.Unusable, "A contact of channel %s is in nobody's hands: InitiateAs is COMPLETED, or StopContact ends it", *in.Channel)
	case in.PreviousContactId != nil && in.RelatedContactId != nil:
		return fault.New(fault.Unusable, "Specify only one of PreviousContactId and RelatedContactId")
	}
	return nil
}
