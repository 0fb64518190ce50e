package flow

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
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
	files, err := filepath.Glob("../../../shared/flows/*.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("no exported flows beside the project")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			doc, problems := Parse(string(content))
			if len(problems) > 0 {
				t.Fatalf("Parse: %v", problems)
			}
			Compile(doc)
			var want []Problem
			if p, ok := spoiled[filepath.Base(file)[:3]]; ok {
				want = []Problem{{p}}
			}
			got := Check(doc, exportedType(doc), nil)
			if diff := cmp.Diff(want, got[:min(len(got), 1)]); diff != "" {
				t.Errorf("Check (-want +got):\n%s", diff)
			}
		})
	}
}
