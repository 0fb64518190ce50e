package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/pressly/goose/v3"
)

// Reader reads a database without being its server. It changes nothing.
type Reader struct {
	// Engine is "sqlite" or "postgres".
	Engine string
	// Running says that another process has the SQLite database open.
	Running bool
	// State is what the database said when it was opened.
	State State

	db    *sql.DB
	close func() error
}

// OpenReader opens the database of a data directory or of a URL to read it, also while servers run on it. Where none has
// the SQLite database open, none can open it until [Reader.Close]. It fails as [Open] does, and with
// [fs.ErrNotExist] when a directory holds no database.
func OpenReader(ctx context.Context, opts Options) (r *Reader, err error) {
	if opts.Database != "" {
		r, err = readPostgres(opts.Database)
	} else {
		r, err = readSQLite(ctx, opts)
	}
	if err != nil {
		return nil, err
	}
	if r.State, err = readState(ctx, r.dialect(), r.db); err != nil {
		return nil, errors.Join(damage(err), r.Close())
	}
	return r, nil
}

func readPostgres(database string) (*Reader, error) {
	db, err := sql.Open("pgx", database)
	if err != nil {
		return nil, fmt.Errorf("database URL: %w", err)
	}
	return &Reader{Engine: "postgres", db: db, close: db.Close}, nil
}

// readSQLite opens the database as a second process beside its server, as the log allows. Without a server it takes the
// place of one.
func readSQLite(ctx context.Context, opts Options) (*Reader, error) {
	file := filepath.Join(opts.Dir, databaseFile)
	if _, err := os.Stat(file); err != nil {
		return nil, err
	}
	lock, err := lockFile(filepath.Join(opts.Dir, lockName))
	if err != nil && !inUse(err) {
		return nil, err
	}
	if err != nil {
		db, err := openSQLiteFile(file, readOnly)
		if err != nil {
			return nil, err
		}
		return &Reader{Engine: sqliteName, Running: true, db: db, close: db.Close}, nil
	}
	err = FinishRestore(opts.Dir)
	var db *sql.DB
	if err == nil {
		db, err = openReadOnly(ctx, file)
	}
	if err == nil && db == nil {
		err = fmt.Errorf("%s is empty: %w", file, fs.ErrNotExist)
	}
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return &Reader{Engine: sqliteName, db: db, close: func() error { return errors.Join(db.Close(), lock.Close()) }}, nil
}

// Close lets go of the database.
func (r *Reader) Close() error { return r.close() }

func (r *Reader) dialect() goose.Dialect {
	if r.Engine == sqliteName {
		return goose.DialectSQLite3
	}
	return goose.DialectPostgres
}

// Copy writes all that the database holds at one moment into a new SQLite database, file. Of the leases, which say which
// server does the routing, nothing is copied.
func (r *Reader) Copy(ctx context.Context, file string) error {
	if err := private(file); err != nil {
		return err
	}
	var err error
	if r.Engine == sqliteName {
		_, err = r.db.ExecContext(ctx, "VACUUM INTO $1", file)
		err = damage(err)
	} else {
		err = r.copyRows(ctx, file)
	}
	if err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	db, err := openSQLiteFile(file, url.Values{"mode": {"rw"}})
	if err != nil {
		return err
	}
	for _, text := range []string{
		`DELETE FROM lease`,
		fmt.Sprintf("PRAGMA application_id = %d", applicationID),
		// A generation of its own: no log belongs to it.
		fmt.Sprintf("PRAGMA user_version = %d", newMark(rand.Uint32N(generations), false)), //nolint:gosec // no secret
	} {
		if _, err := db.ExecContext(ctx, text); err != nil {
			return errors.Join(fmt.Errorf("copy the database: %w", err), db.Close())
		}
	}
	return errors.Join(findDamage(ctx, db, "PRAGMA quick_check(1)"), db.Close())
}

// copyRows makes a SQLite database with the schema of this version and copies the rows of a PostgreSQL database.
func (r *Reader) copyRows(ctx context.Context, file string) (err error) {
	if r.State.Schema != r.State.Known {
		return fmt.Errorf("the schema is of another version of Tasklane (%d, this version knows %d): use that version, or start a server of this one first",
			r.State.Schema, r.State.Known)
	}
	to, err := openSQLiteFile(file, url.Values{"mode": {"rw"}, "_pragma": {"synchronous(OFF)"}}) // it is synced as a whole
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	if err := migrate(ctx, goose.DialectSQLite3, to); err != nil {
		return err
	}
	tables, err := tablesOf(ctx, to)
	if err != nil {
		return err
	}
	read, err := r.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return err
	}
	defer read.Rollback() //nolint:errcheck // it has only read
	write, err := to.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer write.Rollback() //nolint:errcheck // or it is committed
	for _, t := range tables {
		if err := t.copy(ctx, read, write); err != nil {
			return fmt.Errorf("table %s: %w", t.name, err)
		}
	}
	return write.Commit()
}

// table is one with its columns.
type table struct {
	name    string
	columns []string
}

// tablesOf lists the tables of a SQLite database that has the schema, but for the versions of that.
func tablesOf(ctx context.Context, db *sql.DB) ([]table, error) {
	var all []table
	rows, err := db.QueryContext(ctx, `
		SELECT m.name, c.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c
		WHERE m.type = 'table' AND m.name <> 'sqlite_sequence' AND m.name <> 'goose_db_version' ORDER BY m.name, c.cid`)
	if err != nil {
		return nil, err
	}
	err = drain(rows, func(row scanner) error {
		var name, column string
		if err := row.Scan(&name, &column); err != nil {
			return err
		}
		if len(all) == 0 || all[len(all)-1].name != name {
			all = append(all, table{name: name})
		}
		last := &all[len(all)-1]
		last.columns = append(last.columns, column)
		return nil
	})
	return all, err
}

// atOnce is how many rows one statement copies.
const atOnce = 50

// copy copies all rows.
func (t table) copy(ctx context.Context, from, to *sql.Tx) error {
	rows, err := from.QueryContext(ctx, "SELECT "+strings.Join(t.columns, ", ")+" FROM "+t.name) //nolint:gosec // names of the schema
	if err != nil {
		return err
	}
	var batch []any
	err = drain(rows, func(row scanner) error {
		values, places := make([]any, len(t.columns)), make([]any, len(t.columns))
		for i := range values {
			places[i] = &values[i]
		}
		if err := row.Scan(places...); err != nil {
			return err
		}
		if batch = append(batch, values...); len(batch) < atOnce*len(t.columns) {
			return nil
		}
		err := t.insert(ctx, to, batch)
		batch = batch[:0]
		return err
	})
	if err != nil || len(batch) == 0 {
		return err
	}
	return t.insert(ctx, to, batch)
}

func (t table) insert(ctx context.Context, to *sql.Tx, values []any) error {
	marks := make([]string, len(t.columns))
	for i := range marks {
		marks[i] = fmt.Sprint("$", i+1)
	}
	insert := &target{
		text:  fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", t.name, strings.Join(t.columns, ", "), strings.Join(marks, ", ")),
		width: len(t.columns),
	}
	_, err := to.ExecContext(ctx, insert.sql(len(values)/len(t.columns)), values...)
	return err
}

// OpenCopy opens a database that [Reader.Copy] has written. It is one that nobody else has open.
func OpenCopy(ctx context.Context, file string) (*Reader, error) {
	db, err := openReadOnly(ctx, file)
	if err == nil && db == nil {
		err = fmt.Errorf("%s is empty: %w", file, fs.ErrNotExist)
	}
	if err != nil {
		return nil, err
	}
	r := &Reader{Engine: sqliteName, db: db, close: db.Close}
	if r.State, err = readState(ctx, goose.DialectSQLite3, db); err != nil {
		return nil, errors.Join(damage(err), db.Close())
	}
	return r, nil
}

// Check has SQLite look at every page. It fails with [ErrDamaged].
func (r *Reader) Check(ctx context.Context) error {
	return findDamage(ctx, r.db, "PRAGMA integrity_check(1)")
}

// Contacts counts the contacts, also those that have ended.
func (r *Reader) Contacts(ctx context.Context) (n int, err error) {
	err = r.db.QueryRowContext(ctx, `SELECT count(*) FROM contact`).Scan(&n)
	return n, damage(err)
}
