package awsapi_test

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server"
)

// managed is a request for an instance with an alias.
func managed(alias string) *connect.CreateInstanceInput {
	return &connect.CreateInstanceInput{
		IdentityManagementType: types.DirectoryTypeConnectManaged, InstanceAlias: &alias,
		InboundCallsEnabled: aws.Bool(true), OutboundCallsEnabled: aws.Bool(false),
	}
}

func (x *trial) describeInstance(id string) (*types.Instance, error) {
	out, err := x.sdk.DescribeInstance(x.ctx, &connect.DescribeInstanceInput{InstanceId: &id})
	return valueOf(out).Instance, err
}

func (x *trial) deleteInstance(id string) error {
	_, err := x.sdk.DeleteInstance(x.ctx, &connect.DeleteInstanceInput{InstanceId: &id})
	return err
}

func TestInstanceIsMadeAndDescribed(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	for _, in := range []*connect.CreateInstanceInput{
		managed("one"),
		{
			IdentityManagementType: types.DirectoryTypeSaml, InstanceAlias: aws.String("two-2"),
			InboundCallsEnabled: aws.Bool(false), OutboundCallsEnabled: aws.Bool(true), Tags: map[string]string{"team": "sales"},
		},
		{
			IdentityManagementType: types.DirectoryTypeExistingDirectory, DirectoryId: aws.String("d-0123456789"),
			InboundCallsEnabled: aws.Bool(false), OutboundCallsEnabled: aws.Bool(false),
		},
	} {
		out, err := x.sdk.CreateInstance(x.ctx, in)
		x.ok(err)
		for _, name := range []string{*out.Id, *out.Arn} {
			i, err := x.describeInstance(name)
			x.ok(err)
			if *i.Id != *out.Id || *i.Arn != *out.Arn || i.InstanceStatus != types.InstanceStatusActive || i.IdentityManagementType != in.IdentityManagementType ||
				aws.ToString(i.InstanceAlias) != aws.ToString(in.InstanceAlias) || *i.InboundCallsEnabled != *in.InboundCallsEnabled ||
				*i.OutboundCallsEnabled != *in.OutboundCallsEnabled || !maps.Equal(i.Tags, in.Tags) || i.CreatedTime == nil ||
				!strings.HasPrefix(*i.ServiceRole, "arn:aws:iam::000000000000:role/aws-service-role/connect.amazonaws.com/") {
				t.Errorf("%s: DescribeInstance = %+v", in.IdentityManagementType, i)
			}
			if want := x.URL + "/ccp-v2/?instance=" + valueOr(in.InstanceAlias, *out.Id); *i.InstanceAccessUrl != want {
				t.Errorf("InstanceAccessUrl = %s, want %s", *i.InstanceAccessUrl, want)
			}
		}
		users, err := x.sdk.ListUsers(x.ctx, &connect.ListUsersInput{InstanceId: out.Id})
		x.ok(err)
		queues, err := x.sdk.ListQueues(x.ctx, &connect.ListQueuesInput{InstanceId: out.Id, QueueTypes: []types.QueueType{types.QueueTypeStandard}})
		x.ok(err)
		flows, err := x.sdk.ListContactFlows(x.ctx, &connect.ListContactFlowsInput{InstanceId: out.Id})
		x.ok(err)
		profiles, err := x.sdk.ListSecurityProfiles(x.ctx, &connect.ListSecurityProfilesInput{InstanceId: out.Id})
		x.ok(err)
		if len(users.UserSummaryList) != 0 || len(queues.QueueSummaryList) != 1 || *queues.QueueSummaryList[0].Name != "BasicQueue" ||
			len(flows.ContactFlowSummaryList) != 9 || len(profiles.SecurityProfileSummaryList) != 4 {
			t.Errorf("%s: %d users, %d queues, %d flows, %d security profiles", in.IdentityManagementType, len(users.UserSummaryList),
				len(queues.QueueSummaryList), len(flows.ContactFlowSummaryList), len(profiles.SecurityProfileSummaryList))
		}
	}
	list, err := x.sdk.ListInstances(x.ctx, &connect.ListInstancesInput{})
	x.ok(err)
	if len(list.InstanceSummaryList) != 4 {
		t.Errorf("ListInstances tells %d instances, want 4", len(list.InstanceSummaryList))
	}
}

func valueOr(p *string, other string) string {
	if p == nil {
		return other
	}
	return *p
}

func TestInstanceThatCannotBeMade(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	for name, tt := range map[string]struct {
		change func(*connect.CreateInstanceInput)
		says   string
	}{
		"no alias": {func(in *connect.CreateInstanceInput) { in.InstanceAlias = nil }, "InstanceAlias is required"},
		"no alias with SAML": {func(in *connect.CreateInstanceInput) {
			in.InstanceAlias, in.IdentityManagementType = nil, types.DirectoryTypeSaml
		}, "InstanceAlias is required"},
		"alias of a domain": {func(in *connect.CreateInstanceInput) { in.InstanceAlias = aws.String("a.b") }, "InstanceAlias"},
		"alias like an id":  {func(in *connect.CreateInstanceInput) { in.InstanceAlias = aws.String("d-1") }, "InstanceAlias"},
		"alias too long":    {func(in *connect.CreateInstanceInput) { in.InstanceAlias = aws.String(strings.Repeat("a", 46)) }, "InstanceAlias"},
		"alias taken":       {func(in *connect.CreateInstanceInput) { in.InstanceAlias = aws.String("TaskLane") }, "exists already"},
		"directory":         {func(in *connect.CreateInstanceInput) { in.DirectoryId = aws.String("d-0123456789") }, "DirectoryId"},
		"no directory": {func(in *connect.CreateInstanceInput) {
			in.IdentityManagementType = types.DirectoryTypeExistingDirectory
		}, "DirectoryId is required"},
		"what is no identity": {func(in *connect.CreateInstanceInput) { in.IdentityManagementType = "LDAP" }, "IdentityManagementType"},
	} {
		in := managed("new")
		tt.change(in)
		_, err := x.sdk.CreateInstance(x.ctx, in)
		if err == nil || !strings.Contains(err.Error(), invalidRequest) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v, want %s that says %s", name, err, invalidRequest, tt.says)
		}
	}
	list, err := x.sdk.ListInstances(x.ctx, &connect.ListInstancesInput{})
	x.ok(err)
	if len(list.InstanceSummaryList) != 1 {
		t.Errorf("there are %d instances, want the first alone", len(list.InstanceSummaryList))
	}
}

func TestInstanceIsMadeOnce(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	in := managed("once")
	in.ClientToken = aws.String("token")
	var mu sync.Mutex
	ids := map[string]int{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			out, err := x.sdk.CreateInstance(x.ctx, in)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			ids[*out.Id]++
		})
	}
	wg.Wait()
	if len(ids) != 1 {
		t.Fatalf("instances that one token has made: %v", ids)
	}
	other := managed("other")
	other.ClientToken = in.ClientToken
	if _, err := x.sdk.CreateInstance(x.ctx, other); err == nil || !strings.Contains(err.Error(), "ClientToken") {
		t.Errorf("the token with other parameters: %v", err)
	}
	for id := range ids {
		x.ok(x.deleteInstance(id))
		again, err := x.sdk.CreateInstance(x.ctx, in)
		x.ok(err)
		if *again.Id == id {
			t.Error("the token finds an instance that was deleted")
		}
	}
}

func TestInstancesOfAnAccountAreBounded(t *testing.T) {
	t.Parallel()
	x := newTrial(t, func(c *server.Config) { c.Quota = map[string]int{"instances": 3} })
	var wg sync.WaitGroup
	var mu sync.Mutex
	made, refused := []string{}, 0
	for _, alias := range []string{"a", "b", "c", "d", "e", "f"} {
		wg.Go(func() {
			out, err := x.sdk.CreateInstance(x.ctx, managed(alias))
			mu.Lock()
			defer mu.Unlock()
			if quota := new(types.ServiceQuotaExceededException); errors.As(err, &quota) {
				refused++
			} else if err == nil {
				made = append(made, *out.Id)
			}
		})
	}
	wg.Wait()
	if len(made) != 2 || refused != 4 {
		t.Fatalf("%d instances were made and %d refused, want 2 and 4", len(made), refused)
	}
	if _, err := x.ClientAs("222222222222", "s").CreateInstance(x.ctx, managed("elsewhere")); err != nil {
		t.Errorf("in another account: %v", err)
	}
	x.ok(x.deleteInstance(made[0]))
	_, err := x.sdk.CreateInstance(x.ctx, managed("g"))
	x.ok(err)
}

// A deleted instance is not there for anybody, nor is anything in it, and its alias is free.
func TestDeletedInstanceIsNotFound(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	y := x.NewInstance(t, "gone")
	y.SetStatus(y.Agent.UserID, "Available")
	waiting, ringing := y.StartTask("one"), y.StartTask("two")
	x.ok(x.deleteInstance(y.InstanceARN))
	_, err := x.describeInstance(y.InstanceID)
	x.gone(err)
	x.gone(x.deleteInstance(y.InstanceID))
	for _, id := range []string{waiting, ringing} {
		_, err := x.sdk.DescribeContact(x.ctx, &connect.DescribeContactInput{InstanceId: &y.InstanceID, ContactId: &id})
		x.gone(err)
	}
	_, err = x.sdk.DescribeQueue(x.ctx, &connect.DescribeQueueInput{InstanceId: &y.InstanceID, QueueId: &y.QueueID})
	x.gone(err)
	_, err = x.sdk.StartTaskContact(x.ctx, &connect.StartTaskContactInput{InstanceId: &y.InstanceID, ContactFlowId: &y.FlowID, Name: aws.String("late")})
	x.gone(err)
	_, err = x.sdk.ListTagsForResource(x.ctx, &connect.ListTagsForResourceInput{ResourceArn: &y.InstanceARN})
	x.gone(err)
	x.gone(x.label(y.InstanceARN + "/queue/" + y.QueueID))
	if n := x.Metric("tasklane_instances"); n != 1 {
		t.Errorf("tasklane_instances = %d, want 1", n)
	}
	x.Eventually("its tasks are still counted", func() bool { return x.Metric("tasklane_active_tasks") == 0 })
	again := x.NewInstance(t, "gone")
	again.SetStatus(again.Agent.UserID, "Available")
	desk := again.SignIn(again.Agent)
	desk.Accept(again.StartTask("three"))
	x.Advance(0)
}

// label tags a resource, by ARN.
func (x *trial) label(resource string) error {
	_, err := x.sdk.TagResource(x.ctx, &connect.TagResourceInput{ResourceArn: &resource, Tags: map[string]string{"k": "v"}})
	return err
}

// Agents of an instance that is deleted are signed out at once, with a task in hand or without.
func TestAgentsOfADeletedInstanceAreSignedOut(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	y := x.NewInstance(t, "gone")
	y.SetStatus(y.Agent.UserID, "Available")
	desk, other := y.SignIn(y.Agent), x.SignIn(x.Agent)
	desk.Accept(y.StartTask("in hand"))
	x.ok(x.deleteInstance(y.InstanceID))
	if status, out := desk.Call("GetAgentSnapshot", map[string]any{}); status != http.StatusUnauthorized {
		t.Errorf("the agent of the deleted instance is answered %d %v", status, out)
	}
	if status, out := other.Call("GetAgentSnapshot", map[string]any{}); status != http.StatusOK {
		t.Errorf("the agent of the other instance is answered %d %v", status, out)
	}
}

func TestInstanceHasTags(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	out, err := x.sdk.CreateInstance(x.ctx, managed("tagged"))
	x.ok(err)
	for _, of := range []string{x.InstanceARN, *out.Arn} {
		_, err := x.sdk.TagResource(x.ctx, &connect.TagResourceInput{ResourceArn: &of, Tags: asWritten()})
		x.ok(err)
		x.retag(of, func() map[string]string {
			i, err := x.describeInstance(of)
			x.ok(err)
			return i.Tags
		})
	}
	x.gone(x.label(strings.Replace(*out.Arn, *out.Id, unknown, 1)))
}

// What has the same name in two instances has nothing else in common.
func TestInstancesAreIsolated(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	y := x.NewInstance(t, "twin")
	mine, theirs := x.SignIn(x.Agent), y.SignInTo("twin", y.Agent)
	x.SetStatus(x.Agent.UserID, "Available")
	id := y.StartTask("theirs")
	x.Advance(0)
	if state := mine.State(id); state != "" {
		t.Errorf("a task of the other instance is %s at the agent", state)
	}
	y.SetStatus(y.Agent.UserID, "Available")
	theirs.Accept(id)
	if n, err := x.sdk.ListQueues(x.ctx, &connect.ListQueuesInput{InstanceId: &x.InstanceID, QueueTypes: []types.QueueType{types.QueueTypeStandard}}); err != nil || len(n.QueueSummaryList) != 1 {
		t.Errorf("queues of the first instance: %+v, %v", n, err)
	}
	// Nothing of an instance is found in another one, by id or by ARN.
	for _, queue := range []string{y.QueueID, y.InstanceARN + "/queue/" + y.QueueID} {
		_, err := x.sdk.DescribeQueue(x.ctx, &connect.DescribeQueueInput{InstanceId: &x.InstanceID, QueueId: &queue})
		x.gone(err)
	}
	_, err := x.sdk.DescribeContact(x.ctx, &connect.DescribeContactInput{InstanceId: &x.InstanceID, ContactId: &id})
	x.gone(err)
	_, err = x.sdk.StopContact(x.ctx, &connect.StopContactInput{InstanceId: &x.InstanceID, ContactId: &id})
	if err == nil {
		t.Error("a task was stopped from another instance")
	}
	_, err = x.sdk.StartTaskContact(x.ctx, &connect.StartTaskContactInput{InstanceId: &x.InstanceID, ContactFlowId: &y.FlowID, Name: aws.String("x")})
	x.gone(err)
	status, _ := mine.Call("AcceptContact", map[string]any{"contactId": id})
	if status == http.StatusOK {
		t.Error("an agent of another instance accepted a task")
	}
}

// An account sees its own instances only, whatever it names them by.
func TestAccountsAreIsolated(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	other := *x
	other.sdk = x.ClientAs("222222222222", "s")
	made, err := other.sdk.CreateInstance(x.ctx, managed("elsewhere"))
	x.ok(err)
	if !strings.HasPrefix(*made.Arn, "arn:aws:connect:us-east-1:222222222222:instance/") {
		t.Errorf("an instance of account 222222222222 is %s", *made.Arn)
	}
	for name, seen := range map[string]struct {
		of   *trial
		ids  []string
		mine string
	}{
		"the other account": {&other, []string{x.InstanceID, x.InstanceARN}, *made.Id},
		"this account":      {x, []string{*made.Id, *made.Arn}, x.InstanceID},
	} {
		for _, id := range seen.ids {
			_, err := seen.of.describeInstance(id)
			x.gone(err)
			x.gone(seen.of.deleteInstance(id))
			_, err = seen.of.sdk.ListQueues(x.ctx, &connect.ListQueuesInput{InstanceId: &id})
			x.gone(err)
			_, err = seen.of.sdk.UpdateInstanceAttribute(x.ctx, &connect.UpdateInstanceAttributeInput{
				InstanceId: &id, AttributeType: types.InstanceAttributeTypeContactLens, Value: aws.String("true"),
			})
			x.gone(err)
		}
		x.gone(seen.of.label(seen.ids[1][:strings.LastIndex(seen.ids[1], ":")+1] + "instance/" + seen.ids[0]))
		list, err := seen.of.sdk.ListInstances(x.ctx, &connect.ListInstancesInput{})
		x.ok(err)
		if ids := idsOf(list.InstanceSummaryList); !slices.Equal(ids, []string{seen.mine}) {
			t.Errorf("%s sees instances %v, want its own", name, ids)
		}
	}
	x.gone(other.label(x.InstanceARN + "/queue/" + x.QueueID))
	x.gone(other.label(x.InstanceARN))
}

func idsOf(list []types.InstanceSummary) (ids []string) {
	for _, s := range list {
		ids = append(ids, *s.Id)
	}
	return ids
}

// A reset takes all instances away and makes the first one anew; the clock is moved for all.
func TestResetAndClockConcernAllInstances(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	y := x.NewInstance(t, "second")
	later := y.Now().Add(3600e9)
	in := &connect.StartTaskContactInput{InstanceId: &y.InstanceID, ContactFlowId: &y.FlowID, Name: aws.String("later"), ScheduledTime: &later}
	out, err := x.sdk.StartTaskContact(x.ctx, in)
	x.ok(err)
	x.Advance(2 * 3600e9)
	if c := y.Describe(*out.ContactId); c.QueueInfo == nil {
		t.Error("a task of the second instance did not begin when the clock was moved")
	}
	x.Post("/_tasklane/reset", "")
	_, err = x.describeInstance(y.InstanceID)
	x.gone(err)
	_, err = x.describeInstance(x.InstanceID)
	x.ok(err)
	desk := x.SignIn(x.Agent)
	x.SetStatus(x.Agent.UserID, "Available")
	desk.Accept(x.StartTask("after the reset"))
}
