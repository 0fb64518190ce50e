//go:build unix

package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/jackc/pgx/v5"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/server/servertest"
)

// profileSlots is how many tasks an agent of the stock routing profile can have in hand.
const profileSlots = 10

// owner is the server that owns the instance, while all of them run.
func (c *cluster) owner() (owner *node) {
	c.Helper()
	servertest.Within(c.T, "not one server owns the instance", func() bool {
		owns := 0
		for _, n := range c.nodes {
			if n.Metric("tasklane_owned_instances") > 0 {
				owner = n
				owns++
			}
		}
		return owns == 1
	})
	return owner
}

// epoch is that of the lease: it grows when the instance changes hands.
func (c *cluster) epoch() (epoch int64) {
	c.Helper()
	conn := c.connect()
	defer conn.Close(context.Background())
	if err := conn.QueryRow(context.Background(), `SELECT epoch FROM lease`).Scan(&epoch); err != nil {
		c.Fatal(err)
	}
	return epoch
}

func (c *cluster) connect() *pgx.Conn {
	c.Helper()
	conn, err := pgx.Connect(context.Background(), c.url)
	if err != nil {
		c.Fatal(err)
	}
	return conn
}

// watcher looks at the database itself, again and again, each time at one moment of it.
type watcher struct {
	conn     *pgx.Conn
	looks    int
	problems []string
}

func (c *cluster) watch() *watcher { return &watcher{conn: c.connect()} }

func (w *watcher) run(ctx context.Context) {
	for ctx.Err() == nil {
		if err := w.look(); err != nil {
			w.problems = append(w.problems, err.Error())
			return
		}
		time.Sleep(100 * time.Millisecond) // real processes
	}
}

// look checks what must hold at every moment: no task has two agents, no agent has more than they may, and what a
// contact says of its agent is what the agent says of the contact.
func (w *watcher) look() error {
	ctx := context.Background()
	tx, err := w.conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return err
	}
	defer tx.Rollback(ctx) //nolint:errcheck // it has only read
	holders := map[string]string{}
	states := map[string]agent.LegState{}
	err = each(ctx, tx, `SELECT id, body FROM agent`, func(id, body string) error {
		var a agent.Agent
		if err := json.Unmarshal([]byte(body), &a); err != nil {
			return err
		}
		if n := a.Occupied(); n > profileSlots {
			return fmt.Errorf("agent %s has %d tasks in hand", id, n)
		}
		for _, l := range a.Legs {
			if l.State == agent.Missed || l.State == agent.Rejected {
				continue
			}
			if other := holders[l.Contact]; other != "" {
				return fmt.Errorf("task %s is with agents %s and %s", l.Contact, other, id)
			}
			holders[l.Contact], states[l.Contact] = id, l.State
		}
		return nil
	})
	if err != nil {
		return err
	}
	legs := map[contact.State]agent.LegState{
		contact.Connecting: agent.Connecting, contact.Connected: agent.Connected, contact.ACW: agent.Ended,
	}
	err = each(ctx, tx, `SELECT id || ' ' || coalesce(agent_id, ''), state FROM contact WHERE state IN ('CONNECTING', 'CONNECTED', 'ACW')`,
		func(pair, state string) error {
			id, user, _ := strings.Cut(pair, " ")
			if holders[id] != user || states[id] != legs[contact.State(state)] {
				return fmt.Errorf("task %s is %s with %q, but %s with %q for the agent", id, state, user, states[id], holders[id])
			}
			delete(holders, id)
			return nil
		})
	if err == nil && len(holders) > 0 {
		err = fmt.Errorf("agents have tasks that are not with them: %v", holders)
	}
	w.looks++
	return err
}

func each(ctx context.Context, tx pgx.Tx, query string, fn func(a, b string) error) error {
	rows, err := tx.Query(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var a, b string
		if err := rows.Scan(&a, &b); err != nil {
			return err
		}
		if err := fn(a, b); err != nil {
			return err
		}
	}
	return rows.Err()
}

// audit looks at what a siege has left: each task that was acknowledged is there once, its events are a story that can
// have happened, and each task on the flow has made one task of its own.
func (s *siege) audit(w *watcher) {
	n := s.nodes[0]
	unanswered := len(s.l.uncertain)
	s.l.askAgain(s.T, n.Server)
	tokens := map[string]string{}
	for token, id := range s.l.acked {
		if other, twice := tokens[id]; twice {
			s.Errorf("tokens %s and %s have one task", token, other)
		}
		tokens[id] = token
		if got := aws.ToString(n.Describe(id).Name); got != token {
			s.Errorf("task %s is named %q, want %q", id, got, token)
		}
	}
	names := s.names()
	for name, times := range names {
		if times > 1 && !strings.HasPrefix(name, "of ") {
			s.Errorf("%d tasks are named %s, of one token", times, name)
		}
	}
	children := s.auditBusy(n)
	handled := s.auditEvents()
	if err := w.look(); err != nil {
		s.Error(err)
	}
	if len(tokens) < leastTasks || children < leastChildren || handled < leastHandled || w.looks == 0 {
		s.Errorf("that was no siege: %d tasks, %d made by flows, %d handled by agents, %d looks", len(tokens), children, handled, w.looks)
	}
	s.Logf("%d tasks, of which %d were not answered at first, %d made by flows, %d handled by agents; %d looks",
		len(tokens), unanswered, children, handled, w.looks)
	_ = w.conn.Close(context.Background())
	succeeds(s.T, "verify", "--database", s.url)
}

// names counts the tasks by name.
func (s *siege) names() map[string]int {
	s.Helper()
	conn := s.connect()
	defer conn.Close(context.Background())
	rows, err := conn.Query(context.Background(), `SELECT body FROM contact`)
	if err != nil {
		s.Fatal(err)
	}
	all := map[string]int{}
	for rows.Next() {
		var body string
		var c struct{ Name string }
		if err := rows.Scan(&body); err != nil {
			s.Fatal(err)
		}
		if err := json.Unmarshal([]byte(body), &c); err != nil {
			s.Fatal(err)
		}
		all[c.Name]++
	}
	if err := rows.Err(); err != nil {
		s.Fatal(err)
	}
	return all
}

// auditBusy waits until each task on the flow has got to its queue, and looks whether it has made exactly one task.
func (s *siege) auditBusy(n *node) (children int) {
	s.Helper()
	s.busy.Range(func(id, _ any) bool {
		servertest.Within(s.T, fmt.Sprint("task ", id, " did not get to its queue"), func() bool {
			c := n.Describe(id.(string))
			return c.QueueInfo != nil || c.DisconnectTimestamp != nil
		})
		return true
	})
	seen, names := map[string]bool{}, s.names()
	s.busy.Range(func(id, _ any) bool {
		c := n.Describe(id.(string))
		child := c.Attributes["child"]
		if c.QueueInfo == nil || c.Attributes["word"] != "done" || child == "" || seen[child] {
			s.Errorf("task %s: queue %v, attributes %v", id, c.QueueInfo, c.Attributes)
			return true
		}
		seen[child] = true
		if times := names["of "+*c.Name]; times != 1 {
			s.Errorf("the flow of task %s has made %d tasks", *c.Name, times)
		}
		return true
	})
	return len(seen)
}

// follows says which events may come after one: what is absent cannot have happened.
var follows = map[contact.EventType][]contact.EventType{
	contact.EventQueued:           {contact.EventOffered},
	contact.EventOffered:          {contact.EventConnectedToAgent, contact.EventMissed, contact.EventRejected},
	contact.EventMissed:           {contact.EventOffered},
	contact.EventRejected:         {contact.EventOffered},
	contact.EventConnectedToAgent: {contact.EventDisconnected},
	contact.EventDisconnected:     {contact.EventCompleted},
	contact.EventCompleted:        {},
}

// auditEvents reads the events of every task and returns how many tasks an agent has handled. One that an agent was
// told to have has been with them.
func (s *siege) auditEvents() (handled int) {
	s.Helper()
	conn := s.connect()
	defer conn.Close(context.Background())
	rows, err := conn.Query(context.Background(), `SELECT contact_id, body FROM event ORDER BY contact_id, seq`)
	if err != nil {
		s.Fatal(err)
	}
	last, connected := map[string]contact.EventType{}, map[string]int{}
	for rows.Next() {
		var id, body string
		var events []contact.Event
		if err := rows.Scan(&id, &body); err != nil {
			s.Fatal(err)
		}
		if err := json.Unmarshal([]byte(body), &events); err != nil {
			s.Fatal(err)
		}
		for _, e := range events {
			if _, counts := follows[e.Type]; !counts {
				continue
			}
			if before, ok := last[id]; ok && !slices.Contains(follows[before], e.Type) {
				s.Errorf("task %s: %s after %s", id, e.Type, before)
			}
			last[id] = e.Type
			if e.Type == contact.EventConnectedToAgent {
				connected[id]++
			}
		}
	}
	if err := rows.Err(); err != nil {
		s.Fatal(err)
	}
	s.worked.Range(func(id, _ any) bool {
		if connected[id.(string)] != 1 {
			s.Errorf("task %s was accepted, and connected %d times", id, connected[id.(string)])
		}
		return true
	})
	return len(connected)
}
