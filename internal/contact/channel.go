package contact

import (
	"strings"

	"github.com/tasklane/tasklane/internal/fault"
)

// Channel is how a contact reaches the contact centre. Everything here is about tasks. Contacts of other channels are
// made in development only, so that tasks can be linked to them: nothing happens to one but that it ends.
type Channel string

// The channels. The zero value of a contact's channel is Task.
const (
	Task  Channel = "TASK"
	Voice Channel = "VOICE"
	Chat  Channel = "CHAT"
	Email Channel = "EMAIL"
)

// SegmentSubtype is the segment attribute that tells tasks that a flow runs on from those that were made elsewhere, and
// from contacts of other channels.
const SegmentSubtype = "connect:Subtype"

// The subtypes (https://docs.aws.amazon.com/connect/latest/adminguide/connect-attrib-list.html).
const (
	SubtypeTask          = "connect:Task"
	SubtypeExternalTask  = "connect:ExternalTask"
	SubtypeExternalAudio = "connect:ExternalAudio"
)

// subtypes are those of contacts of other channels.
var subtypes = map[Channel]string{Voice: "connect:Telephony", Chat: "connect:Chat", Email: "connect:Email"}

// On is the contact's channel.
func (c *Contact) On() Channel {
	if c.Channel == "" {
		return Task
	}
	return c.Channel
}

// Subtype is the contact's segment attribute [SegmentSubtype].
func (c *Contact) Subtype() string {
	switch {
	case c.On() == Voice && c.Method == MethodTransfer: // as CreateContact makes them
		return SubtypeExternalAudio
	case c.On() != Task:
		return subtypes[c.On()]
	case c.External:
		return SubtypeExternalTask
	}
	return SubtypeTask
}

// IsTask fails with [fault.Unusable] when the contact is of another channel.
func (c *Contact) IsTask() error {
	if c.On() != Task {
		return fault.New(fault.Unusable, "contact %s is of channel %s, and no task", c.ID, c.On())
	}
	return nil
}

// ChannelTerm is the term of a channel. Hardly any contact is no task, so that tasks are told by the lack of a term:
// then has is false.
func ChannelTerm(channel Channel) (term string, has bool) {
	if channel == Task {
		return channelTerm, false
	}
	return channelTerm + string(channel), true
}

// subtypeTerms are the terms of the segment attribute [SegmentSubtype] with a value: a contact has the subtype when it
// has them, or for has false when it lacks all of them.
func subtypeTerms(value string) (terms []string, has bool) {
	if strings.EqualFold(value, SubtypeTask) {
		return []string{pair(segmentTerm, SegmentSubtype, strings.ToLower(SubtypeExternalTask)), channelTerm}, false
	}
	return []string{pair(segmentTerm, SegmentSubtype, strings.ToLower(value))}, true
}

// Completed is why a contact has ended that is recorded when it is over.
func (c *Contact) Completed() Reason {
	switch c.On() {
	case Task:
		return ReasonDone
	case Voice, Chat:
		return ReasonCustomer
	case Email:
	}
	return ReasonOther
}
