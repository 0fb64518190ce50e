//go:build unix

package server_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/connect"

	"github.com/tasklane/tasklane/internal/server/servertest"
)

// siege is load on two servers while harm is done to them: clients start tasks at both, agents work what they are
// offered, and somebody watches the database all the while.
type siege struct {
	*cluster
	l      *ledger
	agents []servertest.User
	flow   string        // of tasks that wait, call a function and make a task of their own
	pause  time.Duration // between two tasks of a caller, beside what every siege has

	mu     sync.Mutex // guards alive
	alive  map[*node]bool
	worked sync.Map // ids that an agent has accepted, and was told so
	busy   sync.Map // ids of tasks on the flow, acknowledged
}

func newSiege(t *testing.T) *siege {
	t.Helper()
	f := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"word":"done"}`))
	}))
	t.Cleanup(f.Close)
	c := newCluster(t, 2, append([]string{"--function", helper + "=" + f.URL}, ringsBriefly...)...)
	first := c.nodes[0]
	s := &siege{
		cluster: c, agents: append(c.staff("bob", "cid"), first.Agent), alive: map[*node]bool{},
		l:    &ledger{acked: map[string]string{}, uncertain: map[string]*connect.StartTaskContactInput{}, scheduled: map[string]bool{}},
		flow: c.publish("busy", fmt.Sprintf(busy, helper, first.FlowID, first.QueueID)),
	}
	for _, n := range c.nodes {
		s.alive[n] = true
	}
	for _, u := range s.agents {
		first.SetStatus(u.UserID, "Available")
	}
	return s
}

// some is a server that has not been harmed at the moment; nil: none.
func (s *siege) some() *node {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []*node
	for n, ok := range s.alive {
		if ok {
			all = append(all, n)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all[rand.IntN(len(all))]
}

func (s *siege) set(n *node, alive bool) {
	s.mu.Lock()
	s.alive[n] = alive
	s.mu.Unlock()
}

// run puts load on the servers while harm goes on, and then audits what is left.
func (s *siege) run(harm func()) {
	ctx, cancel := context.WithCancel(s.Context())
	var wg sync.WaitGroup
	for caller := range 3 {
		wg.Go(func() { s.call(ctx, caller) })
	}
	for _, u := range s.agents {
		wg.Go(func() { (&worker{siege: s, user: u}).work(ctx) })
	}
	watching := s.watch()
	wg.Go(func() { watching.run(ctx) })
	harm()
	servertest.Within(s.T, "too little is done", s.enough) // all are at work
	cancel()
	wg.Wait()
	for _, p := range append(s.l.problems, watching.problems...) {
		s.Error(p)
	}
	s.audit(watching)
}

// What a siege is at least, however slow the machine is.
const (
	leastTasks    = 50
	leastChildren = 10 // made by flows
	leastHandled  = 20
)

// enough reports whether so much has been done that an audit means something.
func (s *siege) enough() bool {
	s.l.mu.Lock()
	tasks := len(s.l.acked)
	s.l.mu.Unlock()
	return tasks >= leastTasks && size(&s.busy) >= leastChildren && size(&s.worked) >= leastHandled
}

func size(m *sync.Map) (n int) {
	m.Range(func(any, any) bool {
		n++
		return true
	})
	return n
}

// call starts tasks at either server, one after the other; some on a flow that has much to do.
func (s *siege) call(ctx context.Context, caller int) {
	for i := 0; ctx.Err() == nil; i++ {
		time.Sleep(s.pause + time.Duration(20+rand.IntN(40))*time.Millisecond) // so that two cores keep up
		n := s.some()
		if n == nil {
			continue
		}
		token, flow := fmt.Sprintf("%d/%d", caller, i), n.FlowID
		if i%5 == 0 {
			flow = s.flow
		}
		in := &connect.StartTaskContactInput{InstanceId: &n.InstanceID, ContactFlowId: &flow, Name: &token, ClientToken: &token}
		asking, cancel := context.WithTimeout(ctx, 3*time.Second) // a server that is stopped does not answer
		out, err := n.Client().StartTaskContact(asking, in)
		cancel()
		s.l.note(in, out, err)
		if err == nil && flow == s.flow {
			s.busy.Store(*out.ContactId, true)
		}
	}
}

// TestStoppedOwnerDoesNoHarm stops the server that owns the instance for longer than its lease, at a moment at which it
// has much under way, and lets it go on when the other one has taken over.
func TestStoppedOwnerDoesNoHarm(t *testing.T) {
	t.Parallel()
	s := newSiege(t)
	s.run(func() {
		for range 2 {
			time.Sleep(time.Duration(1000+rand.IntN(500)) * time.Millisecond) // something is under way
			t.Logf("the lease went to another server after %v", s.stopOwner())
		}
	})
}

// stopOwner stops the owner until another server has taken over and has done much, and lets it go on. It returns how long the
// other one took.
func (s *siege) stopOwner() time.Duration {
	s.Helper()
	owner, epoch := s.owner(), s.epoch()
	s.set(owner, false)
	owner.signal(syscall.SIGSTOP)
	took := servertest.Within(s.T, "nobody takes over", func() bool { return s.epoch() > epoch })
	time.Sleep(time.Second) // the new owner has changed much
	owner.signal(syscall.SIGCONT)
	s.set(owner, true)
	return took
}

// restart ends servers, and starts them again a moment later.
func (s *siege) restart(victims []*node, end func(*node)) {
	s.Helper()
	for _, n := range victims {
		s.set(n, false)
		end(n)
	}
	time.Sleep(time.Duration(rand.IntN(700)) * time.Millisecond) // it is away
	for _, n := range victims {
		s.start(n)
		s.set(n, true)
	}
}

// TestNothingIsLostWhenServersAreKilled kills either server, or both, at random moments, and starts it again.
func TestNothingIsLostWhenServersAreKilled(t *testing.T) {
	t.Parallel()
	s := newSiege(t)
	s.run(func() {
		for round := range 6 {
			time.Sleep(time.Duration(300+rand.IntN(1200)) * time.Millisecond) // something is under way
			victims := []*node{s.nodes[rand.IntN(2)]}
			if round == 3 {
				victims = s.nodes
			}
			s.restart(victims, (*node).kill)
		}
	})
}
