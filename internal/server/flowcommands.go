package server

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/tasklane/tasklane/internal/flow"
	"github.com/tasklane/tasklane/internal/flowchart"
)

// flowCommands work on the files of flows; they need no server.
type flowCommands struct {
	Lint  lintCommand  `cmd:"" help:"Tell what is wrong with flows: all that keeps them from being published, and what an author wants to know besides. Exits with 1 when there are problems."`
	Graph graphCommand `cmd:"" help:"Draw a flow."`
	Run   tryCommand   `cmd:"" help:"Play a flow once, on an engine of its own and with a clock that stands still, and tell what it does. Queues, agents and hours that it names are made up."`
	Test  testCommand  `cmd:"" help:"Play scenarios of flows and of routing, and compare what happens with what they say: what a flow does, and who is offered what. Exits with 1 when anything differs."`
}

// run runs the command that was parsed.
func (c *flowCommands) run(ctx context.Context, command string, stdout io.Writer) error {
	switch name := strings.Join(strings.Fields(command)[:2], " "); name {
	case "flow lint":
		return c.Lint.run(stdout)
	case "flow graph":
		return c.Graph.run(stdout)
	case "flow run":
		return c.Run.run(ctx, stdout)
	case "flow test":
		return c.Test.run(ctx, stdout)
	default:
		panic("unknown command " + command)
	}
}

type lintCommand struct {
	Files    []string `arg:"" name:"file" help:"Content of a flow or module, as the API takes it or the console exports it, or what DescribeContactFlow answers."`
	Type     string   `help:"Type of all these flows: CONTACT_FLOW, CUSTOMER_QUEUE, … or MODULE (default: what each file says; where it says nothing, what depends on it is not looked at)." placeholder:"TYPE"`
	Instance string   `help:"ARN of the instance that the flows are for: naming a resource of another is a problem (default: every ARN is warned of)." placeholder:"ARN"`
	JSON     bool     `help:"Report as JSON." name:"json"`
}

var instanceARN = regexp.MustCompile(`^arn:[a-z-]+:connect:[a-z0-9-]+:[0-9]{12}:instance/[^/]+$`)

// lintedFile is the report on one file.
type lintedFile struct {
	File     string       `json:"file"`
	Type     flow.Type    `json:"type,omitempty"` // none: not known
	Problems []lintedLine `json:"problems"`
	Warnings []lintedLine `json:"warnings"`
}

type lintedLine struct {
	Action  string `json:"action,omitempty"` // its Identifier
	Message string `json:"message"`
	Rule    string `json:"rule,omitempty"` // what would be legal
}

func (c *lintCommand) run(stdout io.Writer) error {
	t := flow.Type(strings.ToUpper(c.Type))
	switch {
	case t != "" && !slices.Contains(flow.AllTypes, t):
		return usageError{fmt.Errorf("--type %s is none of %s", c.Type, flow.AllTypes)}
	case c.Instance != "" && !instanceARN.MatchString(c.Instance):
		return usageError{fmt.Errorf("--instance %s is not the ARN of an instance", c.Instance)}
	}
	files := make([]lintedFile, 0, len(c.Files))
	problems := 0
	for _, name := range c.Files {
		content, err := os.ReadFile(name)
		if err != nil {
			return usageError{err}
		}
		report := flow.Linter{Type: t, Instance: c.Instance}.Lint(string(content))
		problems += len(report.Problems)
		files = append(files, lintedFile{name, report.Type, lines(report.Problems), lines(report.Warnings)})
	}
	if err := c.report(stdout, files); err != nil {
		return err
	}
	if problems > 0 {
		return fmt.Errorf("%d problems", problems)
	}
	return nil
}

func lines(all []flow.Problem) []lintedLine {
	out := make([]lintedLine, len(all))
	for i, p := range all {
		out[i] = lintedLine{p.Action, p.Message, p.Rule}
	}
	return out
}

// report writes what was found: as JSON, or one line for each finding.
func (c *lintCommand) report(w io.Writer, files []lintedFile) error {
	if c.JSON {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(files)
	}
	var b strings.Builder
	for _, f := range files {
		if f.Type == "" && len(f.Problems)+len(f.Warnings) > 0 {
			fmt.Fprintf(&b, "%s: note: type unknown; --type says which, and what depends on it is looked at\n", f.File)
		}
		for _, l := range f.Problems {
			b.WriteString(l.text(f.File, "error"))
		}
		for _, l := range f.Warnings {
			b.WriteString(l.text(f.File, "warning"))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (l lintedLine) text(file, severity string) string {
	if l.Rule != "" {
		l.Message += " (" + l.Rule + ")"
	}
	if l.Action == "" {
		return fmt.Sprintf("%s: %s: %s\n", file, severity, l.Message)
	}
	return fmt.Sprintf("%s: %s: %q: %s\n", file, severity, l.Action, l.Message)
}

type graphCommand struct {
	File   string `arg:"" help:"Content of a flow or module, or what DescribeContactFlow answers."`
	Format string `help:"A drawing that browsers show (svg), or text that Mermaid draws (mermaid)." enum:"svg,mermaid" default:"svg"`
}

func (c *graphCommand) run(stdout io.Writer) error {
	content, err := os.ReadFile(c.File)
	if err != nil {
		return usageError{err}
	}
	text, _ := flow.Described(string(content))
	doc, problems := flow.Parse(text)
	if len(problems) > 0 {
		return usageError{fmt.Errorf("%s: %s", c.File, problems[0].Message)}
	}
	draw := flowchart.SVG
	if c.Format == "mermaid" {
		draw = flowchart.Mermaid
	}
	_, err = io.WriteString(stdout, draw(doc))
	return err
}
