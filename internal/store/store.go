// Package store keeps everything in SQL: one text for SQLite, PostgreSQL and the clusters that speak its
// protocol. It implements [engine.Store].
//
// # How a command is written
//
// [Store.Update] runs the command on the caller's goroutine. Its reads go to the database at once, its writes
// are buffered with their guards. Then one goroutine, the writer, joins the commands that have gathered into
// one transaction, table by table, and answers them when the commit is durable:
//
//	commands ──► queue ──► writer: INSERT … VALUES (…), (…), (…)   one statement a table
//	                               COMMIT                          one fsync a batch
//
// Every versioned row is written by an upsert that compares the version which was read, and a claim by an
// insert that yields to an existing key. A statement that affects fewer rows than it was given has a loser in
// it: nothing is committed and the batch is split until the loser stands alone; its command runs again.
// So correctness rests on versions and unique keys alone, never on a lock (docs/decisions/0001-group-commit.md).
package store

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pressly/goose/v3"
	locking "github.com/pressly/goose/v3/lock"
	"golang.org/x/sync/singleflight"

	"github.com/tasklane/tasklane/internal/engine"
)

// Options say where the data is.
type Options struct {
	// Database is a PostgreSQL URL. Empty: SQLite in Dir.
	Database string
	// Dir is the directory of the SQLite files. It must exist.
	Dir string
	// Connector makes connections to a SQLite database that is neither of the two, such as one in memory. Stores of
	// several nodes may share it.
	Connector driver.Connector
	// Jitter draws how long a command that has lost pauses, at most a time; nil: at random. Several goroutines call it.
	Jitter func(most time.Duration) time.Duration
	// Hold is called before a command locks and writes rows, with those rows, and holds it back until it
	// returns; nil: nothing is held back. A simulation orders by it what would be a matter of chance.
	Hold func(ctx context.Context, rows string)
	// Retention is how long contacts are kept from their initiation; the zero value means [DefaultRetention].
	Retention time.Duration
	// Timeout bounds how long the database may take over one step, such as the statements of a commit; the zero value
	// means [DefaultTimeout].
	Timeout time.Duration
	// Read is called at the first row of each read, or at its end when none comes, with how long that took; several goroutines
	// call it. nil: nobody asks.
	Read func(took time.Duration)
	// Now is the time of the machine. The zero value means time.Now.
	Now func() time.Time
	// Admit decides whether data may be opened, before anything is written to it. Its error is that of [Open]. The zero
	// value admits everything.
	Admit func(State) error
	// AllowLostLog opens a SQLite database as its file is although it needs a log that is missing, or the log beside it
	// is another's, which is then set aside. Else that is [ErrLog].
	AllowLostLog bool
}

func (o Options) now() time.Time {
	if o.Now == nil {
		return systemTime()
	}
	return o.Now()
}

func (o Options) admit(ctx context.Context, dialect goose.Dialect, db *sql.DB) error {
	if o.Admit == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(o.Timeout, DefaultTimeout))
	defer cancel()
	state, err := readState(ctx, dialect, db)
	if err != nil {
		return damage(err)
	}
	return o.Admit(state)
}

// DefaultRetention is 24 months, as Amazon Connect keeps contacts
// (https://docs.aws.amazon.com/connect/latest/adminguide/ctr-data-model.html).
const DefaultRetention = 730 * 24 * time.Hour

// Store is an open database.
type Store struct {
	engine   string   // "sqlite" or "postgres", for messages
	read     *sql.DB  // for reads, and for migrations
	stmts    sync.Map // prepared statements by their text
	keys     keyCache
	writer   *writer
	watchers []func(engine.Commit)
	offset   atomic.Int64 // of the clock, in nanoseconds
	// sessionOffset is how far the time of sessions is ahead of the machine's, in nanoseconds.
	sessionOffset atomic.Int64
	retention     time.Duration
	timeout       time.Duration
	reconnect     func()
	locks         rowLocks
	probing       singleflight.Group
	machine       func() time.Time // the clock that the offset is added to
	jitter        func(most time.Duration) time.Duration
	hold          func(ctx context.Context, rows string) // nil: nothing is held back
	readTook      func(time.Duration)                    // nil: nobody asks
	stop          func() error

	quarantine *quarantine
	panics     atomic.Int64 // commands that have panicked

	gatherMost int // the constant of that name, but in tests
}

// open opens the database; see [Open].
func open(ctx context.Context, opts Options) (*Store, error) {
	engine := openSQLite
	switch {
	case opts.Connector != nil:
		engine = openShared
	case opts.Database != "":
		engine = openPostgres
	}
	opts.Timeout = cmp.Or(opts.Timeout, DefaultTimeout)
	db, err := engine(ctx, opts)
	if err != nil {
		return nil, err
	}
	s := &Store{
		engine: db.name, read: db.read, retention: opts.Retention, gatherMost: gatherMost, machine: opts.Now,
		timeout: opts.Timeout, reconnect: db.reconnect, hold: opts.Hold, readTook: opts.Read, quarantine: newQuarantine(),
	}
	if s.machine == nil {
		s.machine = systemTime
	}
	if s.jitter = opts.Jitter; s.jitter == nil {
		s.jitter = randomPause
	}
	if s.retention == 0 {
		s.retention = DefaultRetention
	}
	s.writer = newWriter(db.applier, s)
	writing, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	s.stop = func() error {
		cancel()
		running.Wait()
		return db.close()
	}
	if err := migrate(ctx, db.dialect, db.schema); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	running.Go(func() { s.writer.run(writing) })
	if err := s.loadOffset(ctx); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	if err := s.loadQuarantine(ctx); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	running.Go(func() { s.keepQuarantine(writing) })
	if err := s.indexAll(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("index what an earlier version has written: %w", err), s.stop())
	}
	return s, nil
}

// database is what an engine brings.
type database struct {
	name    string
	dialect goose.Dialect
	schema  *sql.DB // where migrations run
	read    *sql.DB
	applier applier
	// reconnect has no connection used again that was made before.
	reconnect func()
	close     func() error
}

const (
	// migrationLease is how long the schema stays locked by a process that has died while it changed it.
	migrationLease = 10 * time.Second
	// lockTries bounds how often, a lockPause apart, a process asks whether another one is done changing the schema.
	lockTries = 3000
	lockPause = 100 * time.Millisecond
)

// migrate brings the schema up to date. Migrations expand first and contract later, so that the previous
// binary runs on the new schema. Of several servers that start at once, one changes the schema and the others wait.
func migrate(ctx context.Context, dialect goose.Dialect, db *sql.DB) error {
	if dialect == goose.DialectSQLite3 {
		if done, err := makeFresh(ctx, db); done || err != nil {
			return err
		}
	}
	return runMigrations(ctx, dialect, db)
}

// runMigrations runs those that the database has not had.
func runMigrations(ctx context.Context, dialect goose.Dialect, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("open migrations: %w", err)
	}
	options := []goose.ProviderOption{goose.WithSlog(slog.New(slog.DiscardHandler))}
	if dialect == goose.DialectPostgres { // SQLite is one process's own
		locker, err := locking.NewPostgresTableLocker(locking.WithTableLeaseDuration(migrationLease),
			locking.WithTableHeartbeatInterval(migrationLease/5), locking.WithTableLockTimeout(lockPause, lockTries))
		if err != nil {
			return fmt.Errorf("lock migrations: %w", err)
		}
		options = append(options, goose.WithLocker(locker))
	}
	p, err := goose.NewProvider(dialect, db, files, options...)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if pending, err := p.HasPending(ctx); err == nil && !pending {
		return nil
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// Close finishes the commit that is under way, fails the commands behind it and closes the database.
func (s *Store) Close() error { return s.stop() }

// Engine names the database engine: sqlite or postgres.
func (s *Store) Engine() string { return s.engine }

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	if err := s.read.PingContext(ctx); err != nil {
		return fmt.Errorf("ping %s: %w", s.engine, err)
	}
	return nil
}

// Watch has fn called after each commit; see [engine.Store].
func (s *Store) Watch(fn func(engine.Commit)) { s.watchers = append(s.watchers, fn) }

func (s *Store) notify(c engine.Commit) {
	if c.Gone {
		s.quarantine.remove(func(r engine.Row) bool { return r.Instance == c.Instance })
	}
	for _, fn := range s.watchers {
		fn(c)
	}
}

// present is the Reset of an instance: what there is of it for those who remember it to know. Of one that was deleted
// it is that.
func (s *Store) present(ctx context.Context, instance string) (engine.Commit, error) {
	c := engine.Commit{Instance: instance, Reset: true}
	i, ok, err := s.Instance(ctx, instance)
	if err != nil {
		return c, err
	}
	if ok {
		c.Created = &i
	} else if gone, err := s.DeletedInstances(ctx); err != nil || !gone[instance].IsZero() {
		return engine.Commit{Instance: instance, Gone: true}, err
	}
	if c.Resources, err = s.Resources(ctx, instance, time.Time{}); err != nil {
		return c, err
	}
	c.Open, err = s.CountOpen(ctx, instance)
	return c, err
}

var _ engine.Store = (*Store)(nil)
