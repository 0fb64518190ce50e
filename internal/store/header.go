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
	rest int // commits until the next try, after one that failed
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
	if err == nil && !h.mark.needsLog() {
		err = m.renew(ctx)
	}
	if err != nil {
		m.rest = restAfter
		slog.WarnContext(ctx, "cannot mark the database as one that needs its log", "err", err)
	}
}

// renew begins a generation: it commits the mark that the file is to have, brings it into the file, and commits
// the mark that stands in the log. Where somebody reads an earlier state, the file stays as it is.
func (m *marker) renew(ctx context.Context) error {
	var now int64
	if err := m.conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&now); err != nil {
		return err
	}
	generation := logMark(now).generation()
	if err := m.set(ctx, newMark(generation+1, true)); err != nil {
		return err
	}
	var busy, log, moved int
	if err := m.conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &log, &moved); err != nil {
		return err
	}
	h, err := readHeader(m.file)
	if err != nil {
		return err
	}
	if h.mark == newMark(generation+1, true) {
		return m.set(ctx, newMark(generation+1, false))
	}
	m.rest = restAfter
	return m.set(ctx, newMark(generation, false))
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
	for _, text := range []string{
		fmt.Sprintf("PRAGMA application_id = %d", applicationID),
		fmt.Sprintf("PRAGMA user_version = %d", newMark(rand.Uint32N(generations), true)), //nolint:gosec // no secret
	} {
		if _, err := m.conn.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	return m.renew(ctx)
}

// closingTimeout is how long a reader of another process may keep the log from being emptied, in milliseconds.
const closingTimeout = 1000

// complete moves everything from the log into the file, at a clean stop. A reader of another process, such as a backup,
// can keep it from that: then the log stays, and the next start goes on with it.
func (m *marker) complete(ctx context.Context) error {
	var mark int64
	if err := m.conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&mark); err != nil {
		return err
	}
	if logMark(mark).needsLog() {
		if err := m.set(ctx, newMark(logMark(mark).generation(), false)); err != nil {
			return err
		}
	}
	if _, err := m.conn.ExecContext(ctx, fmt.Sprintf("PRAGMA busy_timeout = %d", closingTimeout)); err != nil {
		return err
	}
	var busy, log, moved int
	return m.conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &moved)
}
