package simulation

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/auth"
	"github.com/tasklane/tasklane/internal/desk"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
)

// panelResync is how often a desk looks for changes by other nodes, as package server has it.
const panelResync = time.Second

// panel is the agent panel of a user in a browser: it waits for changes of its desk at a node and reads the desk then.
type panel struct {
	user string
	life *life             // that it has read last
	legs map[string]string // states by contact, in the words of the panel's protocol
}

// sessions are in memory: signing in is not simulated.
type sessions struct {
	auth.SessionStore // panics for what is not below

	mu     sync.Mutex // guards byHash
	byHash map[string]directory.Session
}

func (s *sessions) AddSession(_ context.Context, session directory.Session) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byHash[session.TokenHash] = session
	return nil
}

func (s *sessions) Session(_ context.Context, hash string) (session directory.Session, ok bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	session, ok = s.byHash[hash]
	return session, ok, nil
}

// serveDesk runs the desk of a node until ctx ends, with a panel for some users. Each of them has one at one node, which
// goes on there when the node has started again.
func (n *node) serveDesk(ctx context.Context, e *engine.Engine, running *sync.WaitGroup) {
	of := &auth.Sessions{Store: &sessions{byHash: map[string]directory.Session{}}, Users: e, Now: time.Now}
	d := desk.New(desk.Options{Engine: e, Sessions: of, Lockout: &auth.Lockout{}, Resync: panelResync})
	mux := http.NewServeMux()
	d.Register(mux)
	running.Go(func() { _ = d.Run(as(ctx, "desk")) })
	for i, user := range []string{n.world.stock.Agent, n.world.stock.Admin} {
		if i%len(n.world.plan.Skews) == n.index {
			p := &panel{user: user, life: n.life}
			n.world.panels[user] = p
			running.Go(func() { p.open(as(ctx, fmt.Sprint("panel ", i)), mux, of) })
		}
	}
}

// open signs the user in and reads their desk again and again, until ctx ends or they are gone.
func (p *panel) open(ctx context.Context, mux *http.ServeMux, of *auth.Sessions) {
	opened, err := of.Create(ctx, instance, p.user, 0, "")
	if err != nil {
		return
	}
	next := ""
	for ctx.Err() == nil && p.life.pass(ctx, gateCall, "panel", nil) == proceed {
		body := fmt.Sprintf(`{"nextToken":%q,"timeout":20000}`, next)
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/connect/api", strings.NewReader(body))
		r.Header.Set("X-Amz-Target", "AmazonConnectCTIService.GetAgentSnapshot")
		r.Header.Set("X-Amz-Bearer", auth.Bearer(opened.Token))
		answer := httptest.NewRecorder()
		mux.ServeHTTP(answer, r)
		if next = p.read(answer); next != "" {
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(700 * time.Millisecond):
		}
	}
}

// read takes an answer in and returns how the next request names it; empty: there was none.
func (p *panel) read(answer *httptest.ResponseRecorder) (next string) {
	var out struct {
		NextToken string
		Snapshot  struct {
			Contacts []struct {
				ContactID string `json:"contactId"`
				State     struct{ Type string }
			}
		}
	}
	if answer.Code != http.StatusOK || json.Unmarshal(answer.Body.Bytes(), &out) != nil {
		return ""
	}
	p.legs = map[string]string{}
	for _, c := range out.Snapshot.Contacts {
		p.legs[c.ContactID] = c.State.Type
	}
	return out.NextToken
}

// legWords are the states of a task in an agent's hands, as the panel is told them.
var legWords = map[agent.LegState]string{
	agent.Connecting: "connecting", agent.Connected: "connected", agent.Paused: "paused", agent.Missed: "missed",
	agent.Rejected: "rejected", agent.Ended: "ended",
}

// checkPanels: every panel shows what is in its agent's hands.
func (w *world) checkPanels() {
	for _, id := range w.ids(arn.User) {
		p, a := w.panels[id], w.agents[id]
		if p == nil || a == nil || w.spoilt[id] {
			continue
		}
		want, readable := map[string]string{}, true
		for _, leg := range a.Legs {
			want[leg.Contact] = legWords[leg.State]
			readable = readable && !w.spoilt[leg.Contact]
		}
		if readable && !maps.Equal(p.legs, want) {
			w.fail("panel", "the panel of %s shows %v, and in their hands is %v", id, p.legs, want)
		}
	}
}
