package flow

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// spoiled are the files that Amazon Connect would refuse as well: the problem of each, by the number it is filed under.
var spoiled = map[string]string{
	"028": "Invalid Action property value. Path: Actions[7].Parameters.QueueId", // id blanked before publication
	"056": "Invalid Action type. Type: StartMediaStreaming",                     // this and the next two by hand
	"058": "Invalid Action type. Type: TransferContactToFlow",
	"060": "Invalid Action type. Type: SetContactAttributes",
}

// exportedType is the type that an exported document has; the files do not all say it.
func exportedType(doc *Document) Type {
	for _, a := range doc.Actions {
		switch a.Type {
		case "EndFlowModuleExecution":
			return TypeModule
		case "MessageParticipantIteratively":
			return TypeCustomerQueue
		}
	}
	return TypeContactFlow
}

// Flows that people exported from Amazon Connect lie beside the project where it is developed. There must be no
// problem with them but those that Amazon Connect has, too.
func TestExportedFlowsHaveNoOtherProblems(t *testing.T) {
	for name, doc := range exported(t) {
		t.Run(name, func(t *testing.T) {
			var want []Problem
			if p, ok := spoiled[name[:3]]; ok {
				want = []Problem{{Message: p}}
			}
			got := Check(doc, exportedType(doc), nil)
			if diff := cmp.Diff(want, got[:min(len(got), 1)], cmpopts.IgnoreFields(Problem{}, "Action", "Rule")); diff != "" {
				t.Errorf("Check (-want +got):\n%s", diff)
			}
		})
	}
}

// A task may run into any of them, whatever its effects come to: the run ends, or exceeds its limit.
func TestExportedFlowsEnd(t *testing.T) {
	for name, doc := range exported(t) {
		t.Run(name, func(t *testing.T) {
			m := runner(Compile(doc), &scope{Name: "T1", Attributes: map[string]string{}})
			rapid.Check(t, func(t *rapid.T) {
				m.Limits = Limits{AtOnce: 100, Total: 500}
				finish(t, m, func(e Effect) Result { return drawResult(t, e) })
			})
		})
	}
}

// exported are the documents that lie beside the project, by the names of their files.
func exported(t *testing.T) map[string]*Document {
	t.Helper()
	all := map[string]*Document{}
	for _, file := range exportedFiles(t) {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		doc, problems := Parse(string(content))
		if len(problems) > 0 {
			t.Fatalf("Parse %s: %v", file, problems)
		}
		all[filepath.Base(file)] = doc
	}
	return all
}

// exportedFiles looks for them in a folder shared/flows beside any folder above.
func exportedFiles(t *testing.T) []string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for up := filepath.Dir(dir); up != dir; dir, up = up, filepath.Dir(up) {
		files, err := filepath.Glob(filepath.Join(up, "shared", "flows", "*.json"))
		if err != nil {
			t.Fatal(err)
		}
		if len(files) > 0 {
			return files
		}
	}
	t.Skip("no exported flows beside the project")
	return nil
}
