package engine

import (
	"cmp"
	"context"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/attachment"
	"github.com/tasklane/tasklane/internal/fault"
)

// AssociateStorage gives an instance a storage for a resource type, and returns the id of the association; that of attached
// files has it take them. A repeated token returns that of the first call.
// It fails with [fault.NotFound] for an unknown instance, with [fault.Duplicate] when the resource type has one already, and
// with [fault.Reused].
func (e *Engine) AssociateStorage(ctx context.Context, instance, token string, s attachment.Storage) (string, error) {
	t, err := e.tenant(instance)
	if err != nil {
		return "", err
	}
	id := e.newID()
	name := cmp.Or(s.Resource, attachment.Resource)
	request := struct {
		Resource string
		attachment.Storage
	}{name, s}
	return e.once(ctx, t, "AssociateInstanceStorageConfig", token, request, func(tx Tx) (string, error) {
		return id, t.add(tx, arn.StorageConfig, id, name, s, 0)
	})
}

// Storage finds an association. It fails with [fault.NotFound].
func (e *Engine) Storage(instance, id string) (Entry[attachment.Storage], error) {
	return lookUp[attachment.Storage](e, instance, arn.StorageConfig, id)
}

// Storages returns all associations. It fails with [fault.NotFound].
func (e *Engine) Storages(instance string) ([]Entry[attachment.Storage], error) {
	return listAll[attachment.Storage](e, instance, arn.StorageConfig)
}

// UpdateStorage changes an association. It fails with [fault.NotFound].
func (e *Engine) UpdateStorage(ctx context.Context, instance, id string, s attachment.Storage) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	return e.configure(ctx, t, func(tx Tx) error {
		old, err := find[attachment.Storage](t, arn.StorageConfig, id)
		if err != nil {
			return err
		}
		return put(tx, old.Resource, s)
	})
}

// DisassociateStorage takes a storage away; without that of attached files an instance takes no more, and those it has stay. A repeated token does it once.
// It fails with [fault.NotFound] and with [fault.Reused].
func (e *Engine) DisassociateStorage(ctx context.Context, instance, id, token string) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	_, err = e.once(ctx, t, "DisassociateInstanceStorageConfig", token, id, func(tx Tx) (string, error) {
		old, err := find[attachment.Storage](t, arn.StorageConfig, id)
		if err != nil {
			return "", err
		}
		tx.DeleteResource(old.Resource)
		return id, nil
	})
	return err
}

// TakesFiles reports whether files can be attached to contacts of an instance. It fails with [fault.NotFound].
func (e *Engine) TakesFiles(instance string) (bool, error) {
	t, err := e.tenant(instance)
	return err == nil && t.takesFiles() == nil, err
}

// takesFiles reports whether files can be attached to contacts of the instance. It fails with [fault.Unusable].
func (t *tenant) takesFiles() error {
	if _, ok := t.catalog.named(arn.StorageConfig, attachment.Resource); !ok {
		return fault.New(fault.Unusable, "Attachments are not enabled on the instance: it has no storage config for ATTACHMENTS")
	}
	return nil
}
