package routing

import (
	"cmp"
	"maps"
	"slices"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/fault"
)

// Channel is a channel of Amazon Connect. Tasks are what is routed.
type Channel string

// Task is the one channel that Tasklane has.
const Task Channel = "TASK"

// Channels are all of them, in the order in which they are told.
var Channels = []Channel{"VOICE", "CHAT", Task, "EMAIL"}

// maxSlots bounds how many contacts of a channel an agent has at once: a telephone rings alone
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_MediaConcurrency.html).
func maxSlots(ch Channel) agent.Slots {
	if ch == "VOICE" {
		return 1
	}
	return 10
}

// Service is what a profile says of one channel.
type Service struct {
	Slots agent.Slots `json:"slots,omitempty"` // 0: its agents do not have the channel
	// AnyChannel lets agents who have a contact of this channel be offered others (CrossChannelBehavior).
	AnyChannel bool           `json:"anyChannel,omitempty"`
	Queues     []ProfileQueue `json:"queues,omitempty"`
	Manual     []string       `json:"manual,omitempty"`
}

func (s Service) empty() bool {
	return s.Slots == 0 && !s.AnyChannel && len(s.Queues) == 0 && len(s.Manual) == 0
}

// Concurrency is how many contacts of a channel an agent has at once, and whether those of others may join them.
type Concurrency struct {
	Channel    Channel
	Slots      agent.Slots
	AnyChannel bool
}

// Row is a queue that a profile has for one channel.
type Row struct {
	Channel Channel
	ProfileQueue
}

// key is what identifies a row.
func (r Row) key() Row { return Row{r.Channel, ProfileQueue{Queue: r.Queue}} }

// Service is what the profile says of a channel.
func (p *Profile) Service(ch Channel) Service {
	if ch == Task {
		return Service{p.Slots, p.AnyChannel, p.Queues, p.Manual}
	}
	return p.Others[ch]
}

// serve puts what the profile says of a channel in its place.
func (p *Profile) serve(ch Channel, s Service) {
	if ch == Task {
		p.Slots, p.AnyChannel, p.Queues, p.Manual = s.Slots, s.AnyChannel, s.Queues, s.Manual
		return
	}
	others := map[Channel]Service{}
	maps.Copy(others, p.Others)
	if others[ch] = s; s.empty() {
		delete(others, ch)
	}
	p.Others = others
}

// Concurrencies are those of all channels that the profile's agents have.
func (p *Profile) Concurrencies() []Concurrency {
	var all []Concurrency
	for _, ch := range Channels {
		if s := p.Service(ch); s.Slots > 0 {
			all = append(all, Concurrency{ch, s.Slots, s.AnyChannel})
		}
	}
	return all
}

// SetConcurrencies replaces those of all channels: agents do not have a channel that is not listed.
// It fails with [fault.Invalid] for a channel that is listed twice, and for more slots than it can have.
func (p *Profile) SetConcurrencies(all []Concurrency) error {
	listed := map[Channel]Concurrency{}
	for _, c := range all {
		if _, twice := listed[c.Channel]; twice {
			return fault.New(fault.Invalid, "MediaConcurrencies has channel %s more than once", c.Channel)
		}
		if most := maxSlots(c.Channel); c.Slots > most {
			return fault.New(fault.Invalid, "MediaConcurrencies: Concurrency of channel %s must be at most %d", c.Channel, most)
		}
		listed[c.Channel] = c
	}
	for _, ch := range Channels {
		s := p.Service(ch)
		s.Slots, s.AnyChannel = listed[ch].Slots, listed[ch].AnyChannel
		p.serve(ch, s)
	}
	return nil
}

// Rows are the queues whose contacts are offered to the profile's agents, of all channels.
func (p *Profile) Rows() []Row {
	var all []Row
	for _, ch := range Channels {
		for _, q := range p.Service(ch).Queues {
			all = append(all, Row{ch, q})
		}
	}
	return all
}

// ManualRows are the queues whose contacts the profile's agents may pick themselves, of all channels.
func (p *Profile) ManualRows() []Row {
	var all []Row
	for _, ch := range Channels {
		for _, q := range p.Service(ch).Manual {
			all = append(all, Row{ch, ProfileQueue{Queue: q}})
		}
	}
	return all
}

// Names reports whether the profile names a queue: for any channel, either way, or for calls that go out.
func (p *Profile) Names(queue string) bool {
	names := func(r Row) bool { return r.Queue == queue }
	return p.DefaultOutbound == queue || slices.ContainsFunc(p.Rows(), names) || slices.ContainsFunc(p.ManualRows(), names)
}

// Associate adds queues, those whose contacts are offered and those whose contacts may be picked. One that the
// profile has gets the new priority and delay.
// It fails with [fault.Invalid] when a queue is listed twice for the same channel and way, and with [fault.Limit] when
// the profile would have more than most rows of either kind (0: any number).
func (p *Profile) Associate(rows, manual []Row, most int) error {
	if err := cmp.Or(noneTwice("QueueConfigs", rows), noneTwice("ManualAssignmentQueueConfigs", manual)); err != nil {
		return err
	}
	for _, r := range rows {
		s := p.Service(r.Channel)
		s.Queues = append(slices.DeleteFunc(slices.Clone(s.Queues), r.same), r.ProfileQueue)
		p.serve(r.Channel, s)
	}
	for _, r := range manual {
		s := p.Service(r.Channel)
		if !slices.Contains(s.Manual, r.Queue) {
			s.Manual = append(slices.Clone(s.Manual), r.Queue)
			p.serve(r.Channel, s)
		}
	}
	if n := max(len(p.Rows()), len(p.ManualRows())); most > 0 && n > most {
		return fault.New(fault.Limit, "The routing profile would have %d of at most %d queues", n, most)
	}
	return nil
}

// UpdateQueues changes priority and delay of queues that the profile has.
// It fails with [fault.NotFound] for one that it does not have, and with [fault.Invalid] as [Profile.Associate] does.
func (p *Profile) UpdateQueues(rows []Row) error {
	if err := noneTwice("QueueConfigs", rows); err != nil {
		return err
	}
	for _, r := range rows {
		s := p.Service(r.Channel)
		i := slices.IndexFunc(s.Queues, r.same)
		if i < 0 {
			return fault.New(fault.NotFound, "Queue %s is not associated with the routing profile for channel %s", r.Queue, r.Channel)
		}
		s.Queues = slices.Clone(s.Queues)
		s.Queues[i] = r.ProfileQueue
		p.serve(r.Channel, s)
	}
	return nil
}

// Disassociate takes queues away; those that the profile does not have change nothing.
func (p *Profile) Disassociate(rows, manual []Row) {
	for _, r := range rows {
		s := p.Service(r.Channel)
		s.Queues = slices.DeleteFunc(slices.Clone(s.Queues), r.same)
		p.serve(r.Channel, s)
	}
	for _, r := range manual {
		s := p.Service(r.Channel)
		s.Manual = slices.DeleteFunc(slices.Clone(s.Manual), func(q string) bool { return q == r.Queue })
		p.serve(r.Channel, s)
	}
}

func (r Row) same(q ProfileQueue) bool { return q.Queue == r.Queue }

// noneTwice fails with [fault.Invalid] for a queue that is listed twice for one channel.
func noneTwice(member string, rows []Row) error {
	seen := map[Row]bool{}
	for _, r := range rows {
		if seen[r.key()] {
			return fault.New(fault.Invalid, "%s has queue %s more than once for channel %s", member, r.Queue, r.Channel)
		}
		seen[r.key()] = true
	}
	return nil
}
