package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"github.com/pressly/goose/v3"
)

// freshSchema returns the statements that make an empty SQLite database what the migrations make of it. They run once a
// process, in memory: on disk, one transaction in place of one a migration takes a small part of the time.
var freshSchema = sync.OnceValues(func() (statements []string, err error) {
	db, err := sql.Open(sqliteName, ":memory:")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)       // each connection has a memory of its own
	ctx := context.Background() //nolint:forbidigo // whoever asks first does it for all
	if err := runMigrations(ctx, goose.DialectSQLite3, db); err != nil {
		return nil, err
	}
	// The names that begin with sqlite_ are made by SQLite itself.
	return texts(ctx, db, `SELECT sql FROM (SELECT rowid AS place, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
		UNION ALL SELECT 1000000 + id, 'INSERT INTO goose_db_version (version_id, is_applied) VALUES (' || version_id || ', ' || is_applied || ')'
		FROM goose_db_version) AS statement ORDER BY place`)
})

// makeFresh gives an empty SQLite database its schema. It reports false for one that is not empty.
func makeFresh(ctx context.Context, db *sql.DB) (done bool, err error) {
	var n int
	if err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_schema").Scan(&n); err != nil || n > 0 {
		return false, err
	}
	statements, err := freshSchema()
	if err != nil {
		return false, err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	for _, statement := range statements {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return false, errors.Join(fmt.Errorf("make the schema: %w", err), tx.Rollback())
		}
	}
	return true, tx.Commit()
}

// texts reads rows of one text.
func texts(ctx context.Context, db *sql.DB, query string, args ...any) ([]string, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	var all []string
	err = drain(rows, func(row scanner) error {
		var one string
		err := row.Scan(&one)
		all = append(all, one)
		return err
	})
	return all, err
}
