package engine

import (
	"context"
	"slices"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/template"
)

// CreateTaskTemplate makes a task template and returns its id; a repeated token returns the id of the first call.
// It fails with [fault.NotFound] for an unknown instance, with [fault.BadProperty] for a template that makes no
// sense, names what does not exist or has the name of another, with [fault.Reused], and with [fault.Quota].
func (e *Engine) CreateTaskTemplate(ctx context.Context, instance string, in template.Template, token string) (string, error) {
	t, err := e.tenant(instance)
	if err != nil {
		return "", err
	}
	request := struct {
		Name string
		template.Template
	}{in.Name, in}
	id := e.newID()
	return e.once(ctx, t, "CreateTaskTemplate", token, request, func(tx Tx) (string, error) {
		made := in
		if err := t.settle(&made, id); err != nil {
			return "", err
		}
		made.Created = tx.Now()
		return id, t.add(tx, arn.TaskTemplate, id, made.Name, &made, e.quotas[QuotaTaskTemplates])
	})
}

// UpdateTaskTemplate puts another template in the place of one, whole but for its tags, and returns it. Tasks
// that were made with it keep the version they know.
// It fails with [fault.NotFound], and with [fault.BadProperty] as [Engine.CreateTaskTemplate] does.
func (e *Engine) UpdateTaskTemplate(ctx context.Context, instance, idOrARN string, in template.Template) (Entry[template.Template], error) {
	t, err := e.tenant(instance)
	if err != nil {
		return Entry[template.Template]{}, err
	}
	err = change(ctx, e, t, arn.TaskTemplate, idOrARN, func(r *Resource, v *template.Template) error {
		made := in
		if err := t.settle(&made, r.ID); err != nil {
			return err
		}
		made.Tags, made.Created = v.Tags, v.Created
		r.Name, *v = made.Name, made
		return nil
	})
	if err != nil {
		return Entry[template.Template]{}, err
	}
	return find[template.Template](t, arn.TaskTemplate, idOrARN)
}

// settle checks a template that is to be written under an id, and puts ids in the place of ARNs.
// It fails with [fault.BadProperty].
func (t *tenant) settle(tm *template.Template, id string) error {
	if err := tm.Check(); err != nil {
		return err
	}
	wrong := illegible(tm.Fields)
	resolve := func(path string, kind arn.Kind, named *string) {
		if *named == "" {
			return
		}
		id, err := t.Resolve(kind, *named)
		if _, ok := t.catalog.get(kind, id); !ok || err != nil {
			wrong = append(wrong, fault.Property{
				Path: path, Reason: fault.ReferenceNotFound, Message: kind.Noun() + " " + *named + " does not exist",
			})
			return
		}
		*named = id
	}
	resolve("ContactFlowId", arn.Flow, &tm.Flow)
	resolve("SelfAssignFlowId", arn.Flow, &tm.SelfAssignFlow)
	tm.Defaults = slices.Clone(tm.Defaults)
	if d := tm.DefaultOf(template.FieldQuickConnect); d != nil {
		resolve("Defaults.DefaultFieldValues."+d.Field, arn.QuickConnect, &d.Value)
	}
	if other, taken := t.catalog.taken(arn.TaskTemplate, tm.Name); taken && other != id {
		wrong = append(wrong, fault.Property{
			Path: "Name", Reason: fault.NameExists, Message: "another task template has this name",
		})
	}
	if len(wrong) > 0 {
		return fault.Properties(wrong...)
	}
	return nil
}

// DeleteTaskTemplate removes a task template. Tasks that were made with it keep the version they know.
// It fails with [fault.NotFound].
func (e *Engine) DeleteTaskTemplate(ctx context.Context, instance, idOrARN string) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	return remove[template.Template](ctx, e, t, arn.TaskTemplate, idOrARN, nil)
}

// TaskTemplate finds a task template: as it is when version is 0, else as it was then, also when it was deleted
// since. It fails with [fault.NotFound].
func (e *Engine) TaskTemplate(ctx context.Context, instance, idOrARN string, version int64) (Entry[template.Template], error) {
	t, err := e.tenant(instance)
	if err != nil {
		return Entry[template.Template]{}, err
	}
	if version == 0 {
		return find[template.Template](t, arn.TaskTemplate, idOrARN)
	}
	id, err := t.Resolve(arn.TaskTemplate, idOrARN)
	if err != nil {
		return Entry[template.Template]{}, err
	}
	return t.templateAt(reading{ctx, e.store, t.ID}, id, version)
}

// templateAt is a task template as it was at a version, also when it was deleted since: of a task its Template
// and TemplateVersion. It fails with [fault.NotFound].
func (t *tenant) templateAt(in versions, id string, version int64) (Entry[template.Template], error) {
	if o, ok := t.catalog.get(arn.TaskTemplate, id); ok && o.Version == version {
		return entry[template.Template](t, o), nil
	}
	r, err := in.Version(arn.TaskTemplate, id, version)
	if err != nil {
		return Entry[template.Template]{}, err
	}
	v, err := decoders[arn.TaskTemplate](r)
	if err != nil {
		return Entry[template.Template]{}, err
	}
	return entry[template.Template](t, object{r, v}), nil
}

// TaskTemplates returns all task templates, by name.
func (e *Engine) TaskTemplates(instance string) ([]Entry[template.Template], error) {
	return listAll[template.Template](e, instance, arn.TaskTemplate)
}
