package desk

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/attachment"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
)

// Files keeps the bytes of attached files.
type Files interface {
	// UploadLink and DownloadLink tell where the bytes of a file are put, or got, for a while.
	UploadLink(ctx context.Context, instance string, f *attachment.File, life time.Duration) (attachment.Link, error)
	DownloadLink(ctx context.Context, instance string, f *attachment.File, life time.Duration) (attachment.Link, error)
	// Complete ends the upload of a file of the contact that resource names. It fails with [fault.NotFound], and with
	// [fault.Unusable] when the bytes are not there.
	Complete(ctx context.Context, instance, resource, id string) error
}

const (
	// linkLife is how long the address of a file can be used: as long as that of GetAttachedFile.
	linkLife = 5 * time.Minute
	// attachWithin is how long after they have made a task agents may attach files to it that others have in hand.
	attachWithin = time.Hour
)

// Who has a task in one of these states sees its files, and in one of those may change what is attached.
var (
	seesFiles    = []agent.LegState{agent.Connecting, agent.Connected, agent.Paused, agent.Ended}
	changesFiles = []agent.LegState{agent.Connected, agent.Paused, agent.Ended}
)

// inHand finds the task that a request names, which the agent must have in one of these states.
// It fails with [fault.Invalid] when none is named, and with [fault.NotFound].
func (c *call) inHand(states []agent.LegState) (*contact.Contact, error) {
	if c.in.ContactID == "" {
		return nil, fault.New(fault.Invalid, "contactId is required")
	}
	d, err := c.engine.Desk(c.r.Context(), c.session.Instance, c.session.User)
	if err != nil {
		return nil, err
	}
	for _, t := range d.Tasks {
		if t.Contact == c.in.ContactID && slices.Contains(states, t.State) {
			return t.Task, nil
		}
	}
	return nil, fault.New(fault.NotFound, "You do not have contact %s in hand", c.in.ContactID)
}

// attachable finds the task that a request names, to which the agent may attach files: one in hand, or one that they
// have just made. It fails as [call.inHand] does.
func (c *call) attachable() (*contact.Contact, error) {
	task, err := c.inHand(changesFiles)
	if !fault.Is(err, fault.NotFound) {
		return task, err
	}
	made, _, sought := c.engine.Contact(c.r.Context(), c.session.Instance, c.in.ContactID)
	if sought == nil && made.CreatedBy == c.user.ID && !made.Disconnecting() && c.engine.Now().Before(made.Initiated.Add(attachWithin)) {
		return made, nil
	}
	return nil, err
}

// contactARN names the contact of a request as files know it.
func (c *call) contactARN() (string, error) {
	i, err := c.engine.Instance(c.session.Instance)
	return i.Of(arn.Contact, c.in.ContactID), err
}

// files tells of the files that a task in hand refers to.
func (c *call) files() (any, error) {
	task, err := c.inHand(seesFiles)
	if err != nil {
		return nil, err
	}
	resource, err := c.contactARN()
	if err != nil {
		return nil, err
	}
	all, err := c.engine.AttachedFiles(c.r.Context(), c.session.Instance, resource)
	if err != nil {
		return nil, err
	}
	told := []object{}
	for id, f := range all {
		if task.Attached(id) {
			told = append(told, c.file(f))
		}
	}
	slices.SortFunc(told, func(a, b object) int { return strings.Compare(a["fileId"].(string), b["fileId"].(string)) })
	return object{"contactId": task.ID, "files": told}, nil
}

// fileLimits tells which files can be attached; nil when none can.
func (c *call) fileLimits() (any, error) {
	takes, err := c.engine.TakesFiles(c.session.Instance)
	if err != nil || !takes {
		return nil, err
	}
	return object{"maxBytes": c.engine.MaxFileBytes(), "extensions": attachment.Extensions()}, nil
}

// file is a file as it travels. Its size is 0 until it has been fetched.
func (c *call) file(f *attachment.File) object {
	return object{
		"fileId": f.ID, "fileName": f.Name, "fileSizeInBytes": f.Size, "fileStatus": f.Status(), "statusReason": text(f.Reason),
		"creationTime": seconds(f.Created), "own": c.owns(f),
	}
}

// owns reports whether the agent has attached a file.
func (c *call) owns(f *attachment.File) bool { return f.Creator.User == c.user.ARN }

// named finds the file that a request names, of a task that the agent may see it with.
func (c *call) named() (resource string, f *attachment.File, err error) {
	if c.in.FileID == "" {
		return "", nil, fault.New(fault.Invalid, "fileId is required")
	}
	if resource, err = c.contactARN(); err != nil {
		return "", nil, err
	}
	f, err = c.engine.AttachedFile(c.r.Context(), c.session.Instance, resource, c.in.FileID)
	return resource, f, err
}

// getFile tells of one file of a task in hand, and where its bytes can be had.
// It fails with [fault.NotFound] for one that the task does not refer to.
func (c *call) getFile() (any, error) {
	task, err := c.inHand(seesFiles)
	if err != nil {
		return nil, err
	}
	_, f, err := c.named()
	if err != nil {
		return nil, err
	}
	if !task.Attached(f.ID) {
		return nil, fault.New(fault.NotFound, "Contact %s has no file %s", task.ID, f.ID)
	}
	out := c.file(f)
	if f.State == attachment.Approved {
		link, err := c.attachments.DownloadLink(c.r.Context(), c.session.Instance, f, linkLife)
		if err != nil {
			return nil, err
		}
		out["downloadUrl"], out["urlExpiry"] = here(link.URL), seconds(link.Expires)
	}
	return out, nil
}

// here is an address of this server as seen from the panel, which may have come by another name of it.
func here(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.RequestURI()
}

// startUpload begins to attach a file to a task. A repeated idempotency token is the same file.
// It fails with [fault.Invalid] for a name or a size that is refused, and as [engine.Engine.StartUpload] does.
func (c *call) startUpload() (any, error) {
	if err := c.checkToken(); err != nil {
		return nil, err
	}
	task, err := c.attachable()
	if err != nil {
		return nil, err
	}
	resource, err := c.contactARN()
	if err != nil {
		return nil, err
	}
	f, err := c.engine.StartUpload(c.r.Context(), c.session.Instance, resource, engine.NewFile{
		Name: c.in.FileName, Size: c.in.FileSize, Creator: attachment.Creator{User: c.user.ARN}, Token: c.in.IdempotencyToken,
	})
	if err != nil {
		return nil, refusedFile(err)
	}
	link, err := c.attachments.UploadLink(c.r.Context(), c.session.Instance, f, linkLife)
	if err != nil {
		return nil, err
	}
	out := c.file(f)
	out["contactId"], out["uploadUrl"], out["urlExpiry"], out["headersToInclude"] = task.ID, here(link.URL), seconds(link.Expires), link.Headers
	return out, nil
}

// refusedFile says of a file that may not be attached that the request is wrong, not that the task is in a wrong state.
func refusedFile(err error) error {
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Kind == fault.Unusable && f.Reason != "" {
		return fault.New(fault.Invalid, "%s", f.Message)
	}
	return err
}

// completeUpload ends an upload of the agent's: the task then refers to the file. Completing it twice is one completion.
func (c *call) completeUpload() (any, error) {
	if _, err := c.attachable(); err != nil {
		return nil, err
	}
	resource, f, err := c.named()
	if err != nil {
		return nil, err
	}
	if !c.owns(f) {
		return nil, fault.New(fault.NotFound, "You are not uploading file %s", f.ID)
	}
	return object{}, c.attachments.Complete(c.r.Context(), c.session.Instance, resource, f.ID)
}

// deleteFile takes a file away that the agent has attached to a task in hand. Its bytes are gone for good.
// It fails with [fault.NotFound], and with [fault.Denied] for a file of somebody else.
func (c *call) deleteFile() (any, error) {
	task, err := c.inHand(changesFiles)
	if err != nil {
		return nil, err
	}
	resource, f, err := c.named()
	if err != nil {
		return nil, err
	}
	if !c.owns(f) {
		return nil, fault.New(fault.Denied, "File %q was not attached by you: it stays with contact %s", f.Name, task.ID)
	}
	return object{}, c.engine.DeleteFile(c.r.Context(), c.session.Instance, resource, f.ID)
}
