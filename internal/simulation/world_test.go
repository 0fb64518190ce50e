package simulation

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/dispatch"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/flow"
	"github.com/tasklane/tasklane/internal/routing"
	"github.com/tasklane/tasklane/internal/store"
	"github.com/tasklane/tasklane/internal/telemetry"
	"github.com/tasklane/tasklane/internal/template"
)

// instance is where everything happens.
const instance = "11111111-1111-4111-8111-111111111111"

// What every node is set to. The times are shorter than those of a server, so that more happens in a minute.
const (
	offerTimeout    = 6 * time.Second
	databaseTimeout = time.Second
	leaseTTL        = 5 * time.Second
	resync          = 5 * time.Second // as package server has it
	refreshEvery    = 2 * time.Second // as package server has it
	mostTasks       = 40              // the quota of active tasks
)

// world is what there is in one run.
type world struct {
	t        *testing.T
	plan     plan
	random   *rand.Rand // of the scheduler
	database *database
	nodes    []*node
	auditor  *store.Store // reads past the scheduler
	stock    engine.Stock
	began    time.Time

	mu      sync.Mutex // guards waiting
	waiting []*gate

	steps  int
	digest uint64 // of all that the scheduler has done
	trace  func(*gate, verdict)

	story
	calls  []*call
	panels map[string]*panel // by user
	seen
	history
	spoilt    map[string]bool // contacts and agents whose row cannot be read any more
	calm      bool            // no harm is done any more, since calmSince
	calmSince time.Time
}

// node is one server without its edges.
type node struct {
	world *world
	index int
	name  string
	skew  time.Duration // of its clock
	lives int

	*life
	up         bool // it takes calls
	store      *store.Store
	engine     *engine.Engine
	dispatcher *dispatch.Dispatcher
	end        context.CancelFunc // of what runs
	ended      chan struct{}

	// Faults in force; see faults.
	frozenUntil, cutUntil, muteUntil time.Time
	nextCommit                       verdict
	crashAfter                       int // commits; 0: never
}

// life is what a node is from its start to its end. What is left of it then reaches nobody.
type life struct {
	node  *node
	over  bool // guarded by the world's mu
	death chan struct{}
}

func (w *world) now() time.Time { return time.Now() }

func (w *world) since() time.Duration { return w.now().Sub(w.began) }

// lockedSource is a source of random bytes for several goroutines.
type lockedSource struct {
	mu     sync.Mutex
	random *rand.ChaCha8
}

func newSource(seed uint64, parts ...int) *lockedSource {
	var key [32]byte
	copy(key[:], fmt.Sprint(seed, parts))
	return &lockedSource{random: rand.NewChaCha8(key)}
}

func (s *lockedSource) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.random.Read(p)
}

func (s *lockedSource) pause(most time.Duration) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Duration(s.random.Uint64() % uint64(most))
}

// image is a database with an instance in it, from which all worlds begin.
type image struct {
	bytes []byte
	stock engine.Stock
}

var theImage = sync.OnceValues(func() (image, error) {
	d, err := openDatabase(nil)
	if err != nil {
		return image{}, err
	}
	random := newSource(0)
	opened := time.Date(1999, 12, 31, 23, 0, 0, 0, time.UTC)
	st, err := store.Open(background, store.Options{Connector: connector{database: d}, Now: func() time.Time { return opened }})
	if err != nil {
		return image{}, err
	}
	e, err := engine.New(engine.Options{Store: st, Random: random})
	if err != nil {
		return image{}, err
	}
	var i image
	if i.stock, err = furnish(e); err != nil {
		return image{}, err
	}
	if err := st.Close(); err != nil {
		return image{}, err
	}
	i.bytes, err = d.conn.Serialize()
	return i, errors.Join(err, d.close())
})

// furnish makes the instance: flows that take a task to a queue, to an agent, or to a queue after a wait.
func furnish(e *engine.Engine) (engine.Stock, error) {
	ctx := background
	stock, err := e.Bootstrap(ctx, engine.First{
		Instance: directory.Instance{Instance: arn.Instance{Region: "us-east-1", Account: "000000000000", ID: instance}, Alias: "simulated"},
		NewID: func(kind arn.Kind, name string) string {
			return uuid.NewSHA1(uuid.MustParse(instance), []byte(string(kind)+"/"+name)).String()
		},
		Admin: directory.User{Username: "admin"}, Agent: directory.User{Username: "ann"},
	})
	if err != nil {
		return stock, err
	}
	for _, f := range flows {
		f.Type = flow.TypeContactFlow
		f.Saved = strings.ReplaceAll(f.Saved, "SAMPLE", stock.Flow)
		if _, err := e.CreateFlow(ctx, instance, f, true); err != nil {
			return stock, fmt.Errorf("flow %s: %w", f.Name, err)
		}
	}
	basic, err := e.Queue(instance, stock.Queue)
	if err != nil {
		return stock, err
	}
	if _, err := e.CreateQueue(ctx, instance, routing.Queue{Name: "second", Hours: basic.Value.Hours}); err != nil {
		return stock, err
	}
	if err := e.CreatePredefinedAttribute(ctx, instance, routing.PredefinedAttribute{Name: "language", Values: []string{"de"}}); err != nil {
		return stock, err
	}
	if err := ownTasks(e, stock.Flow); err != nil {
		return stock, err
	}
	_, err = e.CreateAgentStatus(ctx, instance, agent.Status{Name: "Lunch", Type: agent.Custom})
	return stock, err
}

// ownTasks makes a template of tasks that agents make for themselves.
func ownTasks(e *engine.Engine, sample string) error {
	all, err := e.Flows(instance)
	if err != nil {
		return err
	}
	for _, f := range all {
		if f.Name == "Default agent transfer" {
			_, err = e.CreateTaskTemplate(background, instance, template.Template{
				Name: "for oneself", Active: true, Flow: sample, SelfAssignFlow: f.ID, Required: []string{"Task name"},
				Fields: []template.Field{{Name: "Task name", Type: template.FieldName}},
			}, "")
		}
	}
	return err
}

// flowEnd is what the flows below do when something fails.
const flowEnd = `{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}`

// flowQueue puts a task into the queue that was set.
const flowQueue = `{"Identifier":"queue","Type":"TransferContactToQueue","Parameters":{},
   "Transitions":{"NextAction":"end","Errors":[{"ErrorType":"QueueAtCapacity","NextAction":"end"},{"ErrorType":"NoMatchingError","NextAction":"end"}]}}`

// flows are those of the instance. Their tasks say in the attribute who to which queue or agent they go.
var flows = []engine.Flow{
	{Name: "to queue", Saved: `{"Version":"2019-10-30","StartAction":"choose","Actions":[
  {"Identifier":"choose","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"$.Attributes.who"},
   "Transitions":{"NextAction":"queue","Errors":[{"ErrorType":"NoMatchingError","NextAction":"end"}]}},` + flowQueue + "," + flowEnd + `]}`},
	{Name: "to agent", Saved: `{"Version":"2019-10-30","StartAction":"choose","Actions":[
  {"Identifier":"choose","Type":"UpdateContactTargetQueue","Parameters":{"AgentId":"$.Attributes.who"},
   "Transitions":{"NextAction":"queue","Errors":[{"ErrorType":"NoMatchingError","NextAction":"end"}]}},` + flowQueue + "," + flowEnd + `]}`},
	{Name: "wait and queue", Saved: `{"Version":"2019-10-30","StartAction":"wait","Actions":[
  {"Identifier":"wait","Type":"Wait","Parameters":{"TimeLimitSeconds":"3"},"Transitions":{"NextAction":"end",
   "Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}],
   "Conditions":[{"NextAction":"new","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}}]}},
  {"Identifier":"new","Type":"CreateTask","Parameters":{"Name":"of $.Name","ContactFlowId":"SAMPLE"},
   "Transitions":{"NextAction":"choose","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
  {"Identifier":"choose","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"$.Attributes.who"},
   "Transitions":{"NextAction":"queue","Errors":[{"ErrorType":"NoMatchingError","NextAction":"end"}]}},` + flowQueue + "," + flowEnd + `]}`},
}

// newWorld makes a world within a bubble of virtual time.
func newWorld(t *testing.T, p plan) *world {
	t.Helper()
	im, err := theImage()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{
		t: t, plan: p, random: rand.New(rand.NewPCG(p.Seed, 1)), stock: im.stock, began: time.Now(), spoilt: map[string]bool{},
		story: newStory(), seen: newSeen(), panels: map[string]*panel{},
	}
	if w.database, err = openDatabase(im.bytes); err != nil {
		t.Fatal(err)
	}
	if w.auditor, err = store.Open(background, store.Options{Connector: connector{database: w.database}}); err != nil {
		t.Fatal(err)
	}
	w.committed()
	for i, skew := range p.Skews {
		n := &node{world: w, index: i, name: fmt.Sprint("n", i+1), skew: skew}
		w.nodes = append(w.nodes, n)
		w.start(n)
	}
	return w
}

// start starts a node: its memory is new.
func (w *world) start(n *node) {
	n.lives++
	n.life = &life{node: n, death: make(chan struct{})}
	n.up, n.nextCommit, n.crashAfter = false, proceed, 0
	n.store, n.engine, n.dispatcher = nil, nil, nil
	n.ended = make(chan struct{})
	ctx, end := context.WithCancel(background)
	n.end = end
	w.tell("%s starts", n.name)
	go func() {
		defer close(n.ended)
		if err := n.run(ctx); err != nil {
			w.fail("start", "%s: %v", n.name, err)
		}
	}()
}

// tryAgain is how long a node that cannot start waits before it tries again.
const tryAgain = 300 * time.Millisecond

// run is a whole life of a node: as package server puts the parts together.
func (n *node) run(ctx context.Context) error {
	var st *store.Store
	var e *engine.Engine
	random := newSource(n.world.plan.Seed, n.index, n.lives)
	for {
		var err error
		st, e, err = n.open(as(ctx, "start"), random)
		if err == nil {
			break
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(tryAgain):
		}
	}
	d := dispatch.New(dispatch.Options{Engine: e, Store: st, Node: fmt.Sprintf("%s.%d", n.name, n.lives), LeaseTTL: leaseTTL, Resync: resync})
	for {
		err := e.Load(as(ctx, "start"))
		if err == nil {
			break
		}
		if ctx.Err() != nil {
			return st.Close()
		}
		time.Sleep(tryAgain)
	}
	n.store, n.engine, n.dispatcher = st, e, d
	n.up = true
	var running sync.WaitGroup
	n.serveDesk(ctx, e, &running)
	running.Go(func() { _ = d.Run(as(ctx, "dispatch")) })
	running.Go(func() {
		for range telemetry.Every(as(ctx, "refresh"), refreshEvery) {
			_ = e.Refresh(as(ctx, "refresh")) // the next time
		}
	})
	running.Wait()
	return st.Close()
}

func (n *node) open(ctx context.Context, random *lockedSource) (*store.Store, *engine.Engine, error) {
	l := n.life
	st, err := store.Open(ctx, store.Options{
		Connector: connector{n.world.database, l}, Timeout: databaseTimeout, Jitter: random.pause,
		Now:  func() time.Time { return time.Now().Add(n.skew) },
		Hold: func(ctx context.Context, rows string) { l.pass(ctx, gateSubmit, rows, nil) },
	})
	if err != nil {
		return nil, nil, err
	}
	e, err := engine.New(engine.Options{
		Store: st, OfferTimeout: offerTimeout, Random: random,
		Quotas: map[string]int{engine.QuotaActiveTasks: mostTasks, engine.QuotaUsers: 0, engine.QuotaQueues: 0, engine.QuotaProfiles: 0},
	})
	return st, e, err
}

// crash drops the memory of a node. What it does from now on reaches nobody.
func (w *world) crash(n *node) {
	w.tell("%s crashes", n.name)
	w.drop(n)
}

func (w *world) drop(n *node) {
	w.mu.Lock()
	n.over = true
	var left []*gate
	w.waiting = slices.DeleteFunc(w.waiting, func(g *gate) bool {
		if g.node == n {
			left = append(left, g)
		}
		return g.node == n
	})
	w.mu.Unlock()
	n.up = false
	for _, c := range w.calls {
		if c.node == n && !c.over {
			w.outcome(c, errNoAnswer)
		}
	}
	n.end()
	close(n.death)
	for _, g := range left {
		g.pass <- dead
	}
	<-n.ended
	n.frozenUntil, n.cutUntil, n.muteUntil = time.Time{}, time.Time{}, time.Time{}
}

// close ends the world, so that the bubble can end.
func (w *world) close() {
	for _, n := range w.nodes {
		if !n.over {
			w.drop(n)
		}
	}
	for _, c := range w.calls {
		c.cancel()
	}
	synctest.Wait()
	if err := errors.Join(w.auditor.Close(), w.database.close()); err != nil {
		w.t.Error(err)
	}
}

// alive are the nodes that take calls.
func (w *world) alive() (all []*node) {
	for _, n := range w.nodes {
		if n.up && !n.over {
			all = append(all, n)
		}
	}
	return all
}

// in finds those contacts that are in some states, in the order in which they were first seen.
func (w *world) in(states ...contact.State) (all []*contact.Contact) {
	for _, id := range w.order {
		if c := w.contacts[id]; slices.Contains(states, c.State) {
			all = append(all, c)
		}
	}
	return all
}
