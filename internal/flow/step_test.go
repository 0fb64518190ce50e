package flow

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// failures are what an engine may answer, known to this package or not; the empty one is success.
var failures = []Failure{"", NoMatchingError, QueueAtCapacity, NoMatchingCondition, "ChannelMismatch"}

// finish runs a program to its end, with the results that answer gives, and returns the last effect.
func finish(t interface{ Fatalf(string, ...any) }, p *Program, sc Scope, answer func() Failure) Effect {
	s, r, m := State{}, Result{}, runner(p, sc)
	for range 2*MaxTotal + 1 { // every action takes one step, and one more to settle its effect
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
		}
		s, r = next, Result{Error: answer()}
	}
	t.Fatalf("the run does not end")
	return nil
}

// A flow that was published reaches an end of its own whatever happens on the way, or its limit.
func TestPublishedFlowsEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		doc := drawDocument(t)
		if problems := Check(doc, TypeContactFlow, nil); len(problems) > 0 {
			t.Fatalf("Check: %v", problems)
		}
		sc := &scope{Attributes: rapid.MapOf(attributeName, rapid.SampledFrom([]string{"", "1", "2.5", "a", "x.y"})).Draw(t, "attributes")}
		switch e := finish(t, Compile(doc), sc, func() Failure { return rapid.SampledFrom(failures).Draw(t, "result") }).(type) {
		case Disconnect, End, Transferred:
		case Unhandled:
			if e.Error != limitExceeded {
				t.Fatalf("ends unhandled: %s", e.Error)
			}
		default:
			t.Fatalf("ends with %+v", e)
		}
	})
}

var attributeName = rapid.SampledFrom([]string{"a", "b", "c"})

// drawDocument makes a document in which every action stands in a legal form.
func drawDocument(t *rapid.T) *Document {
	doc := &Document{StartAction: "n0"}
	n := rapid.IntRange(1, 8).Draw(t, "actions")
	target := rapid.Custom(func(t *rapid.T) string { return fmt.Sprintf("n%d", rapid.IntRange(0, n-1).Draw(t, "target")) })
	for i := range n {
		a := Action{Identifier: fmt.Sprintf("n%d", i), Transitions: &Transitions{}}
		a.Type = rapid.SampledFrom([]string{
			"Compare", "Compare", "UpdateContactAttributes", "UpdateContactTargetQueue", "TransferContactToQueue",
			"DisconnectParticipant", "EndFlowExecution",
		}).Draw(t, "type")
		reference := "$.Attributes." + attributeName.Draw(t, "attribute")
		switch a.Type {
		case "Compare":
			a.Parameters = map[string]any{"ComparisonValue": reference}
			a.Transitions.Conditions = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) ConditionBranch {
				operator := rapid.SampledFrom([]string{"Equals", "TextContains", "NumberLessThan", "KeyExists"}).Draw(t, "operator")
				return ConditionBranch{operator, []any{rapid.SampledFrom([]string{"1", "a", reference}).Draw(t, "operand")}, target.Draw(t, "to")}
			}), 0, 3).Draw(t, "conditions")
		case "UpdateContactAttributes":
			a.Parameters = map[string]any{"Attributes": map[string]any{reference: "is " + reference, "k": "v"}}
		case "UpdateContactTargetQueue":
			a.Parameters = map[string]any{"QueueId": rapid.SampledFrom([]string{"q", reference}).Draw(t, "queue")}
		}
		if kind := typeOf(a.Type); !kind.terminal {
			a.Transitions.NextAction = target.Draw(t, "next")
			for _, f := range kind.errors {
				a.Transitions.Errors = append(a.Transitions.Errors, ErrorBranch{f, target.Draw(t, "branch")})
			}
		}
		doc.Actions = append(doc.Actions, a)
	}
	return doc
}

// Whatever reads as a document can be checked and run, without problems or with, and comes to an end.
func FuzzRun(f *testing.F) {
	f.Add(valid, []byte{0, 1, 2})
	for _, d := range Defaults("q-a") {
		f.Add(d.Content, []byte{1})
	}
	f.Add(`{"Version":"2019-10-30","StartAction":"","Actions":[{"Parameters":{"Attributes":5}}]}`, []byte{})
	f.Fuzz(func(t *testing.T, content string, results []byte) {
		doc, problems := Parse(content)
		if len(problems) > 0 {
			return
		}
		for _, ft := range []Type{TypeContactFlow, TypeAgentWhisper} {
			Check(doc, ft, resources{})
		}
		i := 0
		finish(t, Compile(doc), &scope{Attributes: map[string]string{"tier": "gold"}}, func() Failure {
			if i++; len(results) == 0 {
				return ""
			}
			return failures[int(results[i%len(results)])%len(failures)]
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
		if e := finish(b, p, sc, func() Failure { return "" }); e != (Transferred{}) {
			b.Fatalf("ends with %+v", e)
		}
	}
}
