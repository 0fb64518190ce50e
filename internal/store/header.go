package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"

	"modernc.org/sqlite"
)

// applicationID stands in the header of every SQLite database of Tasklane ("TSKL").
const applicationID = 0x54534b4c

// logMark is the user_version of a SQLite database. The file says by it whether it is complete by itself or needs the
// log beside it, and which log that is:
//
//	in the file on the disk     generation k, needs its log
//	last commit in its log      generation k, complete
//
// Who reads the database through SQLite, such as a program that copies it, sees the last commit: complete. Who loses
// the log, or puts another file under it, is left with what does not fit together; see [checkLog] and
// docs/decisions/0007-lost-logs.md.
type logMark uint32

const generations = 1 << 30 // user_version is a signed number of 32 bits

func newMark(generation uint32, needsLog bool) logMark {
	m := logMark(generation%generations) << 1
	if needsLog {
		m |= 1
	}
	return m
}

func (m logMark) generation() uint32 { return uint32(m >> 1) }

func (m logMark) needsLog() bool { return m&1 != 0 }

// logFits reports whether a log whose last commit has one mark belongs to a file that has another, after a crash at any
// moment. The two differ by a generation only when the crash came while [marker.renew] was at work.
func logFits(file, log logMark) bool {
	switch log.generation() {
	case file.generation():
		return true
	case newMark(file.generation()+1, false).generation():
		return log.needsLog()
	case newMark(file.generation()+generations-1, false).generation():
		return file.needsLog()
	}
	return false
}

// header is what the first page of a SQLite database says in the file itself, whatever stands in the log.
type header struct {
	pageSize, pages int64
	application     uint32
	mark            logMark
}

var errNotSQLite = errors.New("is not a SQLite database")

// readHeader reads the header; see https://www.sqlite.org/fileformat.html.
func readHeader(file io.ReaderAt) (header, error) {
	var b [100]byte
	if _, err := file.ReadAt(b[:], 0); err != nil {
		if errors.Is(err, io.EOF) {
			return header{}, errNotSQLite
		}
		return header{}, err
	}
	if string(b[:16]) != "SQLite format 3\x00" {
		return header{}, errNotSQLite
	}
	h := header{
		pageSize:    int64(binary.BigEndian.Uint16(b[16:])),
		pages:       int64(binary.BigEndian.Uint32(b[28:])),
		mark:        logMark(binary.BigEndian.Uint32(b[60:])),
		application: binary.BigEndian.Uint32(b[68:]),
	}
	if h.pageSize == 1 {
		h.pageSize = 65536
	}
	return h, nil
}

// marker keeps the mark of an open database. It belongs to the writer. The zero value, of a database that is no file,
// keeps none.
type marker struct {
	file *os.File // the database; open as long as SQLite has it open, because closing it lets go of SQLite's locks
	conn *sql.Conn
	read *sql.DB // reads the same database

	reader *sql.Tx // holds the log while the file has a mark that the log does not follow yet; else nil
	rest   int     // commits until the next try, after one that failed
}

// restAfter is how many commits pass after a try to mark the file that did not succeed.
const restAfter = 16

// keep makes sure that the file says that it needs its log. A checkpoint, which SQLite does by itself every few thousand
// pages, makes the file complete; the next commit begins a new log, and so a new generation.
func (m *marker) keep(ctx context.Context) {
	if m.file == nil {
		return
	}
	if m.rest > 0 {
		m.rest--
		return
	}
	h, err := readHeader(m.file)
	if err == nil && (!h.mark.needsLog() || m.reader != nil) {
		err = m.renew(ctx)
	}
	if err != nil {
		m.rest = restAfter
		slog.WarnContext(ctx, "cannot mark the database as one that needs its log", "err", err)
	}
}

// renew begins a generation: it commits the mark that the file is to have, brings it into the file, and commits
// the mark that stands in the log. Where somebody reads an earlier state, the file stays as it is.
//
// When all of the log is in the file, SQLite begins the log anew with the next commit. If the process died in the midst of
// that, or the disk failed, the file would say that it needs its log, and there would be nothing in it. So a reader keeps the log
// until the last step has succeeded; a later call goes on there.
func (m *marker) renew(ctx context.Context) error {
	var now int64
	if err := m.conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&now); err != nil {
		return err
	}
	next := logMark(now)
	if m.reader == nil {
		generation := next.generation()
		next = newMark(generation+1, true)
		h, err := m.mark(ctx, next)
		if err != nil {
			return errors.Join(err, m.release())
		}
		if h.mark != next {
			m.rest = restAfter
			// A file that says nothing yet does not fit to a log that says that the two are complete.
			return errors.Join(m.set(ctx, newMark(generation, h.application != applicationID)), m.release())
		}
	}
	if err := m.set(ctx, newMark(next.generation(), false)); err != nil {
		return err
	}
	return m.release()
}

// mark commits a mark, and brings it into the file while a reader holds the log. It returns what the file says then.
func (m *marker) mark(ctx context.Context, to logMark) (header, error) {
	if err := m.set(ctx, to); err != nil {
		return header{}, err
	}
	reader, err := m.read.BeginTx(context.WithoutCancel(ctx), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return header{}, err
	}
	m.reader = reader
	var tables int
	if err := reader.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master").Scan(&tables); err != nil {
		return header{}, err
	}
	var busy, log, moved int
	if err := m.conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &log, &moved); err != nil {
		return header{}, err
	}
	return readHeader(m.file)
}

// release lets go of the log.
func (m *marker) release() error {
	if m.reader == nil {
		return nil
	}
	err := m.reader.Rollback()
	m.reader = nil
	return err
}

func (m *marker) set(ctx context.Context, to logMark) error {
	_, err := m.conn.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", to))
	return err
}

// begin makes the marks of a database that was just opened right: one that has none is marked as one of Tasklane, and
// a generation begins where an earlier one was left half done, or without its log.
func (m *marker) begin(ctx context.Context) error {
	h, err := readHeader(m.file)
	if err != nil && !errors.Is(err, errNotSQLite) { // the file of a new database is empty
		return err
	}
	if h.application == applicationID {
		var mark int64
		if err := m.conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&mark); err != nil || !logMark(mark).needsLog() {
			return err
		}
		return m.renew(ctx)
	}
	// In one transaction: a log with one of the two alone would not fit to the file.
	_, err = m.conn.ExecContext(ctx, fmt.Sprintf("BEGIN IMMEDIATE; PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
		applicationID, newMark(rand.Uint32N(generations), true))) //nolint:gosec // no secret
	if err != nil {
		_, rollback := m.conn.ExecContext(ctx, "ROLLBACK")
		return errors.Join(err, rollback)
	}
	return m.renew(ctx)
}

// closingTimeout is how long a reader of another process may keep the log from being emptied, in milliseconds.
const closingTimeout = 1000

// finish makes the mark that of a complete database before a clean stop, where a generation has begun half.
func (m *marker) finish(ctx context.Context) error {
	var mark int64
	err := m.conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&mark)
	if err == nil && logMark(mark).needsLog() {
		err = m.renew(ctx)
	}
	return errors.Join(err, m.release())
}

// complete moves everything from the log into the file, at a clean stop. A reader of another process, such as a backup,
// can keep it from that: then the log stays, and the next start goes on with it. The log stays, too, when the last commit
// does not say that the file is complete.
func (m *marker) complete(ctx context.Context) error {
	var mark int64
	if err := m.conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&mark); err != nil || logMark(mark).needsLog() {
		return errors.Join(err, m.keepLog())
	}
	if _, err := m.conn.ExecContext(ctx, fmt.Sprintf("PRAGMA busy_timeout = %d", closingTimeout)); err != nil {
		return err
	}
	var busy, log, moved int
	return m.conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &moved)
}

// keepLog has SQLite leave the log when it closes the database.
func (m *marker) keepLog() error {
	return m.conn.Raw(func(conn any) error {
		files, ok := conn.(sqlite.FileControl)
		if !ok {
			return errors.New("the driver of SQLite cannot keep its log")
		}
		_, err := files.FileControlPersistWAL("main", 1)
		return err
	})
}
