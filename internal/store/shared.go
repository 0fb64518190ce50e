package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/pressly/goose/v3"
)

// sharedName is the engine of a store on [Options.Connector].
const sharedName = "shared"

// openShared opens a SQLite database that somebody else keeps and that other stores write, too: leases count, as they
// do on PostgreSQL, and a connection that does not answer is given up after a timeout.
func openShared(ctx context.Context, opts Options) (*database, error) {
	db := sql.OpenDB(opts.Connector)
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("connect: %w", err), db.Close())
	}
	a := &sqliteApplier{conn: conn, prepared: map[statementKey]*sql.Stmt{}, timeout: cmp.Or(opts.Timeout, DefaultTimeout)}
	return &database{
		name: sharedName, dialect: goose.DialectSQLite3, schema: db, read: db, applier: a, reconnect: func() {},
		close: func() error { return errors.Join(a.forget(), conn.Close(), db.Close()) },
	}, nil
}
