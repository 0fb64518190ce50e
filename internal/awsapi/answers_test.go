package awsapi_test

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server/servertest"
)

// TestAnswers has what the text of the reference says of members of answers, beside their shapes. Each check ends the tasks
// that it has begun.
func TestAnswers(t *testing.T) {
	t.Parallel()
	x := newTrial(t, servertest.Frozen)
	for name, check := range map[string]func(*trial){
		"contacts by tags":                                  contactsByTags,
		"no estimate where nothing was answered":            nothingToEstimateFrom,
		"an instance is not replicated":                     notReplicated,
		"an instance is named by its ARN as well":           namedByARN,
		"queues of both types":                              queuesOfBothTypes,
		"queues of a routing profile":                       queuesOfAProfile,
		"a draft is not published":                          draftIsNotPublished,
		"a version outlives its alias":                      versionOutlivesAlias,
		"a URL of a file lasts five minutes":                urlLastsFiveMinutes,
		"rows by AGENTS_ONLINE":                             rowsByAgentsOnline,
		"a transfer begins when it is made":                 transferBeginsAnew,
		"flows that a task is transferred by":               flowsOfATransfer,
		"criteria in an agent's queue":                      criteriaInAnAgentsQueue,
		"slots and the next status of an agent":             slotsAndNextStatus,
		"attributes of an ended contact":                    attributesOfAnEndedContact,
		"five levels of the hierarchy of a contact's agent": fiveLevels,
	} {
		t.Run(name, func(t *testing.T) { check(x.in(t)) })
	}
}

// members are those of an answer, as it travels.
func (x *trial) members(path string) map[string]json.RawMessage {
	x.t.Helper()
	r, err := http.NewRequestWithContext(x.ctx, http.MethodGet, x.URL+path, nil)
	x.ok(err)
	res, err := http.DefaultClient.Do(r)
	x.ok(err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	x.ok(err)
	var out map[string]json.RawMessage
	if err := json.Unmarshal(text, &out); err != nil || res.StatusCode != http.StatusOK {
		x.t.Fatalf("GET %s: %s %s", path, res.Status, text)
	}
	return out
}

func notReplicated(x *trial) {
	if out := x.members("/instance/" + x.InstanceID); out["Instance"] == nil || out["ReplicationConfiguration"] != nil {
		x.t.Errorf("DescribeInstance = %s", out)
	}
}

func namedByARN(x *trial) {
	for _, path := range []string{
		"/queues-summary/", "/contact-flows-summary/", "/quick-connects/", "/users-summary/", "/routing-profiles-summary/", "/security-profiles-summary/",
		"/hours-of-operations-summary/", "/agent-status/",
	} {
		byID, byARN := x.members(path+x.InstanceID), x.members(path+strings.ReplaceAll(x.InstanceARN, "/", "%2F"))
		for member, list := range byID {
			if string(byARN[member]) != string(list) {
				x.t.Errorf("%s of the ARN tells %s, of the id %s", path, byARN[member], list)
			}
		}
	}
}

func queuesOfBothTypes(x *trial) {
	out, err := x.sdk.ListQueues(x.ctx, &connect.ListQueuesInput{InstanceId: &x.InstanceID})
	x.ok(err)
	for _, kind := range []types.QueueType{types.QueueTypeStandard, types.QueueTypeAgent} {
		if !slices.ContainsFunc(out.QueueSummaryList, func(q types.QueueSummary) bool { return q.QueueType == kind }) {
			x.t.Errorf("no queue of type %s without QueueTypes", kind)
		}
	}
}

func queuesOfAProfile(x *trial) {
	id := x.profile(connect.CreateRoutingProfileInput{
		Name: aws.String("told"), AgentAvailabilityTimer: types.AgentAvailabilityTimerTimeSinceLastActivity,
		MediaConcurrencies: []types.MediaConcurrency{media(types.ChannelTask, 1, types.BehaviorTypeRouteAnyChannel)},
		QueueConfigs:       []types.RoutingProfileQueueConfig{served(x.QueueID, types.ChannelTask, 1, 0)},
	})
	if p := x.describeProfile(id); p.AssociatedQueueIds != nil || p.AssociatedManualAssignmentQueueIds != nil {
		x.t.Errorf("DescribeRoutingProfile tells queues %v, %v", p.AssociatedQueueIds, p.AssociatedManualAssignmentQueueIds)
	}
	out, err := x.sdk.SearchRoutingProfiles(x.ctx, &connect.SearchRoutingProfilesInput{
		InstanceId: &x.InstanceID, SearchCriteria: &types.RoutingProfileSearchCriteria{StringCondition: &types.StringCondition{
			FieldName: aws.String("name"), Value: aws.String("told"), ComparisonType: types.StringComparisonTypeExact,
		}},
	})
	x.ok(err)
	if len(out.RoutingProfiles) != 1 {
		x.t.Fatalf("found %d routing profiles", len(out.RoutingProfiles))
	}
	p := out.RoutingProfiles[0]
	if !slices.Equal(p.AssociatedQueueIds, []string{x.QueueID}) || p.LastModifiedTime != nil || p.LastModifiedRegion != nil ||
		p.AgentAvailabilityTimer != "" || p.MediaConcurrencies[0].CrossChannelBehavior != nil {
		x.t.Errorf("SearchRoutingProfiles tells %+v", p)
	}
}

func draftIsNotPublished(x *trial) {
	out, err := x.sdk.CreateContactFlow(x.ctx, &connect.CreateContactFlowInput{
		InstanceId: &x.InstanceID, Name: aws.String("draft"), Type: types.ContactFlowTypeContactFlow, Content: aws.String(ending("a")), Status: types.ContactFlowStatusSaved,
	})
	x.ok(err)
	_, err = x.tryFlow(*out.ContactFlowId)
	x.refused(err, "ContactFlowNotPublishedException", 404)
	if f := x.flow(*out.ContactFlowId + ":$SAVED"); f.Status != types.ContactFlowStatusSaved {
		x.t.Errorf("the draft is %s", f.Status)
	}
}

func versionOutlivesAlias(x *trial) {
	id := x.newModule(moduleInput{Name: aws.String("aliased")})
	version, err := x.moduleVersion(id, nil, nil)
	x.ok(err)
	x.ok(x.deleteAlias(id, x.alias(id, "live", version)))
	if _, err := x.tryDescribeModule(id + ":1"); err != nil {
		x.t.Errorf("the version of a deleted alias: %v", err)
	}
}

func urlLastsFiveMinutes(x *trial) {
	task := x.begin()
	f := &filing{Server: x.Server, t: x.t, task: task, arn: x.InstanceARN + "/contact/" + task}
	begun, err := f.start(connect.StartAttachedFileUploadInput{FileName: aws.String("a.txt"), FileSizeInBytes: aws.Int64(5)})
	x.ok(err)
	f.put(begun.UploadUrlMetadata, "hello")
	x.ok(f.complete(*begun.FileId))
	got, err := f.get(*begun.FileId, nil)
	x.ok(err)
	for _, expiry := range []*string{begun.UploadUrlMetadata.UrlExpiry, got.DownloadUrlMetadata.UrlExpiry} {
		at, err := time.Parse(time.RFC3339, *expiry)
		x.ok(err)
		if life := at.Sub(x.Now()); (life - 5*time.Minute).Abs() > time.Second {
			x.t.Errorf("a URL lasts %s, want 5m", life)
		}
	}
	x.stop(task)
}

func nothingToEstimateFrom(x *trial) {
	out, err := x.current(metricInput{
		Filters:        &types.Filters{Queues: []string{x.queue("never answered")}, Channels: []types.Channel{types.ChannelTask}},
		Groupings:      []types.Grouping{types.GroupingQueue, types.GroupingChannel},
		CurrentMetrics: metrics(types.CurrentMetricNameEstimatedWaitTime, types.CurrentMetricNameContactsInQueue),
	})
	x.ok(err)
	if c := out.MetricResults[0].Collections; len(c) != 2 || c[0].Value != nil || c[1].Value == nil {
		x.t.Errorf("collections %+v, want ESTIMATED_WAIT_TIME without a value, and CONTACTS_IN_QUEUE", c)
	}
}

func contactsByTags(x *trial) {
	tagged := func(name string, tags map[string]string) {
		id := x.start(startInput{Name: &name})
		_, err := x.sdk.TagContact(x.ctx, &connect.TagContactInput{InstanceId: &x.InstanceID, ContactId: &id, Tags: tags})
		x.ok(err)
		x.stop(id)
	}
	tagged("both", map[string]string{"team": "a", "site": "x"})
	tagged("team only", map[string]string{"team": "a"})
	tagged("other", map[string]string{"team": "b"})
	tagged("neither", map[string]string{"site": "y"})
	is := func(key, value string) types.TagCondition { return types.TagCondition{TagKey: &key, TagValue: &value} }
	for want, filter := range map[string]*types.ControlPlaneTagFilter{
		"both":       {AndConditions: []types.TagCondition{is("team", "a"), is("site", "x")}},
		"both other": {OrConditions: [][]types.TagCondition{{is("team", "a"), is("site", "x")}, {is("team", "b")}}},
	} {
		found, _ := found(x.t, x.Server, &connect.SearchContactsInput{SearchCriteria: &types.SearchCriteria{ContactTags: filter}})
		slices.Sort(found)
		if got := strings.Join(found, " "); got != want {
			x.t.Errorf("found %q, want %q", got, want)
		}
	}
}

func rowsByAgentsOnline(x *trial) {
	other := x.queue("nobody serves this")
	x.SetStatus(x.Agent.UserID, "Available")
	defer x.SetStatus(x.Agent.UserID, "Offline")
	for _, queues := range [][]string{{x.QueueID, other}, {other, x.QueueID}} {
		x.wantNumbers(metricInput{
			Filters: &types.Filters{Queues: queues}, Groupings: []types.Grouping{types.GroupingQueue},
			CurrentMetrics: metrics(types.CurrentMetricNameSlotsActive, types.CurrentMetricNameAgentsOnline),
		}, "queue="+x.QueueID+" SLOTS_ACTIVE=0 AGENTS_ONLINE=1", "queue="+other+" SLOTS_ACTIVE=0 AGENTS_ONLINE=0")
	}
}

func transferBeginsAnew(x *trial) {
	began := x.Now()
	first := x.begin()
	x.Advance(10 * time.Second)
	next := x.transfer(first, connect.TransferContactInput{})
	for id, want := range map[string]time.Time{first: began, next: x.Now()} {
		if at := x.Describe(id).InitiationTimestamp; at.Sub(want).Abs() > time.Second {
			x.t.Errorf("InitiationTimestamp %v, want %v", at, want)
		}
	}
	x.stop(next)
}

func flowsOfATransfer(x *trial) {
	task := x.begin()
	taken := []types.ContactFlowType{ // TestTransferGoesWhereItIsSent
		types.ContactFlowTypeContactFlow, types.ContactFlowTypeAgentTransfer, types.ContactFlowTypeQueueTransfer,
	}
	for _, kind := range types.ContactFlowTypeContactFlow.Values() {
		if slices.Contains(taken, kind) {
			continue
		}
		for _, f := range x.listFlows([]types.ContactFlowType{kind}) {
			_, err := x.tryTransfer(task, connect.TransferContactInput{ContactFlowId: f.Id})
			x.refused(err, invalidRequest, 400, "ContactFlowId", string(kind))
		}
	}
	x.stop(task)
}

func criteriaInAnAgentsQueue(x *trial) {
	x.predefine("language", "de")
	id := x.start(startInput{QuickConnectId: &x.QuickConnectIDs.Agent})
	x.ok(routing(x.Server, id, steps(expiring(german(1), 60))))
	c := x.Describe(id)
	if *c.QueueInfo.Id != x.Agent.UserID || c.RoutingCriteria.ActivationTimestamp == nil || c.RoutingCriteria.Steps[0].Status != types.RoutingCriteriaStepStatusInactive {
		x.t.Errorf("in queue %s: criteria %+v, want them activated and their step INACTIVE", *c.QueueInfo.Id, c.RoutingCriteria)
	}
	x.stop(id)
}

func slotsAndNextStatus(x *trial) {
	user := x.Hire("busy")
	data := func() types.UserData {
		x.t.Helper()
		out, err := x.sdk.GetCurrentUserData(x.ctx, &connect.GetCurrentUserDataInput{
			InstanceId: &x.InstanceID, Filters: &types.UserDataFilters{Agents: []string{user.UserID}},
		})
		x.ok(err)
		if len(out.UserDataList) != 1 {
			x.t.Fatalf("%d users, want 1", len(out.UserDataList))
		}
		return out.UserDataList[0]
	}
	task := x.begin()
	desk := x.SignIn(user)
	x.SetStatus(user.UserID, "Available")
	desk.Accept(task)
	d := data()
	if d.MaxSlotsByChannel["TASK"] != 10 || d.ActiveSlotsByChannel["TASK"] != 1 || d.AvailableSlotsByChannel["TASK"] != 9 || d.NextStatus != nil {
		x.t.Errorf("slots %v, active %v, available %v, want 10, 1 and 9; next status %v", d.MaxSlotsByChannel, d.ActiveSlotsByChannel, d.AvailableSlotsByChannel, d.NextStatus)
	}
	x.SetStatus(user.UserID, "Offline")
	d = data()
	if *d.Status.StatusName != "Available" || aws.ToString(d.NextStatus) != "Offline" {
		x.t.Errorf("while the task is in hand: status %s, next %s, want Available and Offline", *d.Status.StatusName, aws.ToString(d.NextStatus))
	}
	desk.End(task)
	desk.Clear(task)
}

func attributesOfAnEndedContact(x *trial) {
	id := x.start(startInput{Attributes: map[string]string{"k": "1"}})
	x.stop(id)
	x.setAttribute(id, "k", "2")
	x.wantAttribute("k", "2", id)
}

func fiveLevels(x *trial) {
	x.ok(x.levels("One", "Two", "Three", "Four", "Five"))
	var groups []string
	parent := ""
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		parent = x.group(name, parent)
		groups = append(groups, parent)
	}
	user := x.Hire("deep", func(in *connect.CreateUserInput) { in.HierarchyGroupId = &parent })
	task := x.begin()
	desk := x.SignIn(user)
	x.SetStatus(user.UserID, "Available")
	desk.Accept(task)
	g := x.Describe(task).AgentInfo.HierarchyGroups
	if g == nil {
		x.t.Fatal("the agent of the contact is in no groups")
	}
	for i, level := range []*types.AgentHierarchyGroup{g.Level1, g.Level2, g.Level3, g.Level4, g.Level5} {
		if level == nil || aws.ToString(level.Arn) != x.InstanceARN+"/agent-group/"+groups[i] {
			x.t.Errorf("level %d is %+v, want group %s", i+1, level, groups[i])
		}
	}
	desk.End(task)
	desk.Clear(task)
	x.SetStatus(user.UserID, "Offline")
}
