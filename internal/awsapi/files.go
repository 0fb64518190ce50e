package awsapi

import (
	"context"
	"time"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/attachment"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

// defaultURLLife is how long the URL of a file can be used unless told otherwise, in seconds: as long as it can
// be at most.
const defaultURLLife = 300

func (a *API) startAttachedFileUpload(ctx context.Context, in *wire.StartAttachedFileUploadRequest) (*wire.StartAttachedFileUploadResponse, error) {
	if *in.FileUseCaseType != wire.FileUseCaseTypeAttachment {
		return nil, fault.New(fault.Invalid, "FileUseCaseType must be ATTACHMENT for a task, not %s", *in.FileUseCaseType)
	}
	creator, err := creator(in.CreatedBy)
	if err != nil {
		return nil, err
	}
	f, err := a.opts.Engine.StartUpload(ctx, *in.InstanceId, *in.AssociatedResourceArn, engine.NewFile{
		Name: *in.FileName, Size: *in.FileSizeInBytes, Creator: creator, Tags: in.Tags, Token: wire.Value(in.ClientToken),
	})
	if err != nil {
		return nil, err
	}
	link, err := a.opts.Files.UploadLink(ctx, *in.InstanceId, f, urlLife(in.UrlExpiryInSeconds))
	if err != nil {
		return nil, err
	}
	as, err := a.attachedFile(*in.InstanceId, f)
	return &wire.StartAttachedFileUploadResponse{
		FileArn: as.FileArn, FileId: as.FileId, FileStatus: as.FileStatus, CreationTime: as.CreationTime,
		CreatedBy: as.CreatedBy,
		UploadUrlMetadata: &wire.UploadUrlMetadata{
			Url: &link.URL, UrlExpiry: isoTime(link.Expires), HeadersToInclude: link.Headers,
		},
	}, err
}

// creator reads the union CreatedBy.
func creator(in *wire.CreatedByInfo) (c attachment.Creator, err error) {
	if in == nil {
		return c, nil
	}
	c = attachment.Creator{User: wire.Value(in.ConnectUserArn), Identity: wire.Value(in.AWSIdentityArn)}
	if (c.User == "") == (c.Identity == "") {
		return c, fault.New(fault.Invalid, "CreatedBy must have exactly one of ConnectUserArn and AWSIdentityArn")
	}
	return c, nil
}

func urlLife(seconds *int64) time.Duration {
	if seconds == nil {
		return defaultURLLife * time.Second
	}
	return time.Duration(*seconds) * time.Second
}

// isoTime is a time as the members of files tell it, unlike all others.
func isoTime(t time.Time) *string {
	text := t.UTC().Format("2006-01-02T15:04:05.000Z")
	return &text
}

// attachedFile is a file as the API tells it. Its size is 0 until it has been fetched.
func (a *API) attachedFile(instance string, f *attachment.File) (wire.AttachedFile, error) {
	i, err := a.opts.Engine.Instance(instance)
	fileARN, contactARN := i.Of(arn.File, f.ID), i.Of(arn.Contact, f.Contact)
	status, use := wire.FileStatusType(f.Status()), wire.FileUseCaseTypeAttachment
	out := wire.AttachedFile{
		FileArn: &fileARN, FileId: &f.ID, FileName: &f.Name, FileSizeInBytes: &f.Size, FileStatus: &status,
		AssociatedResourceArn: &contactARN, FileUseCaseType: &use, CreationTime: isoTime(f.Created), Tags: f.Tags,
	}
	if f.Creator != (attachment.Creator{}) {
		out.CreatedBy = &wire.CreatedByInfo{
			ConnectUserArn: wire.String(f.Creator.User), AWSIdentityArn: wire.String(f.Creator.Identity),
		}
	}
	return out, err
}

func (a *API) completeAttachedFileUpload(ctx context.Context, in *wire.CompleteAttachedFileUploadRequest) (*none, error) {
	return &none{}, a.opts.Files.Complete(ctx, *in.InstanceId, *in.AssociatedResourceArn, *in.FileId)
}

func (a *API) getAttachedFile(ctx context.Context, in *wire.GetAttachedFileRequest) (*wire.GetAttachedFileResponse, error) {
	f, err := a.opts.Engine.AttachedFile(ctx, *in.InstanceId, *in.AssociatedResourceArn, *in.FileId)
	if err != nil {
		return nil, err
	}
	as, err := a.attachedFile(*in.InstanceId, f)
	if err != nil {
		return nil, err
	}
	out := &wire.GetAttachedFileResponse{
		FileArn: as.FileArn, FileId: as.FileId, FileName: as.FileName, FileSizeInBytes: as.FileSizeInBytes,
		FileStatus: as.FileStatus, FileUseCaseType: as.FileUseCaseType, AssociatedResourceArn: as.AssociatedResourceArn,
		CreationTime: as.CreationTime, CreatedBy: as.CreatedBy, Tags: as.Tags,
	}
	if f.State == attachment.Approved {
		link, err := a.opts.Files.DownloadLink(ctx, *in.InstanceId, f, urlLife(in.UrlExpiryInSeconds))
		if err != nil {
			return nil, err
		}
		out.DownloadUrlMetadata = &wire.DownloadUrlMetadata{Url: &link.URL, UrlExpiry: isoTime(link.Expires)}
	}
	return out, nil
}

func (a *API) batchGetAttachedFileMetadata(ctx context.Context, in *wire.BatchGetAttachedFileMetadataRequest) (*wire.BatchGetAttachedFileMetadataResponse, error) {
	all, err := a.opts.Engine.AttachedFiles(ctx, *in.InstanceId, *in.AssociatedResourceArn)
	if err != nil {
		return nil, err
	}
	out := &wire.BatchGetAttachedFileMetadataResponse{Files: []wire.AttachedFile{}, Errors: []wire.AttachedFileError{}}
	for _, id := range in.FileIds {
		f, ok := all[id]
		if !ok {
			code, message := "ResourceNotFoundException", "attached file "+id+" does not exist"
			out.Errors = append(out.Errors, wire.AttachedFileError{FileId: &id, ErrorCode: &code, ErrorMessage: &message})
			continue
		}
		as, err := a.attachedFile(*in.InstanceId, f)
		if err != nil {
			return nil, err
		}
		out.Files = append(out.Files, as)
	}
	return out, nil
}

func (a *API) deleteAttachedFile(ctx context.Context, in *wire.DeleteAttachedFileRequest) (*none, error) {
	return &none{}, a.opts.Engine.DeleteFile(ctx, *in.InstanceId, *in.AssociatedResourceArn, *in.FileId)
}

// listAttachedFilesConfigurations tells which files can be attached to tasks; nobody can change that, and there are no
// other scopes (docs/divergences.md).
func (a *API) listAttachedFilesConfigurations(_ context.Context, in *wire.ListAttachedFilesConfigurationsRequest) (*wire.ListAttachedFilesConfigurationsResponse, error) {
	takes, err := a.opts.Engine.TakesFiles(*in.InstanceId)
	if err != nil {
		return nil, err
	}
	var all []wire.AttachedFilesConfigurationSummary
	if scope := wire.AttachmentScopeTask; takes {
		extensions := each(attachment.Extensions(), func(e string) wire.AllowedExtension { return wire.AllowedExtension{Extension: &e} })
		all = append(all, wire.AttachedFilesConfigurationSummary{
			InstanceId: in.InstanceId, AttachmentScope: &scope,
			ExtensionConfiguration: &wire.ExtensionConfiguration{AllowedExtensions: extensions},
		})
		if most := a.opts.Engine.MaxFileBytes(); most > 0 {
			all[0].MaximumSizeLimitInBytes = &most
		}
	}
	list, next, err := page(all, func(c wire.AttachedFilesConfigurationSummary) string { return string(*c.AttachmentScope) },
		"configurations of attached files", in.NextToken, in.MaxResults, usualPage, a.opts.Engine.Now())
	return &wire.ListAttachedFilesConfigurationsResponse{AttachedFilesConfigurations: list, NextToken: next}, err
}
