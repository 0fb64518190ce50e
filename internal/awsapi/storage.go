package awsapi

import (
	"context"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/attachment"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

// An instance has a storage for attached files, and none of the other resource types: nothing of theirs is written,
// so that none of them can be associated (docs/divergences.md).

func (a *API) associateInstanceStorageConfig(ctx context.Context, in *wire.AssociateInstanceStorageConfigRequest) (*wire.AssociateInstanceStorageConfigResponse, error) {
	if *in.ResourceType != attachment.Resource {
		return nil, fault.New(fault.Unsupported, "ResourceType %s is not supported by this version of Tasklane", *in.ResourceType)
	}
	s, err := storage(in.StorageConfig)
	if err != nil {
		return nil, err
	}
	id, err := a.opts.Engine.AssociateStorage(ctx, *in.InstanceId, wire.Value(in.ClientToken), s)
	return &wire.AssociateInstanceStorageConfigResponse{AssociationId: &id}, err
}

// storage reads where files are to be kept. It fails with [fault.Invalid] for anything but a bucket.
func storage(in *wire.InstanceStorageConfig) (attachment.Storage, error) {
	if *in.StorageType != wire.StorageTypeS3 || in.S3Config == nil {
		return attachment.Storage{}, fault.New(fault.Invalid, "StorageConfig: ATTACHMENTS need StorageType S3 and an S3Config")
	}
	err := refuse(
		given{"StorageConfig.S3Config.EncryptionConfig", in.S3Config.EncryptionConfig != nil},
		given{"StorageConfig.KinesisStreamConfig", in.KinesisStreamConfig != nil},
		given{"StorageConfig.KinesisFirehoseConfig", in.KinesisFirehoseConfig != nil},
		given{"StorageConfig.KinesisVideoStreamConfig", in.KinesisVideoStreamConfig != nil},
	)
	return attachment.Storage{Bucket: *in.S3Config.BucketName, Prefix: *in.S3Config.BucketPrefix}, err
}

func (a *API) describeInstanceStorageConfig(_ context.Context, in *wire.DescribeInstanceStorageConfigRequest) (*wire.DescribeInstanceStorageConfigResponse, error) {
	if err := associated(*in.ResourceType, *in.AssociationId); err != nil {
		return nil, err
	}
	s, err := a.opts.Engine.Storage(*in.InstanceId, *in.AssociationId)
	if err != nil {
		return nil, err
	}
	config := storageConfig(s)
	return &wire.DescribeInstanceStorageConfigResponse{StorageConfig: &config}, nil
}

// associated fails with [fault.NotFound] for a resource type that an instance never has a storage of.
func associated(kind wire.InstanceStorageResourceType, id string) error {
	if kind != attachment.Resource {
		return fault.New(fault.NotFound, "%s %s of resource type %s does not exist", arn.StorageConfig.Noun(), id, kind)
	}
	return nil
}

func storageConfig(s engine.Entry[attachment.Storage]) wire.InstanceStorageConfig {
	kind := wire.StorageTypeS3
	return wire.InstanceStorageConfig{
		AssociationId: &s.ID, StorageType: &kind,
		S3Config: &wire.S3Config{BucketName: &s.Value.Bucket, BucketPrefix: &s.Value.Prefix},
	}
}

func (a *API) listInstanceStorageConfigs(_ context.Context, in *wire.ListInstanceStorageConfigsRequest) (*wire.ListInstanceStorageConfigsResponse, error) {
	var all []wire.InstanceStorageConfig
	if *in.ResourceType == attachment.Resource {
		storages, err := a.opts.Engine.Storages(*in.InstanceId)
		if err != nil {
			return nil, err
		}
		for _, s := range storages {
			all = append(all, storageConfig(s))
		}
	}
	list, next, err := page(all, func(c wire.InstanceStorageConfig) string { return *c.AssociationId }, "storage configs",
		in.NextToken, in.MaxResults, 10, a.opts.Engine.Now())
	return &wire.ListInstanceStorageConfigsResponse{StorageConfigs: list, NextToken: next}, err
}

// updateInstanceStorageConfig ignores ClientToken: doing it twice is doing it once (docs/divergences.md).
func (a *API) updateInstanceStorageConfig(ctx context.Context, in *wire.UpdateInstanceStorageConfigRequest) (*none, error) {
	if err := associated(*in.ResourceType, *in.AssociationId); err != nil {
		return nil, err
	}
	s, err := storage(in.StorageConfig)
	if err != nil {
		return nil, err
	}
	return &none{}, a.opts.Engine.UpdateStorage(ctx, *in.InstanceId, *in.AssociationId, s)
}

func (a *API) disassociateInstanceStorageConfig(ctx context.Context, in *wire.DisassociateInstanceStorageConfigRequest) (*none, error) {
	if err := associated(*in.ResourceType, *in.AssociationId); err != nil {
		return nil, err
	}
	return &none{}, a.opts.Engine.DisassociateStorage(ctx, *in.InstanceId, *in.AssociationId, wire.Value(in.ClientToken))
}
