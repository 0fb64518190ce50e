package awsapi_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
)

// spoiled are the exported files that Amazon Connect refuses as well, by the number they are filed under: ids were
// blanked before publication, or they were written by hand.
var spoiled = map[string]string{
	"028": "Actions[7].Parameters.QueueId", "056": "StartMediaStreaming", "058": "TransferContactToFlow",
	"060": "SetContactAttributes",
}

// Flows that people exported from Amazon Connect lie beside the project where it is developed. Each is imported
// unchanged and runs on a task: to its end, into a queue, or until it has waited for seven days.
func TestExportedFlowsRun(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../../shared/flows/*.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("no exported flows beside the project")
	}
	x := newTrial(t)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			x := x.in(t)
			content, err := os.ReadFile(file)
			x.ok(err)
			flow, err := x.imported(filepath.Base(file), string(content))
			if says, ok := spoiled[filepath.Base(file)[:3]]; ok {
				bad, ok := errors.AsType[*types.InvalidContactFlowException](err)
				if !ok || len(bad.Problems) == 0 || !strings.Contains(*bad.Problems[0].Message, says) {
					t.Errorf("refused with %v, want a problem that says %s", err, says)
				}
				return
			}
			x.ok(err)
			id := x.start(startInput{ContactFlowId: &flow})
			x.Advance(8 * 24 * time.Hour)
			c := x.Describe(id)
			if c.DisconnectTimestamp == nil {
				t.Errorf("the task has not ended after 8 days: %+v", x.actions(id))
			}
			for _, a := range x.actions(id) {
				if strings.Contains(a.Error, "no action to run") {
					t.Errorf("a surprise: %+v", a)
				}
			}
		})
	}
}

// imported makes a flow of an exported document; a module is called by a flow of its own.
func (x *trial) imported(name, content string) (string, error) {
	create := func(name string, of types.ContactFlowType, content string) (string, error) {
		out, err := x.sdk.CreateContactFlow(x.ctx, &connect.CreateContactFlowInput{InstanceId: &x.InstanceID, Name: &name, Type: of, Content: &content})
		if err != nil {
			return "", err
		}
		return *out.ContactFlowId, nil
	}
	switch {
	case strings.Contains(content, "EndFlowModuleExecution"):
		out, err := x.sdk.CreateContactFlowModule(x.ctx, &connect.CreateContactFlowModuleInput{InstanceId: &x.InstanceID, Name: aws.String(name), Content: &content})
		if err != nil {
			return "", err
		}
		return create(name, types.ContactFlowTypeContactFlow, script(`InvokeFlowModule {"FlowModuleId":"`+*out.Id+`"} ! NoMatchingError`))
	case strings.Contains(content, "MessageParticipantIteratively"):
		waits, err := create("waits in "+name, types.ContactFlowTypeCustomerQueue, content)
		if err != nil {
			return "", err
		}
		return create(name, types.ContactFlowTypeContactFlow, script(append([]string{
			`UpdateContactEventHooks {"EventHooks":{"CustomerQueue":"` + waits + `"}} ! NoMatchingError`,
		}, enqueue(x.QueueID)...)...))
	}
	return create(name, types.ContactFlowTypeContactFlow, content)
}
