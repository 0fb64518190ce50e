package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	sqliteName = "sqlite"

	databaseFile = "tasklane.db"
	lockName     = "tasklane.lock"
)

// sqliteReaders bounds the connections that read; each has a page cache of its own.
const sqliteReaders = 4

// openSQLite opens the file tasklane.db with two pools: one connection that writes, a few that read. Only one
// process at a time may have it open.
func openSQLite(ctx context.Context, opts Options) (*database, error) {
	lock, err := lockFile(filepath.Join(opts.Dir, lockName))
	if err != nil {
		return nil, fmt.Errorf("data directory %s is in use by another server, or not writable: %w", opts.Dir, err)
	}
	file := filepath.Join(opts.Dir, databaseFile)
	if err := FinishRestore(opts.Dir); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	if err := inspectSQLite(ctx, file, opts); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	if err := private(file); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	write, err := sql.Open("sqlite", dsn(file))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", file, err), lock.Close())
	}
	write.SetMaxOpenConns(2) // the writer keeps one, migrations borrow the other
	read, err := sql.Open("sqlite", dsn(file))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", file, err), write.Close(), lock.Close())
	}
	read.SetMaxOpenConns(sqliteReaders)
	read.SetMaxIdleConns(sqliteReaders)
	closeAll := func() error { return errors.Join(read.Close(), write.Close(), lock.Close()) }
	conn, err := write.Conn(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", file, err), closeAll())
	}
	raw, err := os.Open(file)
	if err != nil {
		return nil, errors.Join(err, conn.Close(), closeAll())
	}
	a := &sqliteApplier{conn: conn, prepared: map[statementKey]*sql.Stmt{}, marker: marker{file: raw, conn: conn, read: read}}
	closeClean := func() error {
		// Readers first: as long as one reads, the log cannot be emptied.
		closing := context.WithoutCancel(ctx)
		complete := errors.Join(a.marker.finish(closing), read.Close(), a.forget(), a.marker.complete(closing))
		// The one connection that knows whether the log is to stay is the last.
		return errors.Join(complete, write.Close(), conn.Close(), raw.Close(), lock.Close())
	}
	if err := a.marker.begin(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("mark %s: %w", file, err), closeClean())
	}
	return &database{
		name: sqliteName, dialect: goose.DialectSQLite3, schema: write, read: read, applier: a,
		reconnect: func() {}, // a file has no connections that die
		close:     closeClean,
	}, nil
}

// inspectSQLite looks at the file before anything is written to it: whether it is sound, and whether the caller
// admits what it holds.
func inspectSQLite(ctx context.Context, file string, opts Options) error {
	if err := finishCreation(ctx, file); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	db, err := openReadOnly(ctx, file)
	if errors.Is(err, ErrLog) && opts.AllowLostLog {
		if err := setLogAside(file, opts.now()); err != nil {
			return err
		}
		db, err = openWithoutLog(file)
	}
	if err != nil {
		return err
	}
	if db != nil {
		defer db.Close()
		if err := checkQuickly(ctx, db); err != nil {
			return err
		}
	}
	return opts.admit(ctx, goose.DialectSQLite3, db)
}

// dsn opens a file with a write-ahead log whose every commit reaches the disk (synchronous=FULL).
func dsn(file string) string {
	pragmas := url.Values{"_pragma": {
		"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
		"wal_autocheckpoint(4000)", "cache_size(-32768)",
	}}
	return (&url.URL{Scheme: "file", OmitHost: true, Path: file, RawQuery: pragmas.Encode()}).String()
}

// statementKey names a prepared statement: a target for a number of rows.
type statementKey struct {
	to   *target
	rows int
}

// sqliteApplier applies batches on the one connection that writes.
type sqliteApplier struct {
	conn     *sql.Conn
	prepared map[statementKey]*sql.Stmt
	marker   marker
	timeout  time.Duration // of the statements, and of COMMIT; 0: a file has no connections that die
}

func (a *sqliteApplier) apply(ctx context.Context, statements []statement) error {
	writing, cancel := a.bound(ctx)
	defer cancel()
	if _, err := a.conn.ExecContext(writing, "BEGIN IMMEDIATE"); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	for _, st := range statements {
		if err := a.exec(writing, st); err != nil {
			_, rollback := a.conn.ExecContext(ctx, "ROLLBACK")
			return errors.Join(sqliteLost(err), rollback)
		}
	}
	committing, cancel := a.bound(ctx)
	defer cancel()
	if _, err := a.conn.ExecContext(committing, "COMMIT"); err != nil {
		_, rollback := a.conn.ExecContext(ctx, "ROLLBACK")
		return errors.Join(errUnknown, fmt.Errorf("commit: %w", err), rollback)
	}
	a.marker.keep(ctx)
	return nil
}

// bound gives a step of a batch its time.
func (a *sqliteApplier) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	if a.timeout == 0 {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, a.timeout)
}

func (a *sqliteApplier) exec(ctx context.Context, st statement) error {
	key := statementKey{st.to, st.rows}
	stmt := a.prepared[key]
	if stmt == nil {
		var err error
		if stmt, err = a.conn.PrepareContext(ctx, nameless(st.to.sql(st.rows))); err != nil {
			return fmt.Errorf("prepare: %w", err)
		}
		a.prepared[key] = stmt
	}
	res, err := stmt.ExecContext(ctx, st.args...)
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err == nil && st.to.guarded && n != int64(st.rows) {
		return errLost
	}
	return err
}

// isDamage reports whether an error of SQLite says that the file is not sound.
func isDamage(err error) bool {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		switch e.Code() & 0xff { // without the extended code
		case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
			return true
		}
	}
	return false
}

// forget lets go of the prepared statements. While there is one, SQLite keeps the connection, and so the log.
func (a *sqliteApplier) forget() (err error) {
	for _, stmt := range a.prepared {
		err = errors.Join(err, stmt.Close())
	}
	clear(a.prepared)
	return err
}

var placeholder = regexp.MustCompile(`\$[0-9]+`)

// nameless turns the placeholders of a target, each of which occurs once, into such without a name. The driver asks
// for the name of each value that it binds, and SQLite looks it up by going through all of them: with a thousand
// values that took longer than writing the rows.
func nameless(text string) string { return placeholder.ReplaceAllString(text, "?") }

// sqliteLost turns the breach of a unique key into errLost: somebody else has made the same row.
func sqliteLost(err error) error {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		switch e.Code() {
		case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_BUSY:
			return errLost
		}
	}
	return err
}

// private makes the database file before SQLite does, so that only its owner can read it: there are secrets in
// it. The log beside it gets the same mode.
func private(file string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("make %s: %w", file, err)
	}
	return f.Close()
}

// lockFile opens and locks a file; closing it lets go.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := lock(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
