package awsapi

import (
	"slices"
	"strconv"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

var moments = map[wire.SearchContactsTimeRangeType]engine.Moment{
	wire.SearchContactsTimeRangeTypeInitiationTimestamp:       engine.Initiation,
	wire.SearchContactsTimeRangeTypeScheduledTimestamp:        engine.Scheduled,
	wire.SearchContactsTimeRangeTypeConnectedToAgentTimestamp: engine.AgentConnect,
	wire.SearchContactsTimeRangeTypeDisconnectTimestamp:       engine.Disconnect,
	wire.SearchContactsTimeRangeTypeEnqueueTimestamp:          engine.Enqueue,
}

// sortable are the fields that contacts are sorted by. All are of one channel, so that it leaves their order.
var sortable = map[wire.SortableFieldName]engine.Moment{
	wire.SortableFieldNameInitiationTimestamp:       engine.Initiation,
	wire.SortableFieldNameScheduledTimestamp:        engine.Scheduled,
	wire.SortableFieldNameConnectedToAgentTimestamp: engine.AgentConnect,
	wire.SortableFieldNameDisconnectTimestamp:       engine.Disconnect,
	wire.SortableFieldNameExpiryTimestamp:           engine.Expiry,
	wire.SortableFieldNameInitiationMethod:          engine.ByMethod,
	wire.SortableFieldNameChannel:                   engine.Initiation,
}

var matches = map[wire.SearchContactsMatchType]engine.Match{
	"":                                     engine.MatchAny,
	wire.SearchContactsMatchTypeMatchAny:   engine.MatchAny,
	wire.SearchContactsMatchTypeMatchAll:   engine.MatchAll,
	wire.SearchContactsMatchTypeMatchExact: engine.MatchExact,
	wire.SearchContactsMatchTypeMatchNone:  engine.MatchNone,
}

// contactSearch reads what a request asks for. It is not possible that a contact has it when it asks for another
// channel where there are tasks only, another Region, a transcript or the work of an AI agent.
// It fails with [fault.Invalid].
func contactSearch(in *wire.SearchContactsRequest, region string, otherChannels bool) (s engine.Search, possible bool, err error) {
	s.By, s.Descending = engine.Initiation, true
	if in.Sort != nil {
		s.By, s.Descending = sortable[*in.Sort.FieldName], *in.Sort.Order == wire.SortOrderDescending
	}
	if s.During, err = timeRange("TimeRange", in.TimeRange); err != nil {
		return s, false, err
	}
	c := wire.Value(in.SearchCriteria)
	s.Agents, s.Queues = c.AgentIds, c.QueueIds
	if g := c.AgentHierarchyGroups; g != nil {
		s.Groups = [...][]string{g.L1Ids, g.L2Ids, g.L3Ids, g.L4Ids, g.L5Ids}
	}
	for _, step := range wire.Value(c.RoutingCriteria).Steps {
		if a := wire.Value(step.AgentCriteria); len(a.AgentIds) > 0 {
			s.Preferred = append(s.Preferred, engine.Users{Match: matches[wire.Value(a.MatchType)], IDs: a.AgentIds})
		}
	}
	for _, m := range c.InitiationMethods {
		s.Methods = append(s.Methods, contact.Method(m))
	}
	if s.Name, err = nameCriteria(c.Name); err != nil {
		return s, false, err
	}
	if s.Times, err = moreTimes(c.AdditionalTimeRange); err != nil {
		return s, false, err
	}
	if s.Attributes, err = contactAttributes(c.SearchableContactAttributes); err != nil {
		return s, false, err
	}
	s.Segments = segmentPairs(c.SearchableSegmentAttributes)
	if otherChannels {
		for _, channel := range c.Channels {
			s.Channels = append(s.Channels, contact.Channel(channel))
		}
	}
	s.Tags, err = contactTags(c.ContactTags)
	return s, contactsHave(c, region, otherChannels), err
}

func contactsHave(c wire.SearchCriteria, region string, otherChannels bool) bool {
	return (otherChannels || len(c.Channels) == 0 || slices.Contains(c.Channels, wire.ChannelTask)) &&
		(len(c.ActiveRegions) == 0 || slices.Contains(c.ActiveRegions, region)) &&
		len(wire.Value(wire.Value(c.ContactAnalysis).Transcript).Criteria) == 0 &&
		len(wire.Value(c.AiAgents).Criteria) == 0
}

func timeRange(path string, in *wire.SearchContactsTimeRange) (engine.TimeRange, error) {
	r := engine.TimeRange{Moment: moments[*in.Type], From: in.StartTime.Time, To: in.EndTime.Time}
	if r.To.Before(r.From) {
		return r, fault.New(fault.Invalid, "%s: EndTime must not be before StartTime", path)
	}
	return r, nil
}

func nameCriteria(in *wire.NameCriteria) (engine.Names, error) {
	if in == nil {
		return engine.Names{}, nil
	}
	for _, text := range in.SearchText {
		if len(contact.Words(text)) == 0 {
			return engine.Names{}, fault.New(fault.Invalid, "SearchCriteria.Name.SearchText: %q has no letter or digit", text)
		}
	}
	return engine.Names{Match: matches[*in.MatchType], Texts: in.SearchText}, nil
}

func moreTimes(in *wire.SearchContactsAdditionalTimeRange) (engine.Times, error) {
	if in == nil {
		return engine.Times{}, nil
	}
	out := engine.Times{Match: matches[*in.MatchType]}
	for n, c := range in.Criteria {
		path := "SearchCriteria.AdditionalTimeRange.Criteria[" + strconv.Itoa(n) + "]"
		switch {
		case (c.TimeRange == nil) == (c.TimestampCondition == nil):
			return out, fault.New(fault.Invalid, "%s must have one of TimeRange and TimestampCondition", path)
		case c.TimeRange == nil:
			missing := engine.TimeRange{Moment: moments[*c.TimestampCondition.Type]}
			out.Of = append(out.Of, engine.TimeCondition{TimeRange: missing, Missing: true})
		default:
			r, err := timeRange(path+".TimeRange", c.TimeRange)
			if err != nil {
				return out, err
			}
			out.Of = append(out.Of, engine.TimeCondition{TimeRange: r})
		}
	}
	return out, nil
}

func contactAttributes(in *wire.SearchableContactAttributes) (engine.Pairs, error) {
	if in == nil {
		return engine.Pairs{}, nil
	}
	out := engine.Pairs{Match: matches[wire.Value(in.MatchType)]}
	for _, c := range in.Criteria {
		if len(c.Values) == 0 {
			return out, fault.New(fault.Invalid, "SearchCriteria.SearchableContactAttributes: Key %q has no Values", *c.Key)
		}
		out.Of = append(out.Of, engine.Pair{Key: *c.Key, Values: c.Values})
	}
	return out, nil
}

func segmentPairs(in *wire.SearchableSegmentAttributes) engine.Pairs {
	if in == nil {
		return engine.Pairs{}
	}
	out := engine.Pairs{Match: matches[wire.Value(in.MatchType)]}
	for _, c := range in.Criteria {
		out.Of = append(out.Of, engine.Pair{Key: *c.Key, Values: c.Values})
	}
	return out
}

func contactTags(in *wire.ControlPlaneTagFilter) ([][]engine.Tag, error) {
	lists, err := tagLists("SearchCriteria.ContactTags", in)
	if err != nil {
		return nil, err
	}
	var out [][]engine.Tag
	for _, list := range lists {
		var all []engine.Tag
		for _, c := range list {
			all = append(all, engine.Tag{Key: *c.TagKey, Value: c.TagValue})
		}
		out = append(out, all)
	}
	return out, nil
}
