package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/tasklane/tasklane/internal/flow"
	"github.com/tasklane/tasklane/internal/rehearse"
)

type tryCommand struct {
	File       string            `arg:"" help:"Content of a flow or module, or what DescribeContactFlow answers."`
	Task       []string          `arg:"" optional:"" help:"The task: name=…, description=…, ref.NAME=URL, delay=SECONDS, and attributes." placeholder:"KEY=VALUE"`
	Attributes map[string]string `help:"Attributes of the task; as KEY=VALUE behind the file. Repeatable." placeholder:"KEY=VALUE"`
	Type       string            `help:"Type of the flow (default: what the file says, else the first that may hold its actions, CONTACT_FLOW before others)." placeholder:"TYPE"`
	With       map[string]string `help:"A flow or module that the flow names. Repeatable." placeholder:"NAME=FILE"`
	Function   map[string]string `help:"What a function answers. Repeatable." placeholder:"ARN=JSON" mapsep:"none"`
	Draws      []int             `help:"What DistributeByPercentage draws, one after the other (default: 50)." placeholder:"N"`
	Pass       time.Duration     `help:"How much time passes after the start." placeholder:"10m"`
	Agent      bool              `help:"Have an agent there who accepts the task."`
	Shut       bool              `help:"Have all hours of operation shut (default: open)."`
}

func (c *tryCommand) run(ctx context.Context, stdout io.Writer) error {
	content, err := os.ReadFile(c.File)
	if err != nil {
		return usageError{err}
	}
	with := map[string]string{}
	for name, file := range c.With {
		text, err := os.ReadFile(file)
		if err != nil {
			return usageError{fmt.Errorf("--with %s: %w", name, err)}
		}
		with[name] = string(text)
	}
	for _, key := range slices.Sorted(maps.Keys(c.Attributes)) {
		c.Task = append(c.Task, key+"="+c.Attributes[key])
	}
	trial := rehearse.Trial{
		Content: string(content), Type: flow.Type(strings.ToUpper(c.Type)), With: with, Functions: c.Function, Task: c.Task,
		Pass: c.Pass, Agent: c.Agent, Closed: c.Shut, Draws: c.Draws,
	}
	return inTemp(func(dir string) error {
		transcript, err := trial.Play(ctx, dir)
		if wrong, ok := errors.AsType[*rehearse.Error](err); ok {
			return usageError{errors.New(wrong.Message)}
		}
		if err != nil {
			return err
		}
		_, err = io.WriteString(stdout, transcript)
		return err
	})
}

type testCommand struct {
	Paths  []string `arg:"" name:"path" help:"Files of scenarios, or directories with such files (*.txt)."`
	Update bool     `help:"Write what happens into the files."`
}

func (c *testCommand) run(ctx context.Context, stdout io.Writer) error {
	files, err := scenarioFiles(c.Paths)
	if err != nil {
		return usageError{err}
	}
	differ := 0
	for _, name := range files {
		same, err := c.play(ctx, stdout, name)
		if err != nil {
			return err
		}
		if !same {
			differ++
		}
	}
	if differ > 0 {
		return fmt.Errorf("%d of %d files say otherwise", differ, len(files))
	}
	return nil
}

// scenarioFiles are the files that paths name, and those in the directories that they name.
func scenarioFiles(paths []string) ([]string, error) {
	var files []string
	for _, path := range paths {
		found := len(files)
		err := filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() && (file == path || filepath.Ext(file) == ".txt") {
				files = append(files, file)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		if len(files) == found {
			return nil, fmt.Errorf("there are no scenarios (*.txt) in %s", path)
		}
	}
	return files, nil
}

// play plays the scenarios of a file and reports whether all went as the file says.
func (c *testCommand) play(ctx context.Context, stdout io.Writer, name string) (same bool, err error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return false, usageError{err}
	}
	file, err := rehearse.Parse(string(text), filepath.Dir(name))
	if err != nil {
		return false, usageError{fmt.Errorf("%s: %w", name, err)}
	}
	var got string
	var results []rehearse.Result
	err = inTemp(func(dir string) error {
		results, got, err = file.Play(ctx, dir)
		return err
	})
	if _, wrong := errors.AsType[*rehearse.Error](err); wrong {
		return false, usageError{fmt.Errorf("%s: %w", name, err)}
	}
	switch {
	case err != nil:
		return false, err
	case got == string(text):
		fmt.Fprintf(stdout, "ok   %s: %d scenarios\n", name, len(results))
		return true, nil
	case c.Update:
		fmt.Fprintf(stdout, "new  %s: %d scenarios\n", name, len(results))
		return true, os.WriteFile(name, []byte(got), 0o644) //nolint:gosec // as readable as other sources
	}
	for _, r := range results {
		if r.Said != r.Got {
			fmt.Fprintf(stdout, "FAIL %s: %s\n%s", name, r.Title, diff.Diff("said", []byte(r.Said), "happened", []byte(r.Got)))
		}
	}
	return false, nil
}

// inTemp does something in a directory that is removed afterwards.
func inTemp(do func(dir string) error) (err error) {
	dir, err := os.MkdirTemp("", "tasklane-")
	if err != nil {
		return fmt.Errorf("make a temporary directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	return do(dir)
}
