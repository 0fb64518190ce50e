// Package rehearse plays flows and routing: on a real engine, with a database of its own that is thrown away, and with a clock
// that stands still until the script says that time passes. What happens is told in a transcript.
//
// A file of scenarios says what there is, and then for each scenario what happens above the dashes, and what comes of
// it below them:
//
//	queue q-a Alpha
//	flow main CONTACT_FLOW main.json
//	==== gold comes first
//	start flow=main name=T1 tier=gold
//	----
//	> start flow=main name=T1 tier=gold
//	+0s INITIATED
//	+0s tier Compare "gold" -> fast: Condition Equals gold
//	…
//
// [Parse] tells all words. [File.Play] plays the scenarios and returns the file with every transcript made anew:
// nothing has changed when the text is the same.
package rehearse

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
)

// File is a file of scenarios.
type File struct {
	Dir       string // where the files are that it names
	head      string // the text before the first scenario
	setup     []line
	Scenarios []Scenario
}

// Scenario is one play.
type Scenario struct {
	Title string
	Said  string // the text below the dashes
	given string // the text between title and dashes
	steps []line
}

// line is a line of a file that says something.
type line struct {
	number int
	words  []word
	text   string
	body   string // the JSON that follows it, of lines that may have some
}

// Error is a mistake in a file of scenarios.
type Error struct {
	Line    int
	Message string
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Message) }

func (l line) mistake(format string, args ...any) error {
	return &Error{l.number, fmt.Sprintf(format, args...)}
}

const (
	titleMark = "==== "
	dashes    = "----"
)

// Parse reads a file of scenarios. Empty lines and lines that begin with # say nothing; a word with blanks stands in
// double quotes. These lines say what there is, before the first scenario or at the beginning of one:
//
//	queue ID NAME [max N] [hours ID] [disabled]
//	                                    a queue; flows name it by this ID
//	hours ID open|shut|FROM-TO          hours of operation: always, never, or as 09:00-17:00 every day
//	agent LOGIN [slots N] [profile ID] [security NAME] [acw SECONDS] [auto-accept]
//	                                    an agent, who without a profile serves the queues above
//	profile ID [slots N] [timer activity|inbound] [queue ID [priority N] [delay SECONDS]] … [manual ID] …
//	                                    a routing profile: queues that are offered, and those to pick from
//	status NAME                         a status such as Break
//	attribute NAME VALUE …              a predefined attribute, which routing criteria may ask for
//	proficiency LOGIN NAME VALUE LEVEL  how well an agent does what a value of it names
//	quickconnect ID queue ID|agent LOGIN [with FLOW]
//	                                    where agents transfer tasks to
//	quota NAME N                        a quota of the instance, such as active-tasks
//	flow ID TYPE [FILE]                 a flow; without FILE its content follows, up to an empty line
//	module ID [FILE]                    a module, in the same way
//	settings ID JSON                    the contract of a module
//	function ARN answers JSON           what a function answers, from now on
//	function ARN fails WHY              or that it does not
//	draws N …                           what the next percentages draw
//	clock TIME                          when the scenario begins, as in 2026-01-05T09:00:00Z, which is the default
//
// Within the parameters of flows and the answers of functions these IDs stand for the real ones.
//
// And these lines of a scenario make something happen. The first task is called contact, those that begin later
// contact 2, contact 3 and so on; where no number is told the newest is meant:
//
//	start [N] flow=ID|in QUEUE|for LOGIN|by QUICKCONNECT [name=…] [description=…] [delay=SECONDS] [expiry=MINUTES]
//	      [ref.NAME=URL] [tag.KEY=…] [KEY=VALUE of an attribute]
//	                                    a task, or N: in a flow, straight in a queue, in that of an agent
//	N seconds|minutes|hours|days pass
//	agent LOGIN is STATUS               such as Available or Offline
//	agent LOGIN is deleted
//	agent LOGIN gets profile ID|security NAME|acw SECONDS|auto-accept
//	agent LOGIN accepts|declines|ends|closes|pauses|resumes|picks [contact N]
//	agent LOGIN transfers [contact N] by QUICKCONNECT
//	contact [N] is paused|resumed [with FLOW]
//	contact [N] is stopped
//	contact [N] is transferred to queue ID|agent LOGIN [with FLOW]
//	contact [N] is dismissed from LOGIN
//	contact [N] is given priority N|age SECONDS|criteria JSON
//	contact [N] gets KEY=VALUE …        attributes
//	queue ID is enabled|disabled|deleted
//	hours ID is open|shut|FROM-TO
//	profile ID is …                     all that it has from now on, in the words of profile
//	show contact [N]|agent LOGIN|queue ID
//	                                    how things stand: changes nothing
//	restart                             the program dies and starts again
//
// No two steps happen at the same time: between them passes a millisecond, which no transcript tells.
//
// What is refused says so in the transcript, with the kind of the refusal, and the play goes on. Parse fails with an
// [*Error].
func Parse(text, dir string) (*File, error) {
	f := &File{Dir: dir}
	lines := strings.SplitAfter(text, "\n")
	at := 0
	for at < len(lines) && !strings.HasPrefix(lines[at], titleMark) {
		at++
	}
	f.head = strings.Join(lines[:at], "")
	var err error
	if f.setup, err = readLines(lines[:at], 1); err != nil {
		return nil, err
	}
	for at < len(lines) {
		s := Scenario{Title: strings.TrimSpace(strings.TrimPrefix(lines[at], titleMark))}
		first := at + 1
		for at++; at < len(lines) && strings.TrimSpace(lines[at]) != dashes; at++ {
			if strings.HasPrefix(lines[at], titleMark) {
				break
			}
		}
		if at == len(lines) || strings.HasPrefix(lines[at], titleMark) {
			return nil, &Error{first, fmt.Sprintf("scenario %q has no line of dashes (%s)", s.Title, dashes)}
		}
		s.given = strings.Join(lines[first:at], "")
		if s.steps, err = readLines(lines[first:at], first+1); err != nil {
			return nil, err
		}
		from := at + 1
		for at++; at < len(lines) && !strings.HasPrefix(lines[at], titleMark); at++ {
		}
		s.Said = strings.Join(lines[from:at], "")
		f.Scenarios = append(f.Scenarios, s)
	}
	if len(f.Scenarios) == 0 {
		return nil, &Error{1, fmt.Sprintf("there is no scenario: its title begins with %q", titleMark)}
	}
	return f, nil
}

// readLines reads lines with their words, and what follows those that have a body. first is the number of the first.
func readLines(lines []string, first int) ([]line, error) {
	var all []line
	for i := 0; i < len(lines); i++ {
		l := line{number: first + i, text: strings.TrimSpace(lines[i])}
		if l.text == "" || strings.HasPrefix(l.text, "#") {
			continue
		}
		var err error
		if l.words, err = readWords(l.text); err != nil {
			return nil, l.mistake("%v", err)
		}
		if l.wantsBody() {
			for i++; i < len(lines) && strings.TrimSpace(lines[i]) != ""; i++ {
				l.body += lines[i]
			}
		}
		all = append(all, l)
	}
	return all, nil
}

// wantsBody reports whether a content follows the line.
func (l line) wantsBody() bool {
	switch l.words[0].text {
	case "flow":
		return len(l.words) == 3
	case "module":
		return len(l.words) == 2
	}
	return false
}

// Result is what has come of one scenario.
type Result struct {
	Title     string
	Said, Got string // the transcript in the file, and the one that was made
}

// Play plays all scenarios. It returns what came of each, and the text of the file with the transcripts made anew.
// It fails with an [*Error] for a script that cannot be played.
func (f *File) Play(ctx context.Context, tempDir string) ([]Result, string, error) {
	var b strings.Builder
	b.WriteString(f.head)
	var results []Result
	for i, s := range f.Scenarios {
		got, err := f.play(ctx, s, filepath.Join(tempDir, fmt.Sprint("play", i)))
		if err != nil {
			return nil, "", err
		}
		results = append(results, Result{s.Title, s.Said, got})
		fmt.Fprintf(&b, "%s%s\n%s%s\n%s", titleMark, s.Title, s.given, dashes, got)
	}
	return results, b.String(), nil
}

// play plays one scenario.
func (f *File) play(ctx context.Context, s Scenario, dir string) (string, error) {
	p, err := open(ctx, dir, f.Dir)
	if err != nil {
		return "", err
	}
	err = p.perform(ctx, f.setup, s.steps)
	if closed := p.close(); err == nil {
		err = closed
	}
	return p.String(), err
}
