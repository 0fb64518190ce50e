package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/flow"
)

// Flow is a flow with its two texts: the draft, and the one that runs. Both are kept byte for byte.
type Flow struct {
	ID          string            `json:"-"`
	Name        string            `json:"-"`
	Type        flow.Type         `json:"type"`
	Description string            `json:"description,omitempty"`
	Published   string            `json:"published,omitempty"` // empty: never published
	Saved       string            `json:"saved"`
	Archived    bool              `json:"archived,omitempty"` // it cannot be started
	Versions    int64             `json:"versions,omitempty"` // the number of the newest version that there ever was
	Tags        map[string]string `json:"tags,omitempty"`

	program *flow.Program // of the published text
}

func decodeFlow(r Resource) (any, error) {
	f := &Flow{ID: r.ID, Name: r.Name}
	if err := json.Unmarshal(r.Body, f); err != nil {
		return nil, fmt.Errorf("decode flow %s: %w", r.ID, err)
	}
	if f.Published != "" {
		program, err := flow.Load(f.Published)
		if err != nil {
			return nil, fmt.Errorf("decode flow %s: %w", r.ID, err)
		}
		f.program = program
	}
	return f, nil
}

func (f *Flow) runs() *flow.Program { return f.program }

func (f *Flow) barred() error {
	switch {
	case f.Archived:
		return fault.New(fault.Unusable, "Flow %s is archived", f.ID)
	case f.program == nil:
		return fault.New(fault.Unusable, "Flow %s is not published", f.ID)
	}
	return nil
}

// usableFlow finds a flow of one of the types, by id or ARN.
// It fails with [fault.NotFound], or with [fault.Unusable] when it is archived, not published, or of another type.
func (t *tenant) usableFlow(idOrARN string, types ...flow.Type) (string, error) {
	f, err := find[Flow](t, arn.Flow, idOrARN)
	if err != nil {
		return "", err
	}
	if err := f.Value.barred(); err != nil {
		return "", err
	}
	if !slices.Contains(types, f.Value.Type) {
		return "", fault.New(fault.Unusable, "Flow %s is of type %s, which is not supported for tasks here", idOrARN, f.Value.Type)
	}
	return f.ID, nil
}

// maxFlowContent bounds the text of a flow, in characters (ContactFlowContent of the API).
const maxFlowContent = 256_000

// CreateFlow makes a flow and returns it: published when publish is set, else only saved as a draft.
// It fails with [fault.BadFlow] when a content to publish has problems, with [fault.Unusable] when it is too
// long, with [fault.Duplicate] when the name is taken, and with [fault.Quota].
func (e *Engine) CreateFlow(ctx context.Context, instance string, f Flow, publish bool) (Entry[Flow], error) {
	t, err := e.tenant(instance)
	if err != nil {
		return Entry[Flow]{}, err
	}
	if publish {
		f.Published = f.Saved
	}
	made, err := create(ctx, e, t, arn.Flow, f.Name, &f, QuotaFlows, func() error { return t.checkFlow(f.Saved, f.Type, publish) })
	if err == nil {
		e.published(t, arn.Flow, f.Name, f.Published)
	}
	return made, err
}

// UpdateFlowContent replaces the text of a flow. Named by its id or ARN, the flow is published with it; with
// ":$SAVED" behind that, only the draft is replaced. Tasks that have begun to run the old text go on with it.
// It fails with [fault.NotFound], with [fault.BadFlow] and [fault.Unusable] as [Engine.CreateFlow] does, and with
// [fault.Unusable] for a version.
func (e *Engine) UpdateFlowContent(ctx context.Context, instance, name, content string) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	idOrARN, draft, err := addressed(name)
	if err != nil {
		return err
	}
	var flowName string
	err = change(ctx, e, t, arn.Flow, idOrARN, func(r *Resource, f *Flow) error {
		if err := t.checkFlow(content, f.Type, !draft); err != nil {
			return err
		}
		flowName, f.Saved = r.Name, content
		if !draft {
			f.Published = content
		}
		return nil
	})
	if err == nil && !draft {
		e.published(t, arn.Flow, flowName, content)
	}
	return err
}

// checkFlow reports whether a text may be saved or, when publish is set, published.
func (t *tenant) checkFlow(content string, kind flow.Type, publish bool) error {
	if n := len([]rune(content)); n == 0 || n > maxFlowContent {
		return fault.New(fault.Unusable, "Content must have 1 to %d characters", maxFlowContent)
	}
	if !publish {
		return flow.Draft(content)
	}
	_, err := flow.Publish(content, kind, t.nameable())
	return err
}

// Metadata is what can be changed of a flow or a module besides its texts; nil leaves a member as it is.
type Metadata struct {
	Name, Description *string
	Archived          *bool
}

// change puts new values in the place of old ones. It fails with [errDone] when all are as they were.
func (m Metadata) change(name, description *string, archived *bool) error {
	before := [3]any{*name, *description, *archived}
	set(name, m.Name)
	set(description, m.Description)
	set(archived, m.Archived)
	if before == [3]any{*name, *description, *archived} {
		return errDone
	}
	return nil
}

// set puts a value in its place unless it is nil.
func set[T any](place, v *T) {
	if v != nil {
		*place = *v
	}
}

// UpdateFlow changes what a flow is called and whether it can be started. Tasks that have begun to run it go on when it
// is archived. It fails with [fault.NotFound], and with [fault.Duplicate] when the name is taken.
func (e *Engine) UpdateFlow(ctx context.Context, instance, idOrARN string, m Metadata) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	return change(ctx, e, t, arn.Flow, idOrARN, func(r *Resource, f *Flow) error {
		return m.change(&r.Name, &f.Description, &f.Archived)
	})
}

// DeleteFlow removes a flow with its versions. What names it keeps the name, and fails when it uses it; tasks that have
// begun to run it go on. It fails with [fault.NotFound].
func (e *Engine) DeleteFlow(ctx context.Context, instance, idOrARN string) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	return remove(ctx, e, t, arn.Flow, idOrARN, func(tx Tx, gone Entry[Flow]) error {
		t.dropVersions(tx, arn.FlowVersion, gone.ID)
		return nil
	})
}

// Flow finds a flow's text by id or ARN: the published one, with ":$SAVED" behind it the draft, and with the number of
// a version that one.
// It fails with [fault.NotFound], and with [fault.NotPublished] when the published text is asked for and there
// is none.
func (e *Engine) Flow(instance, name string) (Text[Flow], error) {
	t, err := e.tenant(instance)
	if err != nil {
		return Text[Flow]{}, err
	}
	idOrARN, qualifier := qualified(name)
	f, err := find[Flow](t, arn.Flow, idOrARN)
	if err != nil {
		return Text[Flow]{}, err
	}
	switch qualifier {
	case savedQualifier:
		return Text[Flow]{Entry: f, Content: f.Value.Saved, Draft: true}, nil
	case "", latestQualifier:
		if f.Value.Published == "" {
			return Text[Flow]{}, fault.New(fault.NotPublished, "Flow %s has no published version", name)
		}
		return Text[Flow]{Entry: f, Content: f.Value.Published}, nil
	}
	number, ok := numberOf(qualifier)
	if !ok {
		return Text[Flow]{}, fault.New(fault.NotFound, "Flow %s has no version %s", f.ID, qualifier)
	}
	v, err := t.version(arn.FlowVersion, f.ID, number)
	if err != nil {
		return Text[Flow]{}, err
	}
	return Text[Flow]{Entry: f, Content: v.Value.Content, Numbered: &v}, nil
}

// Flows returns all flows, by name.
func (e *Engine) Flows(instance string) ([]Entry[Flow], error) {
	return listAll[Flow](e, instance, arn.Flow)
}
