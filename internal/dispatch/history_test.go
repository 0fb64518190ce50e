package dispatch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/flow"
	"github.com/tasklane/tasklane/internal/routing"
	"github.com/tasklane/tasklane/internal/store"
)

// history is a server without edges, to which things happen.
type history struct {
	*rapid.T
	mu sync.Mutex // guards laws
	laws

	dir    string
	store  *store.Store
	engine *engine.Engine
	d      *Dispatcher
	end    context.CancelFunc
	ran    chan error

	queues, flows, users, statuses []string
	tasks                          []string
}

func newHistory(t *rapid.T, dir string) *history {
	own, err := os.MkdirTemp(dir, "")
	h := &history{T: t, dir: own, laws: laws{
		members: map[string]*member{}, contacts: map[string]contact.Contact{}, agents: map[string]agent.Agent{},
		events: map[string][]contact.Event{}, touched: map[string]bool{},
	}}
	h.must(err)
	h.begin()
	h.furnish()
	h.run()
	return h
}

func (h *history) must(err error) {
	if err != nil {
		h.Fatalf("%v", err)
	}
}

// begin opens the store.
func (h *history) begin() {
	var err error
	h.store, err = store.Open(h.Context(), store.Options{Dir: h.dir})
	h.must(err)
	h.engine, err = engine.New(engine.Options{Store: h.store})
	h.must(err)
	h.engine.Watch(func(c engine.Commit) {
		h.mu.Lock()
		h.committed(c)
		h.mu.Unlock()
	})
	h.d = New(Options{Engine: h.engine, Store: h.store, Node: "n1", LeaseTTL: 24 * time.Hour})
	h.must(h.engine.Load(h.Context()))
}

// run begins to route, and waits until it does.
func (h *history) run() {
	ctx, end := context.WithCancel(context.Background())
	h.end, h.ran = end, make(chan error, 1)
	go func() { h.ran <- h.d.Run(ctx) }()
	for !h.d.Holds(instance) {
		time.Sleep(time.Millisecond)
	}
}

func (h *history) stop() {
	h.end()
	if err := errors.Join(<-h.ran, h.store.Close()); err != nil {
		h.Errorf("%v", err)
	}
}

// furnish makes two queues, three profiles and five users.
func (h *history) furnish() {
	ctx := h.Context()
	stock, err := h.engine.Bootstrap(ctx, engine.First{
		Instance: directory.Instance{Instance: arn.Instance{Region: "us-east-1", Account: "000000000000", ID: instance}, Alias: "tasklane"},
		NewID:    func(arn.Kind, string) string { return uuid.NewString() },
		Admin:    directory.User{Username: "admin"}, Agent: directory.User{Username: "ann"},
	})
	h.must(err)
	like, err := h.engine.User(instance, stock.Agent)
	h.must(err)
	basic, err := h.engine.Queue(instance, stock.Queue)
	h.must(err)
	second, err := h.engine.CreateQueue(ctx, instance, routing.Queue{Name: "second", Hours: basic.Value.Hours})
	h.must(err)
	h.queues = []string{stock.Queue, second.ID}
	h.must(h.engine.CreatePredefinedAttribute(ctx, instance, routing.PredefinedAttribute{Name: "language", Values: []string{"de"}}))
	for i, content := range []string{
		strings.Replace(toAgent, `"AgentId":"$.Attributes.who"`, `"QueueId":"$.Attributes.who"`, 1), toAgent,
	} {
		f, err := h.engine.CreateFlow(ctx, instance, engine.Flow{Name: fmt.Sprint("flow ", i), Type: flow.TypeContactFlow, Saved: content}, true)
		h.must(err)
		h.flows = append(h.flows, f.ID)
	}
	row := func(queue, priority, delay int) routing.ProfileQueue {
		return routing.ProfileQueue{Queue: h.queues[queue], Priority: priority, Delay: time.Duration(delay) * time.Second}
	}
	profiles := []*routing.Profile{
		{Slots: 2, Queues: []routing.ProfileQueue{row(0, 1, 0), row(1, 2, 5)}},
		{Slots: 1, Queues: []routing.ProfileQueue{row(0, 1, 3), row(1, 1, 0)}, Timer: routing.TimerInbound},
		{Slots: 1, Queues: []routing.ProfileQueue{row(1, 3, 0)}, Manual: []string{h.queues[0]}},
	}
	for i := range 6 {
		h.user(i, profiles[i%len(profiles)], like.Value.SecurityProfiles)
	}
	statuses, err := h.engine.AgentStatuses(instance)
	h.must(err)
	for _, s := range statuses {
		h.statuses = append(h.statuses, s.ID)
		if s.Value.Type == agent.Routable {
			h.statuses = append(h.statuses, s.ID, s.ID) // it is chosen more often
		}
	}
}

// user makes a user with a profile of their own, and makes them available. The last one is no agent.
func (h *history) user(i int, p *routing.Profile, security []string) {
	profile := uuid.NewString()
	h.put(engine.Resource{Kind: arn.RoutingProfile, ID: profile, Name: fmt.Sprint("profile ", i)}, p)
	u := directory.User{Username: fmt.Sprint("user ", i), RoutingProfile: profile}
	isAgent := i < 5
	if isAgent {
		u.SecurityProfiles = security
	}
	made, err := h.engine.CreateUser(h.Context(), instance, u)
	h.must(err)
	h.users = append(h.users, made.ID)
	h.mu.Lock()
	h.members[made.ID] = &member{id: made.ID, profile: p, isAgent: isAgent}
	h.mu.Unlock()
	available, err := h.engine.AgentStatuses(instance)
	h.must(err)
	for _, s := range available {
		if s.Value.Type == agent.Routable {
			h.must(h.engine.SetStatus(h.Context(), instance, made.ID, s.ID))
		}
	}
}

func (h *history) put(r engine.Resource, v any) {
	body, err := json.Marshal(v)
	h.must(err)
	r.Body = body
	h.must(h.store.Update(h.Context(), instance, func(tx engine.Tx) error {
		tx.PutResource(r)
		return nil
	}))
}

// do runs a command, which may be refused.
func (h *history) do(err error) {
	if _, refused := errors.AsType[*fault.Error](err); err != nil && !refused {
		h.Fatalf("%v", err)
	}
}

// task picks a task: as a rule one that is in a state.
func (h *history) task(state contact.State) (id, user string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var fit []string
	for _, id := range h.tasks {
		if h.contacts[id].State == state {
			fit = append(fit, id)
		}
	}
	if len(fit) == 0 {
		fit = append(h.tasks, "none")
	}
	slices.Sort(fit)
	id = fit[rapid.IntRange(0, len(fit)-1).Draw(h.T, "task")]
	return id, h.contacts[id].Agent
}

func (h *history) drawUser() string { return rapid.SampledFrom(h.users).Draw(h.T, "user") }

func (h *history) criteria() *contact.Criteria {
	c := &contact.Criteria{}
	n := rapid.IntRange(1, 3).Draw(h.T, "steps")
	for i := range n {
		s := german(float64(rapid.IntRange(1, 4).Draw(h.T, "level")), time.Duration(rapid.IntRange(1, 10).Draw(h.T, "expiry"))*time.Second)
		if rapid.IntRange(0, 2).Draw(h.T, "prefers") == 0 {
			s.Expression.Attribute = &contact.Condition{AgentIDs: []string{h.drawUser()}}
		}
		if i == n-1 && rapid.Bool().Draw(h.T, "for ever") {
			s.Expiry = 0
		}
		c.Steps = append(c.Steps, s)
	}
	return c
}

func (h *history) startTask() {
	in := engine.StartTask{Flow: h.flows[0], Name: "task", Attributes: map[string]string{"who": rapid.SampledFrom(h.queues).Draw(h.T, "queue")}}
	if rapid.IntRange(0, 4).Draw(h.T, "own") == 0 {
		in.Flow, in.Attributes["who"] = h.flows[1], h.drawUser()
	}
	picky := rapid.Bool().Draw(h.T, "picky")
	if picky {
		in.ScheduledFor = h.engine.Now().Add(time.Second)
	}
	id, err := h.engine.StartTask(h.Context(), instance, in)
	h.must(err)
	h.tasks = append(h.tasks, id)
	if picky {
		h.must(h.engine.UpdateRouting(h.Context(), instance, id, engine.RoutingData{Criteria: h.criteria()}))
		h.must(h.d.Advance(h.Context(), h.engine.Now().Add(2*time.Second)))
	}
}

// byAgent is a command of the agent who has a task in a state.
func byAgent(state contact.State, do func(*engine.Engine, context.Context, string, string, string) error) func(*history) {
	return func(h *history) {
		id, user := h.task(state)
		if user == "" {
			user = h.drawUser()
		}
		h.do(do(h.engine, h.Context(), instance, id, user))
	}
}

func onTask(state contact.State, do func(h *history, id string) error) func(*history) {
	return func(h *history) {
		id, _ := h.task(state)
		h.do(do(h, id))
	}
}

// commands are what happens; those that stand here several times happen more often.
var commands = []struct {
	name string
	run  func(*history)
}{
	{"start", (*history).startTask},
	{"start", (*history).startTask},
	{"start", (*history).startTask},
	{"accept", byAgent(contact.Connecting, (*engine.Engine).Accept)},
	{"accept", byAgent(contact.Connecting, (*engine.Engine).Accept)},
	{"reject", byAgent(contact.Connecting, (*engine.Engine).Reject)},
	{"end", byAgent(contact.Connected, (*engine.Engine).End)},
	{"clear", byAgent(contact.ACW, (*engine.Engine).Clear)},
	{"clear what was missed or declined", func(h *history) {
		for _, id := range h.tasks {
			for _, user := range h.users {
				h.do(h.engine.Clear(h.Context(), instance, id, user))
			}
		}
	}},
	{"choose a status", func(h *history) {
		h.do(h.engine.SetStatus(h.Context(), instance, h.drawUser(), rapid.SampledFrom(h.statuses).Draw(h.T, "status")))
	}},
	{"let time pass", func(h *history) {
		seconds := rapid.SampledFrom([]int{1, 2, 4, 7, 31}).Draw(h.T, "seconds")
		h.must(h.d.Advance(h.Context(), h.engine.Now().Add(time.Duration(seconds)*time.Second)))
	}},
	{"let time pass", func(h *history) {
		h.must(h.d.Advance(h.Context(), h.engine.Now().Add(time.Duration(rapid.IntRange(1, 6).Draw(h.T, "seconds"))*time.Second)))
	}},
	{"change a priority", onTask(contact.Queued, func(h *history, id string) error {
		p := contact.Priority(rapid.IntRange(1, 6).Draw(h.T, "priority"))
		return h.engine.UpdateRouting(h.Context(), instance, id, engine.RoutingData{Priority: &p})
	})},
	{"change an age", onTask(contact.Queued, func(h *history, id string) error {
		age := time.Duration(rapid.IntRange(-60, 60).Draw(h.T, "age")) * time.Second
		return h.engine.UpdateRouting(h.Context(), instance, id, engine.RoutingData{Adjustment: &age})
	})},
	{"replace criteria", onTask(contact.Queued, func(h *history, id string) error {
		return h.engine.UpdateRouting(h.Context(), instance, id, engine.RoutingData{Criteria: h.criteria()})
	})},
	{"replace criteria while it rings", onTask(contact.Connecting, func(h *history, id string) error {
		return h.engine.UpdateRouting(h.Context(), instance, id, engine.RoutingData{Criteria: h.criteria()})
	})},
	{"stop", onTask(contact.Connecting, func(h *history, id string) error { return h.engine.Stop(h.Context(), instance, id) })},
	{"pause", onTask(contact.Queued, func(h *history, id string) error {
		return h.engine.Pause(h.Context(), instance, engine.Pausing{Contact: id})
	})},
	{"pause in hand", byAgent(contact.Connected, (*engine.Engine).PauseInHand)},
	{"resume", onTask(contact.Paused, func(h *history, id string) error {
		return h.engine.Resume(h.Context(), instance, engine.Pausing{Contact: id, Flow: h.flows[0]})
	})},
	{"pick", onTask(contact.Queued, func(h *history, id string) error {
		h.mu.Lock()
		h.picked = id
		h.mu.Unlock()
		err := h.engine.Associate(h.Context(), instance, id, h.drawUser())
		h.mu.Lock()
		h.picked = ""
		h.mu.Unlock()
		return err
	})},
	{"learn", func(h *history) {
		id, level := h.drawUser(), float64(rapid.IntRange(1, 5).Draw(h.T, "level"))
		h.mu.Lock()
		h.members[id].level = level
		h.mu.Unlock()
		u, err := h.engine.User(instance, id)
		h.must(err)
		v := *u.Value
		v.Proficiencies = []directory.Proficiency{{Name: "language", Value: "de", Level: level}}
		h.put(u.Resource, v)
	}},
	{"start the server anew", func(h *history) {
		h.stop()
		h.begin()
		h.run()
	}},
}
