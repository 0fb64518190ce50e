package rehearse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/dispatch"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/routing"
	"github.com/tasklane/tasklane/internal/store"
)

// instance is where everything happens.
const instance = "11111111-1111-4111-8111-111111111111"

// monday is when a scenario begins unless it says otherwise.
var monday = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// stage is what a scenario is played on: an engine with all that makes things happen by themselves.
type stage struct {
	dir  string // of the database
	base string // of the files that scenarios name

	store      *store.Store
	engine     *engine.Engine
	dispatcher *dispatch.Dispatcher
	stop       func() error // stops the dispatcher

	queues    []routing.ProfileQueue // that agents serve
	ids       map[string]string      // of what the script has named
	kinds     map[string]string      // of the same: queue, agent and so on
	straight  map[string]string      // flows that take a task straight to a queue or an agent, by that
	quotas    map[string]int
	contracts map[string]string // of modules
	drafts    []draft           // that are to be published before the next step
	functions map[string]function

	mu    sync.Mutex // guards what follows, which the engine reads or writes when it will
	clock time.Time
	draws []int
	begun []string // contacts in the order in which they began
	calls []engine.Call

	transcript
}

// function is what a function does when it is called.
type function struct {
	answer string
	fails  string // why there is no answer; empty: there is one
}

// open makes an empty stage.
func open(ctx context.Context, dir, base string) (*stage, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make a stage: %w", err)
	}
	p := &stage{
		dir: dir, base: base, clock: monday, ids: map[string]string{}, kinds: map[string]string{},
		straight: map[string]string{}, quotas: map[string]int{}, contracts: map[string]string{},
		functions: map[string]function{}, transcript: newTranscript(),
	}
	if err := p.start(ctx); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

// now is the time on the stage's clock, which stands still.
func (p *stage) now() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.clock
}

// start starts the program, on an empty database or on what an earlier start has left.
func (p *stage) start(ctx context.Context) error {
	var err error
	if p.store, err = store.Open(ctx, store.Options{Dir: p.dir, Now: p.now}); err != nil {
		return fmt.Errorf("open the stage's database: %w", err)
	}
	if p.engine, err = engine.New(engine.Options{Store: p.store, Draw: p.draw, Quotas: p.quotas}); err != nil {
		return err
	}
	p.dispatcher = dispatch.New(dispatch.Options{
		Engine: p.engine, Store: p.store, Node: "stage", LeaseTTL: time.Hour, Outside: p.call,
	})
	p.engine.Watch(p.committed)
	if err := p.engine.Load(ctx); err != nil {
		return err
	}
	if len(p.engine.Instances()) == 0 {
		if err := p.furnish(ctx); err != nil {
			return err
		}
	}
	running, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- p.dispatcher.Run(running) }()
	p.stop = func() error { cancel(); return <-ended }
	for !p.dispatcher.Holds(instance) {
		select {
		case err := <-ended:
			cancel()
			return errors.Join(errors.New("the stage does not run"), err)
		case <-time.After(time.Millisecond):
		}
	}
	return nil
}

// furnish makes the instance. Its agents have a routing profile of their own, which serves every queue.
func (p *stage) furnish(ctx context.Context) error {
	_, err := p.engine.Bootstrap(ctx, engine.First{
		Instance: directory.Instance{
			Instance: arn.Instance{Region: "us-east-1", Account: "111122223333", ID: instance}, Alias: "stage",
		},
		AccessKey: directory.AccessKey{ID: "test", Secret: "test", Account: "111122223333"},
		NewID:     stockID,
		Admin:     directory.User{Username: "stage-admin"}, Agent: directory.User{Username: "stage-agent"},
	})
	return err
}

// stockID is the id of what every instance has from the start.
func stockID(kind arn.Kind, name string) string {
	return uuid.NewSHA1(uuid.MustParse(instance), []byte(string(kind)+"/"+name)).String()
}

// putProfile writes a routing profile in one commit: what matching knows of it is never half of it.
func (p *stage) putProfile(ctx context.Context, r engine.Resource, profile routing.Profile) error {
	var err error
	if r.Body, err = json.Marshal(profile); err != nil {
		return fmt.Errorf("write routing profile: %w", err)
	}
	return p.store.Update(ctx, instance, func(tx engine.Tx) error {
		tx.PutResource(r)
		return nil
	})
}

// close takes the stage down.
func (p *stage) close() error {
	var stopped, closed error
	if p.stop != nil {
		stopped = p.stop()
		p.stop = nil
	}
	if p.store != nil {
		closed = p.store.Close()
	}
	return errors.Join(stopped, closed, os.RemoveAll(p.dir))
}

// restart ends the program between two commits and starts it again.
func (p *stage) restart(ctx context.Context) error {
	if err := errors.Join(p.stop(), p.store.Close()); err != nil {
		return err
	}
	p.mu.Lock()
	p.calls = nil
	p.mu.Unlock()
	return p.start(ctx)
}

// committed takes down what a commit tells.
func (p *stage) committed(c engine.Commit) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, made := range c.Contacts {
		if !slices.Contains(p.begun, made.ID) {
			p.begun = append(p.begun, made.ID)
		}
	}
	p.calls = append(p.calls, c.Calls...)
}

// call answers the calls of functions that flows have asked for, and those that follow from the answers.
func (p *stage) call(ctx context.Context) error {
	for {
		p.mu.Lock()
		calls := p.calls
		p.calls = nil
		p.mu.Unlock()
		if len(calls) == 0 {
			return nil
		}
		for _, c := range calls {
			f, known := p.functions[c.Function]
			var failed error
			switch {
			case !known:
				failed = errors.New("the script does not say what this function answers")
			case f.fails != "":
				failed = errors.New(f.fails)
			}
			if err := p.engine.EndCall(ctx, c, []byte(p.resolveAnswer(f.answer)), failed); err != nil {
				return fmt.Errorf("answer of %s: %w", c.Function, err)
			}
		}
	}
}

// draw gives the next number that the script has told, or else always the same.
func (p *stage) draw() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.draws) == 0 {
		return 50
	}
	n := p.draws[0]
	p.draws = p.draws[1:]
	return n
}

// tick moves the clock by so little that no time told is another, and no two things happen at the same time: who is
// available for longest, and what has waited for longest, is the same at every play.
func (p *stage) tick() {
	p.mu.Lock()
	p.clock = p.clock.Add(time.Millisecond)
	p.mu.Unlock()
}

// settle lets everything happen that happens at this moment. Due timers are fired.
func (p *stage) settle(ctx context.Context) error {
	return p.dispatcher.Advance(ctx, p.engine.Now())
}

// pass lets time pass.
func (p *stage) pass(ctx context.Context, d time.Duration) error {
	return p.dispatcher.Advance(ctx, p.engine.Now().Add(d))
}
