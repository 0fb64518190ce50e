package engine_test

import (
	"maps"
	"testing"

	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/store/pgtest"
)

// Nodes that tag a prompt, which has no row until one of them does, do not take each other's tags away.
func TestPromptIsTaggedByTwoNodes(t *testing.T) {
	url := pgtest.URL(t)
	one, other := node(t, url), node(t, url)
	_, err := one.Bootstrap(t.Context(), engine.First{
		Instance: directory.Instance{Instance: arn.Instance{Region: "us-east-1", Account: "000000000000", ID: instance}, Alias: "tasklane"},
		NewID:    func(arn.Kind, string) string { return uuid.NewString() },
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	prompts, err := one.Prompts(instance)
	if err != nil || len(prompts) == 0 {
		t.Fatalf("%d prompts, %v", len(prompts), err)
	}
	beep := prompts[0].ARN
	if err := one.TagResource(t.Context(), beep, map[string]string{"a": "1"}); err != nil {
		t.Fatal(err)
	}
	if err := other.TagResource(t.Context(), beep, map[string]string{"b": "2"}); err != nil {
		t.Fatal(err)
	}
	if err := one.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, e := range []*engine.Engine{one, other} {
		if got, err := e.TagsOf(beep); err != nil || !maps.Equal(got, map[string]string{"a": "1", "b": "2"}) {
			t.Errorf("node %d: tags %v, %v", i+1, got, err)
		}
		if again, err := e.Prompts(instance); err != nil || len(again) != len(prompts) || again[0].ARN != beep {
			t.Errorf("node %d: %d prompts, %v", i+1, len(again), err)
		}
	}
}
