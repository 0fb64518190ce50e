package awsapi_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
)

// modified are the paths to structures in an answer that have a member for when or where they were last changed, and
// whether it is told.
func modified(path string, v reflect.Value, found map[string]bool) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			modified(path, v.Elem(), found)
		}
	case reflect.Slice:
		for i := range v.Len() {
			modified(path, v.Index(i), found)
		}
	case reflect.Struct:
		for field, member := range v.Fields() {
			if strings.HasPrefix(field.Name, "LastModified") {
				at := path + "." + field.Name
				told, seen := found[at]
				found[at] = (told || !seen) && !member.IsNil()
			} else if field.IsExported() {
				modified(path+"."+field.Name, member, found)
			}
		}
	default:
	}
}

// TestLastModifiedIsTold by every answer that has a member for it: when and in which Region a resource was last changed.
func TestLastModifiedIsTold(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	i, in := &x.InstanceID, x.ctx
	_, err := x.sdk.UpdateUserHierarchyStructure(in, &connect.UpdateUserHierarchyStructureInput{
		InstanceId: i, HierarchyStructure: &types.HierarchyStructureUpdate{LevelOne: &types.HierarchyLevelUpdate{Name: new("Region")}},
	})
	x.ok(err)
	group, err := x.sdk.CreateUserHierarchyGroup(in, &connect.CreateUserHierarchyGroupInput{InstanceId: i, Name: new("North")})
	x.ok(err)
	_, err = x.sdk.CreatePredefinedAttribute(in, &connect.CreatePredefinedAttributeInput{
		InstanceId: i, Name: new("Skill"), Values: &types.PredefinedAttributeValuesMemberStringList{Value: []string{"Rust"}},
	})
	x.ok(err)
	module := x.newModule(moduleInput{Name: new("m"), Content: new(ending("one"))})
	user, err := x.sdk.DescribeUser(in, &connect.DescribeUserInput{InstanceId: i, UserId: &x.Agent.UserID})
	x.ok(err)
	profile, security := user.User.RoutingProfileId, &user.User.SecurityProfileIds[0]
	status, err := x.sdk.ListAgentStatuses(in, &connect.ListAgentStatusesInput{InstanceId: i})
	x.ok(err)
	found := map[string]bool{}
	tell := func(name string) func(any, error) {
		return func(answer any, err error) {
			t.Helper()
			x.ok(err)
			modified(name, reflect.ValueOf(answer), found)
		}
	}
	tell("users")(x.sdk.ListUsers(in, &connect.ListUsersInput{InstanceId: i}))
	tell("user")(user, nil)
	tell("queues")(x.sdk.ListQueues(in, &connect.ListQueuesInput{
		InstanceId: i, QueueTypes: []types.QueueType{types.QueueTypeStandard},
	}))
	tell("queue")(x.sdk.DescribeQueue(in, &connect.DescribeQueueInput{InstanceId: i, QueueId: &x.QueueID}))
	tell("queues found")(x.sdk.SearchQueues(in, &connect.SearchQueuesInput{InstanceId: i}))
	tell("queue's connects")(x.sdk.ListQueueQuickConnects(in, &connect.ListQueueQuickConnectsInput{
		InstanceId: i, QueueId: &x.QueueID,
	}))
	tell("quick connects")(x.sdk.ListQuickConnects(in, &connect.ListQuickConnectsInput{InstanceId: i}))
	tell("quick connect")(x.sdk.DescribeQuickConnect(in, &connect.DescribeQuickConnectInput{
		InstanceId: i, QuickConnectId: &x.QuickConnectIDs.Queue,
	}))
	tell("connects found")(x.sdk.SearchQuickConnects(in, &connect.SearchQuickConnectsInput{InstanceId: i}))
	tell("profiles")(x.sdk.ListRoutingProfiles(in, &connect.ListRoutingProfilesInput{InstanceId: i}))
	tell("profile")(x.sdk.DescribeRoutingProfile(in, &connect.DescribeRoutingProfileInput{
		InstanceId: i, RoutingProfileId: profile,
	}))
	tell("profiles found")(x.sdk.SearchRoutingProfiles(in, &connect.SearchRoutingProfilesInput{InstanceId: i}))
	tell("profile's queues")(x.sdk.ListRoutingProfileQueues(in, &connect.ListRoutingProfileQueuesInput{
		InstanceId: i, RoutingProfileId: profile,
	}))
	tell("security profiles")(x.sdk.ListSecurityProfiles(in, &connect.ListSecurityProfilesInput{InstanceId: i}))
	tell("security profile")(x.sdk.DescribeSecurityProfile(in, &connect.DescribeSecurityProfileInput{
		InstanceId: i, SecurityProfileId: security,
	}))
	tell("permissions")(x.sdk.ListSecurityProfilePermissions(in, &connect.ListSecurityProfilePermissionsInput{
		InstanceId: i, SecurityProfileId: security,
	}))
	tell("statuses")(status, nil)
	tell("status")(x.sdk.DescribeAgentStatus(in, &connect.DescribeAgentStatusInput{
		InstanceId: i, AgentStatusId: status.AgentStatusSummaryList[0].Id,
	}))
	tell("hours")(x.sdk.ListHoursOfOperations(in, &connect.ListHoursOfOperationsInput{InstanceId: i}))
	tell("hours in full")(x.sdk.DescribeHoursOfOperation(in, &connect.DescribeHoursOfOperationInput{
		InstanceId: i, HoursOfOperationId: x.hoursID(),
	}))
	tell("overrides")(x.sdk.ListHoursOfOperationOverrides(in, &connect.ListHoursOfOperationOverridesInput{
		InstanceId: i, HoursOfOperationId: x.hoursID(),
	}))
	tell("flow")(x.sdk.DescribeContactFlow(in, &connect.DescribeContactFlowInput{
		InstanceId: i, ContactFlowId: &x.FlowID,
	}))
	tell("flows found")(x.sdk.SearchContactFlows(in, &connect.SearchContactFlowsInput{InstanceId: i}))
	tell("module")(x.sdk.DescribeContactFlowModule(in, &connect.DescribeContactFlowModuleInput{
		InstanceId: i, ContactFlowModuleId: &module,
	}))
	tell("groups")(x.sdk.ListUserHierarchyGroups(in, &connect.ListUserHierarchyGroupsInput{InstanceId: i}))
	tell("group")(x.sdk.DescribeUserHierarchyGroup(in, &connect.DescribeUserHierarchyGroupInput{
		InstanceId: i, HierarchyGroupId: group.HierarchyGroupId,
	}))
	tell("structure")(x.sdk.DescribeUserHierarchyStructure(in, &connect.DescribeUserHierarchyStructureInput{
		InstanceId: i,
	}))
	tell("attributes")(x.sdk.ListPredefinedAttributes(in, &connect.ListPredefinedAttributesInput{InstanceId: i}))
	tell("attribute")(x.sdk.DescribePredefinedAttribute(in, &connect.DescribePredefinedAttributeInput{
		InstanceId: i, Name: aws.String("Skill"),
	}))
	tell("proficiencies")(x.sdk.ListUserProficiencies(in, &connect.ListUserProficienciesInput{
		InstanceId: i, UserId: &x.Agent.UserID,
	}))
	tell("task templates")(x.sdk.ListTaskTemplates(in, &connect.ListTaskTemplatesInput{InstanceId: i}))
	tell("task template")(x.sdk.GetTaskTemplate(in, &connect.GetTaskTemplateInput{
		InstanceId: i, TaskTemplateId: &x.TemplateID,
	}))
	tell("prompts")(x.sdk.ListPrompts(in, &connect.ListPromptsInput{InstanceId: i}))
	tell("statuses found")(x.sdk.SearchAgentStatuses(in, &connect.SearchAgentStatusesInput{InstanceId: i}))
	tell("hours found")(x.sdk.SearchHoursOfOperations(in, &connect.SearchHoursOfOperationsInput{InstanceId: i}))
	tell("groups found")(x.sdk.SearchUserHierarchyGroups(in, &connect.SearchUserHierarchyGroupsInput{InstanceId: i}))
	tell("prompts found")(x.sdk.SearchPrompts(in, &connect.SearchPromptsInput{InstanceId: i}))
	tell("attributes found")(x.sdk.SearchPredefinedAttributes(in, &connect.SearchPredefinedAttributesInput{
		InstanceId: i,
	}))
	for at, told := range found {
		// SearchRoutingProfiles leaves them out, as at Amazon Connect: see searchRoutingProfiles.
		if untold := strings.HasPrefix(at, "profiles found"); told == untold {
			t.Errorf("%s: told %t", at, told)
		}
	}
	if len(found) < 50 {
		t.Errorf("only %d members were looked at", len(found))
	}
}
