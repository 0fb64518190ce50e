package awsapi_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server"
)

// TestUsualPage lists more than 100 resources of each kind whose List operation has a default of 100 in the reference.
func TestUsualPage(t *testing.T) {
	t.Parallel()
	x := newTrial(t, func(c *server.Config) {
		c.Quota = map[string]int{
			"queues": 0, "quick-connects": 0, "routing-profiles": 0, "security-profiles": 0, "hours-of-operation": 0,
			"hierarchy-groups": 0, "flows": 0,
		}
	})
	x.ok(x.levels("Region"))
	for _, list := range []struct {
		name string
		make func(name *string) error
		page func(size *int32, token *string) (n int, next *string, err error)
	}{
		{
			"ListQueues",
			func(name *string) error {
				_, err := x.sdk.CreateQueue(x.ctx, &connect.CreateQueueInput{InstanceId: &x.InstanceID, Name: name, HoursOfOperationId: x.hoursID()})
				return err
			},
			func(size *int32, token *string) (int, *string, error) {
				out, err := x.sdk.ListQueues(x.ctx, &connect.ListQueuesInput{InstanceId: &x.InstanceID, MaxResults: size, NextToken: token, QueueTypes: []types.QueueType{types.QueueTypeStandard}})
				return len(out.QueueSummaryList), out.NextToken, err
			},
		},
		{
			"ListContactFlows",
			func(name *string) error {
				_, err := x.sdk.CreateContactFlow(x.ctx, &connect.CreateContactFlowInput{InstanceId: &x.InstanceID, Name: name, Type: types.ContactFlowTypeContactFlow, Content: aws.String(ending("a"))})
				return err
			},
			func(size *int32, token *string) (int, *string, error) {
				out, err := x.sdk.ListContactFlows(x.ctx, &connect.ListContactFlowsInput{InstanceId: &x.InstanceID, MaxResults: size, NextToken: token})
				return len(out.ContactFlowSummaryList), out.NextToken, err
			},
		},
		{
			"ListQuickConnects",
			func(name *string) error {
				_, err := x.sdk.CreateQuickConnect(x.ctx, &connect.CreateQuickConnectInput{InstanceId: &x.InstanceID, Name: name, QuickConnectConfig: &types.QuickConnectConfig{
					QuickConnectType: types.QuickConnectTypePhoneNumber, PhoneConfig: &types.PhoneNumberQuickConnectConfig{PhoneNumber: aws.String("+4930123456")},
				}})
				return err
			},
			func(size *int32, token *string) (int, *string, error) {
				out, err := x.sdk.ListQuickConnects(x.ctx, &connect.ListQuickConnectsInput{InstanceId: &x.InstanceID, MaxResults: size, NextToken: token})
				return len(out.QuickConnectSummaryList), out.NextToken, err
			},
		},
		{
			"ListRoutingProfiles",
			func(name *string) error {
				_, err := x.tryProfile(connect.CreateRoutingProfileInput{Name: name})
				return err
			},
			func(size *int32, token *string) (int, *string, error) {
				out, err := x.sdk.ListRoutingProfiles(x.ctx, &connect.ListRoutingProfilesInput{InstanceId: &x.InstanceID, MaxResults: size, NextToken: token})
				return len(out.RoutingProfileSummaryList), out.NextToken, err
			},
		},
		{
			"ListSecurityProfiles",
			func(name *string) error {
				_, err := x.trySecurity(connect.CreateSecurityProfileInput{SecurityProfileName: name})
				return err
			},
			func(size *int32, token *string) (int, *string, error) {
				out, err := x.sdk.ListSecurityProfiles(x.ctx, &connect.ListSecurityProfilesInput{InstanceId: &x.InstanceID, MaxResults: size, NextToken: token})
				return len(out.SecurityProfileSummaryList), out.NextToken, err
			},
		},
		{
			"ListHoursOfOperations",
			func(name *string) error {
				_, err := x.tryHours(connect.CreateHoursOfOperationInput{Name: name})
				return err
			},
			func(size *int32, token *string) (int, *string, error) {
				out, err := x.sdk.ListHoursOfOperations(x.ctx, &connect.ListHoursOfOperationsInput{InstanceId: &x.InstanceID, MaxResults: size, NextToken: token})
				return len(out.HoursOfOperationSummaryList), out.NextToken, err
			},
		},
		{
			"ListUserHierarchyGroups",
			func(name *string) error {
				_, err := x.tryGroup(*name, "", nil)
				return err
			},
			func(size *int32, token *string) (int, *string, error) {
				out, err := x.sdk.ListUserHierarchyGroups(x.ctx, &connect.ListUserHierarchyGroupsInput{InstanceId: &x.InstanceID, MaxResults: size, NextToken: token})
				return len(out.UserHierarchyGroupSummaryList), out.NextToken, err
			},
		},
		{
			"ListUsers",
			func(name *string) error {
				x.Hire(strings.ReplaceAll(*name, " ", "-"))
				return nil
			},
			func(size *int32, token *string) (int, *string, error) {
				out, err := x.sdk.ListUsers(x.ctx, &connect.ListUsersInput{InstanceId: &x.InstanceID, MaxResults: size, NextToken: token})
				return len(out.UserSummaryList), out.NextToken, err
			},
		},
	} {
		t.Run(list.name, func(t *testing.T) {
			t.Parallel()
			var made sync.WaitGroup
			for i := range 101 {
				made.Go(func() {
					if err := list.make(aws.String(fmt.Sprintf("one of many %03d", i))); err != nil {
						t.Error(err)
					}
				})
			}
			made.Wait()
			n, next, err := list.page(nil, nil)
			if err != nil || n != 100 || next == nil {
				t.Fatalf("without MaxResults: %d items, NextToken %v, %v; want 100 and a token", n, aws.ToString(next), err)
			}
			if n, next, err = list.page(nil, next); err != nil || n < 1 || next != nil {
				t.Errorf("second page: %d items, NextToken %v, %v", n, aws.ToString(next), err)
			}
			if n, next, err = list.page(aws.Int32(1000), nil); err != nil || n < 101 || next != nil {
				t.Errorf("with MaxResults 1000: %d items, NextToken %v, %v", n, aws.ToString(next), err)
			}
		})
	}
}

// TestUsualPageOfParts has a queue with more than 100 quick connects, a routing profile with as many queues, and a flow with
// as many versions.
func TestUsualPageOfParts(t *testing.T) {
	t.Parallel()
	x := newTrial(t, func(c *server.Config) {
		c.Quota = map[string]int{"queues": 0, "quick-connects": 0, "quick-connects-per-queue": 0, "queues-per-routing-profile": 0, "versions-per-flow": 0}
	})
	profile := x.profile(connect.CreateRoutingProfileInput{Name: aws.String("of many queues")})
	flow := x.publish("of many versions", types.ContactFlowTypeCampaign, ending("z"))
	var made sync.WaitGroup
	for i := range 101 {
		name := fmt.Sprint("one of many ", i)
		made.Go(func() {
			if _, err := x.flowVersion(connect.CreateContactFlowVersionInput{ContactFlowId: &flow}); err != nil {
				t.Error(err)
			}
		})
		made.Go(func() {
			connectID := x.connectTo(name, phone("+4930123456"))
			_, err := x.sdk.AssociateQueueQuickConnects(x.ctx, &connect.AssociateQueueQuickConnectsInput{
				InstanceId: &x.InstanceID, QueueId: &x.QueueID, QuickConnectIds: []string{connectID},
			})
			if err != nil {
				t.Error(err)
			}
			_, err = x.sdk.AssociateRoutingProfileQueues(x.ctx, &connect.AssociateRoutingProfileQueuesInput{
				InstanceId: &x.InstanceID, RoutingProfileId: &profile,
				QueueConfigs: []types.RoutingProfileQueueConfig{served(x.queue(name), types.ChannelTask, 1, 0)},
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	made.Wait()
	connects := &connect.ListQueueQuickConnectsInput{InstanceId: &x.InstanceID, QueueId: &x.QueueID}
	queues := &connect.ListRoutingProfileQueuesInput{InstanceId: &x.InstanceID, RoutingProfileId: &profile}
	versions := &connect.ListContactFlowVersionsInput{InstanceId: &x.InstanceID, ContactFlowId: &flow}
	for _, want := range [][3]int{{100, 100, 100}, {3, 1, 1}} { // the stock queue has two quick connects
		a, err := x.sdk.ListQueueQuickConnects(x.ctx, connects)
		x.ok(err)
		b, err := x.sdk.ListRoutingProfileQueues(x.ctx, queues)
		x.ok(err)
		c, err := x.sdk.ListContactFlowVersions(x.ctx, versions)
		x.ok(err)
		got := [3]int{len(a.QuickConnectSummaryList), len(b.RoutingProfileQueueConfigSummaryList), len(c.ContactFlowVersionSummaryList)}
		if got != want {
			t.Errorf("a page has %v quick connects, queues and versions, want %v", got, want)
		}
		connects.NextToken, queues.NextToken, versions.NextToken = a.NextToken, b.NextToken, c.NextToken
	}
	if connects.NextToken != nil || queues.NextToken != nil || versions.NextToken != nil {
		t.Error("there is a third page")
	}
}

// TestListInstancesTakesAnySize as the connectors of other products ask for it.
func TestListInstancesTakesAnySize(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	for _, size := range []int32{1, 10, 11, 1000} {
		out, err := x.sdk.ListInstances(x.ctx, &connect.ListInstancesInput{MaxResults: &size})
		if err != nil || len(out.InstanceSummaryList) != 1 {
			t.Errorf("MaxResults %d: %v, %v", size, out, err)
		}
	}
	for _, size := range []int32{0, -1} {
		_, err := x.sdk.ListInstances(x.ctx, &connect.ListInstancesInput{MaxResults: &size})
		x.refused(err, invalidRequest, 400, "MaxResults")
	}
}

// TestTaskTemplatesComeInOnePage whatever size is asked for.
func TestTaskTemplatesComeInOnePage(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	x.template("one more")
	out, err := x.sdk.ListTaskTemplates(x.ctx, &connect.ListTaskTemplatesInput{InstanceId: &x.InstanceID, MaxResults: aws.Int32(1)})
	if err != nil || len(out.TaskTemplates) != 2 || out.NextToken != nil {
		t.Errorf("ListTaskTemplates = %v, %v; want two templates and no token", out, err)
	}
	_, err = x.sdk.ListTaskTemplates(x.ctx, &connect.ListTaskTemplatesInput{InstanceId: &x.InstanceID, NextToken: aws.String("zzz")})
	x.refused(err, invalidParameter, 400, "NextToken")
}

// TestTagsOfOneSearch are 1,000 at most, over all pages.
func TestTagsOfOneSearch(t *testing.T) {
	t.Parallel()
	x := newTrial(t, func(c *server.Config) { c.Quota = map[string]int{"queues": 0} })
	var made sync.WaitGroup
	for q := range 21 {
		tags := map[string]string{}
		for i := range 50 {
			tags[fmt.Sprintf("key %02d", i)] = fmt.Sprint(q)
		}
		made.Go(func() {
			_, err := x.sdk.CreateQueue(x.ctx, &connect.CreateQueueInput{InstanceId: &x.InstanceID, Name: aws.String(fmt.Sprint("queue ", q)), HoursOfOperationId: x.hoursID(), Tags: tags})
			if err != nil {
				t.Error(err)
			}
		})
	}
	made.Wait()
	in := &connect.SearchResourceTagsInput{InstanceId: &x.InstanceID, ResourceTypes: []string{"standard-queue"}, MaxResults: aws.Int32(99)}
	found := 0
	for {
		out, err := x.sdk.SearchResourceTags(x.ctx, in)
		if err != nil {
			x.refused(err, "MaximumResultReturnedException", 400, "1000")
			break
		}
		found += len(out.Tags)
		if in.NextToken = out.NextToken; in.NextToken == nil {
			t.Error("all 1,050 tags are told")
			break
		}
	}
	if found != 1000 {
		t.Errorf("%d tags are told, want 1000", found)
	}
	in.NextToken, in.SearchCriteria = nil, &types.ResourceTagsSearchCriteria{TagSearchCondition: &types.TagSearchCondition{TagKey: aws.String("key 00")}}
	if out, err := x.sdk.SearchResourceTags(x.ctx, in); err != nil || len(out.Tags) != 21 {
		t.Errorf("a narrower search: %v, %v", out, err)
	}
}

// TestInstancesComeInPages in the order in which they were made, each once.
func TestInstancesComeInPages(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	want := []string{x.InstanceID}
	for i := range 24 {
		made, err := x.sdk.CreateInstance(x.ctx, managed(fmt.Sprint("of-many-", i)))
		x.ok(err)
		want = append(want, *made.Id)
	}
	for _, size := range []int32{0, 1, 7, 10, 100} {
		in := &connect.ListInstancesInput{}
		if size > 0 {
			in.MaxResults = &size
		}
		var got []string
		for pages := 0; pages == 0 || in.NextToken != nil; pages++ {
			if pages > len(want) {
				t.Fatalf("MaxResults %d: the pages do not come to an end", size)
			}
			out, err := x.sdk.ListInstances(x.ctx, in)
			x.ok(err)
			got, in.NextToken = append(got, idsOf(out.InstanceSummaryList)...), out.NextToken
		}
		if !slices.Equal(got, want) {
			t.Errorf("MaxResults %d: %v, want %v", size, got, want)
		}
	}
}
