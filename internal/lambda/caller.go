package lambda

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/telemetry"
)

const (
	// atOnce is how many calls are under way at most.
	atOnce = 256
	// grace is how long calls may go on when the server stops.
	grace = time.Second
	// endAttempts is how often the outcome of a call is handed over at most, and endTime how long each time. A database
	// that is away for some seconds must not leave a flow waiting.
	endAttempts = 8
	endTime     = 5 * time.Second
)

// Engine is what a caller needs of the engine.
type Engine interface {
	// EndCall takes the answer to a call, or why there is none. Of an asynchronous call it hears, without an answer, that
	// the call was made. When EndCall itself fails it is called again, unless the failure is a fault other than
	// [fault.Contended].
	EndCall(ctx context.Context, c engine.Call, answer []byte, failed error) error
}

// CallerOptions are what a caller works with; all are required.
type CallerOptions struct {
	Engine  Engine
	Invoker *Invoker
	Metrics *telemetry.Metrics
}

// Caller makes the calls of flows. What waits has no other bound than the flows that wait for it.
type Caller struct {
	opts CallerOptions
	wake chan struct{} // of capacity 1

	mu      sync.Mutex // guards what follows
	waiting []engine.Call
	open    map[key]bool  // what waits or is under way
	idle    chan struct{} // is closed when nothing is open
}

// key says which call it is.
type key struct {
	instance, contact string
	stamp             int
}

func keyOf(c engine.Call) key { return key{c.Instance, c.Contact, c.Stamp} }

// NewCaller makes a caller; [Caller.Run] makes the calls.
func NewCaller(opts CallerOptions) *Caller {
	return &Caller{opts: opts, wake: make(chan struct{}, 1), open: map[key]bool{}}
}

// Start has a call made, soon. It does not block. The same call, told again before its end, is made once.
func (c *Caller) Start(call engine.Call) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open[keyOf(call)] {
		return
	}
	if len(c.open) == 0 {
		c.idle = make(chan struct{})
	}
	c.open[keyOf(call)] = true
	c.waiting = append(c.waiting, call)
	select {
	case c.wake <- struct{}{}:
	default: // it is about to look
	}
}

// Settle waits until no call waits or is under way, nor any that follows from the end of one.
func (c *Caller) Settle(ctx context.Context) error {
	for {
		c.mu.Lock()
		open, idle := len(c.open), c.idle
		c.mu.Unlock()
		if open == 0 {
			return nil
		}
		select {
		case <-idle:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Run makes calls until ctx ends, and returns when all that it started has ended. What is under way then has a second to
// end; what does not is left to the next start.
func (c *Caller) Run(ctx context.Context) error {
	calls, abandon := context.WithCancel(context.WithoutCancel(ctx))
	defer abandon()
	var running sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for {
		call, ok := c.next(ctx, slots)
		if !ok {
			break
		}
		running.Go(func() {
			defer func() { <-slots }()
			c.do(calls, call)
		})
	}
	late := time.AfterFunc(grace, abandon)
	defer late.Stop()
	running.Wait()
	return nil
}

// next waits for a slot and a call that needs it. It returns false when ctx ends.
func (c *Caller) next(ctx context.Context, slots chan<- struct{}) (engine.Call, bool) {
	select {
	case slots <- struct{}{}:
	case <-ctx.Done():
		return engine.Call{}, false
	}
	for ctx.Err() == nil {
		if call, ok := c.take(); ok {
			return call, true
		}
		select {
		case <-c.wake:
		case <-ctx.Done():
		}
	}
	return engine.Call{}, false
}

// take takes the call that has waited longest.
func (c *Caller) take() (engine.Call, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.waiting) == 0 {
		return engine.Call{}, false
	}
	call := c.waiting[0]
	c.waiting[0] = engine.Call{} // its event may be large
	c.waiting = c.waiting[1:]
	return call, true
}

// do makes one call and hands its outcome over.
func (c *Caller) do(ctx context.Context, call engine.Call) {
	defer c.done(call)
	elapsed := telemetry.Stopwatch()
	answer, failed := c.opts.Invoker.Invoke(ctx, call)
	if failed != nil && ctx.Err() != nil {
		return // the server stops: that says nothing about the function
	}
	c.opts.Metrics.FunctionCall(failed == nil, elapsed())
	if failed != nil {
		slog.WarnContext(ctx, "function call failed", "function", call.Function, "contact", call.Contact, "err", failed)
	}
	if err := c.end(ctx, call, answer, failed); err != nil {
		slog.ErrorContext(ctx, "cannot keep the outcome of a function call", "function", call.Function, "contact", call.Contact, "err", err)
	}
}

// end hands the outcome of a call to the engine, also when the server stops meanwhile. What the engine refuses, such as
// the answer to a contact that is no longer there, it would refuse again.
func (c *Caller) end(ctx context.Context, call engine.Call, answer []byte, failed error) error {
	for attempt := 1; ; attempt++ {
		err := c.endOnce(ctx, call, answer, failed)
		_, refused := errors.AsType[*fault.Error](err)
		if err == nil || refused && !fault.Is(err, fault.Contended) || attempt == endAttempts {
			return err
		}
		if !sleep(ctx, min(pause(attempt), endTime)) {
			return err
		}
	}
}

func (c *Caller) endOnce(ctx context.Context, call engine.Call, answer []byte, failed error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	return c.opts.Engine.EndCall(ctx, call, answer, failed)
}

// done forgets a call.
func (c *Caller) done(call engine.Call) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.open, keyOf(call))
	if len(c.open) == 0 {
		close(c.idle)
	}
}
