package awsapi_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
)

// sameJSON compares two documents; the provider does not mind how they are laid out.
func (x *trial) sameJSON(got, want string) {
	x.t.Helper()
	var g, w any
	x.ok(json.Unmarshal([]byte(got), &g))
	x.ok(json.Unmarshal([]byte(want), &w))
	x.sameRead("content", g, w)
}

func TestTerraformContactFlow(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	content := ending("one")
	out, err := x.sdk.CreateContactFlow(x.ctx, &connect.CreateContactFlowInput{
		InstanceId: &x.InstanceID, Name: aws.String("f"), Type: types.ContactFlowTypeQueueTransfer, Description: aws.String("d"),
		Content: &content, Tags: asWritten(),
	})
	x.ok(err)
	id := *out.ContactFlowId
	f := x.flow(id)
	x.sameRead("the flow", []string{*f.Id, *f.Arn, *f.Name, *f.Description, string(f.Type)},
		[]string{id, x.InstanceARN + "/contact-flow/" + id, "f", "d", "QUEUE_TRANSFER"})
	x.sameJSON(*f.Content, content)
	x.ok(x.renameFlow(id, aws.String("g"), aws.String("")))
	x.ok(x.setFlowContent(id, ending("two")))
	f = x.flow(id)
	x.sameRead("the flow", []string{*f.Name, aws.ToString(f.Description)}, []string{"g", ""})
	x.sameJSON(*f.Content, ending("two"))
	x.retag(*f.Arn, func() map[string]string { return x.flow(id).Tags })
	x.ok(x.deleteFlow(id))
	x.gone(x.deleteFlow(id))
	_, err = x.tryFlow(id)
	x.gone(err)
}

func TestTerraformContactFlowModule(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	id := x.newModule(moduleInput{Name: aws.String("m"), Description: aws.String("d"), Content: aws.String(ending("one")), Tags: asWritten()})
	m := x.module(id)
	x.sameRead("the module", []string{*m.Id, *m.Arn, *m.Name, *m.Description}, []string{id, x.InstanceARN + "/flow-module/" + id, "m", "d"})
	x.sameJSON(*m.Content, ending("one"))
	x.ok(x.setModule(id, connect.UpdateContactFlowModuleMetadataInput{Name: aws.String("n"), Description: aws.String("other")}))
	x.refused(x.setModule(id, connect.UpdateContactFlowModuleMetadataInput{Name: aws.String("n"), Description: aws.String("")}),
		invalidParameter, 400, "Description") // as Amazon's reference has it
	x.ok(x.setModuleContent(id, aws.String(ending("two")), nil))
	m = x.module(id)
	x.sameRead("the module", []string{*m.Name, *m.Description}, []string{"n", "other"})
	x.sameJSON(*m.Content, ending("two"))
	x.retag(*m.Arn, func() map[string]string { return x.module(id).Tags })
	x.ok(x.deleteModule(id))
	x.gone(x.deleteModule(id))
	_, err := x.tryDescribeModule(id)
	x.gone(err)
}

func TestTerraformLambdaFunctionAssociation(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	x.ok(x.associate(lookup, ""))
	got, _ := x.functions(25)
	x.sameRead("functions", got, []string{lookup})
	x.ok(x.disassociate(lookup, ""))
	got, _ = x.functions(25)
	x.sameRead("functions", got, []string{})
	x.gone(x.disassociate(lookup, ""))
}

func TestTerraformInstanceStorageConfig(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	kind := types.InstanceStorageResourceTypeAttachments
	read := func(id *string) (*types.InstanceStorageConfig, error) {
		out, err := x.sdk.DescribeInstanceStorageConfig(x.ctx, &connect.DescribeInstanceStorageConfigInput{
			InstanceId: &x.InstanceID, AssociationId: id, ResourceType: kind,
		})
		return valueOf(out).StorageConfig, err
	}
	remove := func(id *string) error {
		_, err := x.sdk.DisassociateInstanceStorageConfig(x.ctx, &connect.DisassociateInstanceStorageConfigInput{
			InstanceId: &x.InstanceID, AssociationId: id, ResourceType: kind,
		})
		return err
	}
	x.ok(remove(storages(t, x.Server, kind)[0].AssociationId))
	out, err := x.sdk.AssociateInstanceStorageConfig(x.ctx, &connect.AssociateInstanceStorageConfigInput{
		InstanceId: &x.InstanceID, ResourceType: kind, StorageConfig: bucket("mine"),
	})
	x.ok(err)
	id := out.AssociationId
	for _, written := range []*types.InstanceStorageConfig{bucket("mine"), bucket("yours")} {
		_, err := x.sdk.UpdateInstanceStorageConfig(x.ctx, &connect.UpdateInstanceStorageConfigInput{
			InstanceId: &x.InstanceID, AssociationId: id, ResourceType: kind, StorageConfig: written,
		})
		x.ok(err)
		got, err := read(id)
		x.ok(err)
		written.AssociationId = id
		x.sameRead("the storage", got, written)
	}
	x.ok(remove(id))
	x.gone(remove(id))
	_, err = read(id)
	x.gone(err)
}

// The data source reads an instance by id or alias and each of its attributes; the resource, once it is imported, also
// writes those that its configuration says otherwise.
func TestTerraformInstance(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	out, err := x.sdk.DescribeInstance(x.ctx, &connect.DescribeInstanceInput{InstanceId: &x.InstanceID})
	x.ok(err)
	i := out.Instance
	if *i.Id != x.InstanceID || *i.Arn != x.InstanceARN || i.CreatedTime == nil || i.InstanceStatus != types.InstanceStatusActive ||
		i.ServiceRole == nil || *i.InboundCallsEnabled || *i.OutboundCallsEnabled {
		t.Errorf("DescribeInstance = %+v", i)
	}
	list, err := x.sdk.ListInstances(x.ctx, &connect.ListInstancesInput{MaxResults: aws.Int32(10)})
	x.ok(err)
	if s := list.InstanceSummaryList; len(s) != 1 || *s[0].InstanceAlias != *i.InstanceAlias || *s[0].Id != x.InstanceID {
		t.Errorf("ListInstances = %+v", s)
	}
	set := func(instance string, kind types.InstanceAttributeType, value string) error {
		_, err := x.sdk.UpdateInstanceAttribute(x.ctx, &connect.UpdateInstanceAttributeInput{InstanceId: &instance, AttributeType: kind, Value: &value})
		return err
	}
	kinds := types.InstanceAttributeType("").Values()
	for _, kind := range kinds {
		x.ok(set(x.InstanceID, kind, "false"))
		got, err := x.sdk.DescribeInstanceAttribute(x.ctx, &connect.DescribeInstanceAttributeInput{InstanceId: &x.InstanceID, AttributeType: kind})
		x.ok(err)
		if a := got.Attribute; a.AttributeType != kind || *a.Value != "false" {
			t.Errorf("DescribeInstanceAttribute(%s) = %+v", kind, a)
		}
	}
	x.ok(set(x.InstanceID, types.InstanceAttributeTypeContactflowLogs, "true"))
	var told []string
	for _, page := range pagesOf(t, connect.NewListInstanceAttributesPaginator(x.sdk, &connect.ListInstanceAttributesInput{InstanceId: &x.InstanceID})) {
		for _, a := range page.Attributes {
			told = append(told, fmt.Sprint(a.AttributeType, "=", *a.Value))
		}
	}
	if len(told) != len(kinds) || told[0] != "AUTO_RESOLVE_BEST_VOICES=false" || told[1] != "CONTACTFLOW_LOGS=true" {
		t.Errorf("ListInstanceAttributes = %v, want %d", told, len(kinds))
	}
	x.refused(set(x.InstanceID, types.InstanceAttributeTypeContactLens, "off"), invalidParameter, 400, "true or false")
	x.gone(set(unknown, types.InstanceAttributeTypeContactLens, "false"))
	_, err = x.sdk.DescribeInstanceAttribute(x.ctx, &connect.DescribeInstanceAttributeInput{InstanceId: aws.String(unknown), AttributeType: kinds[0]})
	x.gone(err)
	_, err = x.sdk.ListInstanceAttributes(x.ctx, &connect.ListInstanceAttributesInput{InstanceId: aws.String(unknown)})
	x.gone(err)
}

// The resource makes an instance, says each of its attributes, reads them and deletes it.
func TestTerraformInstanceIsMade(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	made, err := x.sdk.CreateInstance(x.ctx, &connect.CreateInstanceInput{
		ClientToken: aws.String("terraform-1"), IdentityManagementType: types.DirectoryTypeConnectManaged, InstanceAlias: aws.String("acceptance-test-1"),
		InboundCallsEnabled: aws.Bool(true), OutboundCallsEnabled: aws.Bool(true), Tags: asWritten(),
	})
	x.ok(err)
	read := func(kind types.InstanceAttributeType) string {
		got, err := x.sdk.DescribeInstanceAttribute(x.ctx, &connect.DescribeInstanceAttributeInput{InstanceId: made.Id, AttributeType: kind})
		x.ok(err)
		return *got.Attribute.Value
	}
	for _, kind := range []types.InstanceAttributeType{
		types.InstanceAttributeTypeAutoResolveBestVoices, types.InstanceAttributeTypeContactLens, types.InstanceAttributeTypeEarlyMedia,
		types.InstanceAttributeTypeInboundCalls, types.InstanceAttributeTypeOutboundCalls,
	} {
		if read(kind) != "true" { // as the provider presumes where nothing is said
			t.Errorf("%s is off from the start", kind)
		}
	}
	for _, value := range []string{"false", "true"} {
		for _, kind := range types.InstanceAttributeType("").Values() {
			_, err := x.sdk.UpdateInstanceAttribute(x.ctx, &connect.UpdateInstanceAttributeInput{InstanceId: made.Id, AttributeType: kind, Value: &value})
			x.ok(err)
			if got := read(kind); got != value {
				t.Errorf("%s = %s, want %s", kind, got, value)
			}
		}
		i, err := x.describeInstance(*made.Id)
		x.ok(err)
		x.sameRead("calls", []bool{*i.InboundCallsEnabled, *i.OutboundCallsEnabled}, []bool{value == "true", value == "true"})
		x.sameRead("tags", i.Tags, asWritten())
	}
	x.ok(x.deleteInstance(*made.Id))
	_, err = x.describeInstance(*made.Id)
	x.gone(err)
}

// Data sources look for a name in lists whose pages they ask to be as large as they can be.
func TestTerraformDataSources(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	size := aws.Int32(60)
	queues, err := x.sdk.ListQueues(x.ctx, &connect.ListQueuesInput{InstanceId: &x.InstanceID, MaxResults: size})
	x.ok(err)
	flows, err := x.sdk.ListContactFlows(x.ctx, &connect.ListContactFlowsInput{InstanceId: &x.InstanceID, MaxResults: size})
	x.ok(err)
	modules, err := x.sdk.ListContactFlowModules(x.ctx, &connect.ListContactFlowModulesInput{InstanceId: &x.InstanceID, MaxResults: size})
	x.ok(err)
	hours, err := x.sdk.ListHoursOfOperations(x.ctx, &connect.ListHoursOfOperationsInput{InstanceId: &x.InstanceID, MaxResults: size})
	x.ok(err)
	connects, err := x.sdk.ListQuickConnects(x.ctx, &connect.ListQuickConnectsInput{InstanceId: &x.InstanceID, MaxResults: size})
	x.ok(err)
	profiles, err := x.sdk.ListRoutingProfiles(x.ctx, &connect.ListRoutingProfilesInput{InstanceId: &x.InstanceID, MaxResults: size})
	x.ok(err)
	security, err := x.sdk.ListSecurityProfiles(x.ctx, &connect.ListSecurityProfilesInput{InstanceId: &x.InstanceID, MaxResults: size})
	x.ok(err)
	users, err := x.sdk.ListUsers(x.ctx, &connect.ListUsersInput{InstanceId: &x.InstanceID, MaxResults: size})
	x.ok(err)
	groups, err := x.sdk.ListUserHierarchyGroups(x.ctx, &connect.ListUserHierarchyGroupsInput{InstanceId: &x.InstanceID, MaxResults: size})
	x.ok(err)
	prompts, err := x.sdk.ListPrompts(x.ctx, &connect.ListPromptsInput{InstanceId: &x.InstanceID, MaxResults: size})
	x.ok(err)
	if len(queues.QueueSummaryList) == 0 || len(prompts.PromptSummaryList) == 0 || len(flows.ContactFlowSummaryList) == 0 || len(hours.HoursOfOperationSummaryList) == 0 ||
		len(connects.QuickConnectSummaryList) == 0 || len(profiles.RoutingProfileSummaryList) == 0 ||
		len(security.SecurityProfileSummaryList) == 0 || len(users.UserSummaryList) == 0 {
		t.Error("a list of stock resources is empty")
	}
	if len(modules.ContactFlowModulesSummaryList)+len(groups.UserHierarchyGroupSummaryList) > 0 {
		t.Error("a new instance has modules or hierarchy groups")
	}
}
