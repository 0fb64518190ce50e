package rehearse

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the transcripts of scenarios")

// The examples in the documentation happen as they say, and so does what is in testdata.
func TestScenarios(t *testing.T) {
	var files []string
	for _, dir := range []string{"testdata", "../../docs/examples/flows", "../../docs/examples/routing"} {
		found, err := filepath.Glob(filepath.Join(dir, "*.txt"))
		if err != nil || len(found) == 0 {
			t.Fatalf("there are no scenarios in %s: %v", dir, err)
		}
		files = append(files, found...)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, got := played(t, string(text), filepath.Dir(file))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if diff := cmp.Diff(string(text), got); diff != "" {
				t.Errorf("scenarios (-said +happened):\n%s", diff)
			}
		})
	}
}

func played(t *testing.T, text, dir string) ([]Result, string) {
	t.Helper()
	f, err := Parse(text, dir)
	if err != nil {
		t.Fatal(err)
	}
	results, got, err := f.Play(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return results, got
}

// A scenario without a transcript differs from what happens, until that is written down; then it does not.
func TestPlayTellsWhatDiffers(t *testing.T) {
	const text = "==== nothing\n3 seconds pass\n----\nsomething else\n==== twice\n3 seconds pass\n----\n> 3 seconds pass\n=\n"
	results, got := played(t, text, "")
	want := []Result{
		{"nothing", "something else\n", "> 3 seconds pass\n=\n"},
		{"twice", "> 3 seconds pass\n=\n", "> 3 seconds pass\n=\n"},
	}
	if diff := cmp.Diff(want, results); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	if again, last := played(t, got, ""); last != got || again[0].Said != again[0].Got {
		t.Errorf("what was written down happens otherwise:\n%s", last)
	}
}

func TestFilesThatAreNone(t *testing.T) {
	const flow = `flow main CONTACT_FLOW` + "\n" + ending + "\n\n"
	mistakes(t, []mistake{
		{"", "line 1: there is no scenario"},
		{"==== x\nstart\n", `line 1: scenario "x" has no line of dashes`},
		{"\n==== x\n==== y\n----\n", `line 2: scenario "x" has no line of dashes`},
		{"queue q \"x\n==== x\n----\n", "line 1: a double quote is not closed"},
		{"cat\n==== x\n----\n", `line 1: "cat" is no thing that there is`},
		{"start flow=main\n==== x\n----\n", "line 1: "},
		{"# a comment\n\nqueue q Q max x\n==== x\n----\n", `line 3: max "x" is no number`},
		{"queue q Q big\n==== x\n----\n", `line 1: a queue is not "big"`},
		{"queue q Q\nqueue q Q2\n==== x\n----\n", "line 2: q is there already"},
		{"queue q Q\nqueue p Q\n==== x\n----\n", "line 2: "},
		{"hours h sometimes\n==== x\n----\n", "line 1: hours are open or shut"},
		{"agent ann slots 99\n==== x\n----\n", `line 1: slots "99" is no number from 1 to 10`},
		{"flow main LUNCH\n{}\n==== x\n----\n", "line 1: a flow is: flow ID TYPE [FILE]"},
		{"flow main CONTACT_FLOW no-such-file\n==== x\n----\n", "no-such-file: no such file"},
		{"flow main CONTACT_FLOW\n{}\n\n==== x\n----\n", "line 1: flow main cannot be published: Invalid contact flow format"},
		{"module main\n" + ending + "\n\n==== x\n----\n", "line 1: module main cannot be published: JSON field is missing"},
		{"function f says x\n==== x\n----\n", "line 1: a function is:"},
		{"draws 0\n==== x\n----\n", "line 1: 0 is no number from 1 to 100"},
		{"clock noon\n==== x\n----\n", "line 1: clock takes a time"},
		{"attribute x\n==== x\n----\n", `line 1: "attribute x" is no thing that there is`},
		{"==== x\nstart\n----\n", "line 2: a task starts in a flow"},
		{"==== x\nstart flow=main\n----\n", "line 2: there is no flow main"},
		{flow + "==== x\nstart flow=main now\n----\n", `line 5: "now" is no KEY=VALUE`},
		{flow + "==== x\nstart flow=main delay=soon\n----\n", "line 5: delay=soon is no number of seconds"},
		{"==== x\na while passes\n----\n", "line 2: "},
		{"==== x\n5 weeks pass\n----\n", "line 2: time is: N seconds"},
		{"==== x\n0 days pass\n----\n", "line 2: time is: N seconds"},
		{"==== x\n1 second passes\nclock 2026-01-01T00:00:00Z\n----\n", "line 3: clock takes a time"},
		{"==== x\nagent ann is Available\n----\n", "line 2: there is no agent ann"},
		{"agent ann\n==== x\nagent ann is Busy\n----\n", "line 3: there is no status Busy"},
		{"agent ann\n==== x\nagent ann accepts\n----\n", "line 3: there is no contact yet"},
		{"==== x\ncontact is stopped\n----\n", "line 2: there is no contact yet"},
		{flow + "==== x\nstart flow=main\ncontact 2 is stopped\n----\n", "line 6: there is no contact 2"},
		{flow + "==== x\nstart flow=main\ncontact is lost\n----\n", `line 6: a contact is paused, resumed, stopped, transferred, dismissed or given something, or gets attributes: "contact is lost"`},
		{flow + "==== x\nstart flow=main\ncontact is paused with lunch\n----\n", "line 6: there is no flow lunch"},
		{flow + "==== x\nstart flow=main\ncontact gets tired\n----\n", `line 6: "tired" is no KEY=VALUE`},
		{"agent ann\n" + flow + "==== x\nstart flow=main\nagent ann sings\n----\n", `line 7: "sings" is nothing that an agent does`},
		{"==== x\nqueue q is enabled\n----\n", "line 2: a queue that there is"},
		{"==== x\ndance\n----\n", `line 2: "dance" is nothing that can happen`},
	})
}

// What a line says of routing is looked at word by word.
func TestLinesOfRoutingThatAreNone(t *testing.T) {
	const stage = "queue q Q\nagent ann\nquickconnect to-q queue q\n"
	step := func(text string) string { return stage + "==== x\nstart in q\n" + text + "\n----\n" }
	mistakes(t, []mistake{
		{"hours h 9-17\n==== x\n----\n", "line 1: hours are open or shut, or from one time to another"},
		{"queue q Q hours h\n==== x\n----\n", "line 1: there is no hours h"},
		{"queue q Q\nprofile p slots 11\n==== x\n----\n", `line 2: slots "11" is no number from 0 to 10`},
		{"profile p timer noon\n==== x\n----\n", `line 1: a timer is activity or inbound, not "noon"`},
		{"profile p queue q\n==== x\n----\n", "line 1: there is no queue q"},
		{"profile p manual q\n==== x\n----\n", "line 1: there is no queue q"},
		{"queue q Q\nprofile p queue q priority 0\n==== x\n----\n", `line 2: priority "0" is no number from 1 to 99`},
		{"queue q Q\nprofile p queue q delay 10000\n==== x\n----\n", `line 2: delay "10000" is no number from 0 to 9999`},
		{"queue q Q\nprofile p queue q queue q\n==== x\n----\n", `line 2: queue "q" is there twice`},
		{"profile p colour blue\n==== x\n----\n", `line 1: a routing profile has no "colour"`},
		{"profile p\nprofile p\n==== x\n----\n", "line 2: p is there already"},
		{"agent ann profile p\n==== x\n----\n", "line 1: there is no profile p"},
		{"agent ann security Guard\n==== x\n----\n", `line 1: there is no security profile "Guard"`},
		{"agent ann acw soon\n==== x\n----\n", `line 1: acw "soon" is no number`},
		{"agent ann auto-accept now\n==== x\n----\n", `line 1: an agent has no "now"`},
		{"status\n==== x\n----\n", "line 1: a status is: status NAME"},
		{"status Offline\n==== x\n----\n", "line 1: "},
		{"quickconnect c queue q\n==== x\n----\n", "line 1: there is no queue q"},
		{"queue q Q\nquickconnect c agent q\n==== x\n----\n", "line 2: there is no agent q"},
		{"queue q Q\nquickconnect c flow q\n==== x\n----\n", `line 2: a task goes to queue ID or agent LOGIN, not to "flow"`},
		{"queue q Q\nquickconnect c queue q with f\n==== x\n----\n", "line 2: there is no flow f"},
		{"queue q Q\nquickconnect c queue q soon\n==== x\n----\n", `line 2: "soon" is one word too many`},
		{"quota hope 3\n==== x\n----\n", `line 1: there is no quota "hope"`},
		{"quota queues some\n==== x\n----\n", `line 1: quota "some" is no number`},
		{"proficiency ann Lang French 3\n==== x\n----\n", "line 1: there is no agent ann"},
		{"==== x\nstart in q\n----\n", "line 2: there is no queue q"},
		{"==== x\nstart for ann\n----\n", "line 2: there is no agent ann"},
		{"==== x\nstart by c\n----\n", "line 2: there is no quickconnect c"},
		{"==== x\nstart 0 in q\n----\n", `line 2: start "0" is no number from 1 to 1000`},
		{step("start in q flow=q"), "line 6: flow=q: the task starts elsewhere"},
		{step("start in q expiry=soon"), "line 6: expiry=soon is no number of minutes"},
		{step("agent ann gets"), "line 6: an agent gets profile ID"},
		{step("agent ann gets slots 3"), "line 6: an agent gets profile ID"},
		{step("agent ann gets tired"), `line 6: an agent has no "tired"`},
		{step("agent ann picks contact 1 twice"), `line 6: "twice" is one word too many`},
		{step("agent ann picks contact 2"), "line 6: there is no contact 2"},
		{step("agent ann transfers to q"), "line 6: an agent transfers a contact by a quick connect"},
		{step("agent ann transfers by q"), "line 6: there is no quickconnect q"},
		{step("contact is transferred"), "line 6: a contact is transferred to queue ID or to agent LOGIN"},
		{step("contact is transferred to queue ann"), "line 6: there is no queue ann"},
		{step("contact is dismissed"), "line 6: a contact is dismissed from an agent"},
		{step("contact is dismissed from bob"), "line 6: there is no agent bob"},
		{step("contact is stopped now"), `line 6: "now" is one word too many`},
		{step("contact is given luck"), `line 6: a contact is given priority N, age SECONDS or criteria JSON, not "luck"`},
		{step("contact is given priority high"), `line 6: priority "high" is no number`},
		{step("contact is given age old"), `line 6: age "old" is no number`},
		{step("contact is given criteria {"), `line 6: "{" is no JSON`},
		{step("queue q is lost"), `line 6: a queue is enabled, disabled or deleted, not "lost"`},
		{step("hours h is open"), "line 6: there is no hours h"},
		{step("profile p is slots 1"), "line 6: there is no profile p"},
		{step("show"), `line 6: what can be shown is contact [N], agent LOGIN or queue ID, not ""`},
		{step("show queue ann"), "line 6: there is no queue ann"},
		{step("show agent q"), "line 6: there is no agent q"},
		{step("show contact 1 now"), `line 6: "now" is one word too many`},
	})
}

type mistake = struct{ text, want string }

func mistakes(t *testing.T, tests []mistake) {
	t.Helper()
	t.Parallel()
	for _, tt := range tests {
		f, err := Parse(tt.text, t.TempDir())
		if err == nil {
			_, _, err = f.Play(t.Context(), t.TempDir())
		}
		if wrong, ok := errors.AsType[*Error](err); !ok || !strings.Contains(wrong.Error(), tt.want) {
			t.Errorf("%q: %v, want %q", tt.text, err, tt.want)
		}
	}
}

const ending = `{"Version":"2019-10-30","StartAction":"end","Actions":[{"Identifier":"end","Type":"EndFlowExecution","Transitions":{}}]}`

func TestReadWords(t *testing.T) {
	tests := []struct {
		in   string
		want []string
	}{
		{`start flow=main  name="My task" x="a \"b\""`, []string{"start", "flow=main", "name=My task", `x=a "b"`}},
		{`"two words" one`, []string{"two words", "one"}},
		{`function f answers {"a":"b c"}`, []string{"function", "f", "answers", `{"a":"b`, `c"}`}},
		{`x=""`, []string{"x="}},
	}
	for _, tt := range tests {
		words, err := readWords(tt.in)
		if err != nil {
			t.Errorf("readWords(%q): %v", tt.in, err)
		}
		if got := (line{words: words}).after(0); !slices.Equal(got, tt.want) {
			t.Errorf("readWords(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

// What a trial writes as a word is read as that word.
func TestQuotedWordsStayWords(t *testing.T) {
	for _, s := range []string{"a", "a b", `name=a "b" c`, "k=v=w x", `"`, "a=b"} {
		words, err := readWords(quote(s))
		if err != nil || len(words) != 1 || words[0].text != s {
			t.Errorf("%q is written as %s and read as %+v (%v)", s, quote(s), words, err)
		}
	}
}

// hosted is a document with one action before its end.
func hosted(action string) string {
	return fmt.Sprintf(`{"Version":"2019-10-30","StartAction":"x","Settings":{},"Actions":[{"Identifier":"x",%s},{"Identifier":"end","Type":"EndFlowExecution","Transitions":{}}]}`, action)
}

func TestTrials(t *testing.T) {
	nme := `"Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]`
	queue := strings.Replace(hosted(`"Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"arn:aws:connect:us-east-1:1:instance/i/queue/My queue"},"Transitions":{"NextAction":"end",`+nme+`}`), `"Settings":{},`, "", 1)
	wait := strings.Replace(hosted(`"Type":"Wait","Parameters":{"TimeLimitSeconds":"60"},"Transitions":{"NextAction":"end",`+nme+`,"Conditions":[{"NextAction":"end","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}}]}`), `"Settings":{},`, "", 1)
	hours := strings.Replace(hosted(`"Type":"CheckHoursOfOperation","Parameters":{"HoursOfOperationId":"h"},"Transitions":{"NextAction":"end",`+nme+`,"Conditions":[{"NextAction":"end","Condition":{"Operator":"Equals","Operands":["True"]}},{"NextAction":"end","Condition":{"Operator":"Equals","Operands":["False"]}}]}`), `"Settings":{},`, "", 1)
	module := hosted(`"Type":"EndFlowModuleExecution","Transitions":{}`)
	caller := strings.Replace(hosted(`"Type":"InvokeFlowModule","Parameters":{"FlowModuleId":"m"},"Transitions":{"NextAction":"end",`+nme+`}`), `"Settings":{},`, "", 1)
	transfer := strings.Replace(hosted(`"Type":"TransferContactToQueue","Transitions":{"NextAction":"end",`+nme+`}`), `"Settings":{},`, "", 1)
	transfer = strings.Replace(transfer, `"Errors":[`, `"Errors":[{"NextAction":"end","ErrorType":"QueueAtCapacity"},`, 1)
	described, err := json.Marshal(map[string]any{"ContactFlow": map[string]string{"Content": transfer, "Type": "QUEUE_TRANSFER"}})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		trial Trial
		want  string // a line of the transcript
	}{
		{"a transfer to a queue", Trial{Content: transfer, Type: "QUEUE_TRANSFER"}, "+0s QUEUED in stage-queue"},
		{"a transfer to an agent", Trial{Content: transfer, Type: "AGENT_TRANSFER"}, "+0s QUEUED in stage"},
		{"what DescribeContactFlow answers", Trial{Content: string(described), Agent: true}, "contact CONNECTED with stage, name \"Task\""},
		{"queues are made up", Trial{Content: queue}, `+0s x UpdateContactTargetQueue {"QueueId":"arn:aws:connect:us-east-1:1:instance/i/queue/My queue"} -> end`},
		{"time passes", Trial{Content: wait, Pass: time.Minute}, "+60s x Wait {\"TimeLimitSeconds\":\"60\"} -> end (Condition Equals WaitCompleted)"},
		{"hours are open", Trial{Content: hours}, `+0s x CheckHoursOfOperation {"HoursOfOperationId":"h"} = "True" -> end (Condition Equals True)`},
		{"hours are shut", Trial{Content: hours, Closed: true}, `+0s x CheckHoursOfOperation {"HoursOfOperationId":"h"} = "False" -> end (Condition Equals False)`},
		{"a module", Trial{Content: module}, "+0s it/x EndFlowModuleExecution -> queue (Return)"},
		{"a flow with its module", Trial{Content: caller, With: map[string]string{"m": module}}, "+0s m/x EndFlowModuleExecution -> end (Return)"},
		{"a queue flow", Trial{Content: wait, Type: "CUSTOMER_QUEUE", Pass: time.Minute}, "+60s queue it/x Wait {\"TimeLimitSeconds\":\"60\"} -> end (Condition Equals WaitCompleted)"},
		{"a whisper", Trial{Content: ending, Type: "AGENT_WHISPER", Agent: true}, "+0s whisper it/end EndFlowExecution: end"},
		{"a task of one's own", Trial{Content: ending, Task: []string{"name=My task", "tier=gold plus"}}, `contact ENDED by CONTACT_FLOW_DISCONNECT, name "My task", tier=gold plus`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.trial.Play(t.Context(), t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(strings.Split(got, "\n"), tt.want) {
				t.Errorf("the transcript does not hold %q:\n%s", tt.want, got)
			}
		})
	}
	for _, bad := range []Trial{{Content: "{}"}, {Content: ending, Type: "AGENT_HOLD"}, {Content: ending, Task: []string{"x"}}} {
		if _, err := bad.Play(t.Context(), t.TempDir()); !isMistake(err) {
			t.Errorf("trial of %+v: %v, want a mistake", bad, err)
		}
	}
}

func isMistake(err error) bool { _, ok := errors.AsType[*Error](err); return ok }
