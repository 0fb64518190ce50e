package rehearse

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/flow"
)

// Trial is how one flow is tried without a script.
type Trial struct {
	Content   string
	Type      flow.Type         // empty: as [flow.Lint] reads it
	With      map[string]string // contents of the flows and modules that it names, by what it names them
	Functions map[string]string // what functions answer, by ARN
	Task      []string          // as the words behind start of a scenario: name=…, KEY=VALUE
	Pass      time.Duration     // how much time passes after the start; 0: none
	Agent     bool              // one is there, and accepts
	Closed    bool              // hours of operation are shut
	Draws     []int
}

// Play tries the flow and returns the transcript. Queues, agents and hours that the flow names are made up.
// It fails with an [*Error] when the flow cannot be published or played.
func (t Trial) Play(ctx context.Context, tempDir string) (string, error) {
	script, err := t.script()
	if err != nil {
		return "", err
	}
	f, err := Parse(script, "")
	if err != nil {
		return "", err
	}
	results, _, err := f.Play(ctx, tempDir)
	if err != nil {
		return "", err
	}
	return results[0].Got, nil
}

// tried is how the script of a trial names the flow.
const tried = "it"

// script writes the scenario of the trial.
func (t Trial) script() (string, error) {
	var b strings.Builder
	all := append([]string{t.Content}, values(t.With)...)
	named := literals(all)
	for _, name := range named["QueueId"] {
		fmt.Fprintf(&b, "queue %s %s\n", quote(name), quote(lastPart(name)))
	}
	fmt.Fprintf(&b, "queue stage-queue Queue\n")
	for _, name := range named["HoursOfOperationId"] {
		state := "open"
		if t.Closed {
			state = "shut"
		}
		fmt.Fprintf(&b, "hours %s %s\n", quote(name), state)
	}
	for _, name := range named["AgentId"] {
		fmt.Fprintf(&b, "agent %s\n", quote(name))
	}
	b.WriteString("agent stage\n")
	for _, arn := range keys(t.Functions) {
		fmt.Fprintf(&b, "function %s answers %s\n", quote(arn), oneLine(t.Functions[arn]))
	}
	if len(t.Draws) > 0 {
		fmt.Fprintf(&b, "draws %s\n", strings.Trim(fmt.Sprint(t.Draws), "[]"))
	}
	for _, name := range keys(t.With) {
		writeDocument(&b, name, t.With[name], "")
	}
	kind := writeDocument(&b, tried, t.Content, t.Type)
	how, err := stageOf(kind)
	if err != nil {
		return "", err
	}
	fmt.Fprintf(&b, "%s%strial\nstart %s", how.setup, titleMark, how.start)
	for _, w := range t.Task {
		b.WriteString(" " + quote(w))
	}
	b.WriteString("\n")
	if seconds := int(t.Pass / time.Second); seconds > 0 {
		fmt.Fprintf(&b, "%d seconds pass\n", seconds)
	}
	if t.Agent {
		b.WriteString("agent stage is Available\nagent stage accepts\n")
	}
	b.WriteString(dashes + "\n")
	return b.String(), nil
}

// writeDocument writes a flow or a module, and returns its type.
func writeDocument(b *strings.Builder, name, content string, t flow.Type) flow.Type {
	if t == "" {
		t = flow.Playable(content)
	}
	content, _ = flow.Described(content)
	if t == flow.TypeModule {
		fmt.Fprintf(b, "module %s\n%s\n\n", quote(name), oneLine(content))
	} else {
		fmt.Fprintf(b, "flow %s %s\n%s\n\n", quote(name), t, oneLine(content))
	}
	return t
}

// staging is what there must be besides a flow to try it, and how its task starts.
type staging struct{ setup, start string }

// stageOf is how a flow of a type is tried: by itself, behind a quick connect, or within a flow that leads to it.
func stageOf(t flow.Type) (staging, error) {
	const host = `{"Version":"2019-10-30","StartAction":"try","Actions":[{"Identifier":"try",%s,"Transitions":{"NextAction":"queue","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},` +
		`{"Identifier":"queue","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"stage-queue"},"Transitions":{"NextAction":"go","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},` +
		`{"Identifier":"go","Type":"TransferContactToQueue","Transitions":{"NextAction":"end","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"},{"NextAction":"end","ErrorType":"QueueAtCapacity"}]}},` +
		`{"Identifier":"end","Type":"DisconnectParticipant","Transitions":{}}]}`
	within := func(action string) staging {
		return staging{"flow host CONTACT_FLOW\n" + fmt.Sprintf(host, action) + "\n\n", "flow=host"}
	}
	hook := func(event flow.Hook) staging {
		return within(fmt.Sprintf(`"Type":"UpdateContactEventHooks","Parameters":{"EventHooks":{"%s":"%s"}}`, event, tried))
	}
	switch t {
	case flow.TypeContactFlow:
		return staging{start: "flow=" + tried}, nil
	case flow.TypeQueueTransfer:
		return staging{"quickconnect stage-connect queue stage-queue with " + tried + "\n", "by stage-connect"}, nil
	case flow.TypeAgentTransfer:
		return staging{"quickconnect stage-connect agent stage with " + tried + "\n", "by stage-connect"}, nil
	case flow.TypeCustomerQueue:
		return hook(flow.HookCustomerQueue), nil
	case flow.TypeAgentWhisper:
		return hook(flow.HookAgentWhisper), nil
	case flow.TypeModule:
		return within(fmt.Sprintf(`"Type":"InvokeFlowModule","Parameters":{"FlowModuleId":"%s"}`, tried)), nil
	default:
		return staging{}, &Error{1, fmt.Sprintf("a flow of type %s is not tried by itself: write a scenario for tasklane flow test", t)}
	}
}

// literals are the resources that documents name, by parameter.
func literals(contents []string) map[string][]string {
	all := map[string][]string{}
	for _, content := range contents {
		content, _ = flow.Described(content)
		doc, problems := flow.Parse(content)
		if len(problems) > 0 {
			continue
		}
		for _, a := range doc.Actions {
			for _, parameter := range []string{"QueueId", "HoursOfOperationId", "AgentId"} {
				name, _ := a.Parameters[parameter].(string)
				if name != "" && !strings.HasPrefix(name, "$") && !slices.Contains(all[parameter], name) {
					all[parameter] = append(all[parameter], name)
				}
			}
		}
	}
	return all
}

// lastPart is the name that an ARN ends with, or the whole text.
func lastPart(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

// quote writes a word so that it stays one.
func quote(s string) string {
	key, value, ok := strings.Cut(s, "=")
	if !strings.ContainsAny(s, " \t\"") {
		return s
	}
	if ok && !strings.ContainsAny(key, " \t\"") {
		return key + "=" + quote(value)
	}
	return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"`
}

// oneLine is a JSON text without line breaks, which it has only between its parts.
func oneLine(s string) string { return strings.NewReplacer("\n", " ", "\r", " ").Replace(s) }

func keys(m map[string]string) []string {
	all := make([]string, 0, len(m))
	for key := range m {
		all = append(all, key)
	}
	slices.Sort(all)
	return all
}

func values(m map[string]string) []string {
	var all []string
	for _, key := range keys(m) {
		all = append(all, m[key])
	}
	return all
}
