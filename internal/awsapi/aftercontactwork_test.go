package awsapi_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server/servertest"
)

func workLimit(channel types.Channel, seconds int32) types.AfterContactWorkConfigPerChannel {
	return types.AfterContactWorkConfigPerChannel{
		Channel: channel, AfterContactWorkConfig: &types.AfterContactWorkConfig{AfterContactWorkTimeLimit: seconds},
	}
}

func TestLimitOfAfterContactWork(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	stock := describeUser(t, s, s.Agent.UserID)
	task := func(seconds int32) []types.AfterContactWorkConfigPerChannel {
		return []types.AfterContactWorkConfigPerChannel{workLimit(types.ChannelTask, seconds)}
	}
	callback := task(5)
	callback[0].AgentFirstCallbackAfterContactWorkConfig = &types.AfterContactWorkConfig{}
	tests := []struct {
		name  string
		phone *types.UserPhoneConfig
		work  []types.AfterContactWorkConfigPerChannel
		want  int32
		fails func(error) bool
	}{
		{unknown, nil, nil, 0, nil},
		{"for tasks", nil, task(90), 90, nil},
		{"unlimited", nil, task(0), 0, nil},
		{"for all channels", &types.UserPhoneConfig{PhoneType: types.PhoneTypeSoftPhone, AfterContactWorkTimeLimit: 60}, nil, 60, nil},
		{"the longest", nil, task(2_000_000), 2_000_000, nil},
		{"too long", nil, task(2_000_001), 0, isA[*types.InvalidParameterException]},
		{"too long for all channels", &types.UserPhoneConfig{AfterContactWorkTimeLimit: 2_000_001}, nil, 0, isA[*types.InvalidParameterException]},
		{"twice", nil, append(task(1), task(1)...), 0, isA[*types.InvalidParameterException]},
		{"too long for another channel", nil, append(task(1), workLimit(types.ChannelVoice, 2_000_001)), 0, isA[*types.InvalidParameterException]},
		{"callbacks", nil, callback, 0, isA[*types.InvalidParameterException]},
		{"both forms", &types.UserPhoneConfig{AfterContactWorkTimeLimit: 60}, task(60), 0, isA[*types.InvalidRequestException]},
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, err := s.Client().CreateUser(context.Background(), &connect.CreateUserInput{
				InstanceId: &s.InstanceID, Username: aws.String("user" + string(rune('a'+i))), Password: aws.String("Tasklane1"),
				RoutingProfileId: stock.RoutingProfileId, SecurityProfileIds: stock.SecurityProfileIds,
				IdentityInfo: servertest.Somebody(), PhoneConfig: tt.phone, AfterContactWorkConfigs: tt.work,
			})
			if tt.fails != nil {
				if !tt.fails(err) {
					t.Errorf("CreateUser: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			u := describeUser(t, s, *out.UserId)
			if c := u.AfterContactWorkConfigs; len(c) != 1 || c[0].Channel != types.ChannelTask || c[0].AfterContactWorkConfig.AfterContactWorkTimeLimit != tt.want {
				t.Errorf("AfterContactWorkConfigs = %v, want TASK with %d s", c, tt.want)
			}
			if tt.phone != nil && u.PhoneConfig.AfterContactWorkTimeLimit != tt.want {
				t.Errorf("PhoneConfig = %v, want %d s", u.PhoneConfig, tt.want)
			}
		})
	}
}
