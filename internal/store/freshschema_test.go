package store

import (
	"database/sql"
	"slices"
	"testing"

	"github.com/pressly/goose/v3"
)

// An empty database gets what the migrations one by one make, and is not migrated again.
func TestFreshSchemaIsThatOfTheMigrations(t *testing.T) {
	t.Parallel()
	made := func(by func(*sql.DB) error) []string {
		db, err := sql.Open(sqliteName, ":memory:")
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		db.SetMaxOpenConns(1)
		if err := by(db); err != nil {
			t.Fatal(err)
		}
		if err := runMigrations(t.Context(), goose.DialectSQLite3, db); err != nil {
			t.Errorf("migrations after it: %v", err)
		}
		all, err := texts(t.Context(), db, `SELECT name || ' ' || COALESCE(sql, '') FROM sqlite_schema UNION ALL
			SELECT version_id || ' ' || is_applied FROM goose_db_version ORDER BY 1`)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	fresh := made(func(db *sql.DB) error {
		done, err := makeFresh(t.Context(), db)
		if !done {
			t.Error("makeFresh did nothing to an empty database")
		}
		return err
	})
	migrated := made(func(db *sql.DB) error { return runMigrations(t.Context(), goose.DialectSQLite3, db) })
	if len(fresh) < 20 || !slices.Equal(fresh, migrated) {
		t.Errorf("fresh:\n%q\nmigrated:\n%q", fresh, migrated)
	}
}

func TestFreshSchemaIsForEmptyDatabases(t *testing.T) {
	t.Parallel()
	db, err := sql.Open(sqliteName, ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE other (id TEXT)"); err != nil {
		t.Fatal(err)
	}
	if done, err := makeFresh(t.Context(), db); done || err != nil {
		t.Errorf("makeFresh = %v, %v of a database with a table", done, err)
	}
}
