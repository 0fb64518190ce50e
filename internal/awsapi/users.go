package awsapi

import (
	"context"
	"slices"
	"time"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/auth"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/metric"
	"github.com/tasklane/tasklane/internal/routing"
	"github.com/tasklane/tasklane/internal/wire"
)

// maxUsername bounds a user name, in characters, where Amazon Connect manages the users itself.
const maxUsername = 20

func (a *API) createUser(ctx context.Context, in *wire.CreateUserRequest) (*wire.CreateUserResponse, error) {
	phone, identity := wire.Value(in.PhoneConfig), wire.Value(in.IdentityInfo)
	settings := userSettings{phone: in.PhoneConfig, work: in.AfterContactWorkConfigs}
	settings.perChannel = len(in.AutoAcceptConfigs)+len(in.AfterContactWorkConfigs)+len(in.PhoneNumberConfigs)+
		len(in.PersistentConnectionConfigs)+len(in.VoiceEnhancementConfigs) > 0
	limit, err := settings.afterContactWork()
	if err != nil {
		return nil, err
	}
	err = refuse(
		given{"DirectoryUserId", in.DirectoryUserId != nil},
		given{"HierarchyGroupId", in.HierarchyGroupId != nil},
		given{"AutoAcceptConfigs", len(in.AutoAcceptConfigs) > 0},
		given{"PhoneNumberConfigs", len(in.PhoneNumberConfigs) > 0},
		given{"PersistentConnectionConfigs", len(in.PersistentConnectionConfigs) > 0},
		given{"VoiceEnhancementConfigs", len(in.VoiceEnhancementConfigs) > 0},
		given{"PhoneConfig.AutoAccept", wire.Value(phone.AutoAccept)},
		given{"PhoneConfig.PersistentConnection", wire.Value(phone.PersistentConnection)},
	)
	if err != nil {
		return nil, err
	}
	if len([]rune(*in.Username)) > maxUsername {
		return nil, fault.New(fault.Invalid, "Username must have at most %d characters", maxUsername)
	}
	if in.Password == nil {
		return nil, fault.New(fault.Invalid, "Password is required: the instance manages its users itself")
	}
	if err := auth.CheckPassword(*in.Password); err != nil {
		return nil, err
	}
	u, err := a.opts.Engine.CreateUser(ctx, *in.InstanceId, directory.User{
		Username: *in.Username, PasswordHash: auth.HashPassword(*in.Password),
		FirstName: wire.Value(identity.FirstName), LastName: wire.Value(identity.LastName),
		Email: wire.Value(identity.Email), SecondaryEmail: wire.Value(identity.SecondaryEmail),
		Mobile:    wire.Value(identity.Mobile),
		PhoneType: string(wire.Value(phone.PhoneType)), DeskPhone: wire.Value(phone.DeskPhoneNumber),
		AfterContactWork: limit,
		RoutingProfile:   *in.RoutingProfileId, SecurityProfiles: in.SecurityProfileIds, Tags: in.Tags,
	})
	return &wire.CreateUserResponse{UserId: &u.ID, UserArn: &u.ARN}, err
}

func (a *API) describeUser(_ context.Context, in *wire.DescribeUserRequest) (*wire.DescribeUserResponse, error) {
	u, err := a.opts.Engine.User(*in.InstanceId, *in.UserId)
	if err != nil {
		return nil, err
	}
	region, v := a.region(*in.InstanceId), u.Value
	out := &wire.User{
		Id: &u.ID, Arn: &u.ARN, Username: &u.Name, RoutingProfileId: &v.RoutingProfile,
		SecurityProfileIds: v.SecurityProfiles, Tags: v.Tags,
		IdentityInfo: &wire.UserIdentityInfo{
			FirstName: wire.String(v.FirstName), LastName: wire.String(v.LastName), Email: wire.String(v.Email),
			SecondaryEmail: wire.String(v.SecondaryEmail), Mobile: wire.String(v.Mobile),
		},
		AfterContactWorkConfigs: describeAfterContactWork(v.AfterContactWork),
		LastModifiedTime:        wire.Time(u.Modified), LastModifiedRegion: &region,
	}
	if v.PhoneType != "" {
		kind, no, limit := wire.PhoneType(v.PhoneType), false, int64(v.AfterContactWork/time.Second)
		out.PhoneConfig = &wire.UserPhoneConfig{
			PhoneType: &kind, DeskPhoneNumber: wire.String(v.DeskPhone), AutoAccept: &no, AfterContactWorkTimeLimit: &limit,
		}
	}
	return &wire.DescribeUserResponse{User: out}, nil
}

func (a *API) listUsers(_ context.Context, in *wire.ListUsersRequest) (*wire.ListUsersResponse, error) {
	users, err := a.opts.Engine.Users(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	region := a.region(*in.InstanceId)
	list, next, err := page(users, func(u engine.Entry[directory.User]) string { return u.Name }, "users",
		in.NextToken, in.MaxResults, maxList, a.opts.Engine.Now())
	out := make([]wire.UserSummary, len(list))
	for i, u := range list {
		out[i] = wire.UserSummary{
			Id: &u.ID, Arn: &u.ARN, Username: &u.Name, LastModifiedTime: wire.Time(u.Modified), LastModifiedRegion: &region,
		}
	}
	return &wire.ListUsersResponse{UserSummaryList: out, NextToken: next}, err
}

func (a *API) putUserStatus(ctx context.Context, in *wire.PutUserStatusRequest) (*none, error) {
	return &none{}, a.opts.Engine.SetStatus(ctx, *in.InstanceId, *in.UserId, *in.AgentStatusId)
}

func (a *API) createAgentStatus(ctx context.Context, in *wire.CreateAgentStatusRequest) (*wire.CreateAgentStatusResponse, error) {
	s, err := a.opts.Engine.CreateAgentStatus(ctx, *in.InstanceId, agent.Status{
		Name: *in.Name, Description: wire.Value(in.Description), DisplayOrder: int(wire.Value(in.DisplayOrder)),
		Disabled: *in.State == wire.AgentStatusStateDisabled, Tags: in.Tags,
	})
	return &wire.CreateAgentStatusResponse{AgentStatusId: &s.ID, AgentStatusARN: &s.ARN}, err
}

func (a *API) listAgentStatuses(_ context.Context, in *wire.ListAgentStatusesRequest) (*wire.ListAgentStatusesResponse, error) {
	statuses, err := a.opts.Engine.AgentStatuses(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	region := a.region(*in.InstanceId)
	var all []wire.AgentStatusSummary
	for _, s := range statuses {
		kind := wire.AgentStatusType(s.Value.Type)
		if len(in.AgentStatusTypes) == 0 || slices.Contains(in.AgentStatusTypes, kind) {
			all = append(all, wire.AgentStatusSummary{
				Id: &s.ID, Arn: &s.ARN, Name: &s.Name, Type: &kind,
				LastModifiedTime: wire.Time(s.Modified), LastModifiedRegion: &region,
			})
		}
	}
	list, next, err := page(all, func(s wire.AgentStatusSummary) string { return *s.Name }, "agent statuses",
		in.NextToken, in.MaxResults, maxList, a.opts.Engine.Now())
	return &wire.ListAgentStatusesResponse{AgentStatusSummaryList: list, NextToken: next}, err
}

// maxUserData is the largest page of GetCurrentUserData, and the one it gives when none is asked for.
const maxUserData = 100

func (a *API) getCurrentUserData(ctx context.Context, in *wire.GetCurrentUserDataRequest) (*wire.GetCurrentUserDataResponse, error) {
	f := in.Filters
	if err := refuse(given{"Filters.UserHierarchyGroups", len(f.UserHierarchyGroups) > 0}); err != nil {
		return nil, err
	}
	filter := engine.DeskFilter{Queues: f.Queues, Profiles: f.RoutingProfiles, Users: f.Agents}
	if f.ContactFilter != nil {
		for _, s := range f.ContactFilter.ContactStates {
			filter.States = append(filter.States, agent.LegState(s))
			if s == wire.ContactStateConnected {
				filter.States = append(filter.States, agent.Paused)
			}
		}
	}
	desks, err := a.opts.Engine.Desks(ctx, *in.InstanceId, filter)
	if err != nil {
		return nil, err
	}
	i, err := a.opts.Engine.Instance(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	total := int64(len(desks))
	list, next, err := page(desks, func(d engine.Desk) string { return d.User.Name }, "user data",
		in.NextToken, in.MaxResults, maxUserData, a.opts.Engine.Now())
	out := make([]wire.UserData, len(list))
	for n, d := range list {
		out[n] = userData(i.Instance, d)
	}
	return &wire.GetCurrentUserDataResponse{UserDataList: out, NextToken: next, ApproximateTotalCount: &total}, err
}

// contactState is the state of a task in an agent's hands. The API has no word for one that is paused.
func contactState(s agent.LegState) wire.ContactState {
	if s == agent.Paused {
		return wire.ContactStateConnected
	}
	return wire.ContactState(s)
}

// queueReference names the queue that a task has waited in; nil when it never did.
func queueReference(q engine.Entry[routing.Queue]) *wire.QueueReference {
	if q.ID == "" {
		return nil
	}
	return &wire.QueueReference{Id: &q.ID, Arn: &q.ARN}
}

// userData is a desk as GetCurrentUserData tells it.
func userData(i arn.Instance, d engine.Desk) wire.UserData {
	statusARN := i.Of(arn.AgentStatus, d.Status.ID)
	out := wire.UserData{
		User:           &wire.UserReference{Id: &d.User.ID, Arn: &d.User.ARN},
		RoutingProfile: &wire.RoutingProfileReference{Id: &d.Profile.ID, Arn: &d.Profile.ARN},
		Status: &wire.AgentStatusReference{
			StatusStartTimestamp: wire.Time(d.Agent.StatusSince), StatusArn: &statusARN, StatusName: &d.Status.Name,
		},
		NextStatus: wire.String(d.Next.Name),
		Contacts:   []wire.AgentContactReference{},
	}
	for _, t := range d.Tasks {
		channel, method := wire.ChannelTask, wire.ContactInitiationMethod(t.Task.Method)
		state := contactState(t.State)
		out.Contacts = append(out.Contacts, wire.AgentContactReference{
			ContactId: &t.Contact, Channel: &channel, InitiationMethod: &method, AgentContactState: &state,
			StateStartTimestamp: wire.Time(t.Since), ConnectedToAgentTimestamp: wire.Time(t.Task.ConnectedToAgent),
			Queue: queueReference(t.Queue),
		})
	}
	task, slots := wire.ChannelTask, d.Profile.Value.Slots
	out.MaxSlotsByChannel = map[wire.Channel]int64{task: int64(slots)}
	out.ActiveSlotsByChannel = map[wire.Channel]int64{task: int64(metric.Active(d.Agent))}
	out.AvailableSlotsByChannel = map[wire.Channel]int64{task: int64(metric.Open(d.Agent, slots))}
	return out
}
