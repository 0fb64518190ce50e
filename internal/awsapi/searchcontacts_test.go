package awsapi_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tasklane/tasklane/internal/server"
	"github.com/tasklane/tasklane/internal/server/servertest"
)

// today is a range of initiations that has everything a test makes.
func today() *types.SearchContactsTimeRange {
	return &types.SearchContactsTimeRange{
		Type:      types.SearchContactsTimeRangeTypeInitiationTimestamp,
		StartTime: aws.Time(time.Now().Add(-time.Hour)), EndTime: aws.Time(time.Now().Add(time.Hour)),
	}
}

// found searches and returns the names of the first page.
func found(t *testing.T, s *servertest.Server, in *connect.SearchContactsInput) (names []string, out *connect.SearchContactsOutput) {
	t.Helper()
	in.InstanceId = &s.InstanceID
	if in.TimeRange == nil {
		in.TimeRange = today()
	}
	out, err := s.Client().SearchContacts(context.Background(), in)
	if err != nil {
		t.Fatalf("SearchContacts: %v", err)
	}
	for _, c := range out.Contacts {
		names = append(names, *c.Name)
	}
	return names, out
}

func begin(t *testing.T, s *servertest.Server, in *connect.StartTaskContactInput) string {
	t.Helper()
	in.InstanceId, in.ContactFlowId = &s.InstanceID, &s.FlowID
	out, err := s.Client().StartTaskContact(context.Background(), in)
	if err != nil {
		t.Fatalf("StartTaskContact: %v", err)
	}
	return *out.ContactId
}

func TestTasksAreFoundByWhatTheyAre(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	later := time.Now().Add(24 * time.Hour)
	gold := map[string]string{"tier": "Gold"}
	a := begin(t, s, &connect.StartTaskContactInput{Name: aws.String("Refund for order A-1009"), Attributes: gold})
	s.Advance(time.Second)
	begin(t, s, &connect.StartTaskContactInput{Name: aws.String("Call back"), PreviousContactId: &a})
	s.Advance(time.Second)
	begin(t, s, &connect.StartTaskContactInput{Name: aws.String("Later refund"), ScheduledTime: &later})

	type criteria = types.SearchCriteria
	name := func(match types.SearchContactsMatchType, texts ...string) *criteria {
		return &criteria{Name: &types.NameCriteria{MatchType: match, SearchText: append([]string{}, texts...)}}
	}
	attribute := func(key, value string) *criteria {
		return &criteria{SearchableContactAttributes: &types.SearchableContactAttributes{
			Criteria: []types.SearchableContactAttributesCriteria{{Key: &key, Values: []string{value}}},
		}}
	}
	queueARN := s.InstanceARN + "/queue/" + s.QueueID
	tests := []struct {
		name string
		in   *criteria
		want string // names, newest first
	}{
		{"everything", nil, "Later refund,Call back,Refund for order A-1009"},
		{"a word", name(types.SearchContactsMatchTypeMatchAny, "REFUND"), "Later refund,Refund for order A-1009"},
		{"a phrase", name(types.SearchContactsMatchTypeMatchAll, "order a-1009", "refund"), "Refund for order A-1009"},
		{"words in another order", name(types.SearchContactsMatchTypeMatchAll, "order refund"), ""},
		{"the whole name", name(types.SearchContactsMatchTypeMatchExact, "refund", "call back"), "Call back"},
		{"not the word", name(types.SearchContactsMatchTypeMatchNone, "refund"), "Call back"},
		{"no texts", name(types.SearchContactsMatchTypeMatchAll), "Later refund,Call back,Refund for order A-1009"},
		{"attribute of the chain", attribute("tier", "gold"), "Call back,Refund for order A-1009"},
		{"key in another case", attribute("Tier", "gold"), ""},
		{"queue", &criteria{QueueIds: []string{s.QueueID}}, "Call back,Refund for order A-1009"},
		{"queue by ARN", &criteria{QueueIds: []string{queueARN, unknown}}, "Call back,Refund for order A-1009"},
		{"agent's queue", &criteria{QueueIds: []string{s.InstanceARN + "/queue/agent/" + s.Agent.UserID}}, ""},
		{"agent", &criteria{AgentIds: []string{s.Agent.UserID}}, ""},
		{"channel", &criteria{Channels: []types.Channel{types.ChannelTask, types.ChannelChat}}, "Later refund,Call back,Refund for order A-1009"},
		{"another channel", &criteria{Channels: []types.Channel{types.ChannelVoice}}, ""},
		{"method", &criteria{InitiationMethods: []types.ContactInitiationMethod{types.ContactInitiationMethodApi}}, "Later refund,Call back,Refund for order A-1009"},
		{"another method", &criteria{InitiationMethods: []types.ContactInitiationMethod{types.ContactInitiationMethodInbound}}, ""},
		{"Region", &criteria{ActiveRegions: []string{"us-east-1"}}, "Later refund,Call back,Refund for order A-1009"},
		{"another Region", &criteria{ActiveRegions: []string{"eu-west-2"}}, ""},
		{"transcript", &criteria{ContactAnalysis: &types.ContactAnalysis{Transcript: &types.Transcript{Criteria: []types.TranscriptCriteria{{
			MatchType: types.SearchContactsMatchTypeMatchAny, ParticipantRole: types.ParticipantRoleAgent, SearchText: []string{"refund"},
		}}}}}, ""},
		{"subtype", &criteria{SearchableSegmentAttributes: &types.SearchableSegmentAttributes{Criteria: []types.SearchableSegmentAttributesCriteria{{
			Key: aws.String("connect:Subtype"), Values: []string{"connect:Task"},
		}}}}, "Later refund,Call back,Refund for order A-1009"},
		{"tag", &criteria{ContactTags: &types.ControlPlaneTagFilter{TagCondition: &types.TagCondition{TagKey: aws.String("k")}}}, ""},
		{"scheduled and not enqueued", &criteria{AdditionalTimeRange: &types.SearchContactsAdditionalTimeRange{
			MatchType: types.SearchContactsMatchTypeMatchAll,
			Criteria: []types.SearchContactsAdditionalTimeRangeCriteria{
				{TimeRange: &types.SearchContactsTimeRange{
					Type: types.SearchContactsTimeRangeTypeScheduledTimestamp, StartTime: &later, EndTime: &later,
				}},
				{TimestampCondition: &types.SearchContactsTimestampCondition{
					Type: types.SearchContactsTimeRangeTypeEnqueueTimestamp, ConditionType: types.SearchContactsTimeRangeConditionTypeNotExists,
				}},
			},
		}}, "Later refund"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			names, out := found(t, s, &connect.SearchContactsInput{SearchCriteria: tt.in})
			if got := strings.Join(names, ","); got != tt.want || *out.TotalCount != int64(len(names)) || out.NextToken != nil {
				t.Errorf("found %q of %d, NextToken %v; want %q", got, *out.TotalCount, out.NextToken, tt.want)
			}
		})
	}
}

func TestTasksAreFoundByTheirAgentsGroups(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	country, city := x.inYork()
	desk := x.SignIn(x.Agent)
	x.SetStatus(x.Agent.UserID, "Available")
	id := x.StartTask("worked")
	desk.Accept(id)
	x.SetStatus(x.Agent.UserID, "Offline")
	x.StartTask("waits")
	x.ok(x.joinGroup(x.Agent.UserID, nil)) // the task stays where it was

	want := &types.HierarchyGroups{
		Level1: &types.AgentHierarchyGroup{Arn: x.describeGroup(country).Arn}, Level2: &types.AgentHierarchyGroup{Arn: x.describeGroup(city).Arn},
	}
	if diff := cmp.Diff(want, x.Describe(id).AgentInfo.HierarchyGroups, cmpopts.IgnoreUnexported(types.HierarchyGroups{}, types.AgentHierarchyGroup{})); diff != "" {
		t.Errorf("HierarchyGroups (-want +got):\n%s", diff)
	}
	for _, tt := range []struct {
		name   string
		groups types.AgentHierarchyGroups
		want   string
	}{
		{"country", types.AgentHierarchyGroups{L1Ids: []string{unknown, country}}, "worked"},
		{"city by ARN", types.AgentHierarchyGroups{L2Ids: []string{*want.Level2.Arn}}, "worked"},
		{"both", types.AgentHierarchyGroups{L1Ids: []string{country}, L2Ids: []string{city}}, "worked"},
		{"another city", types.AgentHierarchyGroups{L1Ids: []string{country}, L2Ids: []string{unknown}}, ""},
		{"on another level", types.AgentHierarchyGroups{L2Ids: []string{country}}, ""},
		{"no groups", types.AgentHierarchyGroups{}, "waits,worked"},
	} {
		names, _ := found(t, x.Server, &connect.SearchContactsInput{SearchCriteria: &types.SearchCriteria{AgentHierarchyGroups: &tt.groups}})
		if got := strings.Join(names, ","); got != tt.want {
			t.Errorf("%s: found %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestTasksAreFoundByTheAgentsTheyPrefer(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	ann, admin := s.Agent.UserID, s.Admin.UserID
	for name, agents := range map[string][]string{"for ann": {ann}, "for both": {ann, admin}} {
		var given []types.RoutingCriteriaInputStep
		for _, id := range agents {
			given = append(given, expiring(&types.Expression{AttributeCondition: &types.AttributeCondition{
				ComparisonOperator: aws.String("Match"),
				MatchCriteria:      &types.MatchCriteria{AgentsCriteria: &types.AgentsCriteria{AgentIds: []string{id}}},
			}}, 60))
		}
		if err := routing(s, s.StartTask(name), steps(given...)); err != nil {
			t.Fatal(err)
		}
	}
	s.StartTask("for anybody")
	step := func(match types.SearchContactsMatchType, ids ...string) types.SearchableRoutingCriteriaStep {
		return types.SearchableRoutingCriteriaStep{AgentCriteria: &types.SearchableAgentCriteriaStep{AgentIds: ids, MatchType: match}}
	}
	for _, tt := range []struct {
		name  string
		steps []types.SearchableRoutingCriteriaStep
		want  string // sorted
	}{
		{"one", []types.SearchableRoutingCriteriaStep{step("", ann)}, "for ann,for both"},
		{"by ARN", []types.SearchableRoutingCriteriaStep{step("", s.InstanceARN+"/agent/"+admin)}, "for both"},
		{"any", []types.SearchableRoutingCriteriaStep{step(types.SearchContactsMatchTypeMatchAny, admin, unknown)}, "for both"},
		{"all", []types.SearchableRoutingCriteriaStep{step(types.SearchContactsMatchTypeMatchAll, admin, ann)}, "for both"},
		{unknown, []types.SearchableRoutingCriteriaStep{step(types.SearchContactsMatchTypeMatchNone, admin)}, "for ann,for anybody"},
		{"two steps", []types.SearchableRoutingCriteriaStep{step("", ann), step("", admin)}, "for both"},
	} {
		names, _ := found(t, s, &connect.SearchContactsInput{SearchCriteria: &types.SearchCriteria{
			RoutingCriteria: &types.SearchableRoutingCriteria{Steps: tt.steps},
		}})
		slices.Sort(names)
		if got := strings.Join(names, ","); got != tt.want {
			t.Errorf("%s: found %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestFoundTaskIsToldOf(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	root := s.StartTask("root")
	id := begin(t, s, &connect.StartTaskContactInput{Name: aws.String("Call back"), PreviousContactId: &root})
	_, out := found(t, s, &connect.SearchContactsInput{SearchCriteria: &types.SearchCriteria{
		Name: &types.NameCriteria{MatchType: types.SearchContactsMatchTypeMatchExact, SearchText: []string{"Call back"}},
	}})
	if len(out.Contacts) != 1 {
		t.Fatalf("found %d contacts, want 1", len(out.Contacts))
	}
	c, want := out.Contacts[0], s.Describe(id)
	switch {
	case *c.Id != id, *c.Arn != *want.Arn, *c.InitialContactId != root, *c.PreviousContactId != root,
		c.Channel != types.ChannelTask, c.InitiationMethod != types.ContactInitiationMethodApi,
		*c.QueueInfo.Id != s.QueueID, !c.QueueInfo.EnqueueTimestamp.Equal(*want.QueueInfo.EnqueueTimestamp),
		!c.InitiationTimestamp.Equal(*want.InitiationTimestamp), c.ScheduledTimestamp != nil, c.DisconnectTimestamp != nil,
		c.AgentInfo != nil, aws.ToString(c.SegmentAttributes["connect:Subtype"].ValueString) != "connect:Task":
		t.Errorf("SearchContacts tells %+v of %+v", c, want)
	}
}

func TestSearchTurnsPages(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	var want []string
	for i := range 7 {
		want = append(want, fmt.Sprint("task ", i))
		s.StartTask(want[i])
		s.Advance(time.Second)
	}
	in := &connect.SearchContactsInput{
		TimeRange: today(), MaxResults: aws.Int32(3),
		Sort: &types.Sort{FieldName: types.SortableFieldNameExpiryTimestamp, Order: types.SortOrderAscending},
	}
	var got []string
	for {
		names, out := found(t, s, in)
		got = append(got, names...)
		if *out.TotalCount != 7 {
			t.Errorf("TotalCount = %d, want 7", *out.TotalCount)
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			break
		}
		in.MaxResults = aws.Int32(2) // may change on the way
	}
	if !slices.Equal(got, want) {
		t.Errorf("pages have %v, want %v", got, want)
	}

	_, out := found(t, s, &connect.SearchContactsInput{TimeRange: in.TimeRange, MaxResults: aws.Int32(3)})
	in.NextToken = out.NextToken // of a search in another order
	_, err := s.Client().SearchContacts(context.Background(), in)
	wantInvalid(t, "foreign NextToken", err)
	s.Advance(25 * time.Hour)
	_, err = s.Client().SearchContacts(context.Background(), &connect.SearchContactsInput{
		InstanceId: &s.InstanceID, TimeRange: in.TimeRange, MaxResults: aws.Int32(3), NextToken: out.NextToken,
	})
	wantInvalid(t, "NextToken of yesterday", err)
}

func wantInvalid(t *testing.T, what string, err error) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), "InvalidParameterException: NextToken") {
		t.Errorf("%s: %v, want InvalidParameterException", what, err)
	}
}

func TestWrongSearches(t *testing.T) {
	t.Parallel()
	s := open(t)
	search := func(members string) string {
		return `{"InstanceId":"` + s.InstanceID + `","TimeRange":{"Type":"INITIATION_TIMESTAMP","StartTime":1,"EndTime":2}` + members + `}`
	}
	criteria := func(members string) string { return search(`,"SearchCriteria":{` + members + `}`) }
	tests := []struct {
		name, body string
		kind, says string
	}{
		{"no range", `{"InstanceId":"` + s.InstanceID + `"}`, "InvalidParameterException", "TimeRange"},
		{"range that ends before it starts", strings.Replace(search(""), `"EndTime":2`, `"EndTime":0`, 1), "InvalidParameterException", "TimeRange: EndTime"},
		{"range of an unknown time", strings.Replace(search(""), "INITIATION", "LUNCH", 1), "InvalidParameterException", "TimeRange.Type"},
		{"sort by what is no field", search(`,"Sort":{"FieldName":"NAME","Order":"ASCENDING"}`), "InvalidParameterException", "Sort.FieldName"},
		{"too many groups", criteria(`"AgentHierarchyGroups":{"L2Ids":[` + strings.Repeat(`"a",`, 10) + `"a"]}`), "InvalidParameterException", "AgentHierarchyGroups.L2Ids"},
		{"group of another instance", criteria(`"AgentHierarchyGroups":{"L5Ids":["arn:aws:connect:us-east-1:000000000000:instance/` + unknown + `/agent-group/` + unknown + `"]}`), "ResourceNotFoundException", unknown},
		{"preferred agent of another instance", criteria(`"RoutingCriteria":{"Steps":[{"AgentCriteria":{"AgentIds":["arn:aws:connect:us-east-1:000000000000:instance/` + unknown + `/agent/` + unknown + `"]}}]}`), "ResourceNotFoundException", unknown},
		{"text without a word", criteria(`"Name":{"SearchText":["?!"],"MatchType":"MATCH_ALL"}`), "InvalidParameterException", "Name.SearchText"},
		{"too many agents", criteria(`"AgentIds":[` + strings.Repeat(`"a",`, 100) + `"a"]`), "InvalidParameterException", "AgentIds"},
		{"queue of another instance", criteria(`"QueueIds":["arn:aws:connect:us-east-1:000000000000:instance/` + unknown + `/queue/` + unknown + `"]`), "ResourceNotFoundException", "queue"},
		{"neither range nor condition", criteria(`"AdditionalTimeRange":{"MatchType":"MATCH_ALL","Criteria":[{}]}`), "InvalidParameterException", "AdditionalTimeRange.Criteria[0]"},
		{"wrong range in a list", criteria(`"AdditionalTimeRange":{"MatchType":"MATCH_ALL","Criteria":[{"TimeRange":{"Type":"INITIATION_TIMESTAMP","StartTime":2,"EndTime":1}}]}`), "InvalidParameterException", "Criteria[0].TimeRange"},
		{"attribute without values", criteria(`"SearchableContactAttributes":{"Criteria":[{"Key":"tier","Values":[]}]}`), "InvalidParameterException", "tier"},
		{"two ways to ask for tags", criteria(`"ContactTags":{"TagCondition":{"TagKey":"a"},"AndConditions":[{"TagKey":"b"}]}`), "InvalidRequestException", "ContactTags"},
		{"tag without a key", criteria(`"ContactTags":{"TagCondition":{"TagValue":"a"}}`), "InvalidParameterException", "TagKey"},
		{"token", search(`,"NextToken":"zzz"`), "InvalidParameterException", "NextToken"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, kind, message := send(t, s, "POST", "/search-contacts", tt.body)
			if kind != tt.kind || !strings.Contains(message, tt.says) {
				t.Errorf("%d %s %q, want %s with %q", status, kind, message, tt.kind, tt.says)
			}
		})
	}
}

func TestAssociatedContactsAreListed(t *testing.T) {
	t.Parallel()
	s := servertest.New(t)
	root := s.StartTask("root")
	s.StartTask("another")
	next := begin(t, s, &connect.StartTaskContactInput{Name: aws.String("next"), PreviousContactId: &root})
	related := begin(t, s, &connect.StartTaskContactInput{Name: aws.String("related"), RelatedContactId: &next})
	want := []string{root, next, related}
	slices.Sort(want)
	for _, id := range []string{root, related, s.InstanceARN + "/contact/" + next} {
		in := &connect.ListAssociatedContactsInput{InstanceId: &s.InstanceID, ContactId: &id, MaxResults: aws.Int32(2)}
		var got []string
		for {
			out, err := s.Client().ListAssociatedContacts(context.Background(), in)
			if err != nil {
				t.Fatalf("ListAssociatedContacts: %v", err)
			}
			for _, c := range out.ContactSummaryList {
				got = append(got, *c.ContactId)
				if *c.ContactId == related && (*c.RelatedContactId != next || c.Channel != types.ChannelTask || c.InitiationTimestamp == nil) {
					t.Errorf("the related contact is told as %+v", c)
				}
			}
			if in.NextToken = out.NextToken; in.NextToken == nil {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("associated with %s: %v, want %v", id, got, want)
		}
	}
	_, err := s.Client().ListAssociatedContacts(context.Background(), &connect.ListAssociatedContactsInput{
		InstanceId: &s.InstanceID, ContactId: &root, NextToken: aws.String("zzz"),
	})
	wantInvalid(t, "foreign NextToken", err)
}

func TestDeleteContactData(t *testing.T) {
	t.Parallel()
	s := open(t)
	ended, running := s.StartTask("ended"), s.StartTask("running")
	if status, _, message := send(t, s, "POST", "/contact/stop", `{"InstanceId":"`+s.InstanceID+`","ContactId":"`+ended+`"}`); status != 200 {
		t.Fatal(message)
	}
	tests := []struct {
		name, id, fields string
		status           int
		kind             string
	}{
		{"nothing to remove", ended, `"CUSTOMER_ENDPOINT"`, 200, ""},
		{"e-mail", ended, `"CUSTOMER_ENDPOINT","EMAIL_SUBJECT"`, 400, "InvalidRequestException"},
		{"not over", running, `"CUSTOMER_ENDPOINT"`, 409, "ContactNotTerminatedException"},
		{"no field", ended, ``, 400, "InvalidParameterException"},
		{"unknown field", ended, `"NAME"`, 400, "InvalidParameterException"},
		{"unknown contact", unknown, `"CUSTOMER_ENDPOINT"`, 404, "ResourceNotFoundException"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, kind, message := send(t, s, "POST", "/contact/delete/"+s.InstanceID+"/"+tt.id, `{"ContactFields":[`+tt.fields+`]}`)
			if status != tt.status || kind != tt.kind {
				t.Errorf("%d %s %q, want %d %s", status, kind, message, tt.status, tt.kind)
			}
		})
	}
}

// TestContactsAreKeptForTheirTime: no operation reads one that has been kept long enough.
func TestContactsAreKeptForTheirTime(t *testing.T) {
	t.Parallel()
	s := servertest.New(t, func(c *server.Config) {
		c.Auth = "off"
		c.Retention = server.Span(30 * 24 * time.Hour)
	})
	id := s.StartTask("Call back")
	s.Advance(29 * 24 * time.Hour) // it has expired meanwhile
	if got := aws.ToString(s.Describe(id).DisconnectReason); got != "EXPIRED" {
		t.Errorf("DisconnectReason = %q, want EXPIRED", got)
	}
	s.Advance(2 * 24 * time.Hour)
	for _, r := range []struct{ method, path, body string }{
		{http.MethodGet, "/contacts/" + s.InstanceID + "/" + id, ""},
		{http.MethodGet, "/contact/attributes/" + s.InstanceID + "/" + id, ""},
		{http.MethodGet, "/contact/references/" + s.InstanceID + "/" + id + "?referenceTypes=URL", ""},
		{http.MethodGet, "/contact/associated/" + s.InstanceID + "?contactId=" + id, ""},
		{http.MethodPost, "/contact/attributes", `{"InstanceId":"` + s.InstanceID + `","InitialContactId":"` + id + `","Attributes":{"a":"b"}}`},
		{http.MethodPost, "/contact/stop", `{"InstanceId":"` + s.InstanceID + `","ContactId":"` + id + `"}`},
		{http.MethodPut, "/contact/task", `{"InstanceId":"` + s.InstanceID + `","ContactFlowId":"` + s.FlowID + `","Name":"n","PreviousContactId":"` + id + `"}`},
	} {
		want := "ResourceNotFoundException"
		if r.path == "/contact/stop" {
			want = contactGone // the exception that this operation has for it
		}
		if status, kind, message := send(t, s, r.method, r.path, r.body); kind != want {
			t.Errorf("%s %s: %d %s %q, want %s", r.method, r.path, status, kind, message, want)
		}
	}
	if names, _ := found(t, s, &connect.SearchContactsInput{}); len(names) != 0 {
		t.Errorf("found %v", names)
	}
}
