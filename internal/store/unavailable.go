package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"os"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// reason is why a database cannot be used, in words for whoever runs it.
type reason string

const (
	reasonTimeout   reason = "the database does not answer in time"
	reasonSync      reason = "the database does not confirm commits in time: is its disk slow, or a synchronous standby missing?"
	reasonReadOnly  reason = "the database is read-only: it is a standby, or default_transaction_read_only is on"
	reasonFull      reason = "the disk of the database is full"
	reasonFileRO    reason = "the database file is read-only"
	reasonFileIO    reason = "the database file cannot be read or written"
	reasonDamaged   reason = "the database file is damaged"
	reasonCrowded   reason = "the database has no connection left: raise its max_connections, or the limit of the user or the database"
	reasonStarting  reason = "the database is starting up, or recovering"
	reasonStopping  reason = "the database is shutting down"
	reasonPassword  reason = "the database refuses the user or the password"
	reasonResources reason = "the database is out of memory or other resources"
	reasonLost      reason = "the connection to the database is lost, or cannot be made"
	reasonBroken    reason = "the database reports an internal error"
	reasonClosed    reason = "the server is stopping"
	reasonBusy      reason = "commits are slower than changes arrive"
	reasonOther     reason = "the database refuses to write"
)

// pgReasons are the conditions of PostgreSQL that no single command is to blame for, by SQLSTATE, or by its class
// (https://www.postgresql.org/docs/current/errcodes-appendix.html).
var pgReasons = map[string]reason{
	"25006": reasonReadOnly,
	"53100": reasonFull,
	"53300": reasonCrowded,
	"57P01": reasonStopping,
	"57P02": reasonStopping,
	"57P03": reasonStarting,
	"57P05": reasonLost,    // idle_session_timeout
	"57014": reasonTimeout, // statement_timeout of the user or the database
	"25P03": reasonTimeout, // idle_in_transaction_session_timeout: this server was too slow
	"08":    reasonLost,
	"28":    reasonPassword,
	"53":    reasonResources,
	"57":    reasonStopping,
	"58":    reasonBroken,
	"F0":    reasonBroken,
	"XX":    reasonBroken,
}

// sqliteReasons are the same of SQLite, by primary result code (https://www.sqlite.org/rescode.html).
var sqliteReasons = map[int]reason{
	sqlite3.SQLITE_FULL:     reasonFull,
	sqlite3.SQLITE_READONLY: reasonFileRO,
	sqlite3.SQLITE_PERM:     reasonFileRO,
	sqlite3.SQLITE_IOERR:    reasonFileIO,
	sqlite3.SQLITE_CANTOPEN: reasonFileIO,
	sqlite3.SQLITE_PROTOCOL: reasonFileIO,
	sqlite3.SQLITE_NOMEM:    reasonResources,
	sqlite3.SQLITE_CORRUPT:  reasonDamaged,
	sqlite3.SQLITE_NOTADB:   reasonDamaged,
}

// unavailable returns why the database cannot be used when an error says so, or "" when it may be the doing of the
// command that failed: then others may succeed.
func unavailable(err error) reason {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		if why, ok := pgReasons[e.Code]; ok {
			return why
		}
		return pgReasons[e.Code[:min(2, len(e.Code))]]
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return sqliteReasons[e.Code()&0xff]
	}
	switch {
	case errors.Is(err, errBusy):
		return reasonBusy
	case errors.Is(err, errClosed):
		return reasonClosed
	case errors.Is(err, errTimeout), errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return reasonTimeout
	case connectionLost(err):
		return reasonLost
	default:
		return ""
	}
}

// Unavailable reports whether an error says that the database cannot be used, or that ctx has ended: the command that
// failed is not to blame, and will do when it is run again later.
func (s *Store) Unavailable(err error) bool {
	return unavailable(err) != "" || errors.Is(err, errUnknown) || errors.Is(err, context.Canceled)
}

// connectionLost reports whether an error is about a connection: one that ended, or that could not be made.
func connectionLost(err error) bool {
	_, network := errors.AsType[net.Error](err)
	_, connect := errors.AsType[*pgconn.ConnectError](err)
	lost := func(is error) bool { return errors.Is(err, is) }
	return network || connect || slices.ContainsFunc([]error{
		pgconn.ErrConnClosed, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, driver.ErrBadConn, sql.ErrConnDone,
	}, lost)
}

// problem is why the database cannot be written, in words for whoever runs it.
func problem(err error) string {
	why := unavailable(err)
	switch {
	case why == "":
		why = reasonOther
	case why == reasonTimeout && errors.Is(err, errUnknown):
		why = reasonSync
	}
	return string(why)
}
