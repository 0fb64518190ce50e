package store

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
)

const (
	instance  = "11111111-1111-4111-8111-111111111111"
	mostTasks = 300
)

// stage is a whole engine on a store whose commits fail when a test wants it.
type stage struct {
	t      *testing.T
	store  *Store
	broken *breaking
	engine *engine.Engine
	other  *engine.Engine // knows what it reads from the database
	stock  engine.Stock
	told   int
	made   int // names
	status map[agent.StatusType]string
}

func newStage(t *testing.T, opts Options) *stage {
	t.Helper()
	st, err := Open(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	s := &stage{t: t, store: st, broken: &breaking{applier: st.writer.applier}, status: map[agent.StatusType]string{}}
	st.writer.applier = s.broken
	quotas := map[string]int{engine.QuotaActiveTasks: mostTasks}
	for _, name := range []string{engine.QuotaInstances, engine.QuotaUsers, engine.QuotaFlows, engine.QuotaQueues, engine.QuotaQuickConnects, engine.QuotaTaskTemplates} {
		quotas[name] = 0
	}
	for _, e := range []**engine.Engine{&s.engine, &s.other} {
		if *e, err = engine.New(engine.Options{Store: st, Quotas: quotas}); err != nil {
			t.Fatal(err)
		}
	}
	s.engine.Watch(func(c engine.Commit) {
		if !c.Reset {
			s.told++
		}
	})
	s.stock, err = s.engine.Bootstrap(t.Context(), engine.First{
		Instance: directory.Instance{Instance: arn.Instance{Region: "us-east-1", Account: "000000000000", ID: instance}, Alias: "tasklane"},
		NewID:    func(arn.Kind, string) string { return uuid.NewString() },
		Admin:    directory.User{Username: "admin"}, Agent: directory.User{Username: "ann"},
	})
	s.must(err)
	statuses, err := s.engine.AgentStatuses(instance)
	s.must(err)
	for _, status := range statuses {
		s.status[status.Value.Type] = status.ID
	}
	return s
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// name is one that nothing else has.
func (s *stage) name() string {
	s.made++
	return fmt.Sprint("name ", s.made)
}

// task starts a task, which is queued unless it is scheduled.
func (s *stage) task(change ...func(*engine.StartTask)) string {
	s.t.Helper()
	in := engine.StartTask{Flow: s.stock.Flow, Name: s.name()}
	for _, f := range change {
		f(&in)
	}
	id, err := s.engine.StartTask(s.t.Context(), instance, in)
	s.must(err)
	return id
}

func (s *stage) later() string {
	return s.task(func(in *engine.StartTask) { in.ScheduledFor = s.store.Now().Add(time.Hour) })
}

// agent makes a user who is available.
func (s *stage) agent() string {
	s.t.Helper()
	like, err := s.engine.User(instance, s.stock.Agent)
	s.must(err)
	u, err := s.engine.CreateUser(s.t.Context(), instance, directory.User{
		Username: s.name(), RoutingProfile: like.Value.RoutingProfile, AfterContactWork: time.Minute,
	})
	s.must(err)
	s.must(s.engine.SetStatus(s.t.Context(), instance, u.ID, s.status[agent.Routable]))
	return u.ID
}

// hand is a task with the agent who has it.
type hand struct{ task, agent string }

// held brings a task of a new agent as far as a state.
func (s *stage) held(state agent.LegState) hand {
	s.t.Helper()
	ctx := s.t.Context()
	h := hand{s.task(), s.agent()}
	s.must(s.engine.Offer(ctx, instance, engine.Offering{Contact: h.task, Agent: h.agent}))
	if state == agent.Rejected {
		s.must(s.engine.Reject(ctx, instance, h.task, h.agent))
	}
	if state == agent.Connecting || state == agent.Rejected {
		return h
	}
	s.must(s.engine.Accept(ctx, instance, h.task, h.agent))
	switch state {
	case agent.Paused:
		s.must(s.engine.PauseInHand(ctx, instance, h.task, h.agent))
	case agent.Ended:
		s.must(s.engine.End(ctx, instance, h.task, h.agent))
	default: // it is worked
	}
	return h
}

// timer fires the timer of a kind that a contact has, once it is due.
func (s *stage) timer(kind engine.TimerKind, contactID string) func() error {
	s.t.Helper()
	all, err := s.store.DueTimers(s.t.Context(), instance, s.store.Now().Add(365*24*time.Hour), 10000)
	s.must(err)
	for _, timer := range all {
		if timer.Kind != kind || timer.Contact != contactID {
			continue
		}
		if ahead := timer.Due.Sub(s.store.Now()); ahead > 0 {
			s.must(s.store.SetOffset(s.t.Context(), s.store.Offset()+ahead))
		}
		return func() error { return s.engine.Fire(s.t.Context(), instance, timer) }
	}
	s.t.Fatalf("contact %s has no timer of kind %s", contactID, kind)
	return nil
}

// What the store writes by itself is written whole or not at all, too.
func TestNothingIsLeftOfWhatTheStoreCouldNotWrite(t *testing.T) {
	t.Parallel()
	s := newStage(t, Options{Dir: t.TempDir()})
	session := directory.Session{TokenHash: "hash", Instance: instance, User: s.stock.Agent, Expires: s.store.Now().Add(time.Hour)}
	for _, p := range []path{
		{"AddSession", func(s *stage) func() error { return func() error { return s.store.AddSession(s.t.Context(), session) } }},
		{"ChangeAttempt", func(s *stage) func() error {
			return func() error {
				return s.store.ChangeAttempt(s.t.Context(), "user/x", func(a *directory.Attempt) error { a.Wrong++; return nil })
			}
		}},
		{"ClearAttempt", func(s *stage) func() error {
			return func() error { return s.store.ClearAttempt(s.t.Context(), "user/x") }
		}},
		{"Active", func(s *stage) func() error {
			return func() error { return s.store.Active(s.t.Context(), session, s.store.Now()) }
		}},
		{"EndSession", func(s *stage) func() error { return func() error { return s.store.EndSession(s.t.Context(), "hash") } }},
		{"SetOffset", func(s *stage) func() error {
			return func() error { return s.store.SetOffset(s.t.Context(), time.Hour) }
		}},
		{"Forget", func(s *stage) func() error {
			s.task(func(in *engine.StartTask) { in.Token = s.name() })
			return func() error {
				_, err := s.store.Forget(s.t.Context(), instance, s.store.Now().Add(30*24*time.Hour))
				return err
			}
		}},
	} {
		offset := s.store.Offset()
		t.Run(p.name, func(t *testing.T) {
			s.t = t
			s.notCommitted(p)
		})
		if s.t = t; p.name != "SetOffset" && s.store.Offset() != offset {
			t.Errorf("%s has moved the clock", p.name)
		}
	}
	s.fail(func() error { return s.store.Reset(t.Context()) })
	s.broken.lose = func(int) bool {
		s.broken.lose = nil
		return true
	}
	if err := s.store.SetOffset(t.Context(), 2*time.Hour); !errors.Is(err, errUnknown) || s.store.Offset() != 2*time.Hour {
		t.Errorf("SetOffset that took effect without an answer: %v, and the clock is %v ahead; want 2h", err, s.store.Offset())
	}
}

// A repeated request finds the task that a commit without an answer has made.
func TestTokenOutlivesAnUnknownOutcome(t *testing.T) {
	t.Parallel()
	s := newStage(t, Options{Dir: t.TempDir()})
	start := func() (string, error) {
		return s.engine.StartTask(t.Context(), instance, engine.StartTask{Flow: s.stock.Flow, Name: "call back", Token: "T"})
	}
	s.broken.lose = func(int) bool {
		s.broken.lose = nil
		return true
	}
	if _, err := start(); !errors.Is(err, errUnknown) {
		t.Fatalf("without an answer: %v", err)
	}
	first, err := start()
	s.must(err)
	second, err := start()
	s.must(err)
	if n := s.engine.ActiveTasks(); first != second || n != 1 {
		t.Errorf("the token has %s and %s, and there are %d tasks; want one", first, second, n)
	}
}

// Where the database cannot be read after an unknown outcome, memory is brought in step before the next commit.
func TestMemoryCatchesUpWhenTheDatabaseAnswersAgain(t *testing.T) {
	t.Parallel()
	s := newStage(t, Options{Dir: t.TempDir()})
	present := s.store.writer.present
	s.store.writer.present = unreadable
	s.broken.lose = func(int) bool {
		s.broken.lose = nil
		return true
	}
	id := s.task
	if _, err := s.engine.CreateContact(t.Context(), instance, engine.CreateContact{Name: "x"}); !errors.Is(err, errUnknown) {
		t.Fatalf("without an answer: %v", err)
	}
	if n := s.engine.ActiveTasks(); n != 0 {
		t.Fatalf("%d tasks are counted that nobody has read", n)
	}
	s.store.writer.present = present
	if c, err := s.store.Contact(t.Context(), instance, id()); err != nil || c.State != contact.Queued {
		t.Errorf("the next task is %v, %v", c, err)
	}
	s.agree()
	if n := s.engine.ActiveTasks(); n != 2 {
		t.Errorf("%d tasks are counted, want 2", n)
	}
}
