package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/pressly/goose/v3"
	gooseversion "github.com/pressly/goose/v3/database"
)

// Purpose is what the data of a database is for.
type Purpose string

// The purposes. Data for development has public keys and passwords.
const (
	Production  Purpose = "production"
	Development Purpose = "development"
)

// State is what a database says of itself before anything is written to it.
type State struct {
	Schema int64 // version of the schema, 0 when there is none
	Known  int64 // the newest version of the schema that this program knows

	Purpose       Purpose       // empty when it is not recorded
	FirstInstance string        // the instance that the first start made, also when it was deleted since; may be empty
	Instances     []string      // ids, oldest first
	ClockOffset   time.Duration // how far the clock is ahead of the machine's
}

const (
	purposeSetting       = "purpose"
	firstInstanceSetting = "first_instance"
)

// readState reads the state; db may be nil, for a database that does not exist yet.
func readState(ctx context.Context, dialect goose.Dialect, db *sql.DB) (State, error) {
	known, err := knownSchema()
	if err != nil || db == nil {
		return State{Known: known}, err
	}
	s := State{Known: known}
	if s.Schema, err = schemaVersion(ctx, dialect, db); err != nil || s.Schema == 0 {
		return s, err
	}
	if err := s.readSettings(ctx, db); err != nil {
		return s, fmt.Errorf("read settings: %w", err)
	}
	rows, err := db.QueryContext(ctx, `SELECT id FROM instance ORDER BY created_at, id`)
	if err == nil {
		err = drain(rows, func(row scanner) error {
			var id string
			err := row.Scan(&id)
			s.Instances = append(s.Instances, id)
			return err
		})
	}
	if err != nil {
		return s, fmt.Errorf("read instances: %w", err)
	}
	return s, nil
}

// drain calls fn for each row and closes the rows.
func drain(rows *sql.Rows, fn func(scanner) error) error {
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (s *State) readSettings(ctx context.Context, db *sql.DB) error {
	rows, err := db.QueryContext(ctx, `
		SELECT name, value FROM setting WHERE name IN ('purpose', 'first_instance', 'clock_offset')`)
	if err != nil {
		return err
	}
	return drain(rows, func(row scanner) error {
		var name, value string
		if err := row.Scan(&name, &value); err != nil {
			return err
		}
		switch name {
		case purposeSetting:
			s.Purpose = Purpose(value)
		case firstInstanceSetting:
			s.FirstInstance = value
		case clockOffset:
			offset, err := strconv.ParseInt(value, 10, 64)
			s.ClockOffset = time.Duration(offset)
			return err
		}
		return nil
	})
}

// schemaVersion is the version of the schema; 0 when there is none.
func schemaVersion(ctx context.Context, dialect goose.Dialect, db *sql.DB) (int64, error) {
	look := `SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'goose_db_version'`
	if dialect == goose.DialectSQLite3 {
		look = `SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'goose_db_version'`
	}
	var tables int
	if err := db.QueryRowContext(ctx, look).Scan(&tables); err != nil {
		return 0, fmt.Errorf("look for the version of the schema: %w", err)
	}
	if tables == 0 {
		return 0, nil
	}
	versions, err := gooseversion.NewStore(dialect, goose.DefaultTablename)
	if err != nil {
		return 0, err
	}
	version, err := versions.GetLatestVersion(ctx, db)
	if errors.Is(err, gooseversion.ErrVersionNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the version of the schema: %w", err)
	}
	return version, nil
}

// knownSchema is the version of the newest migration.
func knownSchema() (newest int64, err error) {
	files, err := migrations.ReadDir("migrations")
	if err != nil {
		return 0, err
	}
	for _, f := range files {
		version, err := goose.NumericComponent(f.Name())
		if err != nil {
			return 0, err
		}
		newest = max(newest, version)
	}
	return newest, nil
}

// FirstInstance reads which instance the first start has made, also when it was deleted since; it may be empty.
func (s *Store) FirstInstance(ctx context.Context) (id string, err error) {
	err = s.row(ctx, `SELECT value FROM setting WHERE name = $1`, firstInstanceSetting).Scan(&id)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read the first instance: %w", err)
	}
	return id, nil
}

// Record writes down what the data is for and which instance the first start has made. An empty value leaves what is.
func (s *Store) Record(ctx context.Context, purpose Purpose, firstInstance string) error {
	tx := &tx{ctx: ctx, store: s}
	if purpose != "" {
		tx.write(putSetting, purposeSetting, purposeSetting, string(purpose))
	}
	if firstInstance != "" {
		tx.write(putSetting, firstInstanceSetting, firstInstanceSetting, firstInstance)
	}
	if err := s.commit(ctx, tx); err != nil {
		return fmt.Errorf("record what the data is for: %w", err)
	}
	return nil
}
