package flow

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var update = flag.Bool("update", false, "rewrite the transcripts in testdata")

// TestTranscripts runs the flows in testdata/*.txt. A file is a flow, the documents that it goes to, and scenarios:
//
//	{ the flow }
//	-- big --                             (another document, as flows or modules are named)
//	{ the flow or module }
//	==== what the scenario shows
//	scope { the scope, as JSON }
//	limits { the limits, as JSON }
//	go QueueAtCapacity                    (the effect of action go fails that way)
//	hours True                            (it finds that, or makes that task, or starts that call)
//	call {"score":10}                     (it answers with that data)
//	go NoMatchingError                    (a second line for an action is what its effect comes to the second time)
//	----
//	tier -> fast: Condition Equals gold   (each step: the action, its effect, or where it led and why)
//
// An effect that no line is about succeeds; the last line for an action holds for the times after, too.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in testdata: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := rerun(t, string(text), filepath.Base(file) != "unhandled.txt")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if diff := cmp.Diff(string(text), got); diff != "" {
				t.Errorf("transcript (-want +got):\n%s", diff)
			}
		})
	}
}

// rerun is the text of a file with every transcript made anew. Its documents have no problems if they are legal.
func rerun(t *testing.T, text string, legal bool) string {
	documents, scenarios, _ := strings.Cut(text, "==== ")
	lib := readDocuments(t, documents, legal)
	b := new(strings.Builder)
	b.WriteString(documents)
	for scenario := range strings.SplitSeq(scenarios, "==== ") {
		given, _, ok := strings.Cut(scenario, "----\n")
		if !ok {
			t.Fatalf("scenario %q has no dashes", scenario)
		}
		fmt.Fprintf(b, "==== %s----\n", given)
		readPlay(t, given, lib).transcribe(b)
	}
	return b.String()
}

var documentName = regexp.MustCompile(`(?m)^-- (.+) --\n`)

// readDocuments loads what stands before the scenarios. The first document has no name.
func readDocuments(t *testing.T, text string, legal bool) library {
	t.Helper()
	lib, names := library{}, []string{""}
	for _, m := range documentName.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	for i, content := range documentName.Split(text, -1) {
		doc, problems := Parse(content)
		if len(problems) == 0 && legal {
			problems = Check(doc, TypeModule, nil) // which may hold any action
		}
		if len(problems) > 0 {
			t.Fatalf("document %q: %v", names[i], problems)
		}
		lib[Ref{ID: names[i]}] = Compile(doc)
	}
	return lib
}

// play is one scenario.
type play struct {
	*testing.T
	scope   *scope
	runner  *Runner
	results map[string][]string // by action, what its effects come to
}

// readPlay reads what a scenario says above the dashes.
func readPlay(t *testing.T, given string, lib library) *play {
	t.Helper()
	sc := &scope{Attributes: map[string]string{}}
	p := &play{t, sc, &Runner{Library: lib, Scope: sc}, map[string][]string{}}
	for _, line := range strings.Split(strings.TrimSpace(given), "\n")[1:] {
		var err error
		switch word, rest, _ := strings.Cut(line, " "); word {
		case "scope":
			err = json.Unmarshal([]byte(rest), sc)
		case "limits":
			err = json.Unmarshal([]byte(rest), &p.runner.Limits)
		default:
			p.results[word] = append(p.results[word], rest)
		}
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
	return p
}

// longest is how much a transcript shows of a run before it leaves out the rest up to the end.
const longest = 50

// transcribe runs the flow as an engine does: it stores the state after every step and carries out the effects.
func (p *play) transcribe(b *strings.Builder) {
	var s State
	var r Result
	for lines := 0; !s.Over; lines++ {
		waited := s.Waiting
		next, e := p.runner.Step(s, r)
		if lines < longest || next.Over {
			b.WriteString(line(p.runner.Record(), waited, r, e))
		} else if lines == longest {
			b.WriteString("…\n")
		}
		s, r = stored(p.T, next), p.carryOut(next.At, e)
	}
}

// line tells about one step.
func line(did Record, waited bool, r Result, e Effect) string {
	at := did.Identifier
	if did.Document.ID != "" {
		at = did.Document.ID + "/" + at
	}
	switch {
	case waited && r.Error != "":
		at += " failed, " + string(r.Error)
	case waited:
		at += " done"
	}
	if _, moved := e.(None); moved {
		return fmt.Sprintf("%s -> %s: %s\n", at, did.Next, did.Why())
	}
	return fmt.Sprintf("%s: %s\n", at, show(e))
}

// show is an effect with its members that say something.
func show(e Effect) string {
	v := reflect.ValueOf(e)
	var members []string
	for i := range v.NumField() {
		if f := v.Field(i); !f.IsZero() {
			members = append(members, v.Type().Field(i).Name+":"+shown(f))
		}
	}
	return fmt.Sprintf("%s{%s}", v.Type().Name(), strings.Join(members, " "))
}

func shown(f reflect.Value) string {
	if f.Kind() == reflect.Pointer {
		f = f.Elem()
	}
	switch f.Kind() {
	case reflect.Map, reflect.Slice, reflect.Interface:
		text, err := json.Marshal(f.Interface())
		if err != nil {
			panic(err)
		}
		return string(text)
	case reflect.String:
		return fmt.Sprintf("%q", f.String())
	default:
		return fmt.Sprint(f.Interface())
	}
}

// carryOut is what an effect comes to: as the scenario says, else success. It changes the scope as an engine does.
func (p *play) carryOut(at string, e Effect) Result {
	var said string
	if told := p.results[at]; len(told) > 0 {
		said = told[0]
		p.results[at] = told[min(1, len(told)-1):]
	}
	if slices.Contains(allFailures, Failure(said)) {
		return Result{Error: Failure(said)}
	}
	switch e := e.(type) {
	case SetAttributes:
		if !e.Related {
			maps.Copy(p.scope.Attributes, e.Values)
		}
	case SetTargetQueue:
		p.scope.Queue.Name, p.scope.Queue.ARN = "Name of "+e.Queue+e.Agent, "arn:"+e.Queue+e.Agent
	case GoTo:
		return p.document(e.Flow)
	case Call:
		return p.document(e.Module)
	case NewTask:
		return Result{Contact: said}
	case Invoke:
		if e.Async {
			return Result{Invocation: said}
		}
		return Result{Data: p.data(said)}
	case GetMetrics:
		return Result{Data: p.data(said)}
	}
	return Result{Value: said}
}

// document finds a document of the file.
func (p *play) document(name string) Result {
	if p.runner.Library.Program(Ref{ID: name}) == nil {
		return Result{Error: NoMatchingError}
	}
	return Result{Document: Ref{ID: name}}
}

// data reads an answer; none is empty.
func (p *play) data(said string) map[string]any {
	if said == "" {
		return nil
	}
	data, err := decodeObject(said)
	if err != nil {
		p.Fatalf("%s: %v", said, err)
	}
	return data
}

// allFailures are the words that a scenario can have an effect fail with.
var allFailures = []Failure{
	NoMatchingError, NoMatchingCondition, QueueAtCapacity, "ChannelMismatch", InvalidCallbackNumber,
}

// stored is the state as it comes back from the store.
func stored(t *testing.T, s State) State {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back State
	if err := json.Unmarshal(text, &back); err != nil || !cmp.Equal(back, s, cmpopts.EquateEmpty()) {
		t.Fatalf("state %+v comes back from %s as %+v (%v)", s, text, back, err)
	}
	return back
}
