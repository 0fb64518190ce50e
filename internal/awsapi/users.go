package awsapi

import (
	"cmp"
	"context"
	"time"

	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

type userEntry = engine.Entry[directory.User]

func (a *API) createUser(ctx context.Context, in *wire.CreateUserRequest) (*wire.CreateUserResponse, error) {
	identity := wire.Value(in.IdentityInfo)
	if err := a.checkUser(in, identity); err != nil {
		return nil, err
	}
	u := directory.User{
		Username:  *in.Username,
		FirstName: wire.Value(identity.FirstName), LastName: wire.Value(identity.LastName),
		Email: wire.Value(identity.Email), SecondaryEmail: wire.Value(identity.SecondaryEmail),
		Mobile: wire.Value(identity.Mobile), DirectoryID: wire.Value(in.DirectoryUserId),
		RoutingProfile: *in.RoutingProfileId, SecurityProfiles: in.SecurityProfileIds,
		HierarchyGroup: wire.Value(in.HierarchyGroupId), Tags: in.Tags,
	}
	if err := a.configure(&u, in); err != nil {
		return nil, err
	}
	var err error
	if u.PasswordHash, err = a.hashOf(in.Password); err != nil {
		return nil, err
	}
	made, err := a.opts.Engine.CreateUser(ctx, *in.InstanceId, u)
	return &wire.CreateUserResponse{UserId: &made.ID, UserArn: &made.ARN}, err
}

// checkUser checks what the reference says of a new user in prose.
// It fails with [fault.NotFound] for an unknown instance, with [fault.Invalid] as [checkUsername] does, and as
// [identityRules.checkNew] does.
func (a *API) checkUser(in *wire.CreateUserRequest, who wire.UserIdentityInfo) error {
	rules, err := a.identityRules(*in.InstanceId)
	if err != nil {
		return err
	}
	if err := checkUsername(*in.Username, rules.provider()); err != nil {
		return err
	}
	if err := notEmpty("HierarchyGroupId", in.HierarchyGroupId); err != nil {
		return err
	}
	return rules.checkNew(in, who)
}

// notEmpty fails with [fault.Invalid] for an identifier that is given and empty.
func notEmpty(member string, id *string) error {
	if id != nil && *id == "" {
		return fault.New(fault.Invalid, "%s must not be empty", member)
	}
	return nil
}

// configure gives a new user their settings: first those of the older form, then those by channel.
// It fails with [fault.Unusable] when both forms set the same, and as they do with [fault.Invalid].
func (a *API) configure(u *directory.User, in *wire.CreateUserRequest) error {
	s := userSettings{in.AutoAcceptConfigs, in.AfterContactWorkConfigs, in.PhoneNumberConfigs, in.PersistentConnectionConfigs, in.VoiceEnhancementConfigs}
	if in.PhoneConfig != nil {
		if err := s.setTwice(in.PhoneConfig); err != nil {
			return err
		}
		p, err := phoneSettings(in.PhoneConfig)
		if err != nil {
			return err
		}
		u.SetPhone(p, a.opts.Engine.Channels(*in.InstanceId, *in.RoutingProfileId))
	}
	by, err := s.byChannel()
	u.Set(by)
	return err
}

func (a *API) describeUser(_ context.Context, in *wire.DescribeUserRequest) (*wire.DescribeUserResponse, error) {
	u, err := a.opts.Engine.User(*in.InstanceId, *in.UserId)
	if err != nil {
		return nil, err
	}
	region, v, set := a.region(*in.InstanceId), u.Value, tellSettings(u.Value, time.Second)
	return &wire.DescribeUserResponse{User: &wire.User{
		Id: &u.ID, Arn: &u.ARN, Username: &u.Name, RoutingProfileId: &v.RoutingProfile,
		SecurityProfileIds: v.SecurityProfiles, HierarchyGroupId: wire.String(v.HierarchyGroup), Tags: v.Tags,
		IdentityInfo: identityOf(v), DirectoryUserId: directoryID(u),
		PhoneConfig: set.phone, AutoAcceptConfigs: set.accept, AfterContactWorkConfigs: set.work, PhoneNumberConfigs: set.phones,
		PersistentConnectionConfigs: set.persistent, VoiceEnhancementConfigs: set.enhance,
		LastModifiedTime: wire.Time(u.Modified), LastModifiedRegion: &region,
	}}, nil
}

// directoryID is how the directory of an instance knows a user: by their own id, unless the caller has given another.
func directoryID(u userEntry) *string {
	id := cmp.Or(u.Value.DirectoryID, u.ID)
	return &id
}

// identityOf is who a user is; nil when nothing is known.
func identityOf(u *directory.User) *wire.UserIdentityInfo {
	i := wire.UserIdentityInfo{
		FirstName: wire.String(u.FirstName), LastName: wire.String(u.LastName), Email: wire.String(u.Email),
		SecondaryEmail: wire.String(u.SecondaryEmail), Mobile: wire.String(u.Mobile),
	}
	if i == (wire.UserIdentityInfo{}) {
		return nil
	}
	return &i
}

func (a *API) listUsers(_ context.Context, in *wire.ListUsersRequest) (*wire.ListUsersResponse, error) {
	users, err := a.opts.Engine.Users(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	region := a.region(*in.InstanceId)
	list, next, err := page(users, func(u userEntry) string { return u.Name }, "users",
		in.NextToken, in.MaxResults, usualPage, a.opts.Engine.Now())
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

func (a *API) updateUserIdentityInfo(ctx context.Context, in *wire.UpdateUserIdentityInfoRequest) (*none, error) {
	i := in.IdentityInfo
	rules, err := a.identityRules(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	if err := rules.check(*i); err != nil {
		return nil, err
	}
	return &none{}, a.opts.Engine.Identify(ctx, *in.InstanceId, *in.UserId, engine.Identity{
		FirstName: i.FirstName, LastName: i.LastName,
		Email: wire.Value(i.Email), SecondaryEmail: wire.Value(i.SecondaryEmail), Mobile: wire.Value(i.Mobile),
	})
}

func (a *API) updateUserPhoneConfig(ctx context.Context, in *wire.UpdateUserPhoneConfigRequest) (*none, error) {
	p, err := phoneSettings(in.PhoneConfig)
	if err != nil {
		return nil, err
	}
	return &none{}, a.opts.Engine.SetPhone(ctx, *in.InstanceId, *in.UserId, p)
}

func (a *API) updateUserConfig(ctx context.Context, in *wire.UpdateUserConfigRequest) (*none, error) {
	s := userSettings{in.AutoAcceptConfigs, in.AfterContactWorkConfigs, in.PhoneNumberConfigs, in.PersistentConnectionConfigs, in.VoiceEnhancementConfigs}
	if !s.given() {
		return nil, fault.New(fault.Unusable, "Specify settings, such as AutoAcceptConfigs")
	}
	by, err := s.byChannel()
	if err != nil {
		return nil, err
	}
	return &none{}, a.opts.Engine.Configure(ctx, *in.InstanceId, *in.UserId, by)
}

func (a *API) updateUserRoutingProfile(ctx context.Context, in *wire.UpdateUserRoutingProfileRequest) (*none, error) {
	return &none{}, a.opts.Engine.SetRoutingProfile(ctx, *in.InstanceId, *in.UserId, *in.RoutingProfileId)
}

func (a *API) updateUserSecurityProfiles(ctx context.Context, in *wire.UpdateUserSecurityProfilesRequest) (*none, error) {
	return &none{}, a.opts.Engine.SetSecurityProfiles(ctx, *in.InstanceId, *in.UserId, in.SecurityProfileIds)
}

func (a *API) updateUserHierarchy(ctx context.Context, in *wire.UpdateUserHierarchyRequest) (*none, error) {
	return &none{}, a.opts.Engine.SetHierarchyGroup(ctx, *in.InstanceId, *in.UserId, wire.Value(in.HierarchyGroupId))
}

func (a *API) deleteUser(ctx context.Context, in *wire.DeleteUserRequest) (*none, error) {
	return &none{}, a.opts.Engine.DeleteUser(ctx, *in.InstanceId, *in.UserId)
}
