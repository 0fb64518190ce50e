package flow

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// failures are what an engine may answer, known to this package or not; the empty one is success.
var failures = []Failure{"", "", NoMatchingError, QueueAtCapacity, NoMatchingCondition, "ChannelMismatch"}

// answers are what effects may find.
var answers = []string{"", "True", "False", "1", "51", "100", "x"}

// maxRun bounds the steps of a run: an action takes one, and one more to settle its effect.
const maxRun = 2*MaxTotal + 1

// finish runs a program to its end, with what answer makes of each effect, and returns the last effect. It gives up
// on a run that goes on after MaxTotal actions.
func finish(t interface{ Fatalf(string, ...any) }, m *Runner, answer func(Effect) Result) Effect {
	s, r := State{}, Result{}
	for range maxRun {
		next, e := m.Step(s, r)
		if next.Over {
			return e
		}
		switch e.(type) {
		case None:
			if next.Waiting {
				t.Fatalf("%+v asks for nothing and waits: %+v", s, next)
			}
		case Disconnect, End, Transferred, Unhandled:
			t.Fatalf("%+v goes on after %+v", s, e)
		default:
			if !next.Waiting || s.At != "" && next.At != s.At {
				t.Fatalf("%+v asks for %+v and goes on to %+v", s, e, next)
			}
			r = answer(e)
		}
		s = next
	}
	t.Fatalf("the run does not end")
	return nil
}

// A flow that was published reaches an end of its own whatever happens on the way, or its limit.
func TestPublishedFlowsEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lib := library{}
		for id := range 2 { // two documents that may go to each other
			doc := drawDocument(t)
			if problems := Check(doc, TypeModule, legalResources); len(problems) > 0 {
				t.Fatalf("Check: %v", problems)
			}
			lib[Ref{Version: int64(id)}] = Compile(doc)
		}
		sc := &scope{Attributes: rapid.MapOf(attributeName, rapid.SampledFrom([]string{"", "1", "2.5", "a", "x.y"})).Draw(t, "attributes")}
		limits := Limits{AtOnce: 50, Total: 200}
		m := &Runner{Library: lib, Scope: sc, Limits: limits}
		switch e := finish(t, m, func(e Effect) Result { return drawResult(t, e) }).(type) {
		case Disconnect, End, Transferred:
		case Unhandled:
			if e.Error != limitExceeded && !mayHang(lib) {
				t.Fatalf("ends unhandled: %s", e.Error)
			}
		default:
			t.Fatalf("ends with %+v", e)
		}
	})
}

// mayHang reports whether a document has an action that may stand without the branch that it takes.
func mayHang(lib library) bool {
	for _, p := range lib {
		for _, in := range p.actions {
			if in.kind.noNext || in.typeName == "TransferContactToAgent" {
				return true
			}
		}
	}
	return false
}

// drawResult is what an effect may come to. Three never fail; else it need not make sense for that effect.
func drawResult(t *rapid.T, e Effect) Result {
	var failure Failure
	switch e.(type) {
	case Draw, SetLogging, SetRouting:
	default:
		failure = rapid.SampledFrom(failures).Draw(t, "failure")
	}
	return Result{
		Error:    failure,
		Value:    rapid.SampledFrom(answers).Draw(t, "value"),
		Document: Ref{Version: int64(rapid.IntRange(0, 1).Draw(t, "document"))},
		Data:     map[string]any{"a": json.Number("5"), "list": []any{"x", nil}},
		Contact:  "c-2",
	}
}

var attributeName = rapid.SampledFrom([]string{"a", "b", "c"})

// drawDocument makes a document of actions of any type, each as it may stand, that lead to each other.
func drawDocument(t *rapid.T) *Document {
	n := rapid.IntRange(1, 8).Draw(t, "actions")
	target := func() string { return fmt.Sprintf("n%d", rapid.IntRange(0, n-1).Draw(t, "target")) }
	var actions []string
	for i := range n {
		kind := rapid.SampledFrom(slices.Sorted(maps.Keys(actionTypes))).Draw(t, "type")
		actions = append(actions, legalAction(fmt.Sprintf("n%d", i), kind, "n0"))
	}
	doc, problems := Parse(`{"Version":"2019-10-30","StartAction":"n0","Actions":[` + strings.Join(actions, ",") + `]}`)
	if len(problems) > 0 {
		t.Fatalf("Parse: %v", problems)
	}
	for i := range doc.Actions {
		to := doc.Actions[i].Transitions
		if to.NextAction != "" {
			to.NextAction = target()
		}
		for k := range to.Errors {
			to.Errors[k].NextAction = target()
		}
		for k := range to.Conditions {
			to.Conditions[k].NextAction = target()
		}
	}
	return doc
}

// Whatever reads as a document can be checked and run, without problems or with, and comes to an end.
func FuzzRun(f *testing.F) {
	f.Add(valid, []byte{0, 1, 2})
	f.Add(priorityFlow, []byte{})
	for _, d := range Defaults("q-a") {
		f.Add(d.Content, []byte{1})
	}
	for kind := range actionTypes {
		f.Add(alone(legalAction("x", kind, "x")), []byte{0, 7, 2, 33})
	}
	f.Add(`{"Version":"2019-10-30","StartAction":"","Actions":[{"Parameters":{"Attributes":5}}]}`, []byte{})
	f.Add(`{"Version":"2019-10-30","StartAction":"","Actions":[{"Type":"Compare"}]}`, []byte{})
	f.Fuzz(func(t *testing.T, content string, results []byte) {
		doc, problems := Parse(content)
		if len(problems) > 0 {
			return
		}
		for _, ft := range []Type{TypeContactFlow, TypeAgentWhisper, TypeModule} {
			Check(doc, ft, resources{})
		}
		i := 0
		m := runner(Compile(doc), &scope{Attributes: map[string]string{"tier": "gold"}})
		m.Limits = Limits{AtOnce: 100, Total: 300}
		finish(t, m, func(Effect) Result {
			if i++; len(results) == 0 {
				return Result{}
			}
			b := int(results[i%len(results)])
			return Result{Error: failures[b%len(failures)], Value: answers[b/8%len(answers)], Data: map[string]any{"a": "b"}}
		})
	})
}

// A state may name an action that its program lacks, or be over already: nothing more happens.
func TestStateWithoutActionEnds(t *testing.T) {
	p := compareFlow(t, "$.Attributes.v", "Equals", "x")
	for _, s := range []State{{At: "gone"}, {At: "gone", Waiting: true}, {At: "no", Over: true}} {
		if next, e := step(p, s, Result{}, &scope{}); !next.Over || next.Waiting || e != (Unhandled{noSuchAction}) {
			t.Errorf("Step from %+v = %+v, %+v; want the end", s, next, e)
		}
	}
}

// The step that exceeds the limit is the first after MaxAtOnce actions, not one before.
func TestLimitIsExact(t *testing.T) {
	p := compareFlow(t, "$.Attributes.v", "Equals", "x")
	if next, e := step(p, State{At: "no", Steps: MaxAtOnce - 1}, Result{}, &scope{}); e != (Disconnect{}) {
		t.Errorf("the last action allowed: %+v, %+v; want Disconnect", next, e)
	}
	if next, e := step(p, State{At: "no", Steps: MaxAtOnce}, Result{}, &scope{}); e != (Unhandled{limitExceeded}) {
		t.Errorf("one action more: %+v, %+v; want Unhandled", next, e)
	}
}

func TestLoadRefusesWhatIsNoDocument(t *testing.T) {
	if p, err := Load(`{}`); err == nil {
		t.Errorf("Load({}) = %v, want an error", p)
	}
}

// BenchmarkStep runs a Compare by its second condition and back: ns/op is the cost of one action.
func BenchmarkStep(b *testing.B) {
	doc, problems := Parse(valid)
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	doc.Actions[1].Transitions.Conditions[1].NextAction = "tier"
	p, sc := Compile(doc), &scope{Attributes: map[string]string{"tier": "green"}}
	m := runner(p, sc)
	for b.Loop() {
		if s, _ := m.Step(State{At: "tier"}, Result{}); s.At != "tier" {
			b.Fatalf("goes to %q, want tier", s.At)
		}
	}
}

// BenchmarkTask runs a whole flow of five actions, as most tasks do.
func BenchmarkTask(b *testing.B) {
	p, err := Publish(valid, TypeContactFlow, nil)
	if err != nil {
		b.Fatal(err)
	}
	sc := &scope{Attributes: map[string]string{"tier": "gold"}}
	for b.Loop() {
		if e := finish(b, runner(p, sc), func(Effect) Result { return Result{} }); e != (Transferred{}) {
			b.Fatalf("ends with %+v", e)
		}
	}
}
