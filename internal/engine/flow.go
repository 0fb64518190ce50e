package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

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

const (
	// maxFlowContent bounds the text of a flow, in characters (ContactFlowContent of the API).
	maxFlowContent = 256_000

	savedQualifier  = ":$SAVED"
	latestQualifier = ":$LATEST"
)

// CreateFlow makes a flow and returns it: published when publish is set, else only saved as a draft.
// It fails with [fault.BadFlow] when a content to publish has problems, with [fault.Unusable] when it is too
// long, with [fault.Duplicate] when the name is taken, and with [fault.Quota].
func (e *Engine) CreateFlow(ctx context.Context, instance string, f Flow, publish bool) (Entry[Flow], error) {
	t, err := e.tenant(instance)
	if err != nil {
		return Entry[Flow]{}, err
	}
	if err := checkFlow(f.Saved, f.Type, publish); err != nil {
		return Entry[Flow]{}, err
	}
	if publish {
		f.Published = f.Saved
	}
	return create(ctx, e, t, arn.Flow, f.Name, &f, QuotaFlows)
}

// UpdateFlowContent replaces the text of a flow. Named by its id or ARN, the flow is published with it; with
// ":$SAVED" behind that, only the draft is replaced.
// It fails with [fault.NotFound], [fault.BadFlow] and [fault.Unusable] as [Engine.CreateFlow] does.
func (e *Engine) UpdateFlowContent(ctx context.Context, instance, idOrARN, content string) error {
	t, err := e.tenant(instance)
	if err != nil {
		return err
	}
	name, draft := strings.CutSuffix(idOrARN, savedQualifier)
	return e.store.Update(ctx, t.ID, func(tx Tx) error {
		old, err := find[Flow](t, arn.Flow, name)
		if err != nil {
			return err
		}
		f := *old.Value
		if err := checkFlow(content, f.Type, !draft); err != nil {
			return err
		}
		f.Saved = content
		if !draft {
			f.Published = content
		}
		return put(tx, old.Resource, &f)
	})
}

// checkFlow tells whether a text may be saved or, when publish is set, published.
func checkFlow(content string, t flow.Type, publish bool) error {
	if n := len([]rune(content)); n == 0 || n > maxFlowContent {
		return fault.New(fault.Unusable, "Content must have 1 to %d characters", maxFlowContent)
	}
	if !publish {
		return flow.Draft(content)
	}
	_, err := flow.Publish(content, t, nil)
	return err
}

// FlowText is one text of a flow.
type FlowText struct {
	Entry[Flow]
	Content string
	Draft   bool // the saved text, and not the published one
}

// Flow finds a flow's text by id or ARN: the published one, or with ":$SAVED" behind it the draft.
// It fails with [fault.NotFound], and with [fault.NotPublished] when the published text is asked for and there
// is none.
func (e *Engine) Flow(instance, idOrARN string) (FlowText, error) {
	name, draft := strings.CutSuffix(idOrARN, savedQualifier)
	name = strings.TrimSuffix(name, latestQualifier)
	f, err := lookUp[Flow](e, instance, arn.Flow, name)
	switch {
	case err != nil:
		return FlowText{}, err
	case draft:
		return FlowText{Entry: f, Content: f.Value.Saved, Draft: true}, nil
	case f.Value.Published == "":
		return FlowText{}, fault.New(fault.NotPublished, "Flow %s has no published version", idOrARN)
	}
	return FlowText{Entry: f, Content: f.Value.Published}, nil
}

// Flows returns all flows, by name.
func (e *Engine) Flows(instance string) ([]Entry[Flow], error) {
	return listAll[Flow](e, instance, arn.Flow)
}
