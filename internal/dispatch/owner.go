package dispatch

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/routing"
	"github.com/tasklane/tasklane/internal/telemetry"
)

const (
	// offersUnderWay bounds the offers that are being committed at once.
	offersUnderWay = 64
	// tasksKept bounds the waiting tasks that an owner keeps whole; of the others it knows the place in line.
	tasksKept = 4096
	// afterFailure is how long an owner waits before it reads everything again because of an error.
	afterFailure = time.Second
	// idleAfter is how long an owner stays in whose instance nothing waits.
	idleAfter = time.Minute
	// loadShare bounds the part of its time that an owner spends on reading everything again: one in so many.
	loadShare = 20
)

// owner matches one instance. Its board belongs to the goroutine of run; the inbox is how commits get there.
type owner struct {
	engine   *engine.Engine
	instance string

	news   *news              // where other nodes write; else nil
	cancel context.CancelFunc // ends it; guarded by the lock of the dispatcher, nil until it runs

	mu      sync.Mutex // guards inbox and matures
	inbox   []engine.Commit
	arrived chan struct{} // of capacity 1: the inbox is not empty
	matures time.Time     // when a task will next have waited for a delay; the zero time: none will

	board    *routing.Board
	agents   map[string]*agent.Agent
	tasks    map[string]*contact.Contact // some of those that wait, to offer them without reading them
	underWay int
	outcomes chan outcome
	settling chan chan struct{}
	waiters  []chan struct{} // of those who wait for quiet

	inDeleted []string // tasks in queues that are not there; see stranded
	present   string   // a queue that is there; "" when none is known

	alarm    *time.Timer         // for matures
	setbacks map[string]setback  // tasks whose offers have failed, by contact; those whose time has come included
	retry    *time.Timer         // for the first of them
	down     func(error) bool    // reports whether an error says that the database cannot be used
	offered  func(time.Duration) // may be nil
	unloaded atomic.Bool         // what waits could not be read when that was last tried
	panics   *atomic.Int64       // of the dispatcher
	asking   chan func()         // questions about the board; see ask
	stopped  chan struct{}       // closed when run has returned
}

// outcome is what became of an offer.
type outcome struct {
	routing.Offer
	err error
}

func newOwner(e *engine.Engine, instance string, down func(error) bool, panics *atomic.Int64) *owner {
	retry := time.NewTimer(0)
	retry.Stop() // nothing has failed yet
	return &owner{
		engine: e, instance: instance, down: down, panics: panics, setbacks: map[string]setback{}, retry: retry,
		arrived:  make(chan struct{}, 1),
		outcomes: make(chan outcome, offersUnderWay), settling: make(chan chan struct{}),
		asking: make(chan func()), alarm: time.NewTimer(0), stopped: make(chan struct{}),
	}
}

// receive takes a commit in; it never blocks.
func (o *owner) receive(c engine.Commit) {
	o.mu.Lock()
	o.inbox = append(o.inbox, c)
	o.mu.Unlock()
	signal(o.arrived)
}

func signal(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

// take empties the inbox.
func (o *owner) take() []engine.Commit {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := o.inbox
	o.inbox = nil
	return all
}

// run matches until ctx ends, or nothing has waited for a while and retire says that nothing has come meanwhile, and
// the last offer has its outcome.
func (o *owner) run(ctx context.Context, resync time.Duration, retire func() bool) {
	var again, idle <-chan time.Time
	refresh := func() {
		elapsed := telemetry.Stopwatch()
		err := o.load(ctx)
		wait := resync
		if resync > 0 {
			wait = max(resync, loadShare*elapsed())
		}
		o.unloaded.Store(err != nil && ctx.Err() == nil)
		if err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "cannot read what waits", "instance", o.instance, "err", err)
			wait = afterFailure
		}
		if again = nil; wait > 0 {
			again = time.After(wait)
		}
	}
	arrived := func() {
		for _, c := range o.take() {
			if c.Reset {
				refresh()
			}
			o.apply(c)
		}
	}
	ended := func(done outcome) {
		o.underWay--
		if done.err != nil && !o.correct(ctx, done) {
			again = time.After(afterFailure)
		}
	}
	refresh()
	defer close(o.stopped)
	defer o.alarm.Stop()
	defer o.retry.Stop()
	for {
		o.match(ctx)
		switch {
		case !o.quiet():
			idle = nil
		case idle == nil:
			idle = time.After(idleAfter)
		}
		// Of what is ready already, one of each kind is done, in this order: select would choose one by chance, and the
		// same history must have the same outcome.
		ready := false
		if done, ok := poll(o.outcomes); ok {
			ready = true
			ended(done)
		}
		if _, ok := poll(o.arrived); ok {
			ready = true
			arrived()
		}
		if _, ok := poll(again); ok {
			ready = true
			refresh()
		}
		if _, ok := poll(o.alarm.C); ok { // match looks at the clock
			ready = true
		}
		if _, ok := poll(o.retry.C); ok {
			ready = true
			o.tryAgain(ctx)
		}
		if ctx.Err() != nil {
			for ; o.underWay > 0; o.underWay-- {
				<-o.outcomes
			}
			return
		}
		if ready {
			continue
		}
		select {
		case <-ctx.Done():
		case done := <-o.outcomes:
			ended(done)
		case <-o.arrived:
			arrived()
		case <-again:
			refresh()
		case <-o.alarm.C: // match looks at the clock
		case <-o.retry.C:
			o.tryAgain(ctx)
		case question := <-o.asking:
			question()
		case w := <-o.settling:
			o.waiters = append(o.waiters, w)
		case <-idle:
			if retire() {
				return
			}
			idle = nil
		}
	}
}

// poll receives what is ready, if anything is. Of a signal that is forgotten so, whoever polls does now what it asks for.
func poll[T any](ch <-chan T) (v T, ok bool) {
	select {
	case v = <-ch:
		return v, true
	default:
		return v, false
	}
}

// quiet reports whether nothing waits, on the board or off it, and no offer is under way.
func (o *owner) quiet() bool {
	return o.underWay == 0 && len(o.waiters) == 0 && len(o.setbacks) == 0 && o.board.Empty()
}

// load reads everything that waits and everybody who could work.
func (o *owner) load(ctx context.Context) error {
	o.take() // what was committed before is among what is read
	o.inDeleted, o.present = nil, ""
	o.board, o.agents, o.tasks = routing.NewBoard(), map[string]*agent.Agent{}, map[string]*contact.Contact{}
	o.board.Advance(o.engine.Now())
	profiles, err := o.engine.RoutingProfiles(o.instance)
	if err != nil {
		return err
	}
	for _, p := range profiles {
		o.board.SetProfile(p.Value)
	}
	agents, err := o.engine.Matchable(ctx, o.instance, o.place)
	if err != nil {
		return err
	}
	for _, a := range agents {
		o.seat(a)
	}
	return nil
}

// apply brings the board in step with a commit.
func (o *owner) apply(c engine.Commit) {
	for _, r := range c.Resources {
		o.reconfigure(r)
	}
	for _, r := range c.Deleted {
		o.remove(r)
	}
	for _, t := range c.Contacts {
		o.place(t)
	}
	for _, a := range c.Agents {
		o.seat(a)
	}
}

// reconfigure takes configuration into account that is new or has changed.
func (o *owner) reconfigure(r engine.Resource) {
	switch r.Kind {
	case arn.RoutingProfile:
		if p, err := o.engine.RoutingProfile(o.instance, r.ID); err == nil {
			o.board.SetProfile(p.Value)
		}
		o.seatAll()
	case arn.SecurityProfile:
		o.seatAll()
	case arn.User:
		if a := o.agents[r.ID]; a != nil {
			o.seat(a)
		}
	default: // nothing else concerns matching
	}
}

// remove takes into account that configuration is gone.
func (o *owner) remove(r engine.Resource) {
	switch r.Kind {
	case arn.RoutingProfile:
		o.board.RemoveProfile(r.ID)
		o.seatAll()
	case arn.SecurityProfile:
		o.seatAll()
	case arn.User:
		o.board.Stand(r.ID)
		o.removeQueue(r.ID)
		delete(o.agents, r.ID)
	case arn.Queue:
		o.removeQueue(r.ID)
	default:
	}
}

func (o *owner) seatAll() {
	for _, a := range o.agents {
		o.seat(a)
	}
}

// place puts a contact where it belongs: on the board while it waits.
func (o *owner) place(c *contact.Contact) {
	if c.State != contact.Queued {
		o.board.Leave(c.ID)
		delete(o.tasks, c.ID)
		delete(o.setbacks, c.ID)
		return
	}
	if o.away(c.ID) || o.engine.Aside(o.instance, c.ID) {
		return
	}
	if _, kept := o.tasks[c.ID]; kept || len(o.tasks) < tasksKept {
		o.tasks[c.ID] = c
	}
	o.contained(c.ID, func() { o.board.Wait(waiting(c)) })
	o.stranded(c)
}

// waiting is a contact as the board knows it.
func waiting(c *contact.Contact) routing.Waiting {
	return routing.Waiting{
		Contact: c.ID, Queue: c.Queue, Priority: c.Priority, Rank: c.Rank, Enqueued: c.Enqueued, Filter: c.Filter(),
	}
}

// seat puts an agent where they belong: on the board while they can take one more task.
func (o *owner) seat(a *agent.Agent) {
	o.agents[a.ID] = a
	o.board.Stand(a.ID)
	if !a.Ready() {
		return
	}
	u, err := o.engine.User(o.instance, a.ID)
	if err != nil || !o.engine.May(o.instance, u.Value, directory.BasicAgentAccess) {
		return
	}
	p, err := o.engine.RoutingProfile(o.instance, u.Value.RoutingProfile)
	if err != nil || a.Occupied() >= p.Value.Slots {
		return
	}
	seat := routing.Seat{Agent: a.ID, Profile: p.ID, Idle: p.Value.Idle(a), Skills: skills(u.Value)}
	for _, l := range a.Legs {
		seat.Holds = append(seat.Holds, l.Contact)
	}
	for _, d := range a.Declined {
		seat.Holds = append(seat.Holds, d.Contact) // until a timer has it forgotten
	}
	o.board.Sit(seat)
}

// skills are a user's proficiencies as the board knows them.
func skills(u *directory.User) []routing.Skill {
	all := make([]routing.Skill, len(u.Proficiencies))
	for i, p := range u.Proficiencies {
		all[i] = routing.Skill(p)
	}
	return all
}

// match makes all pairs there are and starts to commit them. When there is nothing left to do, it tells those
// who wait for that.
func (o *owner) match(ctx context.Context) {
	o.board.Advance(o.engine.Now())
	o.endStranded(ctx)
	for o.underWay < offersUnderWay {
		offer, ok := o.board.Next()
		if !ok {
			break
		}
		o.underWay++
		offering := engine.Offering{
			Contact: offer.Contact, Agent: offer.Agent, Task: o.tasks[offer.Contact], By: o.agents[offer.Agent],
		}
		go func() {
			// An offer that has begun is finished also when the lease is lost: versions decide.
			o.outcomes <- outcome{offer, o.offer(context.WithoutCancel(ctx), offering)}
		}()
	}
	o.setAlarm()
	if o.underWay == 0 && len(o.arrived) == 0 {
		for _, w := range o.waiters {
			close(w)
		}
		o.waiters = nil
	}
}

// offer commits an offer. A panic is an [engine.PanicError].
func (o *owner) offer(ctx context.Context, offering engine.Offering) error {
	return contain(o.panics, o.instance, "an offer", offering.Contact, func() error {
		elapsed := telemetry.Stopwatch()
		err := o.engine.Offer(ctx, o.instance, offering)
		if err == nil && o.offered != nil {
			o.offered(elapsed())
		}
		return err
	})
}

// setAlarm has the owner look again when a task will have waited for a delay.
func (o *owner) setAlarm() {
	at, _ := o.board.Matures()
	o.mu.Lock()
	same := at.Equal(o.matures)
	o.matures = at
	o.mu.Unlock()
	if same {
		return
	}
	if o.alarm.Stop(); !at.IsZero() {
		o.alarm.Reset(at.Sub(o.engine.Now()))
	}
}

// correct puts the truth about a pair back on the board after its offer failed. It reports whether it could.
func (o *owner) correct(ctx context.Context, done outcome) bool {
	broken, undecodable := errors.AsType[*engine.UndecodableError](done.err)
	switch {
	case fault.Is(done.err, fault.Conflict), fault.Is(done.err, fault.Contended), fault.Is(done.err, fault.NotFound):
	case o.down(done.err):
		slog.ErrorContext(ctx, "offer failed", "instance", o.instance, "contact", done.Contact, "err", done.err)
		return false
	case undecodable && broken.Table == engine.AgentTable: // the task is as good as it was
		o.board.Stand(done.Agent)
		delete(o.agents, done.Agent)
	default:
		o.setBack(ctx, done.Contact, done.err)
	}
	c, a, err := o.engine.Pair(ctx, o.instance, done.Contact, done.Agent)
	if err != nil {
		return false
	}
	if c != nil {
		o.place(c)
	}
	if a != nil {
		o.seat(a)
	}
	return true
}

// ask has a question answered that is about the board, and waits for it.
func (o *owner) ask(ctx context.Context, question func()) error {
	answered := make(chan struct{})
	select {
	case o.asking <- func() { question(); close(answered) }:
		<-answered
		return nil
	case <-o.stopped:
		return fault.New(fault.Unusable, "This server does not route for instance %s any more", o.instance)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// settle waits for quiet.
func (o *owner) settle(ctx context.Context) error {
	quiet := make(chan struct{})
	select {
	case o.settling <- quiet:
	case <-o.stopped:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-quiet:
		return nil
	case <-o.stopped:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
