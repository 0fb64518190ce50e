package simulation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/routing"
)

// call is a command or a query that somebody outside has sent to a node.
type call struct {
	number  int
	node    *node
	name    string
	contact string // that it is about; of a start the one that was made
	agent   string
	cancel  context.CancelFunc

	began, ended int // in statements: the order of all that happens
	over         bool
	result       string
	err          error
	again        func(*node) *call // sends it again, with the same token
	root         *call             // the first call that had its token; nil: this is the first
}

// errNoAnswer is the outcome of a call whose node is gone: it may have been carried out or not.
var errNoAnswer = errors.New("no answer")

// refused reports whether a call has certainly done nothing.
func (c *call) refused() bool {
	_, told := errors.AsType[*fault.Error](c.err)
	return told
}

// outcome notes what the caller of a call is told.
func (w *world) outcome(c *call, err error) {
	if c.over {
		return
	}
	c.over, c.err, c.ended = true, err, w.steps
	switch f, told := errors.AsType[*fault.Error](err); {
	case err == nil && c.result != "":
		w.tell("  c%d is answered: %s", c.number, c.result)
	case err == nil:
		w.tell("  c%d is answered", c.number)
	case told:
		w.tell("  c%d is refused: %s: %s", c.number, f.Kind, f.Message)
	default:
		w.tell("  c%d fails", c.number)
	}
	w.answered(c)
}

// call sends a command to a node.
func (w *world) call(n *node, name, contactID, agentID string, fn func(context.Context, *engine.Engine) (string, error)) *call {
	c := &call{number: len(w.calls) + 1, node: n, name: name, contact: contactID, agent: agentID, began: w.steps}
	w.calls = append(w.calls, c)
	ctx, cancel := context.WithTimeout(as(background, fmt.Sprint("c", c.number)), 20*time.Second)
	c.cancel = cancel
	w.tell("%s c%d %s %s %s", n.name, c.number, name, contactID, agentID)
	e, l := n.engine, n.life
	go func() {
		defer cancel()
		actor := as(background, fmt.Sprint("c", c.number))
		if l.pass(actor, gateCall, name, nil) == dead {
			return // who asked has been told
		}
		result, err := carefully(func() (string, error) {
			if err := e.Sync(ctx, instance); err != nil { // as the edges do where there are other nodes
				return "", err
			}
			l.pass(actor, gateCall, name, nil) // others may have waited for the same answer
			return fn(ctx, e)
		})
		if l.pass(actor, gateReturn, name, nil) == dead {
			return
		}
		c.result = result
		if p, panicked := errors.AsType[panicError](err); panicked {
			w.fail("panic", "c%d %s: %v", c.number, name, p.value)
		}
		w.outcome(c, err)
	}()
	return c
}

// panicError is a panic of the product.
type panicError struct{ value any }

func (p panicError) Error() string { return fmt.Sprint(p.value) }

func carefully(fn func() (string, error)) (result string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicError{p}
		}
	}()
	return fn()
}

// done turns a command without a result into one with.
func done(err error) (string, error) { return "", err }

// command is what a caller does at a node.
type command func(w *world, n *node, s planned)

// commands are all that callers do.
func commands() []weighted[command] {
	return []weighted[command]{
		{"start", 18, start},
		{"work", 34, work},
		{"status", 9, chooseStatus},
		{"retry", 3, retry},
		{"read", 5, read},
		{"stop", 2, onTask(allStates, func(ctx context.Context, e *engine.Engine, c *contact.Contact, _ planned) error {
			return e.Stop(ctx, instance, c.ID)
		})},
		{"pause", 3, onTask(allStates, func(ctx context.Context, e *engine.Engine, c *contact.Contact, _ planned) error {
			return e.Pause(ctx, instance, engine.Pausing{Contact: c.ID})
		})},
		{"resume", 3, onTask([]contact.State{contact.Paused, contact.Paused, contact.Queued}, func(ctx context.Context, e *engine.Engine, c *contact.Contact, _ planned) error {
			return e.Resume(ctx, instance, engine.Pausing{Contact: c.ID})
		})},
		{"attributes", 3, onTask(allStates, func(ctx context.Context, e *engine.Engine, c *contact.Contact, s planned) error {
			return e.UpdateAttributes(ctx, instance, c.ID, map[string]string{"k": fmt.Sprint(s.Pick[3] % 9)})
		})},
		{"routing", 4, onTask(allStates, reroute)},
		{"reschedule", 1, onTask([]contact.State{contact.Scheduled}, func(ctx context.Context, e *engine.Engine, c *contact.Contact, s planned) error {
			return e.Reschedule(ctx, instance, c.ID, e.Now().Add(time.Duration(1+s.Pick[3]%20)*time.Second))
		})},
		{"transfer", 3, transfer},
		{"take", 2, pickByHand},
		{"create queue", 2, createQueue},
		{"delete queue", 2, deleteQueue},
		{"edit queue", 2, editQueue},
		{"create profile", 2, createProfile},
		{"delete profile", 1, deleteProfile},
		{"edit profile", 3, editProfile},
		{"create user", 4, createUser},
		{"delete user", 1, deleteUser},
		{"edit user", 3, editUser},
		{"create quick connect", 1, createQuickConnect},
		{"external", 2, external},
		{"edit status", 1, editStatus},
	}
}

var allStates = []contact.State{
	contact.Scheduled, contact.InFlow, contact.Queued, contact.Connecting, contact.Connected, contact.Paused, contact.ACW,
}

// onTask makes the command on a task that is in one of some states, or now and then on any.
func onTask(states []contact.State, fn func(context.Context, *engine.Engine, *contact.Contact, planned) error) command {
	return func(w *world, n *node, s planned) {
		c, ok := w.taskIn(s, states...)
		if !ok {
			return
		}
		w.call(n, s.Do, c.ID, "", func(ctx context.Context, e *engine.Engine) (string, error) { return done(fn(ctx, e, c, s)) })
	}
}

// taskIn picks a task that is in one of some states or, in one of eight cases, any.
func (w *world) taskIn(s planned, states ...contact.State) (*contact.Contact, bool) {
	if s.chance(1, 8) {
		states = append(slices.Clip(allStates), contact.Ended)
	}
	return pick(s, 2, w.in(states...))
}

func start(w *world, n *node, s planned) {
	in := engine.StartTask{Flow: w.stock.Flow, Name: fmt.Sprint("task ", s.Number)}
	queue, _ := pick(s, 2, w.ids(arn.Queue))
	user, _ := pick(s, 2, w.ids(arn.User))
	var to string
	switch s.Pick[1] % 8 {
	case 0, 1, 2:
	case 3, 4:
		in.Flow, to = w.named(arn.Flow, "to queue"), queue
	case 5:
		in.Flow, to = w.named(arn.Flow, "to agent"), user
	case 6:
		in.Flow, to = w.named(arn.Flow, "wait and queue"), queue
	case 7:
		in.Flow, in.Template = "", w.named(arn.TaskTemplate, "for oneself")
		in.Segment = engine.Segment{CreatedBy: user, SelfAssign: true}
	}
	if to != "" {
		in.Attributes = map[string]string{"who": to}
	}
	if s.chance(3, 3) {
		in.Token = fmt.Sprint("token ", s.Number)
	}
	if s.chance(3, 5) {
		in.ScheduledFor = w.now().Add(time.Duration(5+s.Pick[4]%15) * time.Second)
	}
	if s.chance(4, 6) {
		in.Segment.Life = time.Minute
	}
	if before, ok := pick(s, 4, w.in(contact.Ended)); ok && s.chance(2, 4) {
		in.Previous = before.ID
	}
	w.startTask(n, in)
}

// startTask starts a task; with a token it can be sent again.
func (w *world) startTask(n *node, in engine.StartTask) *call {
	c := w.call(n, "start", fmt.Sprintf("%q", in.Name), "", func(ctx context.Context, e *engine.Engine) (string, error) {
		return e.StartTask(ctx, instance, in)
	})
	c.contact = ""
	if in.Token != "" {
		c.again = func(n *node) *call { return w.startTask(n, in) }
	}
	return c
}

// retry sends a call again that has a token, mostly one that has failed.
func retry(w *world, n *node, s planned) {
	var all []*call
	for _, c := range w.calls {
		if c.again != nil && (c.over || s.chance(1, 3)) {
			all = append(all, c)
		}
	}
	if before, ok := pick(s, 2, all); ok {
		again := before.again(n)
		w.sameToken(before, again)
	}
}

// read reads a task.
func read(w *world, n *node, s planned) {
	if c, ok := w.taskIn(s, allStates...); ok {
		w.call(n, "read", c.ID, "", func(ctx context.Context, e *engine.Engine) (string, error) {
			now, _, err := e.Contact(ctx, instance, c.ID)
			if err != nil {
				return "", err
			}
			return string(now.State), nil
		})
	}
}

// work does what the agent who has a task may do with it.
func work(w *world, n *node, s planned) {
	type hand struct {
		task, agent string
		state       agent.LegState
	}
	var all []hand
	for _, id := range w.agentOrder {
		for _, leg := range w.agents[id].Legs {
			all = append(all, hand{leg.Contact, id, leg.State})
		}
	}
	h, ok := pick(s, 1, all)
	if !ok {
		return
	}
	by := func(name string, fn func(*engine.Engine, context.Context, string, string, string) error) {
		w.call(n, name, h.task, h.agent, func(ctx context.Context, e *engine.Engine) (string, error) {
			return done(fn(e, ctx, instance, h.task, h.agent))
		})
	}
	state := h.state
	if s.chance(2, 12) { // what does not fit
		state = []agent.LegState{agent.Connecting, agent.Connected, agent.Paused, agent.Ended}[s.Pick[3]%4]
	}
	switch state {
	case agent.Connecting:
		if s.Pick[3]%5 == 0 {
			by("reject", (*engine.Engine).Reject)
		} else {
			by("accept", (*engine.Engine).Accept)
		}
	case agent.Connected:
		switch s.Pick[3] % 8 {
		case 0:
			by("pause in hand", (*engine.Engine).PauseInHand)
		case 1:
			connect, _ := pick(s, 4, w.ids(arn.QuickConnect))
			w.call(n, "transfer in hand", h.task, h.agent, func(ctx context.Context, e *engine.Engine) (string, error) {
				return e.TransferInHand(ctx, instance, h.task, h.agent, connect)
			})
		default:
			by("end", (*engine.Engine).End)
		}
	case agent.Paused:
		by("resume in hand", (*engine.Engine).ResumeInHand)
	default:
		by("clear", (*engine.Engine).Clear)
	}
}

func chooseStatus(w *world, n *node, s planned) {
	user, ok := pick(s, 1, w.ids(arn.User))
	if !ok {
		return
	}
	status := w.named(arn.AgentStatus, "Available")
	if s.chance(2, 4) {
		status, _ = pick(s, 3, w.ids(arn.AgentStatus))
	}
	w.setStatus(n, user, status)
}

func (w *world) setStatus(n *node, user, status string) {
	w.call(n, "status "+status, "", user, func(ctx context.Context, e *engine.Engine) (string, error) {
		return done(e.SetStatus(ctx, instance, user, status))
	})
}

func reroute(ctx context.Context, e *engine.Engine, c *contact.Contact, s planned) error {
	var d engine.RoutingData
	switch s.Pick[3] % 3 {
	case 0:
		p := contact.Priority(1 + s.Pick[4]%9)
		d.Priority = &p
	case 1:
		age := time.Duration(s.Pick[4]%120) * time.Second
		d.Adjustment = &age
	case 2:
		d.Criteria = &contact.Criteria{Steps: []contact.Step{{
			Expression: contact.Expression{Attribute: &contact.Condition{Name: "language", Value: "de", Min: 3}},
			Expiry:     time.Duration(2+s.Pick[4]%5) * time.Second,
		}}}
	}
	return e.UpdateRouting(ctx, instance, c.ID, d)
}

func transfer(w *world, n *node, s planned) {
	c, ok := w.taskIn(s, contact.Queued, contact.Connected, contact.InFlow)
	if !ok {
		return
	}
	in := engine.TransferTask{Contact: c.ID, Flow: w.stock.Flow}
	switch s.Pick[3] % 3 {
	case 0:
		in.Queue, _ = pick(s, 4, w.ids(arn.Queue))
	case 1:
		in.User, _ = pick(s, 4, w.ids(arn.User))
	}
	w.call(n, "transfer", c.ID, "", func(ctx context.Context, e *engine.Engine) (string, error) {
		return e.Transfer(ctx, instance, in)
	})
}

// pickByHand has an agent pick a task that waits.
func pickByHand(w *world, n *node, s planned) {
	c, ok := w.taskIn(s, contact.Queued)
	user, found := pick(s, 3, w.agentOrder)
	if ok && found {
		w.call(n, "pick", c.ID, user, func(ctx context.Context, e *engine.Engine) (string, error) {
			return done(e.Associate(ctx, instance, c.ID, user))
		})
	}
}

func createQueue(w *world, n *node, s planned) {
	hours, _ := pick(s, 1, w.ids(arn.Hours))
	w.call(n, "create queue", "", "", func(ctx context.Context, e *engine.Engine) (string, error) {
		q, err := e.CreateQueue(ctx, instance, routing.Queue{Name: fmt.Sprint("queue ", s.Pick[2]%6), Hours: hours})
		return q.ID, err
	})
}

// onKind makes a command on an object of the configuration; protected ones are left out.
func (w *world) onKind(n *node, s planned, kind arn.Kind, fn func(ctx context.Context, e *engine.Engine, id string) error) {
	if id, ok := pick(s, 1, w.ids(kind)); ok {
		w.call(n, s.Do, id, "", func(ctx context.Context, e *engine.Engine) (string, error) { return done(fn(ctx, e, id)) }).contact = ""
	}
}

func deleteQueue(w *world, n *node, s planned) {
	w.onKind(n, s, arn.Queue, func(ctx context.Context, e *engine.Engine, id string) error { return e.DeleteQueue(ctx, instance, id) })
}

func editQueue(w *world, n *node, s planned) {
	w.onKind(n, s, arn.Queue, func(ctx context.Context, e *engine.Engine, id string) error {
		if s.Pick[3]%3 == 0 {
			most := int(s.Pick[4] % 10)
			return e.CapQueue(ctx, instance, id, &most)
		}
		return e.DisableQueue(ctx, instance, id, s.Pick[3]%3 == 1 && s.chance(4, 3))
	})
}

// rowsOf are queues of a profile.
func (w *world) rowsOf(s planned) []routing.Row {
	var all []routing.Row
	for i, id := range w.ids(arn.Queue) {
		if s.Pick[2]>>i&1 == 1 && len(all) < 3 {
			all = append(all, routing.Row{Channel: routing.Task, ProfileQueue: routing.ProfileQueue{
				Queue: id, Priority: 1 + int(s.Pick[3]>>i)%3, Delay: time.Duration(s.Pick[3]>>i%3) * time.Second,
			}})
		}
	}
	return all
}

func createProfile(w *world, n *node, s planned) {
	outbound, _ := pick(s, 1, w.ids(arn.Queue))
	rows := w.rowsOf(s)
	w.call(n, "create profile", "", "", func(ctx context.Context, e *engine.Engine) (string, error) {
		p, err := e.CreateRoutingProfile(ctx, instance, routing.Profile{Name: fmt.Sprint("profile ", s.Pick[4]%6), DefaultOutbound: outbound},
			[]routing.Concurrency{{Channel: routing.Task, Slots: agent.Slots(1 + s.Pick[4]%3)}}, engine.ProfileQueues{Offered: rows})
		return p.ID, err
	})
}

func deleteProfile(w *world, n *node, s planned) {
	w.onKind(n, s, arn.RoutingProfile, func(ctx context.Context, e *engine.Engine, id string) error {
		return e.DeleteRoutingProfile(ctx, instance, id)
	})
}

func editProfile(w *world, n *node, s planned) {
	rows := w.rowsOf(s)
	manual, _ := pick(s, 4, w.ids(arn.Queue))
	w.onKind(n, s, arn.RoutingProfile, func(ctx context.Context, e *engine.Engine, id string) error {
		switch s.Pick[3] % 4 {
		case 0:
			return e.SetConcurrency(ctx, instance, id, []routing.Concurrency{{Channel: routing.Task, Slots: agent.Slots(1 + s.Pick[4]%4)}})
		case 1:
			return e.AssociateProfileQueues(ctx, instance, id, engine.ProfileQueues{Manual: []routing.Row{
				{Channel: routing.Task, ProfileQueue: routing.ProfileQueue{Queue: manual}},
			}})
		case 2:
			if len(rows) == 0 {
				return nil
			}
			return e.DisassociateProfileQueues(ctx, instance, id, engine.ProfileQueues{Offered: rows[:1]})
		default:
			return e.AssociateProfileQueues(ctx, instance, id, engine.ProfileQueues{Offered: rows})
		}
	})
}

func createUser(w *world, n *node, s planned) {
	profile, _ := pick(s, 1, w.ids(arn.RoutingProfile))
	u := directory.User{
		Username: fmt.Sprint("user", s.Pick[2]%8), RoutingProfile: profile,
		SecurityProfiles: []string{w.named(arn.SecurityProfile, "Agent")}, AutoAccept: s.chance(3, 5),
	}
	if s.chance(4, 3) {
		u.AfterContactWork = 3 * time.Second
	}
	w.call(n, "create user", "", "", func(ctx context.Context, e *engine.Engine) (string, error) {
		made, err := e.CreateUser(ctx, instance, u)
		return made.ID, err
	})
}

func deleteUser(w *world, n *node, s planned) {
	w.onKind(n, s, arn.User, func(ctx context.Context, e *engine.Engine, id string) error { return e.DeleteUser(ctx, instance, id) })
}

func editUser(w *world, n *node, s planned) {
	profile, _ := pick(s, 2, w.ids(arn.RoutingProfile))
	w.onKind(n, s, arn.User, func(ctx context.Context, e *engine.Engine, id string) error {
		switch s.Pick[3] % 3 {
		case 0:
			return e.AddProficiencies(ctx, instance, id, []directory.Proficiency{{Name: "language", Value: "de", Level: 1 + float64(s.Pick[4]%5)}})
		default:
			return e.SetRoutingProfile(ctx, instance, id, profile)
		}
	})
}

func createQuickConnect(w *world, n *node, s planned) {
	q := routing.QuickConnect{Name: fmt.Sprint("connect ", s.Pick[2]%5)}
	if s.Pick[3]%2 == 0 {
		target, _ := pick(s, 1, w.ids(arn.Queue))
		q.Destination = routing.Destination{Type: routing.QuickConnectQueue, Target: target, Flow: w.named(arn.Flow, "Default queue transfer")}
	} else {
		target, _ := pick(s, 1, w.ids(arn.User))
		q.Destination = routing.Destination{Type: routing.QuickConnectUser, Target: target, Flow: w.named(arn.Flow, "Default agent transfer")}
	}
	w.call(n, "create quick connect", "", "", func(ctx context.Context, e *engine.Engine) (string, error) {
		made, err := e.CreateQuickConnect(ctx, instance, q)
		return made.ID, err
	})
}

// external records a task that is worked elsewhere.
func external(w *world, n *node, s planned) {
	in := engine.CreateContact{Name: fmt.Sprint("task ", s.Number), Token: fmt.Sprint("token ", s.Number)}
	w.call(n, "external", fmt.Sprintf("%q", in.Name), "", func(ctx context.Context, e *engine.Engine) (string, error) {
		return e.CreateContact(ctx, instance, in)
	}).contact = ""
}

// editStatus disables a status that agents may choose, or enables it.
func editStatus(w *world, n *node, s planned) {
	w.onKind(n, s, arn.AgentStatus, func(ctx context.Context, e *engine.Engine, id string) error {
		off := s.Pick[2]%2 == 0
		return e.UpdateAgentStatus(ctx, instance, id, engine.StatusUpdate{Disabled: &off})
	})
}
