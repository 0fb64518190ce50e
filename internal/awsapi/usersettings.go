package awsapi

import (
	"slices"
	"time"

	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

// maxAfterContactWork bounds the limit of after-contact work, in seconds
// (https://docs.aws.amazon.com/connect/latest/adminguide/configure-agents.html).
const maxAfterContactWork = 2_000_000

// userSettings are a user's settings by channel, as CreateUser and UpdateUserConfig have them.
type userSettings struct {
	accept     []wire.AutoAcceptConfig
	work       []wire.AfterContactWorkConfigPerChannel
	phones     []wire.PhoneNumberConfig
	persistent []wire.PersistentConnectionConfig
	enhance    []wire.VoiceEnhancementConfig
}

func (s userSettings) given() bool {
	return len(s.accept)+len(s.work)+len(s.phones)+len(s.persistent)+len(s.enhance) > 0
}

// setTwice fails with [fault.Unusable] when the older form sets what one of the lists does: "Fields in PhoneConfig cannot be
// set simultaneously with their corresponding channel-specific configuration parameters"
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_CreateUser.html).
func (s userSettings) setTwice(p *wire.UserPhoneConfig) error {
	for _, both := range []struct {
		field  string
		is     bool
		list   string
		listed int
	}{
		{"AutoAccept", p.AutoAccept != nil, "AutoAcceptConfigs", len(s.accept)},
		{"AfterContactWorkTimeLimit", p.AfterContactWorkTimeLimit != nil, "AfterContactWorkConfigs", len(s.work)},
		{"PhoneType", p.PhoneType != nil, "PhoneNumberConfigs", len(s.phones)},
		{"DeskPhoneNumber", p.DeskPhoneNumber != nil, "PhoneNumberConfigs", len(s.phones)},
		{"PersistentConnection", p.PersistentConnection != nil, "PersistentConnectionConfigs", len(s.persistent)},
	} {
		if both.is && both.listed > 0 {
			return fault.New(fault.Unusable, "PhoneConfig.%s cannot be combined with %s", both.field, both.list)
		}
	}
	return nil
}

// byChannel reads the settings. Those of callbacks and telephones belong to channel VOICE.
// It fails with [fault.Invalid] for a channel that a list has twice or that has no such setting, and for a limit that
// is out of bounds.
func (s userSettings) byChannel() (map[string]directory.Setting, error) {
	all := reading{settings: map[string]directory.Setting{}}
	for _, c := range s.accept {
		all.read("AutoAcceptConfigs", *c.Channel, c.AgentFirstCallbackAutoAccept != nil, func(s *directory.Setting) {
			s.AutoAccept, s.CallbackAutoAccept = c.AutoAccept, c.AgentFirstCallbackAutoAccept
		})
	}
	for _, c := range s.work {
		all.read("AfterContactWorkConfigs", *c.Channel, c.AgentFirstCallbackAfterContactWorkConfig != nil, func(s *directory.Setting) {
			s.AfterContactWork = all.limit("AfterContactWorkConfigs", c.AfterContactWorkConfig)
			if c.AgentFirstCallbackAfterContactWorkConfig != nil {
				s.CallbackWork = all.limit("AfterContactWorkConfigs", c.AgentFirstCallbackAfterContactWorkConfig)
			}
		})
	}
	for _, c := range s.phones {
		if err := needsNumber("PhoneNumberConfigs", *c.PhoneType, c.PhoneNumber); err != nil {
			all.wrong(err)
		}
		all.read("PhoneNumberConfigs", *c.Channel, true, func(s *directory.Setting) {
			s.PhoneType, s.Phone = string(*c.PhoneType), wire.Value(c.PhoneNumber)
		})
	}
	for _, c := range s.persistent {
		all.read("PersistentConnectionConfigs", *c.Channel, true, func(s *directory.Setting) { s.Persistent = c.PersistentConnection })
	}
	for _, c := range s.enhance {
		all.read("VoiceEnhancementConfigs", *c.Channel, true, func(s *directory.Setting) { s.Enhancement = string(*c.VoiceEnhancementMode) })
	}
	return all.settings, all.err
}

// reading is what was read of settings, and what was first found wrong with them.
type reading struct {
	settings map[string]directory.Setting
	member   string // list that is read
	seen     []wire.Channel
	err      error
}

// read takes in one item of a list.
func (r *reading) read(member string, ch wire.Channel, voice bool, set func(*directory.Setting)) {
	if r.member != member {
		r.member, r.seen = member, nil
	}
	if slices.Contains(r.seen, ch) {
		r.wrong(fault.New(fault.Invalid, "%s has channel %s more than once", member, ch))
	}
	if voice && ch != wire.ChannelVoice {
		r.wrong(fault.New(fault.Invalid, "%s: settings of callbacks and telephones are of channel VOICE, not %s", member, ch))
	}
	r.seen = append(r.seen, ch)
	s := r.settings[string(ch)]
	set(&s)
	r.settings[string(ch)] = s
}

func (r *reading) wrong(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *reading) limit(member string, c *wire.AfterContactWorkConfig) *time.Duration {
	d, err := workLimit(member+".AfterContactWorkTimeLimit", c.AfterContactWorkTimeLimit)
	if err != nil {
		r.wrong(err)
	}
	return &d
}

// workLimit is a limit of after-contact work; 0 is none. It fails with [fault.Invalid] for one that is out of bounds.
func workLimit(member string, seconds *int64) (time.Duration, error) {
	if wire.Value(seconds) > maxAfterContactWork {
		return 0, fault.New(fault.Invalid, "%s must be at most %d seconds", member, maxAfterContactWork)
	}
	return time.Duration(wire.Value(seconds)) * time.Second, nil
}

// needsNumber fails with [fault.Invalid] for a desk phone without its number.
func needsNumber(member string, kind wire.PhoneType, number *string) error {
	if kind == wire.PhoneTypeDeskPhone && wire.Value(number) == "" {
		return fault.New(fault.Invalid, "%s: PhoneType DESK_PHONE needs the number of the desk phone", member)
	}
	return nil
}

// phoneSettings reads the older form. It fails as [workLimit] and [needsNumber] do.
func phoneSettings(c *wire.UserPhoneConfig) (directory.Phone, error) {
	if err := needsNumber("PhoneConfig", wire.Value(c.PhoneType), c.DeskPhoneNumber); err != nil {
		return directory.Phone{}, err
	}
	limit, err := workLimit("PhoneConfig.AfterContactWorkTimeLimit", c.AfterContactWorkTimeLimit)
	return directory.Phone{
		Type: string(wire.Value(c.PhoneType)), Desk: wire.Value(c.DeskPhoneNumber),
		Persistent: wire.Value(c.PersistentConnection), AutoAccept: wire.Value(c.AutoAccept), AfterContactWork: limit,
	}, err
}

// toldSettings are the settings of a user as answers tell them.
type toldSettings struct {
	userSettings
	phone *wire.UserPhoneConfig
}

// tellSettings tells settings, limits of after-contact work in a unit. Channel TASK is told whether it was set or not.
func tellSettings(u *directory.User, unit time.Duration) toldSettings {
	var t toldSettings
	t.phone = &wire.UserPhoneConfig{
		DeskPhoneNumber: wire.String(u.DeskPhone), PersistentConnection: &u.Persistent, AutoAccept: &u.AutoAccept,
		AfterContactWorkTimeLimit: limitIn(&u.AfterContactWork, unit).AfterContactWorkTimeLimit,
	}
	if kind := wire.PhoneType(u.PhoneType); kind != "" {
		t.phone.PhoneType = &kind
	}
	t.tell(wire.ChannelTask, directory.Setting{AutoAccept: &u.AutoAccept, AfterContactWork: &u.AfterContactWork}, unit)
	for _, ch := range []wire.Channel{wire.ChannelVoice, wire.ChannelChat, wire.ChannelEmail} {
		t.tell(ch, u.Others[string(ch)], unit)
	}
	return t
}

// tell adds what is set for one channel.
func (t *toldSettings) tell(ch wire.Channel, s directory.Setting, unit time.Duration) {
	if s.AutoAccept != nil {
		t.accept = append(t.accept, wire.AutoAcceptConfig{Channel: &ch, AutoAccept: s.AutoAccept, AgentFirstCallbackAutoAccept: s.CallbackAutoAccept})
	}
	if s.AfterContactWork != nil {
		t.work = append(t.work, wire.AfterContactWorkConfigPerChannel{
			Channel: &ch, AfterContactWorkConfig: limitIn(s.AfterContactWork, unit), AgentFirstCallbackAfterContactWorkConfig: limitIn(s.CallbackWork, unit),
		})
	}
	if kind := wire.PhoneType(s.PhoneType); kind != "" {
		t.phones = append(t.phones, wire.PhoneNumberConfig{Channel: &ch, PhoneType: &kind, PhoneNumber: wire.String(s.Phone)})
	}
	if s.Persistent != nil {
		t.persistent = append(t.persistent, wire.PersistentConnectionConfig{Channel: &ch, PersistentConnection: s.Persistent})
	}
	if mode := wire.VoiceEnhancementMode(s.Enhancement); mode != "" {
		t.enhance = append(t.enhance, wire.VoiceEnhancementConfig{Channel: &ch, VoiceEnhancementMode: &mode})
	}
}

func limitIn(d *time.Duration, unit time.Duration) *wire.AfterContactWorkConfig {
	if d == nil {
		return nil
	}
	n := int64(*d / unit)
	return &wire.AfterContactWorkConfig{AfterContactWorkTimeLimit: &n}
}
