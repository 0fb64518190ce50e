package awsapi_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server"
	"github.com/tasklane/tasklane/internal/wire"
)

var pathLabel = regexp.MustCompile(`\{(\w+)\}`)

// call sends a request of an operation: members that its path names go there, all of them into the body, or into the query
// of a GET. A member that is a function is called for its value. The instance is that of the server.
func (x *trial) call(operation string, members m) (status int, kind, message string) {
	x.t.Helper()
	at := slices.IndexFunc(wire.Operations, func(o wire.Operation) bool { return o.Name == operation })
	if at < 0 {
		x.t.Fatalf("there is no operation %s", operation)
	}
	all := m{"InstanceId": x.InstanceID}
	for name, v := range members {
		if made, ok := v.(func() string); ok {
			v = made()
		}
		if all[name] = v; v == nil {
			delete(all, name)
		}
	}
	op := wire.Operations[at]
	path := pathLabel.ReplaceAllStringFunc(op.Path, func(l string) string { return fmt.Sprint(all[strings.Trim(l, "{}")]) })
	if op.Method == http.MethodGet {
		query := url.Values{}
		for name, v := range all {
			name = strings.ToLower(name[:1]) + name[1:]
			if list, ok := v.([]string); ok {
				query[name] = list
			} else {
				query.Set(name, fmt.Sprint(v))
			}
		}
		return send(x.t, x.Server, op.Method, path+"?"+query.Encode(), "")
	}
	body, err := json.Marshal(all)
	x.ok(err)
	return send(x.t, x.Server, op.Method, path, string(body))
}

// brief is the beginning of what a request changes.
func brief(v any) string {
	text := fmt.Sprint(v)
	return text[:min(len(text), 300)]
}

// with are changes of a member, one for each value.
func with(member string, values ...any) (all []m) {
	for _, v := range values {
		all = append(all, m{member: v})
	}
	return all
}

// bound is a rule that the reference has for members of an operation: what else a request has, changes with which it is
// taken, and changes with which it is refused, with a message that says why.
type bound struct {
	operation string
	base      m
	taken     []m
	refused   []m
	kind      string // InvalidParameterException when empty
	says      string
}

func (b bound) check(x *trial) {
	x.t.Helper()
	change := func(by m) m {
		all := maps.Clone(b.base)
		maps.Copy(all, by)
		return all
	}
	for _, by := range b.taken {
		if status, kind, message := x.call(b.operation, change(by)); status != http.StatusOK {
			x.t.Errorf("%s with %s: %d %s %q, want 200", b.operation, brief(by), status, kind, message)
		}
	}
	want := b.kind
	if want == "" {
		want = invalidParameter
	}
	for _, by := range b.refused {
		if status, kind, message := x.call(b.operation, change(by)); status != wire.Exceptions[want] || kind != want || !strings.Contains(message, b.says) {
			x.t.Errorf("%s with %s: %d %s %q, want %s that says %q", b.operation, brief(by), status, kind, message, want, b.says)
		}
	}
}

// chars has n characters.
func chars(n int) string { return strings.Repeat("n", n) }

// many has n times the same entry.
func many[T any](n int, entry T) []T { return slices.Repeat([]T{entry}, n) }

// TestBounds has every bound and every exclusion of members at its edge that the text of the reference gives; those of
// StartTaskContact are in TestDecisions.
func TestBounds(t *testing.T) {
	t.Parallel()
	x := newTrial(t, func(c *server.Config) { c.Quota = map[string]int{"flows": 0, "routing-profiles": 0, "queues": 0} })
	n := 0
	name := func() string { n++; return fmt.Sprint("one of many ", n) }
	for topic, bounds := range map[string][]bound{
		"users": userBounds(x), "real-time data": currentBounds(x), "history": historyBounds(x), "routing profiles": profileBounds(x, name),
		"names": nameBounds(x, name), "searches": searchBounds(x), "instance": instanceBounds(), "overrides": overrideBounds(x, name), "contacts": contactBounds(x),
	} {
		t.Run(topic, func(t *testing.T) {
			x := x.in(t)
			for _, b := range bounds {
				b.check(x)
			}
		})
	}
}

func userBounds(x *trial) []bound {
	agent, err := x.sdk.DescribeUser(x.ctx, &connect.DescribeUserInput{InstanceId: &x.InstanceID, UserId: &x.Agent.UserID})
	x.ok(err)
	user := m{"UserId": x.Agent.UserID}
	create := m{
		"Username": "somebody", "Password": "Passw0rd-of-somebody", "IdentityInfo": m{"FirstName": "Some", "LastName": "Body"},
		"SecurityProfileIds": agent.User.SecurityProfileIds, "RoutingProfileId": *agent.User.RoutingProfileId,
	}
	ofChannel := func(member string, of func(channel string) m) []bound {
		lists := func(channels ...string) (all []m) {
			for _, c := range channels {
				all = append(all, m{member: []m{of(c)}})
			}
			return all
		}
		return []bound{
			{"UpdateUserConfig", user, lists("VOICE"), lists("TASK", "CHAT", "EMAIL"), "", "VOICE"},
			{"CreateUser", create, nil, lists("TASK", "CHAT", "EMAIL"), "", "VOICE"},
		}
	}
	return slices.Concat(
		[]bound{
			{"CreateUser", create, nil, with("Password", nil), invalidRequest, "Required parameter missing: Password"},
			{"CreateUser", create, nil, with("SecurityProfileIds", many(11, agent.User.SecurityProfileIds[0])), "", "SecurityProfileIds"},
		},
		ofChannel("PhoneNumberConfigs", func(c string) m { return m{"Channel": c, "PhoneType": "SOFT_PHONE"} }),
		ofChannel("PersistentConnectionConfigs", func(c string) m { return m{"Channel": c, "PersistentConnection": true} }),
		ofChannel("VoiceEnhancementConfigs", func(c string) m { return m{"Channel": c, "VoiceEnhancementMode": "NONE"} }),
		ofChannel("AutoAcceptConfigs", func(c string) m {
			return m{"Channel": c, "AutoAccept": true, "AgentFirstCallbackAutoAccept": true}
		}),
		ofChannel("AfterContactWorkConfigs", func(c string) m {
			limit := m{"AfterContactWorkTimeLimit": 1}
			return m{"Channel": c, "AfterContactWorkConfig": limit, "AgentFirstCallbackAfterContactWorkConfig": limit}
		}),
	)
}

func currentBounds(x *trial) []bound {
	agent, err := x.sdk.DescribeUser(x.ctx, &connect.DescribeUserInput{InstanceId: &x.InstanceID, UserId: &x.Agent.UserID})
	x.ok(err)
	profile := *agent.User.RoutingProfileId
	metric := func(names ...string) (all []m) {
		for _, name := range names {
			all = append(all, m{"Name": name})
		}
		return all
	}
	filters := func(f m, more ...m) m {
		all := m{"Filters": f}
		for _, by := range more {
			maps.Copy(all, by)
		}
		return all
	}
	queue, profiles := []string{x.QueueID}, []string{profile}
	by := func(groupings ...string) m { return m{"Groupings": groupings} }
	online := m{"CurrentMetrics": metric("AGENTS_ONLINE"), "Filters": m{"Queues": queue}}
	waiting := m{"CurrentMetrics": metric("CONTACTS_IN_QUEUE")}
	status := x.statusNamed("Available")
	tasks := m{"Queues": queue, "Channels": []string{"TASK"}}
	counts := []string{
		"AGENTS_AFTER_CONTACT_WORK", "AGENTS_AVAILABLE", "AGENTS_ERROR", "AGENTS_NON_PRODUCTIVE", "AGENTS_ON_CALL", "AGENTS_ON_CONTACT",
		"AGENTS_ONLINE", "AGENTS_STAFFED", "CONTACTS_IN_QUEUE", "CONTACTS_SCHEDULED", "SLOTS_ACTIVE", "SLOTS_AVAILABLE",
	}
	counted := func(unit string, names []string) (all []m) {
		for _, name := range names {
			all = append(all, m{"CurrentMetrics": []m{{"Name": name, "Unit": unit}}})
		}
		return all
	}
	return []bound{
		{
			"GetCurrentUserData",
			m{},
			[]m{filters(m{"Queues": queue}), filters(m{"RoutingProfiles": profiles}), filters(m{"Agents": []string{x.Agent.UserID}})},
			[]m{
				filters(m{}), filters(m{"Queues": queue, "RoutingProfiles": profiles}),
				filters(m{"Queues": queue, "Agents": []string{x.Agent.UserID}}),
				filters(m{"RoutingProfiles": profiles, "Agents": []string{x.Agent.UserID}}),
				filters(m{"Agents": []string{x.Agent.UserID}, "UserHierarchyGroups": []string{unknown}}),
			},
			invalidRequest, "exactly one",
		},
		{
			"GetCurrentUserData",
			m{},
			[]m{
				filters(m{"Queues": many(100, x.QueueID)}), filters(m{"RoutingProfiles": many(100, profile)}), filters(m{"Agents": many(100, x.Agent.UserID)}),
				filters(m{"Queues": queue, "ContactFilter": m{"ContactStates": many(9, "CONNECTED")}}),
			},
			[]m{
				filters(m{"Queues": many(101, x.QueueID)}), filters(m{"RoutingProfiles": many(101, profile)}), filters(m{"Agents": many(101, x.Agent.UserID)}),
				filters(m{"Queues": queue, "ContactFilter": m{"ContactStates": many(10, "CONNECTED")}}),
				filters(m{"UserHierarchyGroups": many(2, unknown)}),
			},
			"", "'Filters.",
		},
		{
			"GetCurrentUserData", filters(m{"Queues": queue}), with("MaxResults", 1, 100), with("MaxResults", 0, 101), "", "MaxResults",
		},
		{
			"GetCurrentMetricData", online,
			[]m{filters(m{"Queues": queue}), filters(m{"RoutingProfiles": profiles}), filters(m{"Queues": []string{x.QueueID, x.InstanceARN + "/queue/" + x.QueueID}})},
			[]m{filters(m{}), filters(m{"Queues": queue, "RoutingProfiles": profiles})},
			"", "exactly one",
		},
		{
			"GetCurrentMetricData", online,
			[]m{filters(m{"Queues": many(100, x.QueueID)}), filters(m{"RoutingProfiles": many(100, profile)}), filters(m{"Queues": queue, "AgentStatuses": many(50, status)})},
			[]m{filters(m{"Queues": many(101, x.QueueID)}), filters(m{"RoutingProfiles": many(101, profile)}), filters(m{"Queues": queue, "AgentStatuses": many(51, status)})},
			"", "Filters.",
		},
		{"GetCurrentMetricData", online, nil, []m{filters(m{"RoutingProfiles": profiles, "AgentStatuses": []string{status}})}, "", "AgentStatuses"},
		{"GetCurrentMetricData", online, []m{filters(tasks, by("CHANNEL")), filters(tasks, by("QUEUE", "CHANNEL"))}, []m{by("CHANNEL")}, "", "CHANNEL"},
		{
			"GetCurrentMetricData", online,
			[]m{by("QUEUE", "AGENT_STATUS")},
			[]m{by("AGENT_STATUS"), by("AGENT_STATUS", "QUEUE"), filters(m{"RoutingProfiles": profiles}, by("ROUTING_PROFILE", "AGENT_STATUS"))},
			"", "AGENT_STATUS",
		},
		{
			"GetCurrentMetricData", online, nil,
			[]m{filters(m{"Queues": queue}, by("QUEUE", "AGENT_STATUS"), m{"CurrentMetrics": metric("AGENTS_ONLINE", "AGENTS_STAFFED")})},
			"", "AGENTS_ONLINE",
		},
		{"GetCurrentMetricData", online, []m{by("ROUTING_PROFILE")}, []m{by("QUEUE", "CHANNEL", "ROUTING_PROFILE")}, "", "Groupings"},
		{
			"GetCurrentMetricData", waiting,
			[]m{filters(m{"RoutingProfiles": profiles}, by("ROUTING_PROFILE"))},
			[]m{filters(m{"Queues": queue}, by("ROUTING_PROFILE"))},
			"", "ROUTING_PROFILE",
		},
		{
			"GetCurrentMetricData",
			m{"CurrentMetrics": metric("ESTIMATED_WAIT_TIME")},
			[]m{filters(tasks, by("QUEUE", "CHANNEL"))},
			[]m{filters(tasks), filters(tasks, by("QUEUE")), filters(tasks, by("CHANNEL"))},
			"", "ESTIMATED_WAIT_TIME",
		},
		{
			"GetCurrentMetricData", online,
			with("SortCriteria", []m{{"SortByMetric": "AGENTS_ONLINE"}}), with("SortCriteria", []m{{"SortByMetric": "SLOTS_AVAILABLE"}}, many(2, m{"SortByMetric": "AGENTS_ONLINE"})),
			"", "Sort",
		},
		{"GetCurrentMetricData", online, counted("COUNT", counts), counted("SECONDS", counts), "", "COUNT"},
		{"GetCurrentMetricData", m{"Filters": m{"Queues": queue}}, counted("SECONDS", []string{"OLDEST_CONTACT_AGE"}), counted("COUNT", []string{"OLDEST_CONTACT_AGE"}), "", "SECONDS"},
		{
			"GetCurrentMetricData", filters(tasks, by("QUEUE", "CHANNEL")),
			counted("SECONDS", []string{"ESTIMATED_WAIT_TIME"}), counted("PERCENT", []string{"ESTIMATED_WAIT_TIME"}), "", "SECONDS",
		},
		{"GetCurrentMetricData", online, with("MaxResults", 1, 100), with("MaxResults", 0, 101), "", "MaxResults"},
	}
}

func historyBounds(x *trial) []bound {
	agent, err := x.sdk.DescribeUser(x.ctx, &connect.DescribeUserInput{InstanceId: &x.InstanceID, UserId: &x.Agent.UserID})
	x.ok(err)
	now := x.Now().Unix()
	queue := m{"FilterKey": "QUEUE", "FilterValues": []string{x.QueueID}}
	base := m{
		"ResourceArn": x.InstanceARN, "StartTime": now - 3600, "EndTime": now, "Filters": []m{queue}, "Metrics": []m{{"Name": "CONTACTS_QUEUED"}},
	}
	filters := func(all ...m) m { return m{"Filters": append([]m{queue}, all...)} }
	channels := m{"FilterKey": "CHANNEL", "FilterValues": []string{"VOICE", "CHAT", "TASK", "EMAIL"}}
	levels := []string{"AGENT_HIERARCHY_LEVEL_ONE", "AGENT_HIERARCHY_LEVEL_TWO", "AGENT_HIERARCHY_LEVEL_THREE", "AGENT_HIERARCHY_LEVEL_FOUR", "AGENT_HIERARCHY_LEVEL_FIVE"}
	level := func(comparison string) m {
		return m{"Metrics": []m{{"Name": "SERVICE_LEVEL", "Threshold": []m{{"Comparison": comparison, "ThresholdValue": 60}}}}}
	}
	keys := []m{
		{"FilterKey": "ROUTING_PROFILE", "FilterValues": []string{*agent.User.RoutingProfileId}},
		{"FilterKey": "AGENT", "FilterValues": []string{x.Agent.UserID}},
		channels,
		{"FilterKey": subtypeKey, "FilterValues": []string{"connect:Task"}},
	}
	return []bound{
		{"GetMetricDataV2", base, []m{{"StartTime": now - 1}}, []m{{"StartTime": now}, {"StartTime": now, "EndTime": now - 1}}, "", "StartTime"},
		{"GetMetricDataV2", base, []m{filters(keys...)}, []m{filters(append(keys, channels)...), {"Filters": []m{}}}, "", "'Filters'"},
		{
			"GetMetricDataV2", base,
			[]m{filters(channels), {"Filters": []m{{"FilterKey": "QUEUE", "FilterValues": many(100, x.QueueID)}, channels}}},
			[]m{filters(m{"FilterKey": "ROUTING_PROFILE", "FilterValues": many(100, unknown)})},
			"", "100",
		},
		{"GetMetricDataV2", base, []m{{"Groupings": levels[:4]}}, []m{{"Groupings": levels}}, "", "'Groupings'"},
		{"GetMetricDataV2", base, []m{level("LT"), level("LTE")}, []m{level("GT"), level("EQ")}, "", "Comparison"},
		{"GetMetricDataV2", base, []m{{"MaxResults": 100}}, with("MaxResults", 0, 101), "", "MaxResults"},
		{"GetMetricDataV2", base, nil, []m{filters(m{"FilterKey": "CHANNEL", "StringCondition": m{"Comparison": "NOT_EXISTS"}})}, invalidRequest, "StringCondition"},
	}
}

func profileBounds(x *trial, name func() string) []bound {
	auto, manual := make([]m, 11), make([]m, 11)
	for i := range auto {
		id := x.queue(fmt.Sprint("of a profile ", i))
		auto[i] = m{"QueueReference": m{"QueueId": id, "Channel": "TASK"}, "Priority": 1, "Delay": 0}
		manual[i] = m{"QueueReference": m{"QueueId": id, "Channel": "TASK"}}
	}
	slots := func(channel string, values ...int) (all []m) {
		for _, n := range values {
			all = append(all, m{"MediaConcurrencies": []m{{"Channel": channel, "Concurrency": n}}})
		}
		return all
	}
	id := x.profile(connect.CreateRoutingProfileInput{Name: aws.String("of bounds")})
	served := make([]m, 51)
	for i := range served {
		served[i] = m{"QueueReference": m{"QueueId": x.queue(fmt.Sprint("served ", i)), "Channel": "TASK"}, "Priority": 1, "Delay": 0}
	}
	full := m{"RoutingProfileId": x.profile(connect.CreateRoutingProfileInput{Name: aws.String("of 50 queues")})}
	create := m{
		"Name": name, "Description": "d", "DefaultOutboundQueueId": x.QueueID, "MediaConcurrencies": []m{{"Channel": "TASK", "Concurrency": 1}},
	}
	change := m{"RoutingProfileId": id}
	all := []bound{
		{"CreateRoutingProfile", create, with("Name", "x"+chars(126)), with("Name", "", chars(128)), "", "'Name'"},
		{"CreateRoutingProfile", create, with("Description", chars(250)), with("Description", "", chars(251)), "", "'Description'"},
		{"CreateRoutingProfile", create, with("QueueConfigs", auto[:10]), with("QueueConfigs", auto), "", "QueueConfigs"},
		{"CreateRoutingProfile", create, with("ManualAssignmentQueueConfigs", manual[:10]), with("ManualAssignmentQueueConfigs", manual), "", "ManualAssignmentQueueConfigs"},
		{"UpdateRoutingProfileName", change, with("Name", chars(127)), with("Name", chars(128)), "", "'Name'"},
		{"UpdateRoutingProfileName", change, with("Description", chars(250)), with("Description", chars(251)), "", "'Description'"},
		{"AssociateRoutingProfileQueues", change, with("QueueConfigs", auto[:10]), with("QueueConfigs", auto), "", "QueueConfigs"},
	}
	byHand := func(channels ...string) (all []m) {
		for _, c := range channels {
			all = append(all, m{"ManualAssignmentQueueConfigs": []m{{"QueueReference": m{"QueueId": x.QueueID, "Channel": c}}}})
		}
		return all
	}
	for operation, base := range map[string]m{"CreateRoutingProfile": create, "AssociateRoutingProfileQueues": change} {
		all = append(all, bound{operation, base, byHand("CHAT", "TASK", "EMAIL"), byHand("VOICE"), "", "VOICE"})
	}
	for i := 0; i < 50; i += 10 {
		all = append(all, bound{"AssociateRoutingProfileQueues", full, with("QueueConfigs", served[i:i+10]), nil, "", ""})
	}
	all = append(all, bound{"AssociateRoutingProfileQueues", full, nil, with("QueueConfigs", served[50:]), invalidRequest, "50"})
	for operation, base := range map[string]m{"CreateRoutingProfile": create, "UpdateRoutingProfileConcurrency": change} {
		all = append(
			all,
			bound{operation, base, slots("VOICE", 1), slots("VOICE", 2), "", "VOICE"},
			bound{operation, base, slots("CHAT", 1, 10), slots("CHAT", 11), "", "Concurrency"},
			bound{operation, base, slots("TASK", 1, 10), slots("TASK", 11), "", "Concurrency"},
		)
	}
	return all
}

func nameBounds(x *trial, name func() string) []bound {
	x.ok(x.levels("Country"))
	group := m{"HierarchyGroupId": x.group("of bounds", "")}
	flow := ending("done")
	content := func(n int) string { return flow + strings.Repeat(" ", n-len(flow)) }
	made := m{"ContactFlowId": x.publish("of bounds", types.ContactFlowTypeContactFlow, flow)}
	create := m{"Name": name, "Type": "CONTACT_FLOW", "Content": flow}
	return []bound{
		{"CreateUserHierarchyGroup", m{}, with("Name", chars(100)), with("Name", "", chars(101)), "", "'Name'"},
		{"UpdateUserHierarchyGroupName", group, with("Name", "x"+chars(99)), with("Name", "", chars(101)), "", "'Name'"},
		{"CreateContactFlow", create, with("Content", content(256_000)), with("Content", "", content(256_001)), invalidRequest, "Content"},
		{"UpdateContactFlowContent", made, with("Content", content(256_000)), with("Content", "", content(256_001)), invalidRequest, "Content"},
	}
}

func searchBounds(x *trial) []bound {
	now := x.Now().Unix()
	contacts := m{"TimeRange": m{"Type": "INITIATION_TIMESTAMP", "StartTime": now - 60, "EndTime": now}}
	criteria := func(member string, v any) m { return m{"SearchCriteria": m{member: v}} }
	attributes := func(n, values int) any {
		return m{"Criteria": many(n, m{"Key": "k", "Values": many(values, "v")})}
	}
	named := func(n int) any { return m{"MatchType": "MATCH_ANY", "SearchText": many(n, "word")} }
	all := []bound{
		{"SearchContacts", contacts, with("MaxResults", 1, 100), with("MaxResults", 0, 101), "", "MaxResults"},
		{"SearchContacts", contacts, []m{criteria("Name", named(100))}, []m{criteria("Name", named(101))}, "", "SearchText"},
		{"SearchContacts", contacts, []m{criteria("AgentIds", many(100, x.Agent.UserID))}, []m{criteria("AgentIds", many(101, x.Agent.UserID))}, "", "AgentIds"},
		{"SearchContacts", contacts, []m{criteria("QueueIds", many(100, x.QueueID))}, []m{criteria("QueueIds", many(101, x.QueueID))}, "", "QueueIds"},
		{
			"SearchContacts", contacts,
			[]m{criteria("SearchableContactAttributes", attributes(15, 20)), criteria("SearchableSegmentAttributes", attributes(15, 20))},
			[]m{
				criteria("SearchableContactAttributes", attributes(16, 1)), criteria("SearchableContactAttributes", attributes(1, 21)),
				criteria("SearchableSegmentAttributes", attributes(16, 1)), criteria("SearchableSegmentAttributes", attributes(1, 21)),
			},
			"", "Attributes",
		},
	}
	contains := func(field string, values ...any) (all []m) {
		for _, v := range values {
			all = append(all, m{"SearchCriteria": m{"StringCondition": m{"FieldName": field, "Value": v, "ComparisonType": "CONTAINS"}}})
		}
		return all
	}
	for operation, fields := range map[string][]string{
		"SearchQueues":               {"name", "description", "resourceID"},
		"SearchContactFlows":         {"name", "description", "resourceID"},
		"SearchContactFlowModules":   {"name", "description", "resourceID"},
		"SearchRoutingProfiles":      {"associatedQueueIds", "name", "description", "resourceID"},
		"SearchUsers":                {"Username", "FirstName", "LastName", "RoutingProfileId", "SecurityProfileId", "resourceId"},
		"SearchSecurityProfiles":     {"name"},
		"SearchUserHierarchyGroups":  {"name", "parentId", "levelId", "resourceID"},
		"SearchHoursOfOperations":    {"name", "description", "timezone", "resourceID"},
		"SearchQuickConnects":        {"name", "description", "resourceID"},
		"SearchAgentStatuses":        {"name", "description", "state", "type", "displayOrder", "resourceID"},
		"SearchPredefinedAttributes": {"name"},
	} {
		for _, field := range fields {
			all = append(all, bound{operation, m{}, contains(field, chars(2), chars(25)), contains(field, "n", chars(26)), "", "25"})
		}
		all = append(all, bound{operation, m{}, nil, contains("color", "red"), "", "color"})
	}
	words := []string{
		"agent", "agent-state", "routing-profile", "standard-queue", "security-profile", "operating-hours", "prompt", "contact-flow", "flow-module",
		"transfer-destination",
	}
	all = append(all, bound{
		"SearchResourceTags",
		m{},
		with("ResourceTypes", []string{}, words), with("ResourceTypes", []string{"Agent"}, []string{"standard_queue"}, []string{"task-template"}), "", "ResourceTypes",
	})
	for operation, most := range map[string]int{"SearchQueues": 500, "SearchUsers": 500, "SearchContactFlows": 100, "SearchResourceTags": 100} {
		all = append(all, bound{operation, m{}, with("MaxResults", 1, most), with("MaxResults", 0, most+1), "", "MaxResults"})
	}
	return all
}

func instanceBounds() []bound {
	return []bound{{
		"UpdateInstanceAttribute", m{"AttributeType": "CONTACT_LENS"}, with("Value", "true", "false"), with("Value", chars(101)), "", "100",
	}}
}

func overrideBounds(x *trial, name func() string) []bound {
	of := x.hours("of bounds")
	hour := func(h int) m { return m{"Hours": h, "Minutes": 0} }
	row := m{"Day": "THURSDAY", "StartTime": hour(1), "EndTime": hour(2)}
	create := m{
		"HoursOfOperationId": of, "Name": name, "Config": []m{row}, "EffectiveFrom": "2027-01-01", "EffectiveTill": "2028-01-01", "OverrideType": "OPEN",
	}
	update := m{
		"HoursOfOperationId":         of,
		"HoursOfOperationOverrideId": x.override(of, connect.CreateHoursOfOperationOverrideInput{Name: aws.String("changed"), OverrideType: types.OverrideTypeOpen}),
		"Config":                     []m{row},
	}
	recur := func(frequency string, more ...m) m {
		pattern := m{"Frequency": frequency, "Interval": 1}
		for _, by := range more {
			maps.Copy(pattern, by)
		}
		return m{"RecurrenceConfig": m{"RecurrencePattern": pattern}}
	}
	months, days, weekdays := func(n ...int) m { return m{"ByMonth": n} }, func(n ...int) m { return m{"ByMonthDay": n} }, func(n ...int) m { return m{"ByWeekdayOccurrence": n} }
	var all []bound
	for operation, base := range map[string]m{"CreateHoursOfOperationOverride": create, "UpdateHoursOfOperationOverride": update} {
		all = append(
			all,
			bound{operation, base, []m{recur("WEEKLY", m{"Interval": 1})}, []m{recur("WEEKLY", m{"Interval": 0}), recur("WEEKLY", m{"Interval": -1})}, "", "Interval"},
			bound{
				operation, base,
				[]m{recur("YEARLY", months(1)), recur("YEARLY", months(12))},
				[]m{recur("YEARLY", months(0)), recur("YEARLY", months(13)), recur("MONTHLY", months(1)), recur("YEARLY", months(1, 2))},
				"", "ByMonth",
			},
			bound{
				operation, base,
				[]m{recur("MONTHLY", days(31)), recur("MONTHLY", days(-1)), recur("YEARLY", months(2), days(1))},
				[]m{recur("MONTHLY", days(0)), recur("MONTHLY", days(32)), recur("WEEKLY", days(1)), recur("MONTHLY", days(1, 2)), recur("MONTHLY", days(1), weekdays(1))},
				"", "ByMonthDay",
			},
			bound{operation, base, []m{recur("MONTHLY", weekdays(2)), recur("YEARLY", months(4), weekdays(2))}, []m{recur("WEEKLY", weekdays(2))}, "", "ByWeekdayOccurrence"},
		)
	}
	return all
}

func contactBounds(x *trial) []bound {
	create := m{"Channel": "TASK", "InitiationMethod": "API"}
	task := m{"ContactId": x.begin()}
	attributes := func(all m) m { return m{"Attributes": all} }
	full := attributes(m{"k": chars(32_767)})
	var bounds []bound
	for operation, base := range map[string]m{"CreateContact": create, "UpdateContactAttributes": {"InitialContactId": task["ContactId"]}} {
		bounds = append(
			bounds,
			bound{operation, base, []m{full}, []m{attributes(m{"k": chars(32_760), "l": chars(7)})}, "", "Attributes"},
			bound{operation, base, []m{attributes(m{"k": "", "a-Z_0": "v"})}, []m{attributes(m{"k": "", "a.b": "v"}), attributes(m{"k": "", "ü": "v"})}, "", "Attributes"},
		)
	}
	segment := func(key string, value m) m { return m{"SegmentAttributes": m{key: value}} }
	x.predefine("tier", "gold")
	for operation, base := range map[string]m{
		"StartTaskContact": {"Name": "n", "ContactFlowId": x.FlowID}, "CreateContact": create, "UpdateContact": task,
	} {
		bounds = append(bounds, bound{
			operation, base,
			[]m{segment("tier", m{"ValueString": "gold"})},
			[]m{
				segment("tier", m{"ValueList": []m{{"ValueString": "gold"}}}), segment("tier", m{"ValueArn": x.InstanceARN}),
				segment("tier", m{"ValueInteger": 1}), segment("t ier", m{"ValueString": "gold"}),
			},
			"", "SegmentAttributes",
		})
	}
	return append(
		bounds,
		bound{"UpdateContactRoutingData", task, []m{{"QueuePriority": 1}}, []m{{"QueuePriority": 0}, {"QueuePriority": 1, "QueueTimeAdjustmentSeconds": 1}, {}}, "", "Queue"},
		bound{"ListAssociatedContacts", task, with("MaxResults", 1, 100), with("MaxResults", 0, 101), "", "MaxResults"},
		bound{"ListContactReferences", task, with("ReferenceTypes", many(6, "URL")), with("ReferenceTypes", many(7, "URL")), "", "ReferenceTypes"},
		bound{"TagContact", task, []m{{"Tags": m{"k": "v"}}}, []m{{"Tags": m{}}}, "", "Tags"},
	)
}
