package engine_test

import (
	"sync"
	"testing"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/store"
	"github.com/tasklane/tasklane/internal/store/pgtest"
	"github.com/tasklane/tasklane/internal/template"
)

func TestVersionsOfAnotherNodeAreRead(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	one, other := node(t, url), node(t, url)
	stock, err := one.Bootstrap(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	sample, err := one.TaskTemplate(t.Context(), instance, stock.Template, 0)
	if err != nil {
		t.Fatal(err)
	}
	changed := *sample.Value
	changed.Name = "Changed"
	if _, err := one.UpdateTaskTemplate(t.Context(), instance, stock.Template, changed); err != nil {
		t.Fatal(err)
	}
	for version, want := range map[int64]string{1: "Sample task template", 2: "Changed"} {
		for name, e := range map[string]*engine.Engine{"one": one, "other": other} { // who has not looked yet
			if got, err := e.TaskTemplate(t.Context(), instance, stock.Template, version); err != nil || got.Name != want || got.Value.Name != want {
				t.Errorf("node %s: version %d = %v, %v; want %s", name, version, got, err, want)
			}
		}
	}
	if err := one.DeleteTaskTemplate(t.Context(), instance, stock.Template); err != nil {
		t.Fatal(err)
	}
	if _, err := other.UpdateTaskTemplate(t.Context(), instance, stock.Template, changed); !fault.Is(err, fault.NotFound) {
		t.Errorf("the other node has updated what is deleted: %v", err)
	}
	if err := other.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := other.TaskTemplate(t.Context(), instance, stock.Template, 0); !fault.Is(err, fault.NotFound) {
		t.Errorf("after Refresh the other node still has the template: %v", err)
	}
	if got, err := other.TaskTemplate(t.Context(), instance, stock.Template, 2); err != nil || got.Name != "Changed" || got.ARN != sample.ARN {
		t.Errorf("deleted: version 2 = %v, %v; want Changed", got, err)
	}
}

func TestOneTokenMakesOneTemplateAtOnce(t *testing.T) {
	t.Parallel()
	st, err := store.Open(t.Context(), store.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	e, err := engine.New(engine.Options{Store: st})
	if err != nil {
		t.Fatal(err)
	}
	stock, err := e.Bootstrap(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	in := template.Template{
		Name: "Call back", Flow: stock.Flow, Fields: []template.Field{{Name: "Title", Type: template.FieldName}}, Required: []string{"Title"},
	}
	var ids [8]string
	var running sync.WaitGroup
	for i := range ids {
		running.Go(func() {
			var err error
			if ids[i], err = e.CreateTaskTemplate(t.Context(), instance, in, "token"); err != nil {
				t.Error(err)
			}
		})
	}
	running.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Errorf("one token has made %v", ids)
		}
	}
	if all, err := e.TaskTemplates(instance); err != nil || len(all) != 2 {
		t.Errorf("TaskTemplates = %v, %v; want the sample and one more", all, err)
	}
}

func TestStockTemplateOfBeforeConstraintsIsLoaded(t *testing.T) {
	t.Parallel()
	st, err := store.Open(t.Context(), store.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	if err := st.Update(t.Context(), instance, func(tx engine.Tx) error {
		tx.PutInstance(first.Instance)
		tx.PutResource(engine.Resource{Kind: arn.TaskTemplate, ID: "33330000-0000-4000-8000-000000000001", Name: "Sample task template", Body: []byte(
			`{"flow":"f-1","active":true,"fields":[{"name":"Task name","type":"NAME"},{"name":"Description","type":"DESCRIPTION"}],"created":"2026-01-01T00:00:00Z"}`)})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	e, err := engine.New(engine.Options{Store: st})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, err := e.TaskTemplate(t.Context(), instance, "33330000-0000-4000-8000-000000000001", 0)
	if err != nil {
		t.Fatal(err)
	}
	if task, err := got.Value.Apply(template.Task{Name: "Order 7"}); err != nil || task.Name != "Order 7" {
		t.Errorf("Apply = %+v, %v", task, err)
	}
}
