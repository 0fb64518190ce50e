package awsapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/server"
)

func media(of types.Channel, n int32, behavior ...types.BehaviorType) types.MediaConcurrency {
	c := types.MediaConcurrency{Channel: of, Concurrency: &n}
	for _, b := range behavior {
		c.CrossChannelBehavior = &types.CrossChannelBehavior{BehaviorType: b}
	}
	return c
}

func queueRef(queue string, of types.Channel) *types.RoutingProfileQueueReference {
	return &types.RoutingProfileQueueReference{QueueId: &queue, Channel: of}
}

func served(queue string, of types.Channel, priority, delay int32) types.RoutingProfileQueueConfig {
	return types.RoutingProfileQueueConfig{QueueReference: queueRef(queue, of), Priority: &priority, Delay: &delay}
}

func picked(queue string, of types.Channel) types.RoutingProfileManualAssignmentQueueConfig {
	return types.RoutingProfileManualAssignmentQueueConfig{QueueReference: queueRef(queue, of)}
}

// tryProfile makes a routing profile: unless the request says otherwise for three tasks, with the stock queue.
func (x *trial) tryProfile(in connect.CreateRoutingProfileInput) (string, error) {
	in.InstanceId = &x.InstanceID
	if in.Description == nil {
		in.Description = aws.String("a profile")
	}
	if in.DefaultOutboundQueueId == nil {
		in.DefaultOutboundQueueId = &x.QueueID
	}
	if in.MediaConcurrencies == nil {
		in.MediaConcurrencies = []types.MediaConcurrency{media(types.ChannelTask, 3)}
	}
	out, err := x.sdk.CreateRoutingProfile(x.ctx, &in)
	return aws.ToString(valueOf(out).RoutingProfileId), err
}

func valueOf[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

func (x *trial) profile(in connect.CreateRoutingProfileInput) string {
	x.t.Helper()
	id, err := x.tryProfile(in)
	x.ok(err)
	return id
}

func (x *trial) describeProfile(id string) *types.RoutingProfile {
	x.t.Helper()
	out, err := x.sdk.DescribeRoutingProfile(x.ctx, &connect.DescribeRoutingProfileInput{InstanceId: &x.InstanceID, RoutingProfileId: &id})
	x.ok(err)
	return out.RoutingProfile
}

// profileText puts a routing profile in one line.
func (x *trial) profileText(id string) string {
	x.t.Helper()
	p := x.describeProfile(id)
	text := fmt.Sprintf("%s %q %s", *p.Name, aws.ToString(p.Description), strings.TrimPrefix(string(p.AgentAvailabilityTimer), "TIME_SINCE_LAST_"))
	for _, c := range p.MediaConcurrencies {
		text += fmt.Sprintf(" %s=%d/%s", c.Channel, *c.Concurrency, strings.TrimPrefix(string(c.CrossChannelBehavior.BehaviorType), "ROUTE_"))
	}
	return text
}

// queuesOf tells the queues of a routing profile, one page after the other, in one line: those of manual assignment
// last.
func (x *trial) queuesOf(profile string) string {
	x.t.Helper()
	var all []string
	pages := connect.NewListRoutingProfileQueuesPaginator(x.sdk, &connect.ListRoutingProfileQueuesInput{
		InstanceId: &x.InstanceID, RoutingProfileId: &profile, MaxResults: aws.Int32(1),
	})
	for _, out := range pagesOf(x.t, pages) {
		for _, q := range out.RoutingProfileQueueConfigSummaryList {
			all = append(all, fmt.Sprintf("%s/%s/%d/%d", *q.QueueName, q.Channel, *q.Priority, q.Delay))
			if !strings.HasSuffix(*q.QueueArn, "/queue/"+*q.QueueId) || *out.LastModifiedRegion != x.Region || out.LastModifiedTime == nil {
				x.t.Errorf("one of the queues is %+v", out)
			}
		}
	}
	manual := connect.NewListRoutingProfileManualAssignmentQueuesPaginator(x.sdk, &connect.ListRoutingProfileManualAssignmentQueuesInput{
		InstanceId: &x.InstanceID, RoutingProfileId: &profile, MaxResults: aws.Int32(1),
	})
	for _, out := range pagesOf(x.t, manual) {
		for _, q := range out.RoutingProfileManualAssignmentQueueConfigSummaryList {
			all = append(all, fmt.Sprintf("%s/%s", *q.QueueName, q.Channel))
			if !strings.HasSuffix(*q.QueueArn, "/queue/"+*q.QueueId) || *out.LastModifiedRegion != x.Region || out.LastModifiedTime == nil {
				x.t.Errorf("one of the queues is %+v", out)
			}
		}
	}
	return strings.Join(all, " ")
}

func TestRoutingProfileIsMadeAndChanged(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	claims := x.queue("Claims")
	id := x.profile(connect.CreateRoutingProfileInput{
		Name: aws.String("Back office"), Description: aws.String("claims"), Tags: map[string]string{"team": "a"},
		MediaConcurrencies:           []types.MediaConcurrency{media(types.ChannelTask, 5), media(types.ChannelVoice, 1, types.BehaviorTypeRouteAnyChannel)},
		QueueConfigs:                 []types.RoutingProfileQueueConfig{served(claims, types.ChannelTask, 1, 0), served(claims, types.ChannelVoice, 99, 9999)},
		ManualAssignmentQueueConfigs: []types.RoutingProfileManualAssignmentQueueConfig{picked(x.QueueID, types.ChannelTask)},
	})
	p := x.describeProfile(id)
	if *p.RoutingProfileArn != x.InstanceARN+"/routing-profile/"+id || *p.InstanceId != x.InstanceID || p.IsDefault || p.Tags["team"] != "a" ||
		*p.DefaultOutboundQueueId != x.QueueID || *p.NumberOfAssociatedQueues != 1 || *p.NumberOfAssociatedManualAssignmentQueues != 1 ||
		*p.NumberOfAssociatedUsers != 0 || p.LastModifiedTime == nil || *p.LastModifiedRegion != x.Region {
		t.Errorf("the profile is %+v", p)
	}
	if got, want := x.queuesOf(id), "Claims/TASK/1/0 Claims/VOICE/99/9999 BasicQueue/TASK"; got != want {
		t.Errorf("queues %s, want %s", got, want)
	}
	rename := func(name, description *string) error {
		_, err := x.sdk.UpdateRoutingProfileName(x.ctx, &connect.UpdateRoutingProfileNameInput{InstanceId: &x.InstanceID, RoutingProfileId: &id, Name: name, Description: description})
		return err
	}
	concurrency := func(all ...types.MediaConcurrency) error {
		_, err := x.sdk.UpdateRoutingProfileConcurrency(x.ctx, &connect.UpdateRoutingProfileConcurrencyInput{InstanceId: &x.InstanceID, RoutingProfileId: &id, MediaConcurrencies: all})
		return err
	}
	timer := func(t types.AgentAvailabilityTimer) error {
		_, err := x.sdk.UpdateRoutingProfileAgentAvailabilityTimer(x.ctx, &connect.UpdateRoutingProfileAgentAvailabilityTimerInput{InstanceId: &x.InstanceID, RoutingProfileId: &id, AgentAvailabilityTimer: t})
		return err
	}
	outbound := func(queue string) error {
		_, err := x.sdk.UpdateRoutingProfileDefaultOutboundQueue(x.ctx, &connect.UpdateRoutingProfileDefaultOutboundQueueInput{InstanceId: &x.InstanceID, RoutingProfileId: &id, DefaultOutboundQueueId: &queue})
		return err
	}
	for _, step := range []struct {
		do   func() error
		want string
	}{
		{func() error { return nil }, `Back office "claims" ACTIVITY VOICE=1/ANY_CHANNEL TASK=5/CURRENT_CHANNEL_ONLY`},
		{func() error { return rename(aws.String("Front office"), nil) }, `Front office "claims" ACTIVITY VOICE=1/ANY_CHANNEL TASK=5/CURRENT_CHANNEL_ONLY`},
		{func() error { return rename(nil, aws.String("all")) }, `Front office "all" ACTIVITY VOICE=1/ANY_CHANNEL TASK=5/CURRENT_CHANNEL_ONLY`},
		{func() error { return timer(types.AgentAvailabilityTimerTimeSinceLastInbound) }, `Front office "all" INBOUND VOICE=1/ANY_CHANNEL TASK=5/CURRENT_CHANNEL_ONLY`},
		{func() error {
			return concurrency(media(types.ChannelEmail, 2), media(types.ChannelTask, 10, types.BehaviorTypeRouteAnyChannel))
		}, `Front office "all" INBOUND TASK=10/ANY_CHANNEL EMAIL=2/CURRENT_CHANNEL_ONLY`},
	} {
		x.ok(step.do())
		if got := x.profileText(id); got != step.want {
			t.Errorf("the profile is %s, want %s", got, step.want)
		}
	}
	x.ok(outbound(x.InstanceARN + "/queue/" + claims))
	if got := *x.describeProfile(id).DefaultOutboundQueueId; got != claims {
		t.Errorf("default outbound queue %s, want %s", got, claims)
	}
	x.refused(rename(aws.String("Basic Routing Profile"), nil), duplicate, 409, "Basic Routing Profile")
	x.refused(concurrency(media(types.ChannelVoice, 2)), invalidParameter, 400, "VOICE", "1")
	x.refused(concurrency(media(types.ChannelTask, 11)), invalidParameter, 400, "Concurrency")
	x.refused(concurrency(media(types.ChannelTask, 1), media(types.ChannelTask, 2)), invalidParameter, 400, "more than once")
	x.refused(timer("SINCE_LUNCH"), invalidParameter, 400, "AgentAvailabilityTimer")
	x.refused(outbound(unknown), notFound, 404, unknown)
	x.refused(rename(nil, nil), invalidRequest, 400, "Name", "Description")
	made := id
	id = unknown
	for _, err := range []error{rename(aws.String("n"), nil), concurrency(media(types.ChannelTask, 1)), timer(types.AgentAvailabilityTimerTimeSinceLastInbound), outbound(claims)} {
		x.refused(err, notFound, 404, unknown)
	}
	_, err := x.sdk.DescribeRoutingProfile(x.ctx, &connect.DescribeRoutingProfileInput{InstanceId: &x.InstanceID, RoutingProfileId: &id})
	x.refused(err, notFound, 404, unknown)
	_, err = x.sdk.ListRoutingProfileQueues(x.ctx, &connect.ListRoutingProfileQueuesInput{InstanceId: &x.InstanceID, RoutingProfileId: &id})
	x.refused(err, notFound, 404, unknown)
	_, err = x.sdk.ListRoutingProfileManualAssignmentQueues(x.ctx, &connect.ListRoutingProfileManualAssignmentQueuesInput{InstanceId: &x.InstanceID, RoutingProfileId: &id})
	x.refused(err, notFound, 404, unknown)
	if got := x.profileText(made); !strings.HasPrefix(got, `Front office "all" INBOUND TASK=10`) {
		t.Errorf("after what was refused the profile is %s", got)
	}
}

func TestWrongRoutingProfiles(t *testing.T) {
	t.Parallel()
	x := newTrial(t, func(c *server.Config) {
		c.Quota = map[string]int{"routing-profiles": 2, "queues-per-routing-profile": 2}
	})
	two := []types.RoutingProfileQueueConfig{served(x.QueueID, types.ChannelTask, 1, 0), served(x.QueueID, types.ChannelTask, 2, 0)}
	many := []types.RoutingProfileQueueConfig{served(x.QueueID, types.ChannelTask, 1, 0), served(x.QueueID, types.ChannelChat, 1, 0), served(x.QueueID, types.ChannelEmail, 1, 0)}
	for _, tt := range []struct {
		in     connect.CreateRoutingProfileInput
		kind   string
		status int
		says   string
	}{
		{connect.CreateRoutingProfileInput{Name: aws.String("Basic Routing Profile")}, duplicate, 409, "Basic Routing Profile"},
		{connect.CreateRoutingProfileInput{DefaultOutboundQueueId: aws.String(unknown)}, notFound, 404, unknown},
		{connect.CreateRoutingProfileInput{QueueConfigs: []types.RoutingProfileQueueConfig{served(unknown, types.ChannelTask, 1, 0)}}, notFound, 404, unknown},
		{connect.CreateRoutingProfileInput{ManualAssignmentQueueConfigs: []types.RoutingProfileManualAssignmentQueueConfig{picked(unknown, types.ChannelTask)}}, notFound, 404, unknown},
		{connect.CreateRoutingProfileInput{QueueConfigs: two}, invalidParameter, 400, "QueueConfigs"},
		{connect.CreateRoutingProfileInput{QueueConfigs: many}, limitExceeded, 429, "3 of at most 2"},
		{connect.CreateRoutingProfileInput{QueueConfigs: []types.RoutingProfileQueueConfig{served(x.QueueID, types.ChannelTask, 100, 0)}}, invalidParameter, 400, "Priority"},
		{connect.CreateRoutingProfileInput{QueueConfigs: []types.RoutingProfileQueueConfig{served(x.QueueID, types.ChannelTask, 1, 10000)}}, invalidParameter, 400, "Delay"},
		{connect.CreateRoutingProfileInput{MediaConcurrencies: []types.MediaConcurrency{media(types.ChannelVoice, 2)}}, invalidParameter, 400, "VOICE"},
		{connect.CreateRoutingProfileInput{Description: aws.String("")}, invalidParameter, 400, "Description"},
		{connect.CreateRoutingProfileInput{}, "", 0, ""},
		{connect.CreateRoutingProfileInput{Name: aws.String("One too many")}, limitExceeded, 429, "routing profile"},
	} {
		if tt.in.Name == nil {
			tt.in.Name = aws.String("New")
		}
		_, err := x.tryProfile(tt.in)
		x.answered(err, tt.kind, tt.status, tt.says)
	}
}

func TestQueuesOfRoutingProfileAreChanged(t *testing.T) {
	t.Parallel()
	x := newTrial(t, func(c *server.Config) { c.Quota = map[string]int{"queues-per-routing-profile": 3} })
	claims, refunds := x.queue("Claims"), x.queue("Refunds")
	id := x.profile(connect.CreateRoutingProfileInput{Name: aws.String("P")})
	associate := func(rows []types.RoutingProfileQueueConfig, manual ...types.RoutingProfileManualAssignmentQueueConfig) error {
		_, err := x.sdk.AssociateRoutingProfileQueues(x.ctx, &connect.AssociateRoutingProfileQueuesInput{InstanceId: &x.InstanceID, RoutingProfileId: &id, QueueConfigs: rows, ManualAssignmentQueueConfigs: manual})
		return err
	}
	update := func(rows ...types.RoutingProfileQueueConfig) error {
		_, err := x.sdk.UpdateRoutingProfileQueues(x.ctx, &connect.UpdateRoutingProfileQueuesInput{InstanceId: &x.InstanceID, RoutingProfileId: &id, QueueConfigs: rows})
		return err
	}
	disassociate := func(refs, manual []types.RoutingProfileQueueReference) error {
		_, err := x.sdk.DisassociateRoutingProfileQueues(x.ctx, &connect.DisassociateRoutingProfileQueuesInput{InstanceId: &x.InstanceID, RoutingProfileId: &id, QueueReferences: refs, ManualAssignmentQueueReferences: manual})
		return err
	}
	refs := func(refs ...*types.RoutingProfileQueueReference) (list []types.RoutingProfileQueueReference) {
		for _, r := range refs {
			list = append(list, *r)
		}
		return list
	}
	type rows = []types.RoutingProfileQueueConfig
	for _, step := range []struct {
		do   func() error
		want string
	}{
		{func() error {
			return associate(rows{served(claims, types.ChannelTask, 1, 0), served(refunds, types.ChannelTask, 2, 30)})
		}, "Claims/TASK/1/0 Refunds/TASK/2/30"},
		{func() error { return associate(rows{served(claims, types.ChannelTask, 5, 7)}) }, "Claims/TASK/5/7 Refunds/TASK/2/30"},
		{func() error {
			return associate(nil, picked(claims, types.ChannelTask), picked(claims, types.ChannelEmail))
		}, "Claims/TASK/5/7 Refunds/TASK/2/30 Claims/EMAIL Claims/TASK"},
		{func() error { return update(served(refunds, types.ChannelTask, 9, 0)) }, "Claims/TASK/5/7 Refunds/TASK/9/0 Claims/EMAIL Claims/TASK"},
		{func() error {
			return disassociate(refs(queueRef(claims, types.ChannelTask), queueRef(claims, types.ChannelChat)), nil)
		}, "Refunds/TASK/9/0 Claims/EMAIL Claims/TASK"},
		{func() error {
			return disassociate(refs(queueRef(refunds, types.ChannelTask)), refs(queueRef(claims, types.ChannelEmail)))
		}, "Claims/TASK"},
	} {
		x.ok(step.do())
		if got := x.queuesOf(id); got != step.want {
			t.Errorf("queues %s, want %s", got, step.want)
		}
	}
	x.refused(x.deleteQueue(claims), inUse, 409, `"P"`)
	x.ok(disassociate(nil, refs(queueRef(claims, types.ChannelTask))))
	x.ok(x.deleteQueue(claims))

	x.refused(associate(nil), invalidRequest, 400, "QueueConfigs", "ManualAssignmentQueueConfigs")
	x.refused(associate(rows{served(unknown, types.ChannelTask, 1, 0)}), notFound, 404, unknown)
	x.refused(associate(rows{served(x.Agent.UserID, types.ChannelTask, 1, 0)}), notFound, 404, x.Agent.UserID) // an agent's own queue
	x.refused(associate(rows{served(refunds, types.ChannelTask, 1, 0), served(refunds, types.ChannelTask, 1, 0)}), invalidParameter, 400, "QueueConfigs")
	x.refused(associate(slices.Repeat(rows{served(refunds, types.ChannelTask, 1, 0)}, 11)), invalidParameter, 400, "QueueConfigs", "10")
	x.refused(associate(rows{
		served(refunds, types.ChannelTask, 1, 0), served(refunds, types.ChannelChat, 1, 0),
		served(refunds, types.ChannelVoice, 1, 0), served(refunds, types.ChannelEmail, 1, 0),
	}), invalidRequest, 400, "4 of at most 3")
	x.refused(update(served(refunds, types.ChannelTask, 1, 0)), notFound, 404, "not associated")
	x.refused(update(slices.Repeat(rows{served(refunds, types.ChannelTask, 1, 0)}, 11)...), invalidParameter, 400, "QueueConfigs", "10")
	x.refused(disassociate(nil, nil), invalidRequest, 400, "QueueReferences")
	x.refused(disassociate(refs(queueRef(unknown, types.ChannelTask)), nil), notFound, 404, unknown)
	x.refused(disassociate(slices.Repeat(refs(queueRef(refunds, types.ChannelTask)), 11), nil), invalidParameter, 400, "QueueReferences", "10")
	x.refused(disassociate(nil, slices.Repeat(refs(queueRef(refunds, types.ChannelTask)), 11)), invalidParameter, 400, "ManualAssignmentQueueReferences", "10")
	if got := x.queuesOf(id); got != "" {
		t.Errorf("queues %s, want "+unknown, got)
	}
	id = unknown
	x.refused(associate(rows{served(refunds, types.ChannelTask, 1, 0)}), notFound, 404, unknown)
	x.refused(update(served(refunds, types.ChannelTask, 1, 0)), notFound, 404, unknown)
	x.refused(disassociate(refs(queueRef(refunds, types.ChannelTask)), nil), notFound, 404, unknown)
}

func (x *trial) deleteProfile(id string) error {
	_, err := x.sdk.DeleteRoutingProfile(x.ctx, &connect.DeleteRoutingProfileInput{InstanceId: &x.InstanceID, RoutingProfileId: &id})
	return err
}

func TestRoutingProfileInUseIsNotDeleted(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	id := x.profile(connect.CreateRoutingProfileInput{Name: aws.String("P")})
	x.Hire("ann", func(in *connect.CreateUserInput) { in.RoutingProfileId = &id })
	if n := *x.describeProfile(id).NumberOfAssociatedUsers; n != 1 {
		t.Errorf("%d users, want 1", n)
	}
	x.refused(x.deleteProfile(id), inUse, 409, `"ann"`)
	free := x.profile(connect.CreateRoutingProfileInput{Name: aws.String("Q")})
	x.ok(x.deleteProfile(free))
	x.refused(x.deleteProfile(free), notFound, 404, free)
}

func TestRoutingProfilesAreFound(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	claims := x.queue("Claims")
	for i, name := range []string{"Back EU", "Back US", "Front"} {
		in := connect.CreateRoutingProfileInput{
			Name: &name, Description: aws.String("number " + fmt.Sprint(i)), Tags: map[string]string{"team": []string{"a", "b"}[i%2]},
		}
		if i < 2 {
			in.QueueConfigs = []types.RoutingProfileQueueConfig{served(claims, types.ChannelTask, 1, 0), served(claims, types.ChannelChat, 1, 0)}
		}
		x.profile(in)
	}
	var listed []string
	lists := connect.NewListRoutingProfilesPaginator(x.sdk, &connect.ListRoutingProfilesInput{InstanceId: &x.InstanceID, MaxResults: aws.Int32(3)})
	for _, out := range pagesOf(t, lists) {
		for _, p := range out.RoutingProfileSummaryList {
			listed = append(listed, *p.Name)
			if got := x.describeProfile(*p.Id); *got.RoutingProfileArn != *p.Arn || got.IsDefault != (*p.Name == "Basic Routing Profile") {
				t.Errorf("%s: %+v", *p.Name, got)
			}
		}
	}
	if diff := cmp.Diff([]string{"Back EU", "Back US", "Basic Routing Profile", "Front"}, listed); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
	is := func(field string, how types.StringComparisonType, value string) *types.RoutingProfileSearchCriteria {
		return &types.RoutingProfileSearchCriteria{StringCondition: &types.StringCondition{FieldName: &field, ComparisonType: how, Value: &value}}
	}
	team := &types.RoutingProfileSearchFilter{TagFilter: &types.ControlPlaneTagFilter{TagCondition: &types.TagCondition{TagKey: aws.String("team"), TagValue: aws.String("a")}}}
	for _, tt := range []struct {
		name     string
		criteria *types.RoutingProfileSearchCriteria
		filter   *types.RoutingProfileSearchFilter
		want     []string
	}{
		{"all", nil, nil, []string{"Back EU", "Back US", "Basic Routing Profile", "Front"}},
		{"by name", is("name", types.StringComparisonTypeStartsWith, "back"), nil, []string{"Back EU", "Back US"}},
		{"by description", is("description", types.StringComparisonTypeContains, "er 2"), nil, []string{"Front"}},
		{"by queue", is("associatedQueueIds", types.StringComparisonTypeExact, claims), nil, []string{"Back EU", "Back US"}},
		{"by tag", nil, team, []string{"Back EU", "Front"}},
		{"by queue and tag", is("associatedQueueIds", types.StringComparisonTypeExact, claims), team, []string{"Back EU"}},
	} {
		var names []string
		pages := connect.NewSearchRoutingProfilesPaginator(x.sdk, &connect.SearchRoutingProfilesInput{
			InstanceId: &x.InstanceID, SearchCriteria: tt.criteria, SearchFilter: tt.filter, MaxResults: aws.Int32(1),
		})
		for _, out := range pagesOf(t, pages) {
			for _, p := range out.RoutingProfiles {
				names = append(names, *p.Name)
				if len(p.AssociatedQueueIds) != int(*p.NumberOfAssociatedQueues) || *out.ApproximateTotalCount != int64(len(tt.want)) ||
					p.LastModifiedTime != nil || p.AgentAvailabilityTimer != "" {
					t.Errorf("%s: %d in all, one is %+v", tt.name, *out.ApproximateTotalCount, p)
				}
			}
		}
		slices.Sort(names)
		if diff := cmp.Diff(tt.want, names); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	_, err := x.sdk.SearchRoutingProfiles(x.ctx, &connect.SearchRoutingProfilesInput{InstanceId: &x.InstanceID, SearchCriteria: is("colour", types.StringComparisonTypeExact, "red")})
	x.refused(err, invalidParameter, 400, "colour")
}

// A change of a profile counts for the next offer: nobody is signed in anew.
func TestChangedRoutingProfileRoutes(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	claims := x.queue("Claims")
	id := x.profile(connect.CreateRoutingProfileInput{Name: aws.String("P"), MediaConcurrencies: []types.MediaConcurrency{media(types.ChannelTask, 1)}})
	ann := x.Hire("ann", func(in *connect.CreateUserInput) { in.RoutingProfileId = &id })
	desk := x.SignIn(ann)
	x.SetStatus(ann.UserID, "Available")
	flow := aws.String(x.marked("into it", types.ContactFlowTypeContactFlow, claims))
	first, second := x.start(startInput{ContactFlowId: flow}), x.start(startInput{ContactFlowId: flow})
	if got := x.Describe(first); got.AgentInfo != nil {
		t.Fatalf("a task is with somebody who does not serve its queue: %+v", got.AgentInfo)
	}
	_, err := x.sdk.AssociateRoutingProfileQueues(x.ctx, &connect.AssociateRoutingProfileQueuesInput{
		InstanceId: &x.InstanceID, RoutingProfileId: &id, QueueConfigs: []types.RoutingProfileQueueConfig{served(claims, types.ChannelTask, 1, 0)},
	})
	x.ok(err)
	desk.Accept(first)
	_, err = x.sdk.UpdateRoutingProfileConcurrency(x.ctx, &connect.UpdateRoutingProfileConcurrencyInput{
		InstanceId: &x.InstanceID, RoutingProfileId: &id, MediaConcurrencies: []types.MediaConcurrency{media(types.ChannelTask, 2)},
	})
	x.ok(err)
	desk.Accept(second)
}
