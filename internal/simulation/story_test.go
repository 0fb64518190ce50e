package simulation

import (
	"fmt"
	"regexp"
	"strings"
)

// story tells what has happened, and how it ended.
type story struct {
	lines   []string
	names   map[string]string // of ids, short and the same at each run
	count   map[string]int
	failure *failure
}

// failure is what did not hold.
type failure struct{ check, what string }

func (f *failure) String() string { return f.check + ": " + f.what }

func newStory() story { return story{names: map[string]string{}, count: map[string]int{}} }

// name gives an id a short name of a kind: t1, t2, … for tasks.
func (s *story) name(kind, id string) string {
	if id == "" {
		return "-"
	}
	if s.names[id] == "" {
		s.count[kind]++
		s.names[id] = fmt.Sprint(kind, s.count[kind])
	}
	return s.names[id]
}

var anID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// shorten puts short names in place of ids.
func (s *story) shorten(text string) string {
	return anID.ReplaceAllStringFunc(text, func(id string) string {
		if name := s.names[id]; name != "" {
			return name
		}
		return id
	})
}

// tell adds a line.
func (w *world) tell(format string, args ...any) {
	w.lines = append(w.lines, fmt.Sprintf("%9.3f  %s", w.since().Seconds(), w.shorten(fmt.Sprintf(format, args...))))
}

// fail says that something does not hold. The first failure ends the run.
func (w *world) fail(check, format string, args ...any) {
	if w.failure != nil {
		return
	}
	w.failure = &failure{check, w.shorten(fmt.Sprintf(format, args...))}
	w.tell("FAILURE %s", w.failure)
}

func (w *world) failed() bool { return w.failure != nil }

// text is the whole story.
func (w *world) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", w.plan.head())
	for _, l := range w.lines {
		b.WriteString(l + "\n")
	}
	fmt.Fprintf(&b, "%d statements, %d commits, digest %016x\n", w.steps, w.database.commits, w.digest)
	return b.String()
}
