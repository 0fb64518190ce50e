package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// pingTimeout bounds how long a connection that was idle for a second may take to answer before it is used.
const pingTimeout = 2 * time.Second

// openPostgres connects to PostgreSQL, or to a cluster that speaks its protocol.
func openPostgres(ctx context.Context, opts Options) (*database, error) {
	config, err := pgxpool.ParseConfig(opts.Database)
	if err != nil {
		return nil, fmt.Errorf("database URL: %w", err)
	}
	config.AfterConnect = boundTransactions
	boundConnections(config.ConnConfig, opts.Timeout)
	// The pool exists before anything asks it for a connection.
	var pool *pgxpool.Pool
	config.ShouldPing = func(ctx context.Context, p pgxpool.ShouldPingParams) bool {
		return p.IdleDuration > time.Second && dead(ctx, p.Conn, pool.Reset)
	}
	pool, err = pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect to database: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("connect to database: %w", err)
	}
	db := stdlib.OpenDBFromPool(pool)
	if err := opts.admit(ctx, goose.DialectPostgres, db); err != nil {
		err = errors.Join(err, db.Close())
		pool.Close()
		return nil, err
	}
	return &database{
		name: "postgres", dialect: goose.DialectPostgres, schema: db, read: db,
		applier:   &postgresApplier{pool: pool, texts: map[statementKey]string{}, timeout: opts.Timeout},
		reconnect: pool.Reset,
		close: func() error {
			err := db.Close()
			pool.Close()
			return err
		},
	}, nil
}

// boundConnections has connections that are dead, or cannot be made, noticed in time, and of several hosts the one
// chosen that takes writes.
func boundConnections(config *pgx.ConnConfig, timeout time.Duration) {
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	config.DialFunc = dialer(config.ConnectTimeout, timeout)
	several := slices.ContainsFunc(config.Fallbacks, func(other *pgconn.FallbackConfig) bool {
		return other.Host != config.Host || other.Port != config.Port
	})
	if several && config.ValidateConnect == nil { // the URL has no target_session_attrs
		config.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	}
}

// dead reports whether a connection does not answer. Then no other one that was made before is trusted either: what
// has silently ended one has mostly ended all, and each would cost a request its time.
func dead(ctx context.Context, conn *pgx.Conn, reset func()) bool {
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	if conn.Ping(ctx) == nil {
		return false
	}
	reset()
	return true
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

// postgresApplier applies a batch in two round trips: all statements in one pipeline, then COMMIT. Each of the two has
// a timeout.
type postgresApplier struct {
	pool    *pgxpool.Pool
	texts   map[statementKey]string
	timeout time.Duration
}

// apply writes statements; see [applier]. Connections that were made before the database said that it cannot write, or
// said nothing, are given up: they may be of a session that is read-only, or dead.
func (a *postgresApplier) apply(ctx context.Context, statements []statement) error {
	err := a.write(ctx, statements)
	if err != nil && unavailable(err) != "" {
		a.pool.Reset()
	}
	return err
}

func (a *postgresApplier) write(ctx context.Context, statements []statement) error {
	writing, cancel := context.WithTimeout(ctx, a.timeout)
	defer cancel()
	conn, err := a.pool.Acquire(writing)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Release() // one that is in a transaction, or did not answer, is closed
	if err := a.pipeline(writing, conn.Conn(), statements); err != nil {
		ending, cancel := context.WithTimeout(ctx, a.timeout)
		defer cancel()
		_, rollback := conn.Exec(ending, "ROLLBACK")
		return errors.Join(postgresLost(err), rollback)
	}
	committing, cancel := context.WithTimeout(ctx, a.timeout)
	defer cancel()
	_, err = conn.Exec(committing, "COMMIT")
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
