package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// openPostgres connects to PostgreSQL, or to a cluster that speaks its protocol.
func openPostgres(ctx context.Context, opts Options) (*database, error) {
	config, err := pgxpool.ParseConfig(opts.Database)
	if err != nil {
		return nil, fmt.Errorf("database URL: %w", err)
	}
	config.AfterConnect = boundTransactions
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect to database: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("connect to database: %w", err)
	}
	db := stdlib.OpenDBFromPool(pool)
	return &database{
		name: "postgres", dialect: goose.DialectPostgres, schema: db, read: db,
		applier: &postgresApplier{pool: pool, texts: map[statementKey]string{}},
		close: func() error {
			err := db.Close()
			pool.Close()
			return err
		},
	}, nil
}

// boundTransactions has the database give up a transaction that waits for its next statement for too long. A server
// that is stopped, or whose machine is gone, between its statements and their COMMIT would otherwise keep its rows
// locked, and with them the writer of every other server.
func boundTransactions(ctx context.Context, conn *pgx.Conn) error {
	if _, err := conn.Exec(ctx, "SET idle_in_transaction_session_timeout = '3s'"); err != nil {
		return fmt.Errorf("bound transactions: %w", err)
	}
	return nil
}

// postgresApplier applies a batch in two round trips: all statements in one pipeline, then COMMIT.
type postgresApplier struct {
	pool  *pgxpool.Pool
	texts map[statementKey]string
}

func (a *postgresApplier) apply(ctx context.Context, statements []statement) error {
	conn, err := a.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Release()
	if err := a.pipeline(ctx, conn.Conn(), statements); err != nil {
		_, rollback := conn.Exec(ctx, "ROLLBACK")
		return errors.Join(postgresLost(err), rollback)
	}
	_, err = conn.Exec(ctx, "COMMIT")
	if err == nil {
		return nil
	}
	if lost := postgresLost(err); errors.Is(lost, errLost) {
		return lost
	}
	return errors.Join(errUnknown, fmt.Errorf("commit: %w", err))
}

func (a *postgresApplier) pipeline(ctx context.Context, conn *pgx.Conn, statements []statement) (err error) {
	var batch pgx.Batch
	batch.Queue("BEGIN")
	for _, st := range statements {
		batch.Queue(a.text(st), st.args...)
	}
	results := conn.SendBatch(ctx, &batch)
	defer func() { err = errors.Join(err, results.Close()) }()
	if _, err := results.Exec(); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	for _, st := range statements {
		tag, err := results.Exec()
		if err != nil {
			return err
		}
		if st.to.guarded && tag.RowsAffected() != int64(st.rows) {
			return errLost
		}
	}
	return nil
}

func (a *postgresApplier) text(st statement) string {
	key := statementKey{st.to, st.rows}
	if a.texts[key] == "" {
		a.texts[key] = st.to.sql(st.rows)
	}
	return a.texts[key]
}

// postgresLost turns what the database says of a concurrent transaction into errLost: serialization failure,
// deadlock, unique key taken, and two commands of one batch that write the same row. Code 40003, outcome
// unknown, is none of them.
func postgresLost(err error) error {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch e.Code {
		case "40001", "40P01", "23505", "21000":
			return errLost
		}
	}
	return err
}
