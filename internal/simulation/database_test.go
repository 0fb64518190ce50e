package simulation

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"sync"

	"modernc.org/sqlite"
)

// sqliteConn is what the simulation uses of a connection of SQLite.
type sqliteConn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ExecerContext
	Serialize() ([]byte, error)
	Deserialize(image []byte) error
}

// database is one SQLite database in memory. All sessions of all nodes share its one connection: the scheduler lets one
// statement run at a time, and a transaction runs from its BEGIN to its COMMIT at a stretch.
type database struct {
	conn sqliteConn

	mu         sync.Mutex // guards what follows, and the connection
	statements map[string]driver.Stmt
	inside     *session // that has a transaction open
	commits    int
}

// openDatabase opens a database with what an image holds; nil: an empty one.
func openDatabase(image []byte) (*database, error) {
	conn, err := new(sqlite.Driver).Open(":memory:")
	if err != nil {
		return nil, err
	}
	d := &database{conn: conn.(sqliteConn), statements: map[string]driver.Stmt{}}
	if image != nil {
		err = d.conn.Deserialize(image)
	}
	if err == nil {
		_, err = d.exec("PRAGMA foreign_keys = 1", nil)
	}
	return d, err
}

func (d *database) close() error {
	var err error
	for _, st := range d.statements {
		err = errors.Join(err, st.Close())
	}
	return errors.Join(err, d.conn.Close())
}

// background is the context of statements: when a caller gives up is decided before they run.
var background = context.Background()

func (d *database) prepare(text string) (driver.Stmt, error) {
	if st := d.statements[text]; st != nil {
		return st, nil
	}
	st, err := d.conn.PrepareContext(background, text)
	if err == nil {
		d.statements[text] = st
	}
	return st, err
}

func (d *database) exec(text string, args []driver.NamedValue) (driver.Result, error) {
	if len(args) == 0 {
		return d.conn.ExecContext(background, text, nil)
	}
	st, err := d.prepare(text)
	if err != nil {
		return nil, err
	}
	return st.(driver.StmtExecContext).ExecContext(background, args)
}

// query reads all rows at once, so that no statement is open while another one runs.
func (d *database) query(text string, args []driver.NamedValue) (*rows, error) {
	st, err := d.prepare(text)
	if err != nil {
		return nil, err
	}
	found, err := st.(driver.StmtQueryContext).QueryContext(background, args)
	if err != nil {
		return nil, err
	}
	r := &rows{columns: found.Columns()}
	for {
		row := make([]driver.Value, len(r.columns))
		if err = found.Next(row); err != nil {
			break
		}
		r.rows = append(r.rows, row)
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return r, errors.Join(err, found.Close())
}

// look reads rows past the scheduler, for checks.
func (d *database) look(text string, args ...any) ([][]driver.Value, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	named := make([]driver.NamedValue, len(args))
	for i, v := range args {
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	r, err := d.query(text, named)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", text, err)
	}
	return r.rows, nil
}

// spoil changes the database behind the back of all nodes.
func (d *database) spoil(text string, args ...any) error {
	_, err := d.look(text, args...)
	return err
}

// rows are what a statement has found.
type rows struct {
	columns []string
	rows    [][]driver.Value
}

func (r *rows) Columns() []string { return r.columns }
func (r *rows) Close() error      { return nil }

func (r *rows) Next(into []driver.Value) error {
	if len(r.rows) == 0 {
		return io.EOF
	}
	copy(into, r.rows[0])
	r.rows = r.rows[1:]
	return nil
}

// connector makes sessions of one life of a node; those of no node pass by the scheduler.
type connector struct {
	database *database
	life     *life
}

func (c connector) Connect(context.Context) (driver.Conn, error) { return &session{of: c}, nil }
func (c connector) Driver() driver.Driver                        { return nil }

// session is a connection as a node knows it.
type session struct {
	of      connector
	verdict verdict // on the transaction that is open
}

var errLink = fmt.Errorf("simulated: the connection is lost: %w", io.ErrUnexpectedEOF)

func (s *session) Prepare(text string) (driver.Stmt, error) { return &prepared{s, text}, nil }
func (s *session) Close() error                             { return nil }

func (s *session) Begin() (driver.Tx, error) {
	_, err := s.ExecContext(background, "BEGIN IMMEDIATE", nil)
	return transaction{s}, err
}

// transaction is one that database/sql has begun: migrations do.
type transaction struct{ session *session }

func (t transaction) Commit() error {
	_, err := t.session.ExecContext(background, "COMMIT", nil)
	return err
}

func (t transaction) Rollback() error {
	_, err := t.session.ExecContext(background, "ROLLBACK", nil)
	return err
}

// prepared is a statement that is kept.
type prepared struct {
	session *session
	text    string
}

func (p *prepared) Close() error                               { return nil }
func (p *prepared) NumInput() int                              { return -1 }
func (p *prepared) Exec([]driver.Value) (driver.Result, error) { return nil, errors.ErrUnsupported }
func (p *prepared) Query([]driver.Value) (driver.Rows, error)  { return nil, errors.ErrUnsupported }

func (p *prepared) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	return p.session.ExecContext(ctx, p.text, args)
}

func (p *prepared) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return p.session.QueryContext(ctx, p.text, args)
}

// ExecContext runs a statement that writes. A transaction waits for the scheduler at its BEGIN, and once more when its
// COMMIT is durable and its answer under way.
func (s *session) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	switch text {
	case "BEGIN IMMEDIATE":
		s.verdict = s.of.life.pass(ctx, gateCommit, text, nil)
		if err := s.of.life.refused(ctx, s.verdict); err != nil {
			return nil, err
		}
		return s.run(text, nil, func(d *database) { d.inside = s })
	case "COMMIT":
		return s.commit(ctx)
	case "ROLLBACK":
		return s.rollback()
	default:
		return s.run(text, args, func(*database) {})
	}
}

func (s *session) run(text string, args []driver.NamedValue, then func(*database)) (driver.Result, error) {
	d := s.of.database
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.inside != nil && d.inside != s {
		return nil, fmt.Errorf("simulation: %q within the transaction of another session", text)
	}
	result, err := d.exec(text, args)
	if err == nil {
		then(d)
	}
	return result, err
}

// rollback ends the transaction that is open, if it is of this session; also where SQLite has ended it by itself, as it
// does when the disk is full.
func (s *session) rollback() (driver.Result, error) {
	d := s.of.database
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.inside != s {
		return driver.ResultNoRows, nil
	}
	d.inside = nil
	return d.exec("ROLLBACK", nil)
}

func (s *session) commit(ctx context.Context) (driver.Result, error) {
	if s.verdict == loseCommit {
		_, err := s.rollback()
		return nil, errors.Join(errLink, err)
	}
	result, err := s.run("COMMIT", nil, func(d *database) {
		d.inside = nil
		d.commits++
	})
	if err != nil {
		return nil, err
	}
	l := s.of.life
	switch s.verdict {
	case loseAnswer:
		return nil, errLink
	case silentAnswer:
		return nil, l.silence(ctx)
	default: // the answer arrives
	}
	if v := l.pass(ctx, gateAnswer, "COMMIT", nil); v != proceed {
		return nil, errLink
	}
	return result, nil
}

// QueryContext runs a statement that reads, when the scheduler lets it.
func (s *session) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	l := s.of.life
	if err := l.refused(ctx, l.pass(ctx, gateRead, text, args)); err != nil {
		return nil, err
	}
	d := s.of.database
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.query(text, args)
}
