package engine

import (
	"context"
	"time"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/attachment"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/metric"
	"github.com/tasklane/tasklane/internal/routing"
)

// Store keeps everything. One implementation serves every database engine (package store).
type Store interface {
	// Update runs a command: fn reads and decides, its writes are buffered, and they are applied in one
	// durable commit when fn returns nil. A write is guarded by the version that was read; when somebody was
	// faster, fn runs again, at most for a while, and then Update fails with [fault.Contended]. Commands of one process that write
	// the same row take turns. An error of fn
	// comes back as it is and nothing is written.
	Update(ctx context.Context, instance string, fn func(Tx) error) error

	// Watch has fn called after each commit, in the order of the commits and before Update returns. It must
	// not block. Watchers are added before the first Update.
	Watch(fn func(Commit))

	// DeferTimer has a timer that has failed so often be due at another time; one that was set anew or removed since it was
	// read stays as it is.
	DeferTimer(ctx context.Context, instance string, timer Timer, until time.Time, failures int) error

	// Quarantine leaves a row out of everything that happens by itself from now on, until it is written, or taken back
	// by a command of whoever runs the server. It logs that once and does not wait for the database.
	Quarantine(q Quarantined)
	// IsQuarantined reports whether a row is left out.
	IsQuarantined(r Row) bool

	// Now is the server's time: the only clock there is. It is in UTC, in whole microseconds.
	Now() time.Time

	Reader
}

// Reader reads committed rows. A row that cannot be decoded is an [UndecodableError] where it is asked for by itself, and
// left out and quarantined where several are read; what waits is left out while it is quarantined. Each call sees the newest commit; together they are no snapshot, which is why
// every row that a command writes is guarded.
type Reader interface {
	// Instances returns all instances, oldest first.
	Instances(ctx context.Context) ([]directory.Instance, error)
	// Instance and InstanceNamed return an instance by its id, and by its alias in whatever case; ok is false when there
	// is none.
	Instance(ctx context.Context, id string) (i directory.Instance, ok bool, err error)
	InstanceNamed(ctx context.Context, alias string) (i directory.Instance, ok bool, err error)
	// AllResources, AllDeleted and AllOpen are Resources, Deleted and CountOpen of all instances, by instance; one of
	// which there is nothing to tell is left out.
	AllResources(ctx context.Context, since time.Time) (map[string][]Resource, error)
	AllDeleted(ctx context.Context, since time.Time) (map[string][]Resource, error)
	AllOpen(ctx context.Context) (map[string]int, error)
	// Resources returns the configuration of an instance that was modified at a time or later; all of it for the
	// zero time.
	Resources(ctx context.Context, instance string, since time.Time) ([]Resource, error)
	// Deleted returns the configuration of an instance that was deleted at a time or later: only Kind and ID are
	// set.
	Deleted(ctx context.Context, instance string, since time.Time) ([]Resource, error)
	// Generation returns how often the configuration of an instance has been changed.
	Generation(ctx context.Context, instance string) (int64, error)
	// Version returns a configuration object as it was at a version, also when it was deleted since. Of a kind that
	// does not keep its versions, only the newest is there. It fails with [fault.NotFound].
	Version(ctx context.Context, instance string, kind arn.Kind, id string, version int64) (Resource, error)
	// Contact fails with [fault.NotFound] when there is none, or when it has ended and is older than contacts are
	// kept.
	Contact(ctx context.Context, instance, id string) (*contact.Contact, error)
	// Chain fails with [fault.NotFound] when there is none.
	Chain(ctx context.Context, instance, id string) (*contact.Chain, error)
	// Agent returns nil when the user never chose a status.
	Agent(ctx context.Context, instance, user string) (*agent.Agent, error)
	// Agents returns all agents who ever chose a status.
	Agents(ctx context.Context, instance string) ([]*agent.Agent, error)
	// AgentVersions returns the version of each agent who ever chose a status, by id.
	AgentVersions(ctx context.Context, instance string) (map[string]int64, error)
	// QueuedSince returns the ids of the contacts that are queued and were put there at a time or later.
	QueuedSince(ctx context.Context, instance string, since time.Time) ([]string, error)
	// Events returns what happened to a contact, oldest first.
	Events(ctx context.Context, instance, contact string) ([]contact.Event, error)
	// Waiting calls fn with each contact that is queued. It must not read or write.
	Waiting(ctx context.Context, instance string, fn func(*contact.Contact)) error
	// CountWaiting returns how many contacts are queued in a queue, at most limit.
	CountWaiting(ctx context.Context, instance, queue string, limit int) (int, error)
	// OldestWaiting returns when the contact that has waited longest in a queue was put there; the zero time when
	// nothing waits.
	OldestWaiting(ctx context.Context, instance, queue string) (time.Time, error)
	// LongestWaiting returns the contacts that have waited longest in a queue, at most limit, the longest first.
	LongestWaiting(ctx context.Context, instance, queue string, limit int) ([]*contact.Contact, error)
	// WaitingIDs returns the ids of the contacts that are queued in a queue.
	WaitingIDs(ctx context.Context, instance, queue string) ([]string, error)
	// WaitingIn counts what is queued in some queues; where nothing is, the queue is not among them.
	WaitingIn(ctx context.Context, instance string, queues []string) (map[string]metric.Waiting, error)
	// EachWaiting calls fn for every contact that is queued in a queue, in any order.
	EachWaiting(ctx context.Context, instance, queue string, fn func(routing.Waiting)) error
	// Answered counts, by queue, the contacts that agents have accepted since a time, looking at limit of them, the
	// newest. It returns from when on it has looked at all.
	Answered(ctx context.Context, instance string, since time.Time, limit int) (map[string]int, time.Time, error)
	// ContactsDuring calls fn with every contact that was at a moment of its life from one time on and before another.
	ContactsDuring(ctx context.Context, instance string, m metric.Moment, from, to time.Time, fn func(*contact.Contact)) error
	// HoldsContacts reports whether a contact is queued in a queue, or is offered to an agent out of it.
	HoldsContacts(ctx context.Context, instance, queue string) (bool, error)
	// SearchContacts returns a page of the contacts that are wanted, in the order that is asked for: those after a
	// place, at most limit.
	SearchContacts(ctx context.Context, instance string, s Search, after *Place, limit int) (Found, error)
	// CountContacts returns how many contacts are wanted. It stops at 10,000; and where contacts must be looked at,
	// because more than one thing is asked for, at the 5,000 that it looks at first.
	CountContacts(ctx context.Context, instance string, s Search) (int, error)
	// Associated returns the contacts of a tree of links by its first contact, in the order of their ids: those
	// after one, at most limit.
	Associated(ctx context.Context, instance, association, after string, limit int) ([]*contact.Contact, error)
	// CountOpen returns how many contacts have not ended.
	CountOpen(ctx context.Context, instance string) (int, error)
	// Token returns nil when the token is not known or no longer remembered.
	Token(ctx context.Context, instance, operation, token string) (*Token, error)
	// DueTimers returns timers due at that time or before, soonest first, at most limit.
	DueTimers(ctx context.Context, instance string, at time.Time, limit int) ([]Timer, error)
	// NextTimer returns when the next timer is due; the zero time when there is none.
	NextTimer(ctx context.Context, instance string) (time.Time, error)
	// NextTimers and NextFiles return when the next timer is due, and when something is next to be done with a file, in
	// each instance that has such a thing.
	NextTimers(ctx context.Context) (map[string]time.Time, error)
	NextFiles(ctx context.Context) (map[string]time.Time, error)
	// WaitingInstances returns the instances in which a contact is queued.
	WaitingInstances(ctx context.Context) ([]string, error)
	// File fails with [fault.NotFound] when there is none.
	File(ctx context.Context, instance, id string) (*attachment.File, error)
	// Files returns the files of a contact, by id.
	Files(ctx context.Context, instance, contact string) ([]*attachment.File, error)
	// DueFiles returns files with which something is to be done at that time or before, soonest first, at most
	// limit.
	DueFiles(ctx context.Context, instance string, at time.Time, limit int) ([]*attachment.File, error)
}

// Tx is a command's view of the store. Reads go to the store at once; writes are kept until the command
// succeeds. Within one command the last write of a row counts, and a row that was written must not be changed
// through its pointer afterwards. A Tx does not see its own writes.
type Tx interface {
	// Now is the time of the command. It stands still.
	Now() time.Time

	Contact(id string) (*contact.Contact, error)
	Chain(id string) (*contact.Chain, error)
	Agent(user string) (*agent.Agent, error)
	Token(operation, token string) (*Token, error)
	Agents() ([]*agent.Agent, error)
	CountWaiting(queue string, limit int) (int, error)
	OldestWaiting(queue string) (time.Time, error)
	Version(kind arn.Kind, id string, version int64) (Resource, error)
	HoldsContacts(queue string) (bool, error)
	WaitingIDs(queue string) ([]string, error)
	File(id string) (*attachment.File, error)
	Files(contact string) ([]*attachment.File, error)

	// Generation returns how often the configuration of the instance has been changed. A command that writes configuration
	// after it loses when that has been changed since by anybody else: whatever it refers to is still as it was.
	Generation() (int64, error)

	// PutContact writes a contact that is new or has not changed since it was read. Searches find it by what it is
	// put with, when it is new or was read by this Tx; when it was not, its name, segment attributes and tags must
	// be as they were.
	PutContact(c *contact.Contact)
	// PutChain writes a chain, which must be put with every contact that joins it.
	PutChain(c *contact.Chain)
	PutAgent(a *agent.Agent)
	PutResource(r Resource)
	// DeleteResource removes a configuration object that has not changed since it was read.
	DeleteResource(r Resource)
	PutInstance(i directory.Instance)
	// DeleteInstance removes the instance of the command. What is in it exists for nobody any more, and is removed
	// later.
	DeleteInstance(i directory.Instance)
	PutAccessKey(k directory.AccessKey)
	// PutToken claims an idempotency token; who comes second runs again and finds it.
	PutToken(t Token)
	SetTimer(t Timer)
	ClearTimer(id string)
	PutFile(f *attachment.File)
	// DropFile removes the row of a file; it need not exist.
	DropFile(id string)
	// Call has a function called, and Log tells of an action of a flow, when the command is committed.
	Call(c Call)
	Log(l FlowLog)
	// Emit records what happened to a contact that is put by the same command.
	Emit(contact string, events ...contact.Event)
}

// Resource is one configuration object, such as a queue or a user, in stored form. Names are unique for each
// kind within an instance.
type Resource struct {
	Kind     arn.Kind
	ID       string
	Name     string
	Version  int64 // of the row that was read; 0 when new
	Modified time.Time
	Body     []byte // JSON of the kind's type
}

// KeepsVersions reports whether objects of a kind stay readable as they were before they were changed or deleted:
// a task keeps the template with which it was made, and a run the text that it began with.
func KeepsVersions(kind arn.Kind) bool {
	switch kind {
	case arn.TaskTemplate, arn.Flow, arn.Module, arn.ModuleVersion:
		return true
	default:
		return false
	}
}

// Token remembers the answer to a request with an idempotency token.
type Token struct {
	Account   string // of an operation that is none of an instance; else empty
	Operation string
	Token     string
	Digest    string // of the request's parameters
	Result    string
	Expires   time.Time
}

// ContactEvent is an event with the contact it happened to.
type ContactEvent struct {
	Contact string
	contact.Event
}

// Commit is what one command has changed, with the new versions.
type Commit struct {
	Instance  string
	Events    []ContactEvent
	Contacts  []*contact.Contact
	Agents    []*agent.Agent
	Resources []Resource
	Deleted   []Resource
	// Generation is that of the configuration after the commit; 0 when it is not known.
	Generation int64
	Timer      time.Time // soonest timer that was set; zero when none was
	FileDue    bool      // something is to be done with a file, now or later
	Calls      []Call    // functions to call
	Logs       []FlowLog

	Created *directory.Instance // the instance, when it is new, or may be new to those who remember it
	Gone    bool                // the instance was deleted, and everything in it with it
	// Reset says that what was known of the instance is void. Resources is then all the configuration that is left,
	// and Open the number of contacts that have not ended; the rest must be read anew.
	Reset bool
	Open  int
}
