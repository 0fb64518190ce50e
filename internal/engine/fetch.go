package engine

import (
	"context"
	"errors"
	"time"

	"github.com/tasklane/tasklane/internal/attachment"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
)

// Attachment is a file that a task starts with, to be fetched from a URL.
type Attachment struct {
	Name string
	URL  string
}

// Check reports whether a task may start with the file, as far as nothing has to be fetched for that.
// It fails with [fault.Invalid]: the other kinds and the reasons are those of uploads.
func (a Attachment) Check() error {
	if err := attachment.CheckName(a.Name); err != nil {
		return fault.New(fault.Invalid, "Attachments: %s", err)
	}
	return attachment.CheckSource(a.URL)
}

// attach records the files that a new task starts with and adds their references, within the command that makes
// the task. The caller puts the contact. What becomes of the files later is none of the task's concern.
// It fails with [fault.Unusable] when the instance takes no files, [fault.Invalid] for a name or URL that is refused,
// and [fault.Quota].
func (e *Engine) attach(tx Tx, t *tenant, c *contact.Contact, files []Attachment) error {
	if len(files) == 0 {
		return nil
	}
	if err := t.takesFiles(); err != nil {
		return err
	}
	// The faults here have no Reason: those are of uploads only.
	if err := e.limits().CheckTotal(nil, len(files), 0); err != nil {
		return fault.New(fault.Quota, "Attachments: %s", err)
	}
	for _, in := range files {
		if err := in.Check(); err != nil {
			return err
		}
		f := &attachment.File{ID: t.newID(), Contact: c.ID, Name: in.Name}
		f.Fetch(in.URL, tx.Now())
		tx.PutFile(f)
		c.Attach(f.Name, t.reference(f), tx.Now()) // part of how it starts: no event
	}
	return nil
}

// DueFiles returns files with which something is to be done now, soonest first.
func (e *Engine) DueFiles(ctx context.Context, instance string, limit int) ([]*attachment.File, error) {
	return e.store.DueFiles(ctx, instance, e.Now(), limit)
}

// NextFiles returns when something is next to be done with a file in each instance in which something is.
func (e *Engine) NextFiles(ctx context.Context) (map[string]time.Time, error) {
	return e.store.NextFiles(ctx)
}

// ClaimFile takes a file that is due to be fetched for as long as the fetch may take; nil when somebody else has it,
// or when it has been taken too often.
func (e *Engine) ClaimFile(ctx context.Context, instance, id string, lasts time.Duration) (*attachment.File, error) {
	var claimed *attachment.File
	err := e.store.Update(ctx, instance, func(tx Tx) error {
		claimed = nil
		f, err := tx.File(id)
		if err != nil {
			return err
		}
		if !f.Claim(tx.Now(), tx.Now().Add(lasts)) {
			return errDone
		}
		if f.State == attachment.Fetching {
			claimed = f
		}
		return putFetched(tx, f)
	})
	if errors.Is(err, errDone) || fault.Is(err, fault.NotFound) || fault.Is(err, fault.Contended) {
		return nil, nil //nolint:nilnil // somebody else has it
	}
	return claimed, err
}

// EndFetch ends a fetch that began with [Engine.ClaimFile]: the file and the reference to it have their status in
// one commit. It reports whether the file is wanted no more, so that bytes which were fetched must go. A fetch that
// took longer than its claim, and that another has followed, changes nothing.
func (e *Engine) EndFetch(ctx context.Context, instance string, claimed *attachment.File, outcome attachment.Outcome) (unwanted bool, err error) {
	err = e.store.Update(ctx, instance, func(tx Tx) error {
		unwanted = false
		o := outcome
		f, err := tx.File(claimed.ID)
		if fault.Is(err, fault.NotFound) || err == nil && f.State == attachment.Deleted {
			unwanted = true
			return nil
		}
		if err != nil {
			return err
		}
		if f.State != attachment.Fetching || f.Fetches != claimed.Fetches {
			return nil
		}
		files, err := tx.Files(f.Contact)
		if err != nil {
			return err
		}
		if full := e.limits().CheckTotal(files, 0, o.Size); full != nil && o.State == attachment.Approved {
			o = attachment.Outcome{State: attachment.Rejected, Reason: full.Error()}
		}
		if err := f.EndFetch(o, tx.Now()); err != nil {
			return err
		}
		unwanted = f.State == attachment.Rejected
		return putFetched(tx, f)
	})
	return unwanted, err
}

// putFetched puts a file, and its reference when the fetch has ended.
func putFetched(tx Tx, f *attachment.File) error {
	tx.PutFile(f)
	if f.State == attachment.Fetching {
		return nil
	}
	return refer(tx, f, func(c *contact.Contact) []contact.Event {
		return c.AttachmentChanged(f.ID, f.Status(), f.Reason, tx.Now())
	})
}

// GiveUploadUp deletes a file whose upload was not completed in time, unless it has been meanwhile.
func (e *Engine) GiveUploadUp(ctx context.Context, instance, id string) error {
	return e.store.Update(ctx, instance, func(tx Tx) error {
		f, err := tx.File(id)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil || f.State != attachment.Uploading || f.Due.After(tx.Now()) {
			return err
		}
		if err := f.Delete(tx.Now()); err != nil {
			return err
		}
		tx.PutFile(f)
		return nil
	})
}

// FileRemoved forgets a deleted file whose bytes are gone.
func (e *Engine) FileRemoved(ctx context.Context, instance, id string) error {
	return e.store.Update(ctx, instance, func(tx Tx) error {
		tx.DropFile(id)
		return nil
	})
}
