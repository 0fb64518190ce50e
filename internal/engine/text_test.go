package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/flow"
	"github.com/tasklane/tasklane/internal/store"
	"github.com/tasklane/tasklane/internal/store/pgtest"
)

// text is a flow and a module whose first action has a name.
func text(start string) string {
	return fmt.Sprintf(`{"Version":"2019-10-30","StartAction":%q,"Settings":{},"Actions":[
		{"Identifier":%[1]q,"Type":"EndFlowExecution","Parameters":{},"Transitions":{}}]}`, start)
}

// begins reports whether a program is that of a text.
func begins(p *flow.Program, start string) bool {
	return strings.Contains(fmt.Sprintf("%+v", p), start)
}

func started(t *testing.T) (*store.Store, *engine.Engine) {
	t.Helper()
	st, err := store.Open(t.Context(), store.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	e, err := engine.New(engine.Options{Store: st})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Bootstrap(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	return st, e
}

func newFlow(t *testing.T, e *engine.Engine, name string) string {
	t.Helper()
	f, err := e.CreateFlow(t.Context(), instance, engine.Flow{Name: name, Type: flow.TypeContactFlow, Saved: text(name)}, true)
	if err != nil {
		t.Fatal(err)
	}
	return f.ID
}

func newModule(t *testing.T, e *engine.Engine, name string) string {
	t.Helper()
	id, err := e.CreateModule(t.Context(), instance, engine.Module{Name: name, Saved: engine.ModuleText{
		Content: text(name), Settings: `{"transitions":{"results":[{"name":"Refused"}]}}`,
	}}, "")
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// run is what pins and finds a text.
type run struct {
	*testing.T

	e *engine.Engine
}

func (r run) current(kind arn.Kind, id, want string) flow.Ref {
	r.Helper()
	ref, p, err := r.e.Current(instance, kind, id)
	if err != nil || !begins(p, want) || ref.Kind != kind || ref.ID != id {
		r.Fatalf("current %s = %v, %v, %v; want %s", kind, ref, p, err, want)
	}
	return ref
}

func (r run) pinned(ref flow.Ref, want string) *flow.Program {
	r.Helper()
	p, err := r.e.Pinned(r.Context(), instance, ref)
	if err != nil || !begins(p, want) {
		r.Fatalf("pinned %v = %v, %v; want %s", ref, p, err, want)
	}
	return p
}

func (r run) ok(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func TestTextOfARunStays(t *testing.T) {
	t.Parallel()
	st, e := started(t)
	r := run{t, e}
	f, m := newFlow(t, e, "flow one"), newModule(t, e, "module one")
	oldFlow, oldModule := r.current(arn.Flow, f, "flow one"), r.current(arn.Module, m, "module one")
	r.pinned(oldFlow, "flow one")
	r.pinned(oldModule, "module one")
	two := text("module two")
	r.ok(e.UpdateFlowContent(t.Context(), instance, f, text("flow two")))
	r.ok(e.UpdateModuleContent(t.Context(), instance, m, &two, nil))
	newer := r.current(arn.Flow, f, "flow two")
	r.current(arn.Module, m, "module two")
	if newer.Version == oldFlow.Version {
		t.Errorf("both texts have the name %v", newer)
	}
	p := r.pinned(oldFlow, "flow one")
	r.pinned(oldModule, "module one")
	if r.pinned(oldFlow, "flow one") != p {
		t.Error("the program of an old text is made each time")
	}
	archived := true
	r.ok(e.UpdateFlow(t.Context(), instance, f, engine.Metadata{Archived: &archived}))
	if _, _, err := e.Current(instance, arn.Flow, f); !fault.Is(err, fault.Unusable) {
		t.Errorf("an archived flow can be started: %v", err)
	}
	r.pinned(newer, "flow two")
	r.ok(e.DeleteFlow(t.Context(), instance, f))
	r.ok(e.DeleteModule(t.Context(), instance, m))
	if _, _, err := e.Current(instance, arn.Flow, f); !fault.Is(err, fault.NotFound) {
		t.Errorf("a deleted flow can be started: %v", err)
	}
	r.pinned(oldFlow, "flow one")
	other, err := engine.New(engine.Options{Store: st}) // has nothing in memory
	r.ok(err)
	r.ok(other.Load(t.Context()))
	run{t, other}.pinned(oldFlow, "flow one")
	run{t, other}.pinned(oldModule, "module one")
	run{t, other}.pinned(newer, "flow two")
	for _, ref := range []flow.Ref{{Kind: arn.Flow, ID: f, Version: 99}, {Kind: arn.Flow, ID: "nobody", Version: 1}, {Kind: arn.Queue, ID: f, Version: 1}} {
		if _, err := e.Pinned(t.Context(), instance, ref); !fault.Is(err, fault.NotFound) {
			t.Errorf("pinned %v = %v, want not found", ref, err)
		}
	}
}

func TestVersionOfAFlowDoesNotRun(t *testing.T) {
	t.Parallel()
	_, e := started(t)
	f, err := e.CreateFlow(t.Context(), instance, engine.Flow{Name: "f", Type: flow.TypeCampaign, Saved: text("f")}, true)
	run{t, e}.ok(err)
	_, number, err := e.CreateFlowVersion(t.Context(), instance, f.ID, "", "")
	run{t, e}.ok(err)
	for kind, id := range map[arn.Kind]string{arn.FlowVersion: fmt.Sprint(f.ID, ":", number), arn.User: agentID(t, e)} {
		if _, _, err := e.Current(instance, kind, id); !fault.Is(err, fault.Unusable) {
			t.Errorf("current %s = %v", kind, err)
		}
	}
}

func TestOldTextsAreForgottenWhenTheyAreMany(t *testing.T) {
	t.Parallel()
	st, e := started(t)
	r := run{t, e}
	id := newFlow(t, e, "0")
	ref := r.current(arn.Flow, id, "0")
	for range engine.MaxTexts + 5 {
		r.ok(e.UpdateFlowContent(t.Context(), instance, id, text("more")))
	}
	for range 2 {
		for i := range int64(engine.MaxTexts + 5) {
			if _, err := e.Pinned(t.Context(), instance, flow.Ref{Kind: arn.Flow, ID: id, Version: ref.Version + i}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if programs, order := e.KeptTexts(instance); programs != engine.MaxTexts || order != engine.MaxTexts {
		t.Errorf("%d programs are kept in %d places, want %d", programs, order, engine.MaxTexts)
	}
	r.ok(st.Reset(t.Context()))
	if programs, _ := e.KeptTexts(instance); programs != 0 {
		t.Errorf("%d programs are kept of what was emptied", programs)
	}
}

func TestModuleIsFoundByWhatStandsBehindItsID(t *testing.T) {
	t.Parallel()
	_, e := started(t)
	r := run{t, e}
	id := newModule(t, e, "one")
	_, one, err := e.CreateModuleVersion(t.Context(), instance, id, "", "")
	r.ok(err)
	two, draft, none := text("two"), text("draft"), ""
	r.ok(e.UpdateModuleContent(t.Context(), instance, id, &two, &none))
	m, _, err := e.CreateModuleVersion(t.Context(), instance, id, "", "")
	r.ok(err)
	three := text("three")
	r.ok(e.UpdateModuleContent(t.Context(), instance, id, &three, nil))
	r.ok(e.UpdateModuleContent(t.Context(), instance, id+":$SAVED", &draft, nil))
	_, alias, err := e.CreateAlias(t.Context(), instance, id, engine.Alias{Name: "live", Number: one})
	r.ok(err)
	named := func(name, want string, branches bool) flow.Ref {
		t.Helper()
		ref, p, c, err := e.ModuleNamed(instance, name)
		if err != nil || !begins(p, want) || c.HasBranch("Refused") != branches {
			t.Errorf("module %s = %v, %v, %v, %v; want %s", name, ref, p, c, err, want)
		}
		return ref
	}
	ref := named(id+":1", "one", true)
	named(id, "three", false)
	named(m.ARN, "three", false)
	named(m.ARN+":$LATEST", "three", false)
	named(m.ARN+":1", "one", true)
	named(id+":2", "two", false)
	named(m.ARN+":live", "one", true)
	to := int64(2)
	r.ok(e.UpdateAlias(t.Context(), instance, id, alias, engine.AliasUpdate{Number: &to}))
	named(id+":live", "two", false)
	r.ok(e.DeleteModuleVersion(t.Context(), instance, id, 1))
	r.pinned(ref, "one") // who has begun goes on
	const unknown = "99999999-9999-4999-8999-999999999999"
	for name, want := range map[string]fault.Kind{
		id + ":1": fault.NotFound, id + ":03": fault.NotFound, id + ":live2": fault.NotFound, unknown: fault.NotFound, unknown + ":live": fault.NotFound, "nobody": fault.Invalid, "nobody:live": fault.Invalid,
		m.ARN + "x": fault.Invalid, id + ":$SAVED": fault.Unusable,
	} {
		if _, _, _, err := e.ModuleNamed(instance, name); !fault.Is(err, want) {
			t.Errorf("module %s = %v", name, err)
		}
	}
	archived := true
	r.ok(e.UpdateModule(t.Context(), instance, id, engine.Metadata{Archived: &archived}))
	for _, name := range []string{id, id + ":2", id + ":live"} {
		if _, _, _, err := e.ModuleNamed(instance, name); !fault.Is(err, fault.Unusable) {
			t.Errorf("module %s is archived: %v", name, err)
		}
	}
}

func TestTextOfAnotherNodeIsRead(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	one, other := node(t, url), node(t, url)
	if _, err := one.Bootstrap(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if err := other.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	id := newFlow(t, one, "flow one")
	ref := run{t, one}.current(arn.Flow, id, "flow one")
	run{t, other}.pinned(ref, "flow one") // who has not looked yet
	if err := one.UpdateFlowContent(t.Context(), instance, id, text("flow two")); err != nil {
		t.Fatal(err)
	}
	run{t, other}.pinned(ref, "flow one")
	run{t, one}.pinned(ref, "flow one")
}

func agentID(t *testing.T, e *engine.Engine) string {
	t.Helper()
	users, err := e.Users(instance)
	if err != nil || len(users) == 0 {
		t.Fatal(users, err)
	}
	return users[0].ID
}

// Who publishes a flow or a module that names what is not there is warned, unless it is refused.
func TestPublishingWarnsOfWhatIsNotThere(t *testing.T) {
	st, err := store.Open(t.Context(), store.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	var warned []string
	e, err := engine.New(engine.Options{Store: st, Warn: func(u engine.Unresolved) {
		for _, p := range u.Problems {
			warned = append(warned, fmt.Sprintf("%s %s %s: %s", u.Kind, u.Name, p.Action, p.Rule))
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Bootstrap(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	calls := `{"Version":"2019-10-30","StartAction":"a","Settings":{},"Actions":[
		{"Identifier":"a","Type":"InvokeFlowModule","Parameters":{"FlowModuleId":"m-none"},"Transitions":{"NextAction":"b","Errors":[{"NextAction":"b","ErrorType":"NoMatchingError"}]}},
		{"Identifier":"b","Type":"EndFlowExecution","Transitions":{}}]}`
	f, err := e.CreateFlow(t.Context(), instance, engine.Flow{Name: "f", Type: flow.TypeContactFlow, Saved: calls}, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		e.UpdateFlowContent(t.Context(), instance, f.ID+":$SAVED", calls), // a draft is nobody's business
		e.UpdateFlowContent(t.Context(), instance, f.ID, calls),
		e.UpdateFlowContent(t.Context(), instance, f.ID, text("x")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := e.CreateModule(t.Context(), instance, engine.Module{Name: "m", Saved: engine.ModuleText{Content: calls}}, ""); err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{
		"contact-flow f a: this instance has no module m-none", "contact-flow f a: this instance has no module m-none",
		"flow-module m a: this instance has no module m-none",
	}, "\n")
	if got := strings.Join(warned, "\n"); got != want {
		t.Errorf("warned of\n%s\nwant\n%s", got, want)
	}
}
