package engine

import (
	"context"
	"time"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/template"
)

// Edit changes what is told of a task; also of one that is over.
// It fails with [fault.NotFound], with [fault.Invalid] for references, segment attributes or a life that are
// refused, or for names that nobody can see, and with [fault.Unusable] when a reference is to go that its template keeps.
func (e *Engine) Edit(ctx context.Context, instance, idOrARN string, edit contact.Edit) error {
	if edit.Life != 0 {
		if err := contact.CheckLife(edit.Life, "SegmentAttributes: connect:ContactExpiry"); err != nil {
			return err
		}
	}
	if err := legibleEdit(edit); err != nil {
		return err
	}
	return e.handle(ctx, instance, idOrARN, func(h *handling) error {
		if err := h.t.checkAttributes(edit.Segment); err != nil {
			return err
		}
		if err := h.mayRemove(edit.Removed); err != nil {
			return err
		}
		if err := h.happened(h.c.Edit(edit, h.tx.Now())); err != nil {
			return err
		}
		if edit.Life != 0 && !h.c.Disconnecting() {
			h.tx.SetTimer(expiryTimer(h.c))
		}
		return nil
	})
}

// mayRemove fails with [fault.Unusable] when the template that a task was made with keeps a reference.
func (h *handling) mayRemove(names []string) error {
	if len(names) == 0 || h.c.Template == "" {
		return nil
	}
	tpl, err := h.t.templateAt(h.tx, h.c.Template, h.c.TemplateVersion)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, name := range names {
		if tpl.Value.Keeps(name) {
			return fault.New(fault.Unusable, "References: task template %s does not let reference %q go", tpl.Name, name)
		}
	}
	return nil
}

// Reschedule has a scheduled task start at another time.
// It fails with [fault.NotFound], with [fault.Invalid] for a time that is past or too far ahead, with
// [fault.Unusable] unless the task is scheduled, and with [fault.Limit] when it was rescheduled too often.
func (e *Engine) Reschedule(ctx context.Context, instance, idOrARN string, at time.Time) error {
	return e.handle(ctx, instance, idOrARN, func(h *handling) error {
		at, err := e.schedule(at, h.tx.Now())
		if err != nil {
			return err
		}
		if err := h.happened(h.c.Reschedule(at, e.quotas[QuotaReschedules], h.tx.Now())); err != nil {
			return err
		}
		h.tx.SetTimer(startTimer(h.c))
		h.tx.SetTimer(expiryTimer(h.c))
		return nil
	})
}

// ChangeTemplate switches a task over to another task template.
// It fails with [fault.NotFound], with [fault.Unusable] for a template that is not active or that the task has, and
// for a task that an agent has or that is over, with [fault.BadProperty] when the task's references do not fit, and
// with [fault.Limit] when it has changed its template too often.
func (e *Engine) ChangeTemplate(ctx context.Context, instance, idOrARN, templateID string) error {
	return e.handle(ctx, instance, idOrARN, func(h *handling) error { return h.changeTemplate(templateID) })
}

func (h *handling) changeTemplate(templateID string) error {
	tpl, err := find[template.Template](h.t, arn.TaskTemplate, templateID)
	if err != nil {
		return err
	}
	if !tpl.Value.Active {
		return fault.New(fault.Unusable, "Task template %s is not active", templateID)
	}
	limit := h.t.quotas[QuotaTemplateChanges]
	if err := h.happened(h.c.ChangeTemplate(tpl.ID, tpl.Version, limit, h.tx.Now())); err != nil {
		return err
	}
	return tpl.Value.Fits(h.c.References)
}

// Tag adds tags to a contact, or replaces their values.
// It fails with [fault.NotFound], and with [fault.Invalid] when there would be more than [contact.MaxTags].
func (e *Engine) Tag(ctx context.Context, instance, idOrARN string, tags map[string]string) error {
	return e.handle(ctx, instance, idOrARN, func(h *handling) error {
		events, err := h.c.Tag(tags, h.tx.Now())
		if err != nil || events == nil {
			return err
		}
		return h.happened(events, nil)
	})
}

// Untag removes tags from a contact; those that are not there stay away. It fails with [fault.NotFound].
func (e *Engine) Untag(ctx context.Context, instance, idOrARN string, keys []string) error {
	return e.handle(ctx, instance, idOrARN, func(h *handling) error {
		events := h.c.Untag(keys, h.tx.Now())
		if events == nil {
			return nil
		}
		return h.happened(events, nil)
	})
}
