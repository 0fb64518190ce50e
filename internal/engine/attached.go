package engine

import (
	"context"
	"strings"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/attachment"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
)

// File finds a file of any contact; the deleted are among them. It fails with [fault.NotFound].
func (e *Engine) File(ctx context.Context, instance, id string) (*attachment.File, error) {
	t, err := e.tenant(instance)
	if err != nil {
		return nil, err
	}
	return e.store.File(ctx, t.ID, id)
}

// AttachedFile finds a file of a contact. It fails with [fault.NotFound], and with [fault.Invalid] for a resource
// that is no contact.
func (e *Engine) AttachedFile(ctx context.Context, instance, resource, idOrARN string) (*attachment.File, error) {
	t, owner, err := e.fileOwner(instance, resource)
	if err != nil {
		return nil, err
	}
	id, err := t.Resolve(arn.File, idOrARN)
	if err != nil {
		return nil, err
	}
	return attached(reading{ctx, e.store, t.ID}, owner, id)
}

// AttachedFiles returns the files of a contact by id. It fails with [fault.NotFound], and with [fault.Invalid] for a
// resource that is no contact.
func (e *Engine) AttachedFiles(ctx context.Context, instance, resource string) (map[string]*attachment.File, error) {
	t, owner, err := e.fileOwner(instance, resource)
	if err != nil {
		return nil, err
	}
	c, err := e.store.Contact(ctx, t.ID, owner)
	if err != nil {
		return nil, err
	}
	files, err := e.store.Files(ctx, t.ID, owner)
	if err != nil {
		return nil, err
	}
	for _, r := range c.References {
		if r.Type != contact.ReferenceAttachment {
			continue
		}
		f, err := e.store.File(ctx, t.ID, r.Value)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		if err == nil {
			files = append(files, f)
		}
	}
	all := make(map[string]*attachment.File, len(files))
	for _, f := range files {
		if f.State != attachment.Deleted {
			all[f.ID] = f
		}
	}
	return all, nil
}

// finder reads what reports whether a file is one of a contact: a [Tx], or the store.
type finder interface {
	File(id string) (*attachment.File, error)
	Contact(id string) (*contact.Contact, error)
}

// reading reads as a [Tx] does, outside of commands.
type reading struct {
	ctx      context.Context //nolint:containedctx // it lives for one query
	store    Store
	instance string
}

func (r reading) File(id string) (*attachment.File, error) {
	return r.store.File(r.ctx, r.instance, id)
}

func (r reading) Contact(id string) (*contact.Contact, error) {
	return r.store.Contact(r.ctx, r.instance, id)
}

func (r reading) Version(kind arn.Kind, id string, version int64) (Resource, error) {
	return r.store.Version(r.ctx, r.instance, kind, id, version)
}

func (r reading) Token(operation, token string) (*Token, error) {
	return r.store.Token(r.ctx, r.instance, operation, token)
}

// attached finds a file of a contact: one that was attached to it, or that it refers to since it was transferred.
// It fails with [fault.NotFound].
func attached(in finder, owner, id string) (*attachment.File, error) {
	f, err := in.File(id)
	if err != nil {
		return nil, err
	}
	missing := fault.New(fault.NotFound, "%s %s does not exist", arn.File.Noun(), id)
	if f.State == attachment.Deleted {
		return nil, missing
	}
	if f.Contact == owner {
		return f, nil
	}
	c, err := in.Contact(owner)
	if err != nil {
		return nil, err
	}
	if !c.Attached(id) {
		return nil, missing
	}
	return f, nil
}

// fileOwner returns the instance and the contact that files belong to.
func (e *Engine) fileOwner(instance, resource string) (*tenant, string, error) {
	t, err := e.tenant(instance)
	if err != nil {
		return nil, "", err
	}
	id, ok := strings.CutPrefix(resource, t.Of(arn.Contact, ""))
	if !ok || id == "" || strings.Contains(id, "/") {
		return nil, "", fault.New(fault.Invalid,
			"AssociatedResourceArn %s is not the ARN of a contact of the instance; files can be attached to tasks only", resource)
	}
	return t, id, nil
}
