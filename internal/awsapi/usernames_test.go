package awsapi_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server/servertest"
)

// TestNewUserOfTheReference makes users by the rules that the reference of CreateUser states in prose.
func TestNewUserOfTheReference(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	stock := x.user(x.Agent.UserID)
	x.Hire("Taken")
	named := func(first, last *string) func(*connect.CreateUserInput) {
		return func(in *connect.CreateUserInput) {
			in.IdentityInfo = &types.UserIdentityInfo{FirstName: first, LastName: last}
		}
	}
	second := func(email string) func(*connect.CreateUserInput) {
		return func(in *connect.CreateUserInput) { in.IdentityInfo.SecondaryEmail = &email }
	}
	phone := func(p types.UserPhoneConfig) func(*connect.CreateUserInput) {
		return func(in *connect.CreateUserInput) { in.PhoneConfig = &p }
	}
	some := aws.String("Ann")
	for _, tt := range []struct {
		name, username string
		change         func(*connect.CreateUserInput)
		kind           string // empty: taken
		status         int
		says           string
	}{
		{"plain", "ann", nil, "", 0, ""},
		{"every character", `Ab_0-.\x`, nil, "", 0, ""},
		{"as long as Terraform's tests have it", strings.Repeat("u", 43), nil, "", 0, ""},
		{"as long as the model has it", strings.Repeat("u", 100), nil, "", 0, ""},
		{"longer", strings.Repeat("u", 101), nil, invalidParameter, 400, "Username"},
		{"an address", "ann@example.com", nil, "", 0, ""},
		{"no address", "ann@example", nil, invalidParameter, 400, "Username"},
		{"two @", "ann@b@example.com", nil, invalidParameter, 400, "Username"},
		{"blank in it", "ann b", nil, invalidParameter, 400, "Username"},
		{"umlaut", "\u00fcnal", nil, invalidParameter, 400, "Username"},
		{"slash", "ann/b", nil, invalidParameter, 400, "Username"},
		{"differs in case only", "tAKEN", nil, duplicate, 409, "tAKEN"},
		{"no identity", "b", func(in *connect.CreateUserInput) { in.IdentityInfo = nil }, invalidParameter, 400, "FirstName"},
		{"no first name", "b", named(nil, some), invalidParameter, 400, "FirstName"},
		{"no last name", "b", named(some, nil), invalidParameter, 400, "LastName"},
		{"empty first name", "b", named(aws.String(""), some), invalidParameter, 400, "FirstName"},
		{"blank last name", "b", named(some, aws.String(" ")), invalidParameter, 400, "LastName"},
		{"long names", "long", named(aws.String(strings.Repeat("n", 255)), aws.String(strings.Repeat("n", 256))), "", 0, ""},
		{"longer first name", "b", named(aws.String(strings.Repeat("n", 256)), some), invalidParameter, 400, "FirstName"},
		{"longer last name", "b", named(some, aws.String(strings.Repeat("n", 257))), invalidParameter, 400, "LastName"},
		{"composed", "composed", named(aws.String("Ren\u00e9"), some), "", 0, ""},
		{"decomposed", "b", named(aws.String("Rene\u0301"), some), invalidParameter, 400, "NFC"},
		{"second address", "second", second("a.b+c@mail.example.com"), "", 0, ""},
		{"no second address", "b", second("x"), invalidParameter, 400, "SecondaryEmail"},
		{"second address too long", "b", second(strings.Repeat("x", 254) + "@example.com"), invalidParameter, 400, "SecondaryEmail"},
		{"directory", "directory", func(in *connect.CreateUserInput) { in.DirectoryUserId = aws.String("d") }, "", 0, ""},
		{"empty group", "b", func(in *connect.CreateUserInput) { in.HierarchyGroupId = aws.String("") }, invalidParameter, 400, "HierarchyGroupId"},
		{"desk phone", "desk", phone(types.UserPhoneConfig{PhoneType: types.PhoneTypeDeskPhone, DeskPhoneNumber: aws.String("+4930123456")}), "", 0, ""},
		{"desk phone without number", "b", phone(types.UserPhoneConfig{PhoneType: types.PhoneTypeDeskPhone}), invalidParameter, 400, "DESK_PHONE"},
		{"desk phone by channel without number", "b", func(in *connect.CreateUserInput) {
			in.PhoneNumberConfigs = []types.PhoneNumberConfig{{Channel: types.ChannelVoice, PhoneType: types.PhoneTypeDeskPhone}}
		}, invalidParameter, 400, "DESK_PHONE"},
		{"both forms, of different settings", "both", func(in *connect.CreateUserInput) {
			in.PhoneConfig = &types.UserPhoneConfig{PhoneType: types.PhoneTypeSoftPhone}
			in.AutoAcceptConfigs = []types.AutoAcceptConfig{accepts(types.ChannelTask, true)}
			in.AfterContactWorkConfigs = []types.AfterContactWorkConfigPerChannel{workLimit(types.ChannelTask, 9)}
			in.VoiceEnhancementConfigs = []types.VoiceEnhancementConfig{{Channel: types.ChannelVoice, VoiceEnhancementMode: types.VoiceEnhancementModeNone}}
		}, "", 0, ""},
		{"auto-accept twice", "b", func(in *connect.CreateUserInput) {
			in.PhoneConfig = &types.UserPhoneConfig{AutoAccept: true}
			in.AutoAcceptConfigs = []types.AutoAcceptConfig{accepts(types.ChannelTask, true)}
		}, invalidRequest, 400, "AutoAcceptConfigs"},
		{"after-contact work twice", "b", func(in *connect.CreateUserInput) {
			in.PhoneConfig = &types.UserPhoneConfig{AfterContactWorkTimeLimit: 1}
			in.AfterContactWorkConfigs = []types.AfterContactWorkConfigPerChannel{workLimit(types.ChannelTask, 9)}
		}, invalidRequest, 400, "AfterContactWorkConfigs"},
		{"telephone twice", "b", func(in *connect.CreateUserInput) {
			in.PhoneConfig = &types.UserPhoneConfig{PhoneType: types.PhoneTypeSoftPhone}
			in.PhoneNumberConfigs = []types.PhoneNumberConfig{{Channel: types.ChannelVoice, PhoneType: types.PhoneTypeSoftPhone}}
		}, invalidRequest, 400, "PhoneNumberConfigs"},
		{"connection twice", "b", func(in *connect.CreateUserInput) {
			in.PhoneConfig = &types.UserPhoneConfig{PersistentConnection: aws.Bool(true)}
			in.PersistentConnectionConfigs = []types.PersistentConnectionConfig{{Channel: types.ChannelVoice, PersistentConnection: aws.Bool(true)}}
		}, invalidRequest, 400, "PersistentConnectionConfigs"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := x.in(t)
			in := &connect.CreateUserInput{
				InstanceId: &x.InstanceID, Username: &tt.username, Password: aws.String("Tasklane1"), IdentityInfo: servertest.Somebody(),
				RoutingProfileId: stock.RoutingProfileId, SecurityProfileIds: stock.SecurityProfileIds,
			}
			if tt.change != nil {
				tt.change(in)
			}
			out, err := x.sdk.CreateUser(x.ctx, in)
			x.answered(err, tt.kind, tt.status, tt.says)
			if err != nil {
				return
			}
			u := x.user(*out.UserId)
			if *u.IdentityInfo.FirstName != *in.IdentityInfo.FirstName || *u.IdentityInfo.LastName != *in.IdentityInfo.LastName {
				t.Errorf("DescribeUser tells the identity %+v", u.IdentityInfo)
			}
			if want := aws.ToString(in.DirectoryUserId); *u.DirectoryUserId != want && (want != "" || *u.DirectoryUserId != *u.Id) {
				t.Errorf("DescribeUser tells the directory's id %s", *u.DirectoryUserId)
			}
		})
	}
}

// TestChangedIdentityOfTheReference keeps the rules of names when they change.
func TestChangedIdentityOfTheReference(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	for _, tt := range []struct {
		info types.UserIdentityInfo
		says string // empty: taken
	}{
		{types.UserIdentityInfo{FirstName: aws.String("Ann")}, ""},
		{types.UserIdentityInfo{LastName: aws.String("")}, "LastName"},
		{types.UserIdentityInfo{FirstName: aws.String("\u200b")}, "FirstName"},
		{types.UserIdentityInfo{FirstName: aws.String("e\u0301")}, "NFC"},
		{types.UserIdentityInfo{LastName: aws.String(strings.Repeat("n", 257))}, "LastName"},
		{types.UserIdentityInfo{SecondaryEmail: aws.String("x")}, "SecondaryEmail"},
	} {
		_, err := x.sdk.UpdateUserIdentityInfo(x.ctx, &connect.UpdateUserIdentityInfoInput{InstanceId: &x.InstanceID, UserId: &x.Agent.UserID, IdentityInfo: &tt.info})
		if tt.says == "" {
			x.ok(err)
			continue
		}
		x.refused(err, invalidParameter, 400, tt.says)
	}
}

// TestPhoneConfigLimitsEveryChannel that the user's routing profile has.
func TestPhoneConfigLimitsEveryChannel(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	profile := x.profile(connect.CreateRoutingProfileInput{
		Name: aws.String("two channels"), MediaConcurrencies: []types.MediaConcurrency{media(types.ChannelTask, 1), media(types.ChannelChat, 2)},
	})
	id := x.Hire("ann", func(in *connect.CreateUserInput) { in.RoutingProfileId = &profile }).UserID
	_, err := x.sdk.UpdateUserPhoneConfig(x.ctx, &connect.UpdateUserPhoneConfigInput{
		InstanceId: &x.InstanceID, UserId: &id, PhoneConfig: &types.UserPhoneConfig{PhoneType: types.PhoneTypeSoftPhone, AfterContactWorkTimeLimit: 30},
	})
	x.ok(err)
	const want = "SOFT_PHONE//false/false/30 accept:TASK=false/false work:TASK=30 work:CHAT=30"
	if got := settingsText(x.user(id)); got != want {
		t.Errorf("settings\n%s, want\n%s", got, want)
	}
}
