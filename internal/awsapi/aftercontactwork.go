package awsapi

import (
	"time"

	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

// maxAfterContactWork bounds the limit of after-contact work, in seconds
// (https://docs.aws.amazon.com/connect/latest/adminguide/configure-agents.html).
const maxAfterContactWork = 2_000_000

// userSettings are the members of a user that exist twice: in PhoneConfig, with one value for all channels, and
// as a list with a value for each channel.
type userSettings struct {
	phone      *wire.UserPhoneConfig
	perChannel bool // some list of settings per channel is given
	work       []wire.AfterContactWorkConfigPerChannel
}

// afterContactWork is the limit of after-contact work for tasks; 0 is none.
// It fails with [fault.Unusable] when both forms are mixed, with [fault.Unsupported] for other channels and with
// [fault.Invalid] for a limit that is out of bounds or given twice.
func (s userSettings) afterContactWork() (time.Duration, error) {
	if s.phone != nil && s.perChannel {
		return 0, fault.New(fault.Unusable, "PhoneConfig cannot be combined with settings per channel, such as AfterContactWorkConfigs")
	}
	limit, member := wire.Value(s.phone).AfterContactWorkTimeLimit, "PhoneConfig.AfterContactWorkTimeLimit"
	for _, w := range s.work {
		err := refuse(
			given{"AfterContactWorkConfigs for channel " + string(*w.Channel), *w.Channel != wire.ChannelTask},
			given{"AfterContactWorkConfigs.AgentFirstCallbackAfterContactWorkConfig", w.AgentFirstCallbackAfterContactWorkConfig != nil},
		)
		if err != nil {
			return 0, err
		}
		if limit != nil {
			return 0, fault.New(fault.Invalid, "AfterContactWorkConfigs has channel TASK more than once")
		}
		seconds := wire.Value(w.AfterContactWorkConfig.AfterContactWorkTimeLimit)
		limit, member = &seconds, "AfterContactWorkConfigs.AfterContactWorkTimeLimit"
	}
	if wire.Value(limit) > maxAfterContactWork {
		return 0, fault.New(fault.Invalid, "%s must be at most %d seconds", member, maxAfterContactWork)
	}
	return time.Duration(wire.Value(limit)) * time.Second, nil
}

// describeAfterContactWork is the limit as DescribeUser tells it per channel: of the only channel there is.
func describeAfterContactWork(limit time.Duration) []wire.AfterContactWorkConfigPerChannel {
	channel, seconds := wire.ChannelTask, int64(limit/time.Second)
	return []wire.AfterContactWorkConfigPerChannel{{
		Channel: &channel, AfterContactWorkConfig: &wire.AfterContactWorkConfig{AfterContactWorkTimeLimit: &seconds},
	}}
}
