package awsapi_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
)

func (x *trial) user(id string) *types.User {
	x.t.Helper()
	out, err := x.sdk.DescribeUser(x.ctx, &connect.DescribeUserInput{InstanceId: &x.InstanceID, UserId: &id})
	x.ok(err)
	return out.User
}

// settingsText puts the settings of a user in one line: of the older form, and by channel.
func settingsText(u *types.User) string {
	p := u.PhoneConfig
	text := []string{fmt.Sprintf("%s/%s/%t/%t/%d", p.PhoneType, aws.ToString(p.DeskPhoneNumber), aws.ToBool(p.PersistentConnection), p.AutoAccept, p.AfterContactWorkTimeLimit)}
	for _, c := range u.AutoAcceptConfigs {
		text = append(text, fmt.Sprintf("accept:%s=%t/%t", c.Channel, c.AutoAccept, aws.ToBool(c.AgentFirstCallbackAutoAccept)))
	}
	for _, c := range u.AfterContactWorkConfigs {
		work := fmt.Sprintf("work:%s=%d", c.Channel, c.AfterContactWorkConfig.AfterContactWorkTimeLimit)
		if c.AgentFirstCallbackAfterContactWorkConfig != nil {
			work += fmt.Sprintf("/%d", c.AgentFirstCallbackAfterContactWorkConfig.AfterContactWorkTimeLimit)
		}
		text = append(text, work)
	}
	for _, c := range u.PhoneNumberConfigs {
		text = append(text, fmt.Sprintf("phone:%s=%s/%s", c.Channel, c.PhoneType, aws.ToString(c.PhoneNumber)))
	}
	for _, c := range u.PersistentConnectionConfigs {
		text = append(text, fmt.Sprintf("persistent:%s=%t", c.Channel, aws.ToBool(c.PersistentConnection)))
	}
	for _, c := range u.VoiceEnhancementConfigs {
		text = append(text, fmt.Sprintf("voice:%s=%s", c.Channel, c.VoiceEnhancementMode))
	}
	return strings.Join(text, " ")
}

func accepts(of types.Channel, yes bool) types.AutoAcceptConfig {
	return types.AutoAcceptConfig{Channel: of, AutoAccept: yes}
}

func TestSettingsOfUser(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	voice := workLimit(types.ChannelVoice, 7)
	voice.AgentFirstCallbackAfterContactWorkConfig = &types.AfterContactWorkConfig{AfterContactWorkTimeLimit: 9}
	ann := x.Hire("ann", func(in *connect.CreateUserInput) {
		in.AutoAcceptConfigs = []types.AutoAcceptConfig{accepts(types.ChannelTask, true), {Channel: types.ChannelVoice, AgentFirstCallbackAutoAccept: aws.Bool(true)}}
		in.AfterContactWorkConfigs = []types.AfterContactWorkConfigPerChannel{workLimit(types.ChannelTask, 60), voice}
		in.PhoneNumberConfigs = []types.PhoneNumberConfig{{Channel: types.ChannelVoice, PhoneType: types.PhoneTypeDeskPhone, PhoneNumber: aws.String("+4930123456")}}
		in.PersistentConnectionConfigs = []types.PersistentConnectionConfig{{Channel: types.ChannelVoice, PersistentConnection: aws.Bool(true)}}
		in.VoiceEnhancementConfigs = []types.VoiceEnhancementConfig{{Channel: types.ChannelVoice, VoiceEnhancementMode: types.VoiceEnhancementModeNone}}
	})
	id := ann.UserID
	config := func(in connect.UpdateUserConfigInput) error {
		in.InstanceId, in.UserId = &x.InstanceID, &id
		_, err := x.sdk.UpdateUserConfig(x.ctx, &in)
		return err
	}
	phone := func(c types.UserPhoneConfig) error {
		_, err := x.sdk.UpdateUserPhoneConfig(x.ctx, &connect.UpdateUserPhoneConfigInput{InstanceId: &x.InstanceID, UserId: &id, PhoneConfig: &c})
		return err
	}
	const rest = " phone:VOICE=DESK_PHONE/+4930123456 persistent:VOICE=true voice:VOICE=NONE"
	for _, step := range []struct {
		do   func() error
		want string
	}{
		{func() error { return nil }, "//false/true/60 accept:TASK=true/false accept:VOICE=false/true work:TASK=60 work:VOICE=7/9" + rest},
		{func() error {
			return config(connect.UpdateUserConfigInput{AutoAcceptConfigs: []types.AutoAcceptConfig{accepts(types.ChannelTask, false)}})
		}, "//false/false/60 accept:TASK=false/false accept:VOICE=false/true work:TASK=60 work:VOICE=7/9" + rest},
		{func() error {
			return config(connect.UpdateUserConfigInput{AfterContactWorkConfigs: []types.AfterContactWorkConfigPerChannel{workLimit(types.ChannelChat, 5), workLimit(types.ChannelTask, 0)}})
		}, "//false/false/0 accept:TASK=false/false accept:VOICE=false/true work:TASK=0 work:VOICE=7/9 work:CHAT=5" + rest},
		{func() error {
			return config(connect.UpdateUserConfigInput{
				PhoneNumberConfigs: []types.PhoneNumberConfig{{Channel: types.ChannelVoice, PhoneType: types.PhoneTypeSoftPhone}},
				AutoAcceptConfigs:  []types.AutoAcceptConfig{accepts(types.ChannelTask, true)},
			})
		}, "//false/true/0 accept:TASK=true/false accept:VOICE=false/true work:TASK=0 work:VOICE=7/9 work:CHAT=5 phone:VOICE=SOFT_PHONE/+4930123456 persistent:VOICE=true voice:VOICE=NONE"},
		{func() error {
			return phone(types.UserPhoneConfig{PhoneType: types.PhoneTypeDeskPhone, DeskPhoneNumber: aws.String("+4930999"), AutoAccept: true, AfterContactWorkTimeLimit: 30, PersistentConnection: aws.Bool(true)})
		}, "DESK_PHONE/+4930999/true/true/30 accept:TASK=true/false work:TASK=30"},
		{func() error { return phone(types.UserPhoneConfig{}) }, "//false/false/0 accept:TASK=false/false work:TASK=0"},
	} {
		x.ok(step.do())
		if got := settingsText(x.user(id)); got != step.want {
			t.Errorf("settings\n%s, want\n%s", got, step.want)
		}
	}
	task := accepts(types.ChannelTask, true)
	x.refused(config(connect.UpdateUserConfigInput{}), invalidRequest, 400, "AutoAcceptConfigs")
	x.refused(config(connect.UpdateUserConfigInput{AutoAcceptConfigs: []types.AutoAcceptConfig{task, task}}), invalidParameter, 400, "AutoAcceptConfigs", "TASK")
	x.refused(config(connect.UpdateUserConfigInput{AutoAcceptConfigs: []types.AutoAcceptConfig{{Channel: types.ChannelTask, AgentFirstCallbackAutoAccept: aws.Bool(true)}}}), invalidParameter, 400, "AutoAcceptConfigs", "VOICE")
	x.refused(config(connect.UpdateUserConfigInput{AfterContactWorkConfigs: []types.AfterContactWorkConfigPerChannel{workLimit(types.ChannelTask, 2_000_001)}}), invalidParameter, 400, "AfterContactWorkTimeLimit", "2000000")
	x.refused(config(connect.UpdateUserConfigInput{PersistentConnectionConfigs: []types.PersistentConnectionConfig{{Channel: types.ChannelTask, PersistentConnection: aws.Bool(true)}}}), invalidParameter, 400, "PersistentConnectionConfigs", "VOICE")
	x.refused(config(connect.UpdateUserConfigInput{VoiceEnhancementConfigs: []types.VoiceEnhancementConfig{{Channel: types.ChannelChat, VoiceEnhancementMode: types.VoiceEnhancementModeNone}}}), invalidParameter, 400, "VoiceEnhancementConfigs", "VOICE")
	x.refused(config(connect.UpdateUserConfigInput{PhoneNumberConfigs: []types.PhoneNumberConfig{{Channel: types.ChannelVoice, PhoneType: types.PhoneTypeDeskPhone, PhoneNumber: aws.String("12")}}}), invalidParameter, 400, "PhoneNumber")
	x.refused(phone(types.UserPhoneConfig{AfterContactWorkTimeLimit: 2_000_001}), invalidParameter, 400, "PhoneConfig.AfterContactWorkTimeLimit")
	id = unknown
	x.refused(config(connect.UpdateUserConfigInput{AutoAcceptConfigs: []types.AutoAcceptConfig{task}}), notFound, 404, unknown)
	x.refused(phone(types.UserPhoneConfig{}), notFound, 404, unknown)
}

func TestUserIsChanged(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	ann := x.Hire("ann", func(in *connect.CreateUserInput) {
		in.IdentityInfo = &types.UserIdentityInfo{FirstName: aws.String("Ann"), LastName: aws.String("Lee"), Email: aws.String("ann@example.com")}
	})
	profile := x.profile(connect.CreateRoutingProfileInput{Name: aws.String("P")})
	admin := x.user(x.Admin.UserID).SecurityProfileIds[0]
	identity := func(id string, i types.UserIdentityInfo) error {
		_, err := x.sdk.UpdateUserIdentityInfo(x.ctx, &connect.UpdateUserIdentityInfoInput{InstanceId: &x.InstanceID, UserId: &id, IdentityInfo: &i})
		return err
	}
	routing := func(id, profile string) error {
		_, err := x.sdk.UpdateUserRoutingProfile(x.ctx, &connect.UpdateUserRoutingProfileInput{InstanceId: &x.InstanceID, UserId: &id, RoutingProfileId: &profile})
		return err
	}
	security := func(id string, profiles ...string) error {
		_, err := x.sdk.UpdateUserSecurityProfiles(x.ctx, &connect.UpdateUserSecurityProfilesInput{InstanceId: &x.InstanceID, UserId: &id, SecurityProfileIds: profiles})
		return err
	}
	x.ok(identity(ann.UserID, types.UserIdentityInfo{LastName: aws.String("Lane"), Mobile: aws.String("+49301"), SecondaryEmail: aws.String("a@example.com")}))
	x.ok(routing(ann.UserID, x.InstanceARN+"/routing-profile/"+profile))
	x.ok(security(x.InstanceARN+"/agent/"+ann.UserID, admin, x.InstanceARN+"/security-profile/"+admin))
	u := x.user(ann.UserID)
	i := u.IdentityInfo
	if got := fmt.Sprint(*i.FirstName, *i.LastName, i.Email == nil, *i.Mobile, *i.SecondaryEmail); got != "AnnLanetrue+49301a@example.com" {
		t.Errorf("the user is %s", got)
	}
	if *u.RoutingProfileId != profile || len(u.SecurityProfileIds) != 1 || u.SecurityProfileIds[0] != admin {
		t.Errorf("profiles %s and %v, want %s and %s", *u.RoutingProfileId, u.SecurityProfileIds, profile, admin)
	}
	x.refused(identity(unknown, types.UserIdentityInfo{}), notFound, 404, unknown)
	x.refused(identity(ann.UserID, types.UserIdentityInfo{Mobile: aws.String("12")}), invalidParameter, 400, "Mobile")
	x.refused(routing(unknown, profile), notFound, 404, unknown)
	x.refused(routing(ann.UserID, unknown), notFound, 404, unknown)
	x.refused(security(unknown, admin), notFound, 404, unknown)
	x.refused(security(ann.UserID, admin, unknown), notFound, 404, unknown)
	x.refused(security(ann.UserID, strings.Fields(strings.Repeat("a ", 11))...), invalidParameter, 400, "SecurityProfileIds", "10")
}

// A task that is offered to somebody who accepts by themselves is theirs at once: it never rings.
func TestTaskIsAcceptedByItself(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	ann := x.Hire("ann", func(in *connect.CreateUserInput) {
		in.AutoAcceptConfigs = []types.AutoAcceptConfig{accepts(types.ChannelTask, true)}
	})
	desk := x.SignIn(ann)
	x.SetStatus(ann.UserID, "Available")
	first := x.begin()
	x.Eventually("the task is not connected", func() bool { return desk.State(first) == "connected" })
	if got, want := x.Events(first), "INITIATED CONNECTED_TO_SYSTEM QUEUED OFFERED CONNECTED_TO_AGENT"; got != want {
		t.Errorf("events %s, want %s", got, want)
	}
	if c := x.Describe(first); *c.AgentInfo.Id != ann.UserID || c.AgentInfo.ConnectedToAgentTimestamp == nil {
		t.Errorf("the task is with %+v", c.AgentInfo)
	}
	x.Advance(time.Minute) // no offer runs out
	if got := desk.State(first); got != "connected" {
		t.Errorf("a minute later the task is %s", got)
	}
	// As of the next offer the setting is that of the moment.
	_, err := x.sdk.UpdateUserConfig(x.ctx, &connect.UpdateUserConfigInput{
		InstanceId: &x.InstanceID, UserId: &ann.UserID, AutoAcceptConfigs: []types.AutoAcceptConfig{accepts(types.ChannelTask, false), accepts(types.ChannelVoice, true)},
	})
	x.ok(err)
	second := x.begin()
	desk.Ringing(second)
	desk.Accept(second)
	desk.End(first)
}

func (x *trial) deleteUser(id string) error {
	_, err := x.sdk.DeleteUser(x.ctx, &connect.DeleteUserInput{InstanceId: &x.InstanceID, UserId: &id})
	return err
}

func TestDeletedUserIsGone(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	ann := x.Hire("ann")
	desk := x.SignIn(ann)
	x.SetStatus(ann.UserID, "Available")
	quick, err := x.sdk.CreateQuickConnect(x.ctx, &connect.CreateQuickConnectInput{
		InstanceId: &x.InstanceID, Name: aws.String("to ann"), QuickConnectConfig: &types.QuickConnectConfig{
			QuickConnectType: types.QuickConnectTypeUser, UserConfig: &types.UserQuickConnectConfig{
				UserId: &ann.UserID, ContactFlowId: aws.String(x.marked("to an agent", types.ContactFlowTypeAgentTransfer)),
			},
		},
	})
	x.ok(err)
	x.ok(x.deleteUser(x.InstanceARN + "/agent/" + ann.UserID))
	x.refused(x.deleteUser(ann.UserID), notFound, 404, ann.UserID)
	_, err = x.sdk.DescribeUser(x.ctx, &connect.DescribeUserInput{InstanceId: &x.InstanceID, UserId: &ann.UserID})
	x.refused(err, notFound, 404, ann.UserID)
	if status, _ := desk.Call("GetAgentSnapshot", map[string]any{}); status != 401 {
		t.Errorf("the panel is answered with %d", status)
	}
	data, err := x.sdk.GetCurrentUserData(x.ctx, &connect.GetCurrentUserDataInput{InstanceId: &x.InstanceID, Filters: &types.UserDataFilters{Queues: []string{x.QueueID}}})
	x.ok(err)
	if len(data.UserDataList) != 0 {
		t.Errorf("user data %+v", data.UserDataList)
	}
	// What leads to the user fails when it is used.
	if c := x.Describe(x.start(startInput{QuickConnectId: quick.QuickConnectId})); c.DisconnectTimestamp == nil {
		t.Errorf("a task for nobody is %+v", c)
	}
	x.Hire("ann") // the name is free again
}

func TestTasksOfDeletedUser(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	ann := x.Hire("ann")
	desk := x.SignIn(ann)
	to := x.marked("to an agent", types.ContactFlowTypeAgentTransfer)
	quick, err := x.sdk.CreateQuickConnect(x.ctx, &connect.CreateQuickConnectInput{
		InstanceId: &x.InstanceID, Name: aws.String("to ann"), QuickConnectConfig: &types.QuickConnectConfig{
			QuickConnectType: types.QuickConnectTypeUser, UserConfig: &types.UserQuickConnectConfig{UserId: &ann.UserID, ContactFlowId: &to},
		},
	})
	x.ok(err)
	own := x.start(startInput{QuickConnectId: quick.QuickConnectId})
	x.SetStatus(ann.UserID, "Available")
	desk.Ringing(own)
	take := func() string {
		id := x.begin()
		desk.Accept(id)
		return id
	}
	worked, paused, done := take(), take(), take()
	if status, out := desk.Call("PauseContact", map[string]any{"contactId": paused}); status != 200 {
		t.Fatalf("PauseContact: %d %v", status, out)
	}
	desk.End(done)
	declined := x.begin()
	desk.Ringing(declined)
	if status, out := desk.Call("RejectContact", map[string]any{"contactId": declined}); status != 200 {
		t.Fatalf("RejectContact: %d %v", status, out)
	}
	rings := x.begin()
	desk.Ringing(rings)
	x.SetStatus(ann.UserID, "Offline") // as next status, so that nothing more is offered
	waits := x.start(startInput{QuickConnectId: quick.QuickConnectId})
	x.ok(x.deleteUser(ann.UserID))

	for name, tt := range map[string]struct{ id, reason string }{
		"that rings out of their own queue": {own, "OTHER"}, "that waits in their own queue": {waits, "OTHER"},
		"that they work": {worked, "OTHER"}, "that they have paused": {paused, "OTHER"}, "in after-contact work": {done, "AGENT_DISCONNECT"},
	} {
		x.wantReason(tt.id, tt.reason)
		if events := x.Events(tt.id); !strings.HasSuffix(events, " COMPLETED") {
			t.Errorf("the task %s has events %s", name, events)
		}
	}
	if got := x.Events(rings); !strings.HasSuffix(got, "OFFERED WITHDRAWN") {
		t.Errorf("the task that rang has events %s", got)
	}
	x.Advance(time.Minute) // no timer of the user's does anything any more
	next := x.SignIn(x.Agent)
	x.SetStatus(x.Agent.UserID, "Available")
	next.Accept(rings)
	next.Accept(declined)
}

// What a flow changes that runs when the task is accepted by itself, the task is found by.
func TestAcceptedTaskIsFoundByWhatItsFlowChanges(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	ann := x.Hire("ann", func(in *connect.CreateUserInput) {
		in.AutoAcceptConfigs = []types.AutoAcceptConfig{accepts(types.ChannelTask, true)}
	})
	x.SetStatus(ann.UserID, "Available")
	whisper := x.publish("renames", types.ContactFlowTypeAgentWhisper, `{"Version":"2019-10-30","StartAction":"name","Actions":[
		{"Identifier":"name","Type":"UpdateContactData","Parameters":{"Name":"renamed"},"Transitions":{"NextAction":"end","Errors":[{"ErrorType":"NoMatchingError","NextAction":"end"}]}},
		{"Identifier":"end","Type":"EndFlowExecution","Parameters":{},"Transitions":{}}]}`)
	hook := fmt.Sprintf(`UpdateContactEventHooks {"EventHooks":{"AgentWhisper":%q}} ! NoMatchingError`, whisper)
	flow := x.publish("hooks", types.ContactFlowTypeContactFlow, script(append([]string{hook}, enqueue(x.QueueID)...)...))
	id := x.start(startInput{ContactFlowId: &flow, Name: aws.String("original")})
	x.Eventually("the task is not renamed", func() bool { return aws.ToString(x.Describe(id).Name) == "renamed" })
	for text, want := range map[string]int{"renamed": 1, "original": 0} {
		out, err := x.sdk.SearchContacts(x.ctx, &connect.SearchContactsInput{
			InstanceId: &x.InstanceID,
			TimeRange: &types.SearchContactsTimeRange{
				Type: types.SearchContactsTimeRangeTypeInitiationTimestamp, StartTime: aws.Time(x.Now().Add(-time.Hour)), EndTime: aws.Time(x.Now().Add(time.Hour)),
			},
			SearchCriteria: &types.SearchCriteria{Name: &types.NameCriteria{MatchType: types.SearchContactsMatchTypeMatchAny, SearchText: []string{text}}},
		})
		x.ok(err)
		if len(out.Contacts) != want {
			t.Errorf("%d tasks are named %s, want %d", len(out.Contacts), text, want)
		}
	}
}
