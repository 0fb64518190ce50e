// Package offer measures how long it takes from the commit of a task to the commit of its offer, with agents who
// wait, at a constant rate.
package offer

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/tasklane/tasklane/bench/latency"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/dispatch"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/store"
)

// Result is what was measured.
type Result struct {
	Agents         int             `json:"agents"`
	Tasks          int             `json:"tasks"`
	TasksPerSecond float64         `json:"tasksPerSecond"` // at which they were started
	CommitToOffer  latency.Summary `json:"commitToOffer"`
}

// Slots are those of an agent in the stock routing profile.
const Slots = 10

// Watch notes when tasks are queued and when they are offered.
type Watch struct {
	engine  *engine.Engine
	mu      sync.Mutex // guards what follows
	queued  map[string]time.Time
	took    []time.Duration
	want    int
	offered chan struct{}
}

// Stage is an engine that has nothing yet and no quotas in the way of many, watched, on a store, with a dispatcher that
// does not run.
type Stage struct {
	Store      *store.Store
	Engine     *engine.Engine
	Watch      *Watch
	Dispatcher *dispatch.Dispatcher
}

// Open makes a stage on an empty database; its store is to be closed.
func Open(ctx context.Context, opts store.Options) (*Stage, error) {
	st, err := store.Open(ctx, opts)
	if err != nil {
		return nil, err
	}
	e, err := engine.New(engine.Options{Store: st, OfferTimeout: time.Hour, Quotas: map[string]int{
		engine.QuotaActiveTasks: 0, engine.QuotaUsers: 0, engine.QuotaQueues: 0, engine.QuotaProfiles: 0,
	}})
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	w := newWatch(e) // before the first command
	return &Stage{st, e, w, dispatch.New(dispatch.Options{Engine: e, Store: st, Node: "bench"})}, nil
}

// newWatch watches an engine that has not run a command.
func newWatch(e *engine.Engine) *Watch {
	w := &Watch{engine: e, queued: make(map[string]time.Time)}
	e.Watch(w.committed)
	return w
}

func (w *Watch) committed(c engine.Commit) {
	now := time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range c.Events {
		switch e.Type {
		case contact.EventQueued:
			w.queued[e.Contact] = now
		case contact.EventOffered:
			w.took = append(w.took, now.Sub(w.queued[e.Contact]))
			if len(w.took) == w.want {
				close(w.offered)
			}
		default: // says nothing about offers
		}
	}
}

// Offers is how many offers there were since the last run began.
func (w *Watch) Offers() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.took)
}

// Measure starts tasks at a rate for so long, on an empty database, with as many agents as it takes.
func Measure(ctx context.Context, opts store.Options, perSecond float64, duration time.Duration) (r Result, err error) {
	s, err := Open(ctx, opts)
	if err != nil {
		return Result{}, err
	}
	defer s.Store.Close()
	e := s.Engine
	stock, err := Bootstrap(ctx, e)
	if err != nil {
		return Result{}, err
	}
	tasks := int(perSecond * duration.Seconds())
	agents := tasks/Slots + 1
	ids, err := Hire(ctx, e, stock, agents)
	if err != nil {
		return Result{}, err
	}
	if err := Available(ctx, e, ids); err != nil {
		return Result{}, err
	}
	stop, err := Own(ctx, s.Dispatcher, e.Instances()[0].ID)
	if err != nil {
		return Result{}, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	run, err := s.Watch.Run(ctx, tasks, perSecond, func(int) engine.StartTask { return engine.StartTask{Flow: stock.Flow, Name: "Call back"} })
	if err != nil {
		return Result{}, err
	}
	return Result{agents, tasks, perSecond, run.CommitToOffer}, nil
}

// Own runs a dispatcher until stop is called. When it returns, the dispatcher owns the instance and has read what is
// there already.
func Own(ctx context.Context, d *dispatch.Dispatcher, instance string) (stop func() error, err error) {
	running, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- d.Run(running) }()
	stop = func() error {
		cancel()
		return <-done
	}
	for !d.Holds(instance) {
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), stop())
		case <-time.After(time.Millisecond):
		}
	}
	if err := d.Settle(ctx); err != nil {
		return nil, errors.Join(err, stop())
	}
	return stop, nil
}

// Run is what was measured while tasks were started and offered.
type Run struct {
	OffersPerSecond float64         `json:"offersPerSecond"` // from the first start to the last offer
	CommitToOffer   latency.Summary `json:"commitToOffer"`
}

// Run starts tasks at a constant rate, the ith as task tells, and waits until all were offered.
func (w *Watch) Run(ctx context.Context, tasks int, perSecond float64, task func(i int) engine.StartTask) (Run, error) {
	w.mu.Lock()
	w.queued, w.took, w.want, w.offered = make(map[string]time.Time, tasks), nil, tasks, make(chan struct{})
	w.mu.Unlock()
	begin := time.Now()
	if err := start(ctx, w.engine, tasks, perSecond, task); err != nil {
		return Run{}, err
	}
	select {
	case <-w.offered:
	case <-time.After(30 * time.Second):
		w.mu.Lock()
		defer w.mu.Unlock()
		return Run{}, fmt.Errorf("only %d of %d tasks were offered", len(w.took), tasks)
	}
	return Run{float64(tasks) / time.Since(begin).Seconds(), latency.Summarize(w.took)}, nil
}

// Bootstrap makes an instance.
func Bootstrap(ctx context.Context, e *engine.Engine) (engine.Stock, error) {
	return e.Bootstrap(ctx, engine.First{
		Instance: directory.Instance{
			Instance: arn.Instance{Region: "us-east-1", Account: "000000000000", ID: uuid.NewString()}, Alias: "bench",
		},
		NewID: func(arn.Kind, string) string { return uuid.NewString() },
		Admin: directory.User{Username: "admin"}, Agent: directory.User{Username: "agent"},
	})
}

// Hire makes agents like that of the stock, the ith changed as the functions tell, and returns their ids.
func Hire(ctx context.Context, e *engine.Engine, stock engine.Stock, n int, change ...func(i int, u *directory.User)) ([]string, error) {
	instance := e.Instances()[0].ID
	like, err := e.User(instance, stock.Agent)
	if err != nil {
		return nil, err
	}
	ids := make([]string, n)
	return ids, each(n, func(i int) error {
		u := directory.User{
			Username: fmt.Sprintf("agent-%d", i), RoutingProfile: like.Value.RoutingProfile,
			SecurityProfiles: append([]string{}, like.Value.SecurityProfiles...),
		}
		for _, fn := range change {
			fn(i, &u)
		}
		made, err := e.CreateUser(ctx, instance, u)
		ids[i] = made.ID
		return err
	})
}

// Available has agents wait for tasks.
func Available(ctx context.Context, e *engine.Engine, ids []string) error {
	instance := e.Instances()[0].ID
	statuses, err := e.AgentStatuses(instance)
	if err != nil {
		return err
	}
	available := statuses[0].ID // by name: Available, Offline
	return each(len(ids), func(i int) error { return e.SetStatus(ctx, instance, ids[i], available) })
}

// each does something n times at once, and returns the first error.
func each(n int, do func(i int) error) error {
	var wg sync.WaitGroup
	errs := make(chan error, n)
	for i := range n {
		wg.Go(func() {
			if err := do(i); err != nil {
				errs <- err
			}
		})
	}
	wg.Wait()
	close(errs)
	return <-errs
}

// start starts tasks at a constant rate.
func start(ctx context.Context, e *engine.Engine, tasks int, perSecond float64, task func(i int) engine.StartTask) error {
	instance := e.Instances()[0].ID
	var wg sync.WaitGroup
	errs := make(chan error, tasks)
	begin := time.Now()
	for i := range tasks {
		at := begin.Add(time.Duration(float64(i) / perSecond * float64(time.Second)))
		time.Sleep(time.Until(at))
		wg.Go(func() {
			in := task(i)
			in.Token = uuid.NewString()
			if _, err := e.StartTask(ctx, instance, in); err != nil {
				errs <- err
			}
		})
	}
	wg.Wait()
	close(errs)
	return <-errs
}
