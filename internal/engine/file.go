package engine

import (
	"context"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/attachment"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
)

// NewFile is what the upload of a file begins with.
type NewFile struct {
	Name    string
	Size    int64 // in bytes
	Creator attachment.Creator
	Tags    map[string]string
	Token   string `json:"-"` // idempotency token; empty: none
}

// StartUpload begins to attach a file to the contact that resource, an ARN, names. A repeated token returns the
// file of the first call.
//
// It fails with [fault.NotFound] for an unknown instance, contact or user, [fault.Invalid] for a resource that is no
// contact, [fault.Unusable] for a name or size that is refused or when the instance takes no files,
// [fault.Quota] when the contact has as many files as it can have, and [fault.Reused].
func (e *Engine) StartUpload(ctx context.Context, instance, resource string, in NewFile) (*attachment.File, error) {
	t, owner, err := e.fileOwner(instance, resource)
	if err != nil {
		return nil, err
	}
	request := struct {
		Contact string
		NewFile
	}{owner, in}
	id, err := e.once(ctx, t, "StartAttachedFileUpload", in.Token, request, func(tx Tx) (string, error) {
		return e.startUpload(tx, t, owner, in)
	})
	if err != nil {
		return nil, err
	}
	return attached(reading{ctx, e.store, t.ID}, owner, id)
}

func (e *Engine) startUpload(tx Tx, t *tenant, owner string, in NewFile) (string, error) {
	if err := t.takesFiles(); err != nil {
		return "", err
	}
	if err := attachment.CheckName(in.Name); err != nil {
		return "", err
	}
	if err := e.limits().CheckSize(in.Size); err != nil {
		return "", err
	}
	c, err := tx.Contact(owner)
	if err != nil {
		return "", err
	}
	files, err := tx.Files(owner)
	if err != nil {
		return "", err
	}
	if err := e.limits().CheckTotal(files, 1, in.Size); err != nil {
		return "", err
	}
	if in.Creator.User != "" {
		u, err := find[directory.User](t, arn.User, in.Creator.User)
		if err != nil {
			return "", err
		}
		in.Creator.User = u.ARN
	}
	f := &attachment.File{
		ID: e.newID(), Contact: owner, Name: in.Name, Size: in.Size, Creator: in.Creator, Tags: in.Tags,
	}
	f.Upload(tx.Now())
	tx.PutFile(f)
	tx.PutContact(c) // so that of two uploads which take the last place one loses
	return f.ID, nil
}

// limits bound the files of each contact.
func (e *Engine) limits() attachment.Limits {
	return attachment.Limits{
		Megabytes: e.quotas[QuotaFileMegabytes], Files: e.quotas[QuotaFiles],
		TotalMegabytes: e.quotas[QuotaFilesMegabytes],
	}
}

// MaxFileBytes is the size that a file may have; 0 for any.
func (e *Engine) MaxFileBytes() int64 { return e.limits().MaxBytes() }

// CompleteUpload ends an upload whose bytes are there: the file becomes a reference of its contact. Completing it
// twice is one completion.
// It fails with [fault.NotFound], [fault.Invalid] for a resource that is no contact, and [fault.Unusable] for a
// file that was not uploaded.
func (e *Engine) CompleteUpload(ctx context.Context, instance, resource, id string) error {
	return e.onFile(ctx, instance, resource, id, func(tx Tx, t *tenant, f *attachment.File) error {
		if again, err := f.Complete(); again || err != nil {
			return err
		}
		tx.PutFile(f)
		return refer(tx, f, func(c *contact.Contact) []contact.Event {
			return c.Attach(f.Name, t.reference(f), tx.Now())
		})
	})
}

// DeleteFile removes a file from its contact. Its bytes are removed soon after.
// It fails with [fault.NotFound], and with [fault.Invalid] for a resource that is no contact.
func (e *Engine) DeleteFile(ctx context.Context, instance, resource, id string) error {
	return e.onFile(ctx, instance, resource, id, func(tx Tx, _ *tenant, f *attachment.File) error {
		if err := f.Delete(tx.Now()); err != nil {
			return err
		}
		tx.PutFile(f)
		return refer(tx, f, func(c *contact.Contact) []contact.Event { return c.Detach(f.ID, tx.Now()) })
	})
}

// onFile runs a command on a file of a contact.
func (e *Engine) onFile(ctx context.Context, instance, resource, idOrARN string,
	fn func(Tx, *tenant, *attachment.File) error,
) error {
	t, owner, err := e.fileOwner(instance, resource)
	if err != nil {
		return err
	}
	id, err := t.Resolve(arn.File, idOrARN)
	if err != nil {
		return err
	}
	return e.store.Update(ctx, t.ID, func(tx Tx) error {
		f, err := attached(tx, owner, id)
		if err != nil {
			return err
		}
		return fn(tx, t, f)
	})
}

// refer changes the reference of a file, also with the contacts that its own was transferred to, and puts them with
// what happened. The contact may be gone.
func refer(tx Tx, f *attachment.File, change func(*contact.Contact) []contact.Event) error {
	return referFrom(tx, f.Contact, change)
}

func referFrom(tx Tx, id string, change func(*contact.Contact) []contact.Event) error {
	for id != "" {
		c, err := tx.Contact(id)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if events := change(c); len(events) > 0 {
			tx.PutContact(c)
			tx.Emit(c.ID, events...)
		}
		id = c.Next
	}
	return nil
}

// reference is a file as its contact refers to it.
func (t *tenant) reference(f *attachment.File) contact.Reference {
	return contact.Reference{Value: f.ID, ARN: t.Of(arn.File, f.ID), Status: f.Status(), StatusReason: f.Reason}
}
