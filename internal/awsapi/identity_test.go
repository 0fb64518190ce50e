package awsapi_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server/servertest"
)

// withIdentity makes an instance whose users are managed in a way, and returns a function that makes a user there.
func (x *trial) withIdentity(kind types.DirectoryType) func(name string, change func(*connect.CreateUserInput)) (*types.User, error) {
	x.t.Helper()
	in := managed(string(kind[:4]))
	in.IdentityManagementType = kind
	if kind == types.DirectoryTypeExistingDirectory {
		in.DirectoryId = new("d-0123456789")
	}
	made, err := x.sdk.CreateInstance(x.ctx, in)
	x.ok(err)
	profiles, err := x.sdk.ListRoutingProfiles(x.ctx, &connect.ListRoutingProfilesInput{InstanceId: made.Id})
	x.ok(err)
	security, err := x.sdk.ListSecurityProfiles(x.ctx, &connect.ListSecurityProfilesInput{InstanceId: made.Id})
	x.ok(err)
	return func(name string, change func(*connect.CreateUserInput)) (*types.User, error) {
		in := &connect.CreateUserInput{
			InstanceId: made.Id, Username: &name, IdentityInfo: servertest.Somebody(),
			RoutingProfileId: profiles.RoutingProfileSummaryList[0].Id, SecurityProfileIds: []string{*security.SecurityProfileSummaryList[0].Id},
		}
		change(in)
		out, err := x.sdk.CreateUser(x.ctx, in)
		if err != nil {
			return nil, err
		}
		user, err := x.sdk.DescribeUser(x.ctx, &connect.DescribeUserInput{InstanceId: made.Id, UserId: out.UserId})
		return valueOf(user).User, err
	}
}

// What a user must have and must not have depends on how their instance manages its users.
func TestUsersByIdentityManagement(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	in := map[types.DirectoryType]func(string, func(*connect.CreateUserInput)) (*types.User, error){}
	for _, kind := range types.DirectoryType("").Values() {
		in[kind] = x.withIdentity(kind)
	}
	plain := func(*connect.CreateUserInput) {}
	password := func(in *connect.CreateUserInput) { in.Password = new("Tasklane1") }
	directory := func(in *connect.CreateUserInput) { in.DirectoryUserId = new("S-1-5-21") }
	email := func(in *connect.CreateUserInput) { in.IdentityInfo.Email = new("ann@example.com") }
	nameless := func(in *connect.CreateUserInput) { in.IdentityInfo = nil }
	for _, tt := range []struct {
		kind   types.DirectoryType
		name   string
		change func(*connect.CreateUserInput)
		fault  string // empty: taken
		says   string
	}{
		{types.DirectoryTypeConnectManaged, "plain", plain, invalidRequest, "Required parameter missing: Password"},
		{types.DirectoryTypeConnectManaged, "password", password, "", ""},
		{types.DirectoryTypeConnectManaged, "email", func(in *connect.CreateUserInput) { password(in); email(in) }, "", ""},
		{types.DirectoryTypeSaml, "plain", plain, "", ""},
		{types.DirectoryTypeSaml, "ann.lee.of.the.claims.department@example.com", plain, "", ""},
		{types.DirectoryTypeSaml, "a2345678901234567890123456789012345678901234567890123456789012345", plain, invalidParameter, "64"},
		{types.DirectoryTypeSaml, "password", password, invalidRequest, "Password"},
		{types.DirectoryTypeSaml, "directory", directory, invalidRequest, "DirectoryUserId"},
		{types.DirectoryTypeSaml, "email", email, invalidRequest, "Email"},
		{types.DirectoryTypeSaml, "second", func(in *connect.CreateUserInput) { in.IdentityInfo.SecondaryEmail = new("ann@example.com") }, "", ""},
		{types.DirectoryTypeSaml, "nameless", nameless, invalidParameter, "FirstName"},
		{types.DirectoryTypeExistingDirectory, "plain", plain, "", ""},
		{types.DirectoryTypeExistingDirectory, "password", password, invalidRequest, "Password"},
		{types.DirectoryTypeExistingDirectory, "directory", directory, "", ""},
		{types.DirectoryTypeExistingDirectory, "email", email, "", ""},
		{types.DirectoryTypeExistingDirectory, "nameless", nameless, "", ""},
	} {
		u, err := in[tt.kind](tt.name, tt.change)
		if tt.fault == "" && err != nil {
			t.Errorf("%s: %s: %v", tt.kind, tt.name, err)
		}
		if tt.fault != "" {
			x.refused(err, tt.fault, 400, tt.says)
		}
		if err == nil && tt.name == "directory" && *u.DirectoryUserId != "S-1-5-21" {
			t.Errorf("%s: DirectoryUserId = %s", tt.kind, *u.DirectoryUserId)
		}
	}
	// Nobody gets an Email later, either.
	u, err := in[types.DirectoryTypeSaml]("later", plain)
	x.ok(err)
	instance := (*u.Arn)[:len(*u.Arn)-len("/agent/")-len(*u.Id)]
	change := func(info *types.UserIdentityInfo) error {
		_, err := x.sdk.UpdateUserIdentityInfo(x.ctx, &connect.UpdateUserIdentityInfoInput{InstanceId: &instance, UserId: u.Id, IdentityInfo: info})
		return err
	}
	x.refused(change(&types.UserIdentityInfo{Email: new("ann@example.com")}), invalidRequest, 400, "Email")
	x.ok(change(&types.UserIdentityInfo{FirstName: new("Anne")}))
}
