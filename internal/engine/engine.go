// Package engine is what Tasklane does: one function for each command and query, one transaction for each
// command. It reads, lets the domain decide, writes and emits; see style.md's "Commands and transactions" and
// docs/architecture.md for one request followed through.
//
// The engine answers for all instances of a server. It keeps their configuration in memory (package-internal
// catalog) and reads everything else from the [Store].
package engine

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
)

// Options of an engine. The zero value of a field means its default.
type Options struct {
	Store Store
	// OfferTimeout is how long a task rings at an agent: 30 s, as Amazon Connect has it for tasks
	// (https://docs.aws.amazon.com/connect/latest/adminguide/accept-task.html).
	OfferTimeout time.Duration
	// ScheduleAhead is how far ahead a task may be scheduled: 6 days, inclusive
	// (https://docs.aws.amazon.com/connect/latest/APIReference/API_StartTaskContact.html); at most 90 days.
	ScheduleAhead time.Duration
	// LenientFlow takes a StartTaskContact that names more than one of flow, quick connect and task template, as long
	// as exactly one flow follows from them. The reference has that as an error.
	LenientFlow bool
	// StrictResources refuses a flow that is published and names what does not exist, of the kinds that
	// [flow.Resources] looks up.
	StrictResources bool
	// Warn is told of what a flow names, that was published without StrictResources, and is not there: nobody.
	Warn func(Unresolved)
	// LocalOrigins lets http:// origins of this machine be approved, for development.
	LocalOrigins bool
	// Quotas replace the defaults of [DefaultQuotas] by name; 0 lifts a quota.
	Quotas map[string]int
	// Secrets are patterns of names (as of package path, in lower case) whose values no trace and no flow log tells;
	// nil: [DefaultSecrets].
	Secrets []string
	// Draw gives the numbers from 1 to 100 by which flows share tasks out; nil: at random.
	Draw func() int
	// Random is where ids and shares come from; several goroutines read it. nil: crypto/rand.
	Random io.Reader
}

// DefaultSecrets are the names whose values are not told.
var DefaultSecrets = []string{"*password*", "*secret*", "*token*"}

// Engine runs commands and answers queries.
type Engine struct {
	idSource

	store         Store
	offerTimeout  time.Duration
	scheduleAhead time.Duration
	lenientFlow   bool
	strict        bool // resources that flows name
	warn          func(Unresolved)
	localOrigins  bool
	quotas        map[string]int
	secrets       []string
	draw          func() int // nil: at random

	watchers []func(Commit)

	accounts turns // of those that make instances

	mu      sync.RWMutex // guards what follows
	tenants map[string]*tenant
	gone    map[string]bool // instances that were deleted while this process has run
	// refreshed is when what other nodes have done was last read.
	refreshed time.Time
}

// tenant is what the engine keeps in memory of one instance.
type tenant struct {
	idSource
	directory.Instance

	quotas          map[string]int // of the engine, as strictResources
	strictResources bool
	catalog         *catalog
	generation      generation // of the catalog
	open            openTasks
	staff           staff
	turns           turns // of idempotency tokens
	texts           texts // that flows had before they were changed
}

// New makes an engine; [Engine.Load] must follow before the first command.
func New(opts Options) (*Engine, error) {
	e := &Engine{
		idSource: newIDSource(opts.Random),
		store:    opts.Store, tenants: map[string]*tenant{}, gone: map[string]bool{}, lenientFlow: opts.LenientFlow, strict: opts.StrictResources,
		offerTimeout:  cmp.Or(opts.OfferTimeout, 30*time.Second),
		scheduleAhead: cmp.Or(opts.ScheduleAhead, 6*24*time.Hour),
		secrets:       opts.Secrets, draw: opts.Draw, localOrigins: opts.LocalOrigins, warn: opts.Warn,
	}
	if e.secrets == nil {
		e.secrets = DefaultSecrets
	}
	var err error
	if e.quotas, err = quotas(opts.Quotas); err != nil {
		return nil, err
	}
	e.store.Watch(e.committed)
	return e, nil
}

// Watch has fn called after each commit, in order, before the command returns. It must not block. Watchers are
// added before the first command.
func (e *Engine) Watch(fn func(Commit)) { e.watchers = append(e.watchers, fn) }

// Now is the server's time.
func (e *Engine) Now() time.Time { return e.store.Now() }

// Load reads instances and their configuration from the store. It may be called again to start over.
func (e *Engine) Load(ctx context.Context) error {
	began := e.Now()
	instances, err := e.store.Instances(ctx)
	if err != nil {
		return err
	}
	resources, err := e.store.AllResources(ctx, time.Time{})
	if err != nil {
		return err
	}
	open, err := e.store.AllOpen(ctx)
	if err != nil {
		return err
	}
	tenants := make(map[string]*tenant, len(instances))
	for _, i := range instances {
		if tenants[i.ID], err = e.newTenant(i, resources[i.ID], open[i.ID]); err != nil {
			return err
		}
	}
	e.mu.Lock()
	before := e.tenants
	e.tenants, e.refreshed = tenants, began
	e.mu.Unlock()
	for id := range before {
		if tenants[id] == nil {
			e.tell(Commit{Instance: id, Gone: true})
		}
	}
	return nil
}

// overlap is how far back [Engine.Refresh] looks beyond the last time: clocks differ between nodes, and what was
// written then may have been committed later.
const overlap = time.Minute

// Refresh takes note of what other nodes have done to the same database since it was last called: of instances that
// they have made and deleted, of changed configuration, and of the number of active tasks.
func (e *Engine) Refresh(ctx context.Context) error {
	e.mu.RLock()
	tenants := maps.Clone(e.tenants) // before the store is read: who is made meanwhile is not taken for gone
	e.mu.RUnlock()
	if err := e.refreshInstances(ctx, tenants); err != nil {
		return err
	}
	began := e.Now()
	e.mu.RLock()
	since := e.refreshed.Add(-overlap)
	e.mu.RUnlock()
	resources, err := e.store.AllResources(ctx, since)
	if err != nil {
		return err
	}
	deleted, err := e.store.AllDeleted(ctx, since)
	if err != nil {
		return err
	}
	open, err := e.store.AllOpen(ctx)
	if err != nil {
		return err
	}
	for id, t := range tenants {
		e.refresh(t, resources[id], deleted[id], open[id])
	}
	e.mu.Lock()
	e.refreshed = began
	e.mu.Unlock()
	return nil
}

// refreshInstances takes note of which instances other nodes have made and deleted.
func (e *Engine) refreshInstances(ctx context.Context, tenants map[string]*tenant) error {
	instances, err := e.store.Instances(ctx)
	if err != nil {
		return err
	}
	there := make(map[string]bool, len(instances))
	for _, i := range instances {
		there[i.ID] = true
		if tenants[i.ID] != nil {
			continue
		}
		if err := e.adopt(ctx, i); err != nil {
			return fmt.Errorf("load instance %s: %w", i.ID, err)
		}
	}
	for id := range tenants {
		if !there[id] {
			delete(tenants, id)
			e.forget(id)
			e.tell(Commit{Instance: id, Gone: true})
		}
	}
	return nil
}

func (e *Engine) refresh(t *tenant, resources, deleted []Resource, open int) {
	e.learn(t, resources, deleted)
	t.staff.forget()
	t.open.set(open)
}

// tenant finds an instance by id or ARN. It fails with [fault.NotFound], and with [fault.Invalid] for what is neither,
// such as an id with a blank behind it (https://github.com/amazon-connect/amazon-connect-salesforce-lambda/issues/47).
func (e *Engine) tenant(idOrARN string) (*tenant, error) {
	id := arn.InstanceID(idOrARN)
	if !arn.IsUUID(id) {
		return nil, fault.New(fault.Invalid, "Invalid parameter: instance %q is neither an id nor an ARN", idOrARN)
	}
	e.mu.RLock()
	t := e.tenants[id]
	e.mu.RUnlock()
	if t == nil || idOrARN != id && idOrARN != t.String() {
		return nil, fault.New(fault.NotFound, "Instance %s does not exist", idOrARN)
	}
	return t, nil
}

// committed keeps the memory of the engine in step with the store, then tells the watchers.
func (e *Engine) committed(c Commit) {
	e.mu.RLock()
	t := e.tenants[c.Instance]
	e.mu.RUnlock()
	switch {
	case c.Gone:
		e.forget(c.Instance)
	case c.Created != nil && (t == nil || !c.Reset):
		e.created(c)
	case t != nil:
		e.keep(t, c)
	}
	e.tell(c)
}

// tell tells the watchers of a commit.
func (e *Engine) tell(c Commit) {
	for _, fn := range e.watchers {
		fn(c)
	}
}

// keep keeps the memory of an instance in step with a commit.
func (e *Engine) keep(t *tenant, c Commit) {
	if c.Reset {
		t.catalog.keep(c.Resources)
		_ = t.stock() // what was made once can be made again
		_ = t.stock() // has not failed before
		t.texts.forget()
		t.open.set(c.Open)
	}
	e.take(t, c.Resources)
	for _, r := range c.Deleted {
		t.catalog.remove(r)
	}
	t.generation.follow(c)
	t.open.count(c.Events)
	t.staff.committed(c)
}

// Instances returns all instances, oldest first.
func (e *Engine) Instances() []directory.Instance {
	e.mu.RLock()
	defer e.mu.RUnlock()
	all := make([]directory.Instance, 0, len(e.tenants))
	for _, t := range e.tenants {
		all = append(all, t.Instance)
	}
	slices.SortFunc(all, func(a, b directory.Instance) int {
		return cmp.Or(a.Created.Compare(b.Created), strings.Compare(a.ID, b.ID))
	})
	return all
}

// Instance finds an instance by id or ARN. It fails with [fault.NotFound].
func (e *Engine) Instance(idOrARN string) (directory.Instance, error) {
	t, err := e.tenant(idOrARN)
	if err != nil {
		return directory.Instance{}, err
	}
	return t.Instance, nil
}

// InstanceNamed finds an instance by its alias, in whatever case, or by its id. It fails with [fault.NotFound].
func (e *Engine) InstanceNamed(aliasOrID string) (directory.Instance, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if t := e.tenants[aliasOrID]; t != nil {
		return t.Instance, nil
	}
	for _, t := range e.tenants {
		if t.Alias != "" && strings.EqualFold(t.Alias, aliasOrID) {
			return t.Instance, nil
		}
	}
	return directory.Instance{}, fault.New(fault.NotFound, "No instance has the alias or id %s", aliasOrID)
}
