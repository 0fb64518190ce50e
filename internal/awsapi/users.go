package awsapi

import (
	"context"
	"time"

	"github.com/tasklane/tasklane/internal/auth"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
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
