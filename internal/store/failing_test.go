package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/store/pgtest"
)

// Each way to write survives a commit that fails: nothing of it is left, in the database or in memory, and then it
// can be done again. When the outcome is unknown, memory says what the database says.
func TestNoHalfCommandIsLeftWhenACommitFails(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		failEverywhere(t, Options{Dir: t.TempDir()})
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		failEverywhere(t, Options{Database: pgtest.URL(t)})
	})
}

func failEverywhere(t *testing.T, opts Options) {
	s := newStage(t, opts)
	for _, p := range paths {
		s.t = t
		t.Run(p.name, func(t *testing.T) {
			s.t = t
			s.notCommitted(p)
			s.lostOnce(p)
			s.unknown(p)
		})
	}
	s.t = t
	s.fill()
}

// trace is what is left of commands: rows by table, and what the engine remembers.
type trace struct {
	Rows   map[string][]string
	Memory string
	Told   int // commits that watchers were told of
}

func (s *stage) trace() trace {
	return trace{s.rows(), s.memory(s.engine), s.told}
}

// notCommitted has commits of a command fail before they take effect, and then lets it be done.
func (s *stage) notCommitted(p path) {
	command := p.prepare(s)
	s.fail(command)
	s.must(command())
	s.agree()
}

// fail has two commits of a command fail before they take effect: the first says so, the second does not.
func (s *stage) fail(command func() error) {
	before := s.trace()
	for _, failure := range []error{errors.New("disk full"), errUnknown} {
		s.broken.fail = once(failure)
		if err := command(); !errors.Is(err, failure) {
			s.t.Fatalf("with a commit that fails it is answered with %v, want %v", err, failure)
		}
		if diff := cmp.Diff(before, s.trace()); diff != "" {
			s.t.Fatalf("after %v (-before +after):\n%s", failure, diff)
		}
	}
}

// lostOnce has a commit lose against another: the command runs again by itself, and counts once.
func (s *stage) lostOnce(p path) {
	command := p.prepare(s)
	s.broken.fail = once(errLost)
	told := s.told
	s.must(command())
	if s.told != told+1 {
		s.t.Errorf("watchers were told of %d commits, want one", s.told-told)
	}
	s.agree()
}

// unknown has a commit take effect, and no answer come.
func (s *stage) unknown(p path) {
	command := p.prepare(s)
	before := s.rows()
	s.broken.lose = func(int) bool {
		s.broken.lose = nil
		return true
	}
	if err := command(); !errors.Is(err, errUnknown) {
		s.t.Fatalf("with a commit that is not answered: %v, want that the outcome is unknown", err)
	}
	if cmp.Equal(before, s.rows()) {
		s.t.Error("the command has written nothing")
	}
	s.agree()
}

func once(err error) func(int) error {
	return func(int) error {
		failure := err
		err = nil
		return failure
	}
}

// rows are all rows of all tables.
func (s *stage) rows() map[string][]string {
	all := map[string][]string{}
	for _, target := range empty {
		table := strings.TrimPrefix(target.text, "DELETE FROM ")
		all[table] = s.rowsOf(table)
	}
	return all
}

func (s *stage) rowsOf(table string) []string {
	rows, err := s.store.read.QueryContext(s.t.Context(), "SELECT * FROM "+table)
	s.must(err)
	defer rows.Close()
	columns, err := rows.Columns()
	s.must(err)
	var all []string
	for rows.Next() {
		values := make([]any, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		s.must(rows.Scan(into...))
		all = append(all, fmt.Sprintf("%s", values))
	}
	s.must(rows.Err())
	slices.Sort(all)
	return all
}

// memory is what an engine remembers.
func (s *stage) memory(e *engine.Engine) string {
	all := []any{e.ActiveTasks(), e.Instances()}
	lists := []func() (any, error){
		func() (any, error) { return e.Queues(instance) },
		func() (any, error) { return e.Users(instance) },
		func() (any, error) { return e.RoutingProfiles(instance) },
		func() (any, error) { return e.AgentStatuses(instance) },
		func() (any, error) { return e.Flows(instance) },
		func() (any, error) { return e.Modules(instance) },
		func() (any, error) { return e.QuickConnects(instance) },
		func() (any, error) { return e.PredefinedAttributes(instance) },
		func() (any, error) { return e.TaskTemplates(instance) },
		func() (any, error) { return e.Storages(instance) },
	}
	for _, list := range lists {
		objects, err := list()
		s.must(err)
		all = append(all, objects)
	}
	text, err := json.Marshal(all)
	s.must(err)
	return string(text)
}

// agree reports whether the engine remembers what another reads from the database.
func (s *stage) agree() {
	s.t.Helper()
	s.must(s.other.Load(s.t.Context()))
	if diff := cmp.Diff(s.memory(s.other), s.memory(s.engine)); diff != "" {
		s.t.Fatalf("the engine remembers other than the database (-database +memory):\n%s", diff)
	}
}

// fill takes all the room that is left: no command that failed has kept a place.
func (s *stage) fill() {
	for {
		n := s.engine.ActiveTasks()
		_, err := s.engine.CreateContact(s.t.Context(), instance, engine.CreateContact{Name: "one more"})
		if full := n == mostTasks; full != fault.Is(err, fault.Quota) || !full && err != nil {
			s.t.Fatalf("with %d of %d open tasks another is answered with %v", n, mostTasks, err)
		} else if full {
			return
		}
	}
}

// queries are the engine's functions that only read, or that other tests try.
var queries = strings.Fields(`
	AgentVersions Agents AssociatedContacts AttachedFile AttachedFiles Bootstrap Changed Contact CountContacts CurrentMetrics DeferTimer Desk Desks DueFiles DueTimers
	Events File HistoricalMetrics Line Load LongestWaiting Matchable NextFiles NextTimer NextTimers Pair Pickable Presence
	QueuedSince Refresh SearchContacts Sync TaskTemplate WaitingByQueue WaitingInstances`)

func TestEveryWayToWriteIsTried(t *testing.T) {
	t.Parallel()
	tried := map[string]bool{}
	for _, name := range queries {
		tried[name] = true
	}
	for _, p := range paths {
		name, _, _ := strings.Cut(p.name, ":")
		tried[name] = true
	}
	for m := range reflect.TypeFor[*engine.Engine]().Methods() {
		if m.Type.NumIn() < 2 || m.Type.In(1).String() != "context.Context" || tried[m.Name] {
			continue
		}
		t.Errorf("Engine.%s takes a context: add it to the paths if it writes, else to the queries", m.Name)
	}
}
