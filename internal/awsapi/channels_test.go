package awsapi_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server"
	"github.com/tasklane/tasklane/internal/server/servertest"
)

// another makes a contact of another channel, which is over unless the request says otherwise.
func (x *trial) another(channel types.Channel, in connect.CreateContactInput) string {
	x.t.Helper()
	id, err := x.tryAnother(channel, in)
	x.ok(err)
	return id
}

func (x *trial) tryAnother(channel types.Channel, in connect.CreateContactInput) (string, error) {
	in.InstanceId, in.Channel = &x.InstanceID, channel
	if in.InitiationMethod == "" {
		in.InitiationMethod = types.ContactInitiationMethodInbound
	}
	out, err := x.sdk.CreateContact(x.ctx, &in)
	if err != nil {
		return "", err
	}
	return *out.ContactId, nil
}

func completed(attributes map[string]string) connect.CreateContactInput {
	return connect.CreateContactInput{InitiateAs: types.InitiateAsCompleted, Attributes: attributes}
}

// TestTasksAreLinkedToContactsOfOtherChannels is the way of programs that make a task of a voicemail, or follow a chat
// up.
func TestTasksAreLinkedToContactsOfOtherChannels(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	for channel, want := range map[types.Channel]struct{ subtype, reason string }{
		types.ChannelVoice: {"connect:Telephony", "CUSTOMER_DISCONNECT"},
		types.ChannelChat:  {"connect:Chat", "CUSTOMER_DISCONNECT"},
		types.ChannelEmail: {"connect:Email", "OTHER"},
	} {
		t.Run(string(channel), func(t *testing.T) {
			x := x.in(t)
			source := x.another(channel, completed(map[string]string{"language": "de"}))
			c := x.Describe(source)
			if c.Channel != channel || c.InitiationMethod != types.ContactInitiationMethodInbound || c.DisconnectTimestamp == nil ||
				aws.ToString(c.DisconnectReason) != want.reason || c.Name != nil || c.AgentInfo != nil || c.QueueInfo != nil {
				t.Errorf("DescribeContact = %+v", c)
			}
			if got := aws.ToString(c.SegmentAttributes["connect:Subtype"].ValueString); got != want.subtype || len(c.SegmentAttributes) != 1 {
				t.Errorf("segment attributes %v, want connect:Subtype %s alone", c.SegmentAttributes, want.subtype)
			}
			follows := x.start(startInput{PreviousContactId: &source})
			relates := x.start(startInput{RelatedContactId: &source})
			x.wantAttribute("language", "de", follows)
			x.wantAttribute("language", "de", relates)
			if f, r := x.Describe(follows), x.Describe(relates); aws.ToString(f.PreviousContactId) != source || aws.ToString(f.InitialContactId) != source ||
				aws.ToString(r.RelatedContactId) != source || aws.ToString(r.ContactAssociationId) != source || f.Channel != types.ChannelTask {
				t.Errorf("the tasks are %+v and %+v", f, r)
			}
			_, err := x.sdk.UpdateContactAttributes(x.ctx, &connect.UpdateContactAttributesInput{
				InstanceId: &x.InstanceID, InitialContactId: &source, Attributes: map[string]string{"transcript": "s3://t"},
			})
			x.ok(err)
			x.wantAttribute("transcript", "s3://t", source)
			x.wantAttribute("transcript", "s3://t", follows) // the chain shares its set
			got, err := x.sdk.GetContactAttributes(x.ctx, &connect.GetContactAttributesInput{InstanceId: &x.InstanceID, InitialContactId: &relates})
			x.ok(err)
			if _, has := got.Attributes["transcript"]; has {
				t.Errorf("the related task has what was written later: %v", got.Attributes)
			}
			tree, err := x.sdk.ListAssociatedContacts(x.ctx, &connect.ListAssociatedContactsInput{InstanceId: &x.InstanceID, ContactId: &relates})
			x.ok(err)
			if len(tree.ContactSummaryList) != 3 || tree.ContactSummaryList[0].Channel != channel {
				t.Errorf("the tree is %+v", tree.ContactSummaryList)
			}
		})
	}
}

func TestContactsOfOtherChannelsAreFound(t *testing.T) {
	t.Parallel()
	x := newTrial(t, servertest.Frozen)
	task := x.start(startInput{Name: aws.String("task")})
	call := x.another(types.ChannelVoice, completed(nil))
	audio := x.another(types.ChannelVoice, connect.CreateContactInput{InitiationMethod: types.ContactInitiationMethodTransfer})
	chat := x.another(types.ChannelChat, completed(nil))
	x.Advance(time.Second)
	subtype := func(value string) *types.SearchCriteria {
		return &types.SearchCriteria{SearchableSegmentAttributes: &types.SearchableSegmentAttributes{
			Criteria: []types.SearchableSegmentAttributesCriteria{{Key: aws.String("connect:Subtype"), Values: []string{value}}},
		}}
	}
	channels := func(c ...types.Channel) *types.SearchCriteria { return &types.SearchCriteria{Channels: c} }
	for _, tt := range []struct {
		name     string
		criteria *types.SearchCriteria
		want     []string
	}{
		{"everything", nil, []string{task, call, audio, chat}},
		{"tasks", channels(types.ChannelTask), []string{task}},
		{"calls", channels(types.ChannelVoice), []string{call, audio}},
		{"tasks and chats", channels(types.ChannelTask, types.ChannelChat), []string{task, chat}},
		{"e-mails", channels(types.ChannelEmail), nil},
		{"subtype of tasks", subtype("connect:Task"), []string{task}},
		{"subtype of calls", subtype("connect:Telephony"), []string{call}},
		{"subtype of external calls", subtype("connect:ExternalAudio"), []string{audio}},
		{"subtype of external tasks", subtype("connect:ExternalTask"), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			x := x.in(t)
			out, err := x.sdk.SearchContacts(x.ctx, &connect.SearchContactsInput{
				InstanceId: &x.InstanceID, SearchCriteria: tt.criteria,
				TimeRange: &types.SearchContactsTimeRange{
					Type:      types.SearchContactsTimeRangeTypeInitiationTimestamp,
					StartTime: aws.Time(x.Now().Add(-time.Hour)), EndTime: aws.Time(x.Now()),
				},
			})
			x.ok(err)
			got := map[string]bool{}
			for _, c := range out.Contacts {
				got[*c.Id] = true
			}
			for _, id := range tt.want {
				if !got[id] {
					t.Errorf("%s was not found", id)
				}
			}
			if len(got) != len(tt.want) || int(*out.TotalCount) != len(tt.want) {
				t.Errorf("found %d contacts, TotalCount %d, want %d", len(got), *out.TotalCount, len(tt.want))
			}
		})
	}
}

func TestContactsOfOtherChannelsOnlyEnd(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	id := x.another(types.ChannelVoice, connect.CreateContactInput{})
	if got, want := x.Events(id), "INITIATED CONNECTED_TO_SYSTEM"; got != want {
		t.Errorf("events %s, want %s", got, want)
	}
	_, err := x.sdk.PauseContact(x.ctx, &connect.PauseContactInput{InstanceId: &x.InstanceID, ContactId: &id})
	x.refused(err, invalidRequest, 400, "channel VOICE")
	_, err = x.sdk.TransferContact(x.ctx, &connect.TransferContactInput{InstanceId: &x.InstanceID, ContactId: &id, ContactFlowId: &x.FlowID})
	x.refused(err, invalidRequest, 400, "channel VOICE")
	_, err = x.sdk.UpdateContactRoutingData(x.ctx, &connect.UpdateContactRoutingDataInput{InstanceId: &x.InstanceID, ContactId: &id, QueuePriority: aws.Int64(1)})
	x.refused(err, "ResourceConflictException", 409, "channel VOICE")
	status, kind, message := send(t, x.Server, "POST", "/contact/task-template",
		`{"InstanceId":"`+x.InstanceID+`","ContactId":"`+id+`","TaskTemplateId":"`+x.TemplateID+`"}`)
	if status != 400 || kind != invalidRequest || !strings.Contains(message, "channel VOICE") {
		t.Errorf("UpdateContactTaskTemplate: %d %s %s, want 400 %s", status, kind, message, invalidRequest)
	}
	x.stop(id)
	if c := x.Describe(id); aws.ToString(c.DisconnectReason) != "API" || c.DisconnectTimestamp == nil {
		t.Errorf("after StopContact: %+v", c)
	}
	_, err = x.tryAnother(types.ChannelChat, connect.CreateContactInput{
		InitiateAs: types.InitiateAsConnectedToUser, UserInfo: &types.UserInfo{UserId: &x.Agent.UserID},
	})
	x.refused(err, invalidRequest, 400, "nobody's hands")
}

func TestOnlyDevelopmentMakesContactsOfOtherChannels(t *testing.T) {
	t.Parallel()
	x := newTrial(t, func(c *server.Config) { c.Development = false })
	for _, channel := range []types.Channel{types.ChannelVoice, types.ChannelChat, types.ChannelEmail} {
		_, err := x.tryAnother(channel, completed(nil))
		x.refused(err, invalidRequest, 400, string(channel))
	}
}
