package awsapi_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
)

// What follows has no effect on tasks, and is kept and told so that configuration as code finds what it has written.

func TestOutboundCallerConfigIsKept(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	whisper := x.publish("whisper", types.ContactFlowTypeOutboundWhisper, ending("a"))
	first := &types.OutboundCallerConfig{OutboundCallerIdName: aws.String("Help"), OutboundCallerIdNumberId: aws.String(unknown), OutboundFlowId: &whisper}
	id := x.makeQueue(connect.CreateQueueInput{Name: aws.String("calls"), HoursOfOperationId: x.hoursID(), OutboundCallerConfig: first})
	x.sameRead("the outbound settings", x.describeQueue(id).OutboundCallerConfig, first)
	update := func(id string, c types.OutboundCallerConfig) error {
		_, err := x.sdk.UpdateQueueOutboundCallerConfig(x.ctx, &connect.UpdateQueueOutboundCallerConfigInput{InstanceId: &x.InstanceID, QueueId: &id, OutboundCallerConfig: &c})
		return err
	}
	x.ok(update(id, types.OutboundCallerConfig{OutboundCallerIdName: aws.String("Support")}))
	x.sameRead("the changed settings", x.describeQueue(id).OutboundCallerConfig, &types.OutboundCallerConfig{OutboundCallerIdName: aws.String("Support")})
	x.ok(update(id, types.OutboundCallerConfig{}))
	if c := x.describeQueue(id).OutboundCallerConfig; c != nil {
		t.Errorf("empty settings are told as %+v", c)
	}
	x.refused(update(id, types.OutboundCallerConfig{OutboundFlowId: aws.String("")}), invalidParameter, 400, "OutboundFlowId")
	x.refused(update(id, types.OutboundCallerConfig{OutboundCallerIdNumberId: aws.String("")}), invalidParameter, 400, "OutboundCallerIdNumberId")
	x.refused(update(id, types.OutboundCallerConfig{OutboundFlowId: aws.String(unknown)}), notFound, 404, unknown)
	x.refused(update(unknown, types.OutboundCallerConfig{}), notFound, 404, unknown)
}

func TestAccessOfSecurityProfileIsKept(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	x.ok(x.levels("Region"))
	north, south := x.group("North", ""), x.group("South", "")
	id, err := x.trySecurity(connect.CreateSecurityProfileInput{
		SecurityProfileName: aws.String("Restricted"), AllowedAccessControlTags: map[string]string{"team": "a"},
		TagRestrictedResources: []string{"Queue", "User"}, HierarchyRestrictedResources: []string{"User"},
		AllowedAccessControlHierarchyGroupId: aws.String(x.InstanceARN + "/agent-group/" + north),
		Applications:                         []types.Application{{Namespace: aws.String("app"), ApplicationPermissions: []string{"ACCESS"}, Type: types.ApplicationTypeThirdPartyApplication}},
		AllowedFlowModules:                   []types.FlowModule{{FlowModuleId: aws.String("m"), Type: types.FlowModuleTypeMcp}},
	})
	x.ok(err)
	want := func(step string, tags map[string]string, restricted []string, byHierarchy []string, group string, applications, modules int) {
		t.Helper()
		p := x.describeSecurity(id)
		x.sameRead(step+": tags", p.AllowedAccessControlTags, tags)
		x.sameRead(step+": restricted by tags", p.TagRestrictedResources, restricted)
		x.sameRead(step+": restricted by hierarchy", p.HierarchyRestrictedResources, byHierarchy)
		x.sameRead(step+": group", aws.ToString(p.AllowedAccessControlHierarchyGroupId), group)
		x.sameRead(step+": organization", aws.ToString(p.OrganizationResourceId), x.InstanceID)
		a, err := x.sdk.ListSecurityProfileApplications(x.ctx, &connect.ListSecurityProfileApplicationsInput{InstanceId: &x.InstanceID, SecurityProfileId: &id})
		x.ok(err)
		m, err := x.sdk.ListSecurityProfileFlowModules(x.ctx, &connect.ListSecurityProfileFlowModulesInput{InstanceId: &x.InstanceID, SecurityProfileId: &id})
		x.ok(err)
		if len(a.Applications) != applications || len(m.AllowedFlowModules) != modules {
			t.Errorf("%s: applications %v and flow modules %v", step, a.Applications, m.AllowedFlowModules)
		}
	}
	want("created", map[string]string{"team": "a"}, []string{"Queue", "User"}, []string{"User"}, north, 1, 1)
	update := func(in connect.UpdateSecurityProfileInput) error {
		in.InstanceId, in.SecurityProfileId = &x.InstanceID, &id
		_, err := x.sdk.UpdateSecurityProfile(x.ctx, &in)
		return err
	}
	x.ok(update(connect.UpdateSecurityProfileInput{Description: aws.String("d")}))
	want("after another change", map[string]string{"team": "a"}, []string{"Queue", "User"}, []string{"User"}, north, 1, 1)
	x.ok(update(connect.UpdateSecurityProfileInput{
		AllowedAccessControlTags: map[string]string{"team": "b"}, TagRestrictedResources: []string{"User"}, AllowedAccessControlHierarchyGroupId: &south,
		HierarchyRestrictedResources: []string{}, Applications: []types.Application{}, AllowedFlowModules: []types.FlowModule{},
	}))
	want("changed", map[string]string{"team": "b"}, []string{"User"}, nil, south, 0, 0)
	x.refused(update(connect.UpdateSecurityProfileInput{AllowedAccessControlHierarchyGroupId: aws.String(unknown)}), notFound, 404, unknown)
	_, err = x.sdk.ListSecurityProfileApplications(x.ctx, &connect.ListSecurityProfileApplicationsInput{InstanceId: &x.InstanceID, SecurityProfileId: aws.String(unknown)})
	x.refused(err, notFound, 404, unknown)
	_, err = x.sdk.ListSecurityProfileFlowModules(x.ctx, &connect.ListSecurityProfileFlowModulesInput{InstanceId: &x.InstanceID, SecurityProfileId: aws.String(unknown)})
	x.refused(err, notFound, 404, unknown)
}

func TestStorageOfEveryTypeIsKept(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	key := &types.EncryptionConfig{EncryptionType: types.EncryptionTypeKms, KeyId: aws.String("arn:aws:kms:us-east-1:000000000000:key/k")}
	sealed := bucket("mine")
	sealed.S3Config.EncryptionConfig = key
	video := &types.InstanceStorageConfig{StorageType: types.StorageTypeKinesisVideoStream, KinesisVideoStreamConfig: &types.KinesisVideoStreamConfig{Prefix: aws.String("p"), RetentionPeriodHours: 24, EncryptionConfig: key}}
	stream := &types.InstanceStorageConfig{StorageType: types.StorageTypeKinesisStream, KinesisStreamConfig: &types.KinesisStreamConfig{StreamArn: aws.String("arn:aws:kinesis:us-east-1:000000000000:stream/s")}}
	hose := &types.InstanceStorageConfig{StorageType: types.StorageTypeKinesisFirehose, KinesisFirehoseConfig: &types.KinesisFirehoseConfig{FirehoseArn: aws.String("arn:aws:firehose:us-east-1:000000000000:deliverystream/d")}}
	for _, resource := range types.InstanceStorageResourceType("").Values() {
		if resource == types.InstanceStorageResourceTypeAttachments {
			continue
		}
		for _, config := range []*types.InstanceStorageConfig{bucket("plain"), sealed, video, stream, hose} {
			made, err := x.sdk.AssociateInstanceStorageConfig(x.ctx, &connect.AssociateInstanceStorageConfigInput{InstanceId: &x.InstanceID, ResourceType: resource, StorageConfig: config})
			x.ok(err)
			told := *config
			told.AssociationId = made.AssociationId
			x.sameRead("listed", storages(t, x.Server, resource), []types.InstanceStorageConfig{told})
			_, err = x.sdk.AssociateInstanceStorageConfig(x.ctx, &connect.AssociateInstanceStorageConfigInput{InstanceId: &x.InstanceID, ResourceType: resource, StorageConfig: config})
			x.refused(err, "ResourceConflictException", 409, string(resource))
			_, err = x.sdk.UpdateInstanceStorageConfig(x.ctx, &connect.UpdateInstanceStorageConfigInput{InstanceId: &x.InstanceID, ResourceType: resource, AssociationId: made.AssociationId, StorageConfig: sealed})
			x.ok(err)
			told = *sealed
			told.AssociationId = made.AssociationId
			out, err := x.sdk.DescribeInstanceStorageConfig(x.ctx, &connect.DescribeInstanceStorageConfigInput{InstanceId: &x.InstanceID, ResourceType: resource, AssociationId: made.AssociationId})
			x.ok(err)
			x.sameRead("described", *out.StorageConfig, told)
			_, err = x.sdk.DisassociateInstanceStorageConfig(x.ctx, &connect.DisassociateInstanceStorageConfigInput{InstanceId: &x.InstanceID, ResourceType: types.InstanceStorageResourceTypeAttachments, AssociationId: made.AssociationId})
			x.refused(err, notFound, 404, *made.AssociationId)
			_, err = x.sdk.DisassociateInstanceStorageConfig(x.ctx, &connect.DisassociateInstanceStorageConfigInput{InstanceId: &x.InstanceID, ResourceType: resource, AssociationId: made.AssociationId})
			x.ok(err)
		}
	}
	x.start(startInput{})
}
