package awsapi

import (
	"cmp"
	"context"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/attachment"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

// An instance has at most one storage of each resource type. Only that of attached files does anything: whether the
// instance takes them (docs/divergences.md).

func (a *API) associateInstanceStorageConfig(ctx context.Context, in *wire.AssociateInstanceStorageConfigRequest) (*wire.AssociateInstanceStorageConfigResponse, error) {
	s, err := storage(*in.ResourceType, in.StorageConfig)
	if err != nil {
		return nil, err
	}
	id, err := a.opts.Engine.AssociateStorage(ctx, *in.InstanceId, wire.Value(in.ClientToken), s)
	return &wire.AssociateInstanceStorageConfigResponse{AssociationId: &id}, err
}

// storage reads where things of a resource type are to be kept. It fails with [fault.Invalid] for a storage type without
// its member, or with that of another, and for attached files that are to be kept in anything but a bucket.
func storage(resource wire.InstanceStorageResourceType, in *wire.InstanceStorageConfig) (attachment.Storage, error) {
	members := map[wire.StorageType]bool{
		wire.StorageTypeS3: in.S3Config != nil, wire.StorageTypeKinesisVideoStream: in.KinesisVideoStreamConfig != nil,
		wire.StorageTypeKinesisStream: in.KinesisStreamConfig != nil, wire.StorageTypeKinesisFirehose: in.KinesisFirehoseConfig != nil,
	}
	for kind, there := range members {
		if there != (kind == *in.StorageType) {
			return attachment.Storage{}, fault.New(fault.Invalid, "StorageConfig must have the member of StorageType %s, and only that", *in.StorageType)
		}
	}
	if resource == attachment.Resource && *in.StorageType != wire.StorageTypeS3 {
		return attachment.Storage{}, fault.New(fault.Invalid, "StorageConfig: ATTACHMENTS need StorageType S3 and an S3Config")
	}
	s := attachment.Storage{Resource: string(resource), Type: string(*in.StorageType)}
	switch *in.StorageType {
	case wire.StorageTypeS3:
		s.Bucket, s.Prefix, s.Encryption = *in.S3Config.BucketName, *in.S3Config.BucketPrefix, encryption(in.S3Config.EncryptionConfig)
	case wire.StorageTypeKinesisVideoStream:
		v := in.KinesisVideoStreamConfig
		s.Prefix, s.RetentionHours, s.Encryption = *v.Prefix, int(*v.RetentionPeriodHours), encryption(v.EncryptionConfig)
	case wire.StorageTypeKinesisStream:
		s.Stream = *in.KinesisStreamConfig.StreamArn
	case wire.StorageTypeKinesisFirehose:
		s.Stream = *in.KinesisFirehoseConfig.FirehoseArn
	}
	return s, nil
}

func encryption(c *wire.EncryptionConfig) *attachment.Encryption {
	if c == nil {
		return nil
	}
	return &attachment.Encryption{Type: string(*c.EncryptionType), Key: *c.KeyId}
}

func (a *API) describeInstanceStorageConfig(_ context.Context, in *wire.DescribeInstanceStorageConfigRequest) (*wire.DescribeInstanceStorageConfigResponse, error) {
	s, err := a.associated(*in.InstanceId, *in.ResourceType, *in.AssociationId)
	if err != nil {
		return nil, err
	}
	config := storageConfig(s)
	return &wire.DescribeInstanceStorageConfigResponse{StorageConfig: &config}, nil
}

// associated finds the storage of a resource type. It fails with [fault.NotFound], also for that of another type.
func (a *API) associated(instance string, resource wire.InstanceStorageResourceType, id string) (engine.Entry[attachment.Storage], error) {
	s, err := a.opts.Engine.Storage(instance, id)
	if err == nil && s.Name != string(resource) {
		err = fault.New(fault.NotFound, "%s %s of resource type %s does not exist", arn.StorageConfig.Noun(), id, resource)
	}
	return s, err
}

func storageConfig(s engine.Entry[attachment.Storage]) wire.InstanceStorageConfig {
	v, kind := s.Value, cmp.Or(wire.StorageType(s.Value.Type), wire.StorageTypeS3)
	out := wire.InstanceStorageConfig{AssociationId: &s.ID, StorageType: &kind}
	var sealed *wire.EncryptionConfig
	if v.Encryption != nil {
		how := wire.EncryptionType(v.Encryption.Type)
		sealed = &wire.EncryptionConfig{EncryptionType: &how, KeyId: &v.Encryption.Key}
	}
	switch kind {
	case wire.StorageTypeS3:
		out.S3Config = &wire.S3Config{BucketName: &v.Bucket, BucketPrefix: &v.Prefix, EncryptionConfig: sealed}
	case wire.StorageTypeKinesisVideoStream:
		hours := int64(v.RetentionHours)
		out.KinesisVideoStreamConfig = &wire.KinesisVideoStreamConfig{Prefix: &v.Prefix, RetentionPeriodHours: &hours, EncryptionConfig: sealed}
	case wire.StorageTypeKinesisStream:
		out.KinesisStreamConfig = &wire.KinesisStreamConfig{StreamArn: &v.Stream}
	case wire.StorageTypeKinesisFirehose:
		out.KinesisFirehoseConfig = &wire.KinesisFirehoseConfig{FirehoseArn: &v.Stream}
	}
	return out
}

func (a *API) listInstanceStorageConfigs(_ context.Context, in *wire.ListInstanceStorageConfigsRequest) (*wire.ListInstanceStorageConfigsResponse, error) {
	var all []wire.InstanceStorageConfig
	storages, err := a.opts.Engine.Storages(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	for _, s := range storages {
		if s.Name == string(*in.ResourceType) {
			all = append(all, storageConfig(s))
		}
	}
	list, next, err := page(all, func(c wire.InstanceStorageConfig) string { return *c.AssociationId }, "storage configs",
		in.NextToken, in.MaxResults, 10, a.opts.Engine.Now())
	return &wire.ListInstanceStorageConfigsResponse{StorageConfigs: list, NextToken: next}, err
}

// updateInstanceStorageConfig ignores ClientToken: doing it twice is doing it once (docs/divergences.md).
func (a *API) updateInstanceStorageConfig(ctx context.Context, in *wire.UpdateInstanceStorageConfigRequest) (*none, error) {
	if _, err := a.associated(*in.InstanceId, *in.ResourceType, *in.AssociationId); err != nil {
		return nil, err
	}
	s, err := storage(*in.ResourceType, in.StorageConfig)
	if err != nil {
		return nil, err
	}
	return &none{}, a.opts.Engine.UpdateStorage(ctx, *in.InstanceId, *in.AssociationId, s)
}

func (a *API) disassociateInstanceStorageConfig(ctx context.Context, in *wire.DisassociateInstanceStorageConfigRequest) (*none, error) {
	// One that is gone may have been disassociated with the same ClientToken: that is for the engine to say.
	s, err := a.opts.Engine.Storage(*in.InstanceId, *in.AssociationId)
	if err == nil && s.Name != string(*in.ResourceType) {
		_, err = a.associated(*in.InstanceId, *in.ResourceType, *in.AssociationId)
		return nil, err
	}
	return &none{}, a.opts.Engine.DisassociateStorage(ctx, *in.InstanceId, *in.AssociationId, wire.Value(in.ClientToken))
}
