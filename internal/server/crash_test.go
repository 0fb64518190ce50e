package server_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/tasklane/tasklane/internal/server"
	"github.com/tasklane/tasklane/internal/server/servertest"
	"github.com/tasklane/tasklane/internal/store/pgtest"
)

// childVariable makes the test binary a server, so that a test can kill it.
const childVariable = "TASKLANE_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		code := server.Main(ctx, os.Args[1:], os.Stdout, os.Stderr)
		stop()
		os.Exit(code)
	}
	os.Exit(m.Run())
}

const (
	crashes = 20 // for each engine
	callers = 6
	ring    = 400 * time.Millisecond // so that offers expire while servers are killed
)

// ringsBriefly has offers expire after ring.
var ringsBriefly = []string{"--offer-timeout", ring.String()}

// ledger is what the clients know: what they asked for, and what was acknowledged.
type ledger struct {
	mu        sync.Mutex                                // guards what follows
	acked     map[string]string                         // ids by token
	uncertain map[string]*connect.StartTaskContactInput // asked for, and no answer came
	scheduled map[string]bool
	problems  []string
}

func TestNothingIsLostWhenTheServerIsKilled(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		survive(t)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		survive(t, "--database", pgtest.URL(t))
	})
}

func survive(t *testing.T, extra ...string) {
	dir := t.TempDir()
	address := freeAddress(t)
	l := &ledger{acked: map[string]string{}, uncertain: map[string]*connect.StartTaskContactInput{}, scheduled: map[string]bool{}}
	serve := slices.Concat(ringsBriefly, extra)
	for round := range crashes {
		child := startChild(t, dir, address, serve...)
		s := clientOf(t, dir, address)
		setAvailable(t, s)
		ctx, cancel := context.WithCancel(context.Background())
		var wg sync.WaitGroup
		for caller := range callers {
			wg.Go(func() { l.load(ctx, s, round, caller) })
		}
		time.Sleep(time.Duration(30+rand.IntN(250)) * time.Millisecond)
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = child.Wait() // it was killed
		cancel()
		wg.Wait()
	}
	for _, p := range l.problems {
		t.Error(p)
	}
	child := startChild(t, dir, address, serve...)
	defer func() {
		_ = child.Process.Kill()
		_ = child.Wait()
	}()
	l.audit(t, clientOf(t, dir, address))
	succeeds(t, append([]string{"verify", "--data", dir}, extra...)...)
}

// load starts tasks one after the other, some of them for later, and asks again now and then with a token that
// it has used before.
func (l *ledger) load(ctx context.Context, s *servertest.Server, round, caller int) {
	client := s.Client()
	for i := 0; ctx.Err() == nil; i++ {
		token := fmt.Sprintf("%d/%d/%d", round, caller, i)
		in := &connect.StartTaskContactInput{
			InstanceId: &s.InstanceID, ContactFlowId: &s.FlowID, Name: &token, ClientToken: &token,
			Attributes: map[string]string{"token": strconv.Itoa(i)},
		}
		if i%7 == 3 {
			in.ScheduledTime = aws.Time(time.Now().Add(2 * time.Second))
		}
		out, err := client.StartTaskContact(ctx, in)
		l.note(in, out, err)
		if err == nil && i%5 == 0 {
			again, err := client.StartTaskContact(ctx, in)
			if err == nil && *again.ContactId != *out.ContactId {
				l.problem("token %s made %s and %s", token, *out.ContactId, *again.ContactId)
			}
		}
	}
}

func (l *ledger) note(in *connect.StartTaskContactInput, out *connect.StartTaskContactOutput, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		l.uncertain[*in.ClientToken] = in
		return
	}
	l.acked[*in.ClientToken] = *out.ContactId
	l.scheduled[*in.ClientToken] = in.ScheduledTime != nil
}

// askAgain asks for everything that no answer came for. A task that was scheduled for a time which has passed
// comes back only when it was made before.
func (l *ledger) askAgain(t *testing.T, s *servertest.Server) {
	for token, in := range l.uncertain {
		out, err := s.Client().StartTaskContact(context.Background(), in)
		switch {
		case err == nil:
			l.note(in, out, nil)
		case in.ScheduledTime == nil || !strings.Contains(err.Error(), "ScheduledTime"):
			t.Errorf("token %s: %v", token, err)
		}
	}
}

func (l *ledger) problem(format string, args ...any) {
	l.mu.Lock()
	l.problems = append(l.problems, fmt.Sprintf(format, args...))
	l.mu.Unlock()
}

// audit asks the server for everything that was acknowledged.
func (l *ledger) audit(t *testing.T, s *servertest.Server) {
	if len(l.acked) < crashes {
		t.Fatalf("only %d tasks were acknowledged in %d rounds", len(l.acked), crashes)
	}
	unanswered := len(l.uncertain)
	l.askAgain(t, s)
	ids := map[string]string{}
	for token, id := range l.acked {
		if other, twice := ids[id]; twice {
			t.Errorf("tokens %s and %s have one task", token, other)
		}
		ids[id] = token
		c := s.Describe(id)
		if aws.ToString(c.Name) != token {
			t.Errorf("task %s is named %q, want %q", id, aws.ToString(c.Name), token)
		}
	}
	if active := s.Metric("tasklane_active_tasks"); active != len(ids) {
		t.Errorf("%d tasks are there, %d are known", active, len(ids))
	}
	for token, id := range l.acked {
		if l.scheduled[token] {
			s.Eventually("scheduled task "+id+" did not start", func() bool { return s.Describe(id).QueueInfo != nil })
		} else if s.Describe(id).QueueInfo == nil {
			t.Errorf("task %s is in no queue", id)
		}
	}
	setAvailable(t, s)
	s.Eventually("after the restart nothing is offered", func() bool {
		out, err := s.Client().GetCurrentUserData(context.Background(), &connect.GetCurrentUserDataInput{
			InstanceId: &s.InstanceID, Filters: &types.UserDataFilters{Agents: []string{s.Agent.UserID}},
		})
		return err == nil && len(out.UserDataList) == 1 && len(out.UserDataList[0].Contacts) > 0
	})
	t.Logf("%d tasks; of these and others, %d were not answered at first", len(ids), unanswered)
}

func setAvailable(t *testing.T, s *servertest.Server) {
	t.Helper()
	s.SetStatus(s.Agent.UserID, "Available")
}

// startChild starts a server in a process of its own and waits until it is ready.
func startChild(t *testing.T, dir, address string, extra ...string) *exec.Cmd {
	t.Helper()
	args := append([]string{"serve", "--data", dir, "--listen", address, "--quota", "active-tasks=0"}, extra...)
	child := exec.Command(os.Args[0], args...)
	child.Env = append(os.Environ(), childVariable+"=1")
	stderr, err := child.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	ready := make(chan bool, 1)
	go func() {
		lines := bufio.NewScanner(stderr)
		for lines.Scan() {
			if lines.Text() == "Ready." {
				ready <- true
			} else if strings.Contains(lines.Text(), "level=ERROR") {
				t.Log(lines.Text())
			}
		}
		close(ready)
	}()
	select {
	case ok := <-ready:
		if !ok {
			t.Fatal("the server ended before it was ready")
		}
	case <-time.After(30 * time.Second):
		_ = child.Process.Kill()
		t.Fatal("the server was not ready in 30 s")
	}
	return child
}

// clientOf is a client of the server whose first start wrote its file into dir.
func clientOf(t *testing.T, dir, address string) *servertest.Server {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "bootstrap.json"))
	if err != nil {
		t.Fatal(err)
	}
	s := servertest.Of(t)
	if err := json.Unmarshal(text, s); err != nil {
		t.Fatal(err)
	}
	s.URL = "http://" + address
	return s
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
