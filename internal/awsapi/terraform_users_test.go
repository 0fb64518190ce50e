package awsapi_test

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/directory"
)

// samePhone compares the settings of a user, but for the one that the provider does not know.
func samePhone(x *trial, u *types.User, want *types.UserPhoneConfig) {
	x.t.Helper()
	got := *u.PhoneConfig
	got.PersistentConnection = nil
	x.sameRead("phone", &got, want)
}

func TestTerraformUser(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	x.ok(x.levels("Region"))
	group := x.group("North", "")
	stock, admin := x.user(x.Agent.UserID), x.user(x.Admin.UserID).SecurityProfileIds[0]
	who := &types.UserIdentityInfo{
		FirstName: aws.String("Ann"), LastName: aws.String("Lee"), Email: aws.String("ann@example.com"), SecondaryEmail: aws.String("a@example.com"),
	}
	phone := &types.UserPhoneConfig{
		PhoneType: types.PhoneTypeDeskPhone, DeskPhoneNumber: aws.String("+12065550100"), AfterContactWorkTimeLimit: 30, AutoAccept: true,
	}
	out, err := x.sdk.CreateUser(x.ctx, &connect.CreateUserInput{
		InstanceId: &x.InstanceID, Username: aws.String("ann"), Password: aws.String("Tasklane1"), IdentityInfo: who, PhoneConfig: phone,
		RoutingProfileId: stock.RoutingProfileId, SecurityProfileIds: []string{admin, stock.SecurityProfileIds[0]},
		HierarchyGroupId: &group, Tags: asWritten(),
	})
	x.ok(err)
	id := *out.UserId
	u := x.user(id)
	x.sameRead("the user", []string{*u.Id, *u.Arn, *u.Username, *u.RoutingProfileId, *u.HierarchyGroupId, aws.ToString(u.DirectoryUserId)},
		[]string{id, x.InstanceARN + "/agent/" + id, "ann", *stock.RoutingProfileId, group, id})
	x.sameRead("security profiles", u.SecurityProfileIds, []string{admin, stock.SecurityProfileIds[0]})
	x.sameRead("identity", u.IdentityInfo, who)
	samePhone(x, u, phone)

	// What is taken out of the configuration is not sent.
	who = &types.UserIdentityInfo{FirstName: aws.String("Anna"), LastName: aws.String("Lane")}
	phone = &types.UserPhoneConfig{PhoneType: types.PhoneTypeSoftPhone}
	profile := x.profile(connect.CreateRoutingProfileInput{Name: aws.String("P")})
	x.ok(x.joinGroup(id, nil))
	_, err = x.sdk.UpdateUserIdentityInfo(x.ctx, &connect.UpdateUserIdentityInfoInput{InstanceId: &x.InstanceID, UserId: &id, IdentityInfo: who})
	x.ok(err)
	_, err = x.sdk.UpdateUserPhoneConfig(x.ctx, &connect.UpdateUserPhoneConfigInput{InstanceId: &x.InstanceID, UserId: &id, PhoneConfig: phone})
	x.ok(err)
	_, err = x.sdk.UpdateUserRoutingProfile(x.ctx, &connect.UpdateUserRoutingProfileInput{InstanceId: &x.InstanceID, UserId: &id, RoutingProfileId: &profile})
	x.ok(err)
	_, err = x.sdk.UpdateUserSecurityProfiles(x.ctx, &connect.UpdateUserSecurityProfilesInput{
		InstanceId: &x.InstanceID, UserId: &id, SecurityProfileIds: []string{admin},
	})
	x.ok(err)
	u = x.user(id)
	x.sameRead("the user", []string{*u.RoutingProfileId, aws.ToString(u.HierarchyGroupId)}, []string{profile, ""})
	x.sameRead("security profiles", u.SecurityProfileIds, []string{admin})
	x.sameRead("identity", u.IdentityInfo, who)
	samePhone(x, u, phone)
	x.retag(*u.Arn, func() map[string]string { return x.user(id).Tags })

	x.ok(x.deleteUser(id))
	x.gone(x.deleteUser(id))
	_, err = x.sdk.DescribeUser(x.ctx, &connect.DescribeUserInput{InstanceId: &x.InstanceID, UserId: &id})
	x.gone(err)
}

// A user without an identity_info block is refused, as the names in it are required.
func TestTerraformUserWithoutIdentity(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	stock := x.user(x.Agent.UserID)
	_, err := x.sdk.CreateUser(x.ctx, &connect.CreateUserInput{
		InstanceId: &x.InstanceID, Username: aws.String("ann"), Password: aws.String("Tasklane1"),
		RoutingProfileId: stock.RoutingProfileId, SecurityProfileIds: stock.SecurityProfileIds,
	})
	x.refused(err, invalidParameter, 400, "IdentityInfo.FirstName")
}

func TestTerraformHierarchyStructure(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	names := func() (names []string) {
		for _, l := range x.structure() {
			if aws.ToString(l.Id) == "" || aws.ToString(l.Arn) == "" {
				t.Errorf("a level is %+v", l)
			}
			names = append(names, *l.Name)
		}
		return names
	}
	x.ok(x.levels("Region", "Team"))
	x.sameRead("levels", names(), []string{"Region", "Team"})
	first := *x.structure()[0].Id
	x.ok(x.levels("Land", "Team", "Row"))
	x.sameRead("levels", names(), []string{"Land", "Team", "Row"})
	if id := *x.structure()[0].Id; id != first {
		t.Errorf("the first level is %s, was %s", id, first)
	}
	x.ok(x.levels())
	x.sameRead("levels", names(), []string{})
}

func TestTerraformHierarchyGroup(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	x.ok(x.levels("Region", "Team"))
	top := x.group("North", "")
	id, err := x.tryGroup("Red", top, asWritten())
	x.ok(err)
	g := x.describeGroup(id)
	x.sameRead("the group", []string{*g.Id, *g.Arn, *g.Name, *g.LevelId, pathText(g)},
		[]string{id, x.InstanceARN + "/agent-group/" + id, "Red", *x.structure()[1].Id, "North/Red"})
	if p := g.HierarchyPath; *p.LevelOne.Id != top || *p.LevelTwo.Id != id || p.LevelThree != nil {
		t.Errorf("the path is %+v", p)
	}
	_, err = x.sdk.UpdateUserHierarchyGroupName(x.ctx, &connect.UpdateUserHierarchyGroupNameInput{InstanceId: &x.InstanceID, HierarchyGroupId: &id, Name: aws.String("Blue")})
	x.ok(err)
	x.sameRead("the group", pathText(x.describeGroup(id)), "North/Blue")
	x.retag(*g.Arn, func() map[string]string { return x.describeGroup(id).Tags })
	x.ok(x.deleteGroup(id))
	x.gone(x.deleteGroup(id))
	_, err = x.sdk.DescribeUserHierarchyGroup(x.ctx, &connect.DescribeUserHierarchyGroupInput{InstanceId: &x.InstanceID, HierarchyGroupId: &id})
	x.gone(err)
}

// permissionsOf are the permissions that a security profile gives, sorted: for the provider they are a set.
func (x *trial) permissionsOf(id string) (all []string) {
	x.t.Helper()
	pages := connect.NewListSecurityProfilePermissionsPaginator(x.sdk, &connect.ListSecurityProfilePermissionsInput{
		InstanceId: &x.InstanceID, SecurityProfileId: &id, MaxResults: aws.Int32(60),
	})
	for pages.HasMorePages() {
		out, err := pages.NextPage(x.ctx)
		x.ok(err)
		all = append(all, out.Permissions...)
	}
	slices.Sort(all)
	return all
}

func TestTerraformSecurityProfile(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	// A profile of Amazon Connect has permissions that nothing here checks.
	id, err := x.trySecurity(connect.CreateSecurityProfileInput{
		SecurityProfileName: aws.String("S"), Description: aws.String("d"),
		Permissions: []string{"OutboundCallAccess", directory.BasicAgentAccess}, Tags: asWritten(),
	})
	x.ok(err)
	p := x.describeSecurity(id)
	x.sameRead("the profile", []string{*p.Id, *p.Arn, *p.SecurityProfileName, *p.Description, aws.ToString(p.OrganizationResourceId)},
		[]string{id, x.InstanceARN + "/security-profile/" + id, "S", "d", aws.ToString(p.OrganizationResourceId)})
	x.sameRead("permissions", x.permissionsOf(id), []string{directory.BasicAgentAccess, "OutboundCallAccess"})

	update := func(in connect.UpdateSecurityProfileInput) error {
		in.InstanceId, in.SecurityProfileId = &x.InstanceID, &id
		_, err := x.sdk.UpdateSecurityProfile(x.ctx, &in)
		return err
	}
	x.ok(update(connect.UpdateSecurityProfileInput{Permissions: []string{"VoiceId.Access"}}))
	x.sameRead("the profile", *x.describeSecurity(id).Description, "d")
	x.sameRead("permissions", x.permissionsOf(id), []string{"VoiceId.Access"})
	x.ok(update(connect.UpdateSecurityProfileInput{Description: aws.String("")}))
	x.sameRead("the profile", aws.ToString(x.describeSecurity(id).Description), "")
	x.sameRead("permissions", x.permissionsOf(id), []string{"VoiceId.Access"})
	x.ok(update(connect.UpdateSecurityProfileInput{Permissions: []string{}}))
	x.sameRead("permissions", x.permissionsOf(id), []string{})
	x.retag(*p.Arn, func() map[string]string { return x.describeSecurity(id).Tags })

	remove := func() error {
		_, err := x.sdk.DeleteSecurityProfile(x.ctx, &connect.DeleteSecurityProfileInput{InstanceId: &x.InstanceID, SecurityProfileId: &id})
		return err
	}
	x.ok(remove())
	x.gone(remove())
	_, err = x.sdk.DescribeSecurityProfile(x.ctx, &connect.DescribeSecurityProfileInput{InstanceId: &x.InstanceID, SecurityProfileId: &id})
	x.gone(err)
}
