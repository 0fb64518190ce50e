package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
)

// TaggedKinds are the kinds of configuration that have tags: as member "tags" of their stored form.
var TaggedKinds = []arn.Kind{
	arn.User, arn.AgentStatus, arn.RoutingProfile, arn.Queue, arn.SecurityProfile, arn.Hours, arn.Flow, arn.Module,
	arn.QuickConnect, arn.HierarchyGroup, arn.TaskTemplate, arn.Prompt,
}

// maxTags is how many tags a resource can have
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_TagResource.html).
const maxTags = 50

// TagResource gives tags to a resource or an instance, by ARN; one that it has gets the new value.
// It fails with [fault.Invalid] for what is no ARN, with [fault.Unsupported] for a kind without tags, with
// [fault.NotFound], and with [fault.Limit] when the resource would have too many; then it has got none.
func (e *Engine) TagResource(ctx context.Context, resource string, tags map[string]string) error {
	return e.retag(ctx, resource, func(has map[string]string) error {
		maps.Copy(has, tags)
		if len(has) > maxTags {
			return fault.New(fault.Limit, "The resource would have %d of at most %d tags", len(has), maxTags)
		}
		return nil
	})
}

// UntagResource takes tags from a resource, by ARN; those that it does not have change nothing.
// It fails as [Engine.TagsOf] does.
func (e *Engine) UntagResource(ctx context.Context, resource string, keys []string) error {
	return e.retag(ctx, resource, func(has map[string]string) error {
		for _, k := range keys {
			delete(has, k)
		}
		return nil
	})
}

func (e *Engine) retag(ctx context.Context, resource string, fn func(map[string]string) error) error {
	if arn.IsInstance(resource) {
		t, err := e.tenant(resource)
		if err != nil {
			return err
		}
		return t.changeSettings(ctx, e, func(s *directory.Settings) error {
			tags := maps.Clone(s.Tags)
			if tags == nil {
				tags = map[string]string{}
			}
			s.Tags = tags
			return fn(tags)
		})
	}
	t, kind, id, err := e.tagged(resource)
	if err != nil {
		return err
	}
	return e.configure(ctx, t, func(tx Tx) error {
		o, err := t.object(kind, id)
		if err != nil {
			return err
		}
		tags, err := tagsOf(o.Resource)
		if err != nil {
			return err
		}
		had := maps.Clone(tags)
		if err := fn(tags); err != nil {
			return err
		}
		if maps.Equal(had, tags) {
			return nil
		}
		return putTags(tx, o.Resource, tags)
	})
}

// tagged finds where a resource is that can have tags. It fails as [Engine.TagsOf] does, but for [fault.NotFound] of
// the resource itself.
func (e *Engine) tagged(resource string) (*tenant, arn.Kind, string, error) {
	instance, kind, id, err := arn.Split(resource)
	if err != nil {
		return nil, "", "", err
	}
	if !slices.Contains(TaggedKinds, kind) {
		return nil, "", "", fault.New(fault.Unsupported, "resourceArn: a resource of kind %s has no tags that can be changed this way", kind.Noun())
	}
	t, err := e.tenant(instance)
	return t, kind, id, err
}

// TagsOf returns the tags of a resource, by ARN.
// It fails with [fault.Invalid] for what is no ARN, with [fault.Unsupported] for a kind without tags, and with
// [fault.NotFound].
func (e *Engine) TagsOf(resource string) (map[string]string, error) {
	if arn.IsInstance(resource) {
		s, err := e.Settings(resource)
		return s.Tags, err
	}
	t, kind, id, err := e.tagged(resource)
	if err != nil {
		return nil, err
	}
	o, err := t.object(kind, id)
	if err != nil {
		return nil, err
	}
	return tagsOf(o.Resource)
}

// TagsOfKinds returns the tags of all resources of some kinds, those of one resource after the other.
// It fails with [fault.NotFound] for an unknown instance.
func (e *Engine) TagsOfKinds(instance string, kinds []arn.Kind) ([]map[string]string, error) {
	t, err := e.tenant(instance)
	if err != nil {
		return nil, err
	}
	var found []map[string]string
	for _, kind := range kinds {
		for _, o := range t.catalog.list(kind) {
			tags, err := tagsOf(o.Resource)
			if err != nil {
				return nil, err
			}
			found = append(found, tags)
		}
	}
	return found, nil
}

func tagsOf(r Resource) (map[string]string, error) {
	v := struct {
		Tags map[string]string `json:"tags"`
	}{map[string]string{}}
	if err := json.Unmarshal(r.Body, &v); err != nil {
		return nil, fmt.Errorf("decode tags of %s %s: %w", r.Kind.Noun(), r.ID, err)
	}
	return v.Tags, nil
}

// putTags writes a resource with other tags. All else stays as it was stored.
func putTags(tx Tx, r Resource, tags map[string]string) error {
	body := map[string]json.RawMessage{}
	if err := json.Unmarshal(r.Body, &body); err != nil {
		return fmt.Errorf("decode %s %s: %w", r.Kind.Noun(), r.ID, err)
	}
	text, err := json.Marshal(tags)
	if err != nil {
		return fmt.Errorf("encode tags of %s %s: %w", r.Kind.Noun(), r.ID, err)
	}
	body["tags"] = text
	return put(tx, r, body)
}
