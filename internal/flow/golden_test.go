package flow

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the transcripts in testdata")

// TestTranscripts runs the flows in testdata/*.txt. A file is a flow and scenarios:
//
//	{ the flow }
//	==== what the scenario shows
//	scope { the scope, as JSON }
//	go QueueAtCapacity                    (the effect of action go fails that way)
//	----
//	tier -> fast                          (each step: the action, its effect or where it led)
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
			got := rerun(t, string(text))
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

// rerun is the text of a file with every transcript made anew.
func rerun(t *testing.T, text string) string {
	content, scenarios, _ := strings.Cut(text, "==== ")
	p, err := Load(content)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	b := new(strings.Builder)
	b.WriteString(content)
	for scenario := range strings.SplitSeq(scenarios, "==== ") {
		given, _, ok := strings.Cut(scenario, "----\n")
		if !ok {
			t.Fatalf("scenario %q has no dashes", scenario)
		}
		fmt.Fprintf(b, "==== %s----\n", given)
		sc, failures := readGiven(t, given)
		transcribe(t, b, p, sc, failures)
	}
	return b.String()
}

// readGiven reads what a scenario says above the dashes: the scope, and which actions fail how.
func readGiven(t *testing.T, given string) (*scope, map[string]Failure) {
	sc, failures := &scope{Attributes: map[string]string{}}, map[string]Failure{}
	for _, line := range strings.Split(strings.TrimSpace(given), "\n")[1:] {
		word, rest, _ := strings.Cut(line, " ")
		if word != "scope" {
			failures[word] = Failure(rest)
		} else if err := json.Unmarshal([]byte(rest), sc); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
	return sc, failures
}

// longest is how much a transcript shows of a run before it leaves out the rest up to the end.
const longest = 12

// transcribe runs the flow as an engine does: it stores the state after every step and carries out the effects.
func transcribe(t *testing.T, b *strings.Builder, p *Program, sc *scope, failures map[string]Failure) {
	s, r, m := State{At: p.start}, Result{}, runner(p, sc)
	for lines := 0; !s.Over; lines++ {
		next, e := m.Step(s, r)
		if lines < longest || next.Over {
			b.WriteString(line(s, next, r, e))
		} else if lines == longest {
			b.WriteString("…\n")
		}
		if r = (Result{Error: failures[s.At]}); r.Error == "" {
			carryOut(sc, e)
		}
		s = stored(t, next)
	}
}

// line tells about one step.
func line(before, after State, r Result, e Effect) string {
	at := before.At
	switch {
	case before.Waiting && r.Error != "":
		at += " failed, " + string(r.Error)
	case before.Waiting:
		at += " done"
	}
	if _, moved := e.(None); moved {
		return fmt.Sprintf("%s -> %s\n", at, after.At)
	}
	if e, ok := e.(Unhandled); ok && after.Over {
		return fmt.Sprintf("%s: Unhandled %q\n", at, e.Error)
	}
	return fmt.Sprintf("%s: %s\n", at, strings.TrimPrefix(fmt.Sprintf("%T%+v", e, e), "flow."))
}

func carryOut(sc *scope, e Effect) {
	switch e := e.(type) {
	case SetAttributes:
		if !e.Related {
			maps.Copy(sc.Attributes, e.Values)
		}
	case SetTargetQueue:
		sc.Queue.Name, sc.Queue.ARN = "Name of "+e.Queue+e.Agent, "arn:"+e.Queue+e.Agent
	}
}

// stored is the state as it comes back from the store.
func stored(t *testing.T, s State) State {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back State
	if err := json.Unmarshal(text, &back); err != nil || !cmp.Equal(back, s) {
		t.Fatalf("state %+v comes back from %s as %+v (%v)", s, text, back, err)
	}
	return back
}
