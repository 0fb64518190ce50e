package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"time"
)

// ErrLog says that a SQLite database and the log beside it are not of one piece. [Options.AllowLostLog] opens
// what the file holds.
var ErrLog = errors.New("acknowledged changes may be missing")

// ErrDamaged says that a SQLite database is not sound.
var ErrDamaged = errors.New("the database is damaged")

// wholeCheck is up to which size, in bytes, a database is checked as a whole at each start. A larger one would keep the
// server from starting for too long: of it the tables are checked that nothing works without. [Verify] checks all.
const wholeCheck = 8 << 20

// vitalTables are checked at each start.
var vitalTables = []string{"goose_db_version", "setting", "instance", "access_key"}

// leastLog is the size of a log without a single page; a shorter one holds nothing.
const leastLog = 32

// openReadOnly returns a connection that reads the database in file and changes nothing, neither in the file nor in its
// log. It fails with [ErrLog] or [ErrDamaged], and when the file is not a database of Tasklane. An empty or missing
// file has no connection.
//
// The caller makes sure that no other process writes the database where there is no log.
func openReadOnly(ctx context.Context, file string) (*sql.DB, error) {
	size, err := sizeOf(file)
	if err != nil {
		return nil, err
	}
	log, err := sizeOf(file + "-wal")
	if err != nil {
		return nil, err
	}
	hasLog := log >= leastLog
	if size == 0 && hasLog { // SQLite would remove the log
		return nil, fmt.Errorf("%s is missing or empty, and its log %s-wal is there: %w", file, file, ErrLog)
	}
	if size == 0 {
		return nil, nil //nolint:nilnil // as said
	}
	h, err := headerOf(file)
	if err != nil {
		return nil, err
	}
	if h.application != 0 && h.application != applicationID {
		return nil, fmt.Errorf("%s is the database of another program", file)
	}
	marked := h.application == applicationID
	if marked && h.mark.needsLog() && !hasLog {
		return nil, lostLog(file)
	}
	if !hasLog && size < h.pages*h.pageSize {
		return nil, fmt.Errorf("%w: %s has %d bytes of %d", ErrDamaged, file, size, h.pages*h.pageSize)
	}
	db, err := openWithoutLog(file)
	if hasLog {
		db, err = openSQLiteFile(file, readOnly)
	}
	if err != nil {
		return nil, err
	}
	if hasLog {
		if err = checkLog(ctx, db, file, h); isDamage(err) {
			err = fmt.Errorf("%s cannot be read together with its log %s-wal (%w): %w", file, file, err, ErrLog)
		}
	}
	if err == nil && !marked {
		err = checkTables(ctx, db, file)
	}
	if err != nil {
		return nil, errors.Join(damage(err), db.Close())
	}
	return db, nil
}

// openWithoutLog reads a file as it is. Nothing beside the file is looked at, and nothing is made there. An empty or
// missing file has no connection.
func openWithoutLog(file string) (*sql.DB, error) {
	if size, err := sizeOf(file); err != nil || size == 0 {
		return nil, err
	}
	return openSQLiteFile(file, url.Values{"immutable": {"1"}})
}

// readOnly are the options of a connection beside those of a server.
var readOnly = url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(10000)"}}

func openSQLiteFile(file string, options url.Values) (*sql.DB, error) {
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", OmitHost: true, Path: file, RawQuery: options.Encode()}).String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// finishCreation has SQLite undo what a crash has left of the very first write to a file, which has no log yet.
func finishCreation(ctx context.Context, file string) error {
	if journal, err := sizeOf(file + "-journal"); err != nil || journal == 0 {
		return err
	}
	db, err := openSQLiteFile(file, url.Values{"mode": {"rw"}})
	if err != nil {
		return err
	}
	var version int
	err = db.QueryRowContext(ctx, "PRAGMA schema_version").Scan(&version)
	return errors.Join(err, db.Close())
}

// setLogAside renames a log that does not belong to its file, so that nothing is lost that somebody may want.
func setLogAside(file string, now time.Time) error {
	aside := fmt.Sprintf("%s-wal.lost-%s", file, now.UTC().Format("20060102T150405"))
	if err := os.Rename(file+"-wal", aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Remove(file + "-shm"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func lostLog(file string) error {
	return fmt.Errorf("%s was not closed by a clean stop, and its log %s-wal is missing: %w", file, file, ErrLog)
}

// checkLog compares the marks of the file and of its log.
func checkLog(ctx context.Context, db *sql.DB, file string, h header) error {
	var application, mark int64
	var busy, frames, moved int
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&application); err != nil {
		return err
	}
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&mark); err != nil {
		return err
	}
	if err := db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(NOOP)").Scan(&busy, &frames, &moved); err != nil {
		return err
	}
	inLog := logMark(mark)
	switch {
	case h.application == 0: // of an earlier version, which marked nothing, or just being introduced
		if application == 0 || inLog.needsLog() {
			return nil
		}
	case frames == 0:
		if !h.mark.needsLog() {
			return nil
		}
		return lostLog(file)
	case logFits(h.mark, inLog):
		return nil
	}
	return fmt.Errorf("%s and its log %s-wal do not belong together, as when a copy was put in place of the file: %w", file, file, ErrLog)
}

// checkTables finds out whether a database that does not say so is one of Tasklane.
func checkTables(ctx context.Context, db *sql.DB, file string) error {
	var all, ours int
	if err := db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE type = 'table'`).Scan(&all); err != nil {
		return err
	}
	err := db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('goose_db_version', 'setting')`).Scan(&ours)
	if err == nil && all > 0 && ours == 0 {
		return fmt.Errorf("%s is the database of another program", file)
	}
	return err
}

// checkQuickly looks for damage, as far as a start can wait for that.
func checkQuickly(ctx context.Context, db *sql.DB) error {
	var pages, pageSize int64
	if err := db.QueryRowContext(ctx, "PRAGMA page_count").Scan(&pages); err != nil {
		return damage(err)
	}
	if err := db.QueryRowContext(ctx, "PRAGMA page_size").Scan(&pageSize); err != nil {
		return damage(err)
	}
	if pages*pageSize <= wholeCheck {
		return findDamage(ctx, db, "PRAGMA quick_check(1)")
	}
	for _, table := range vitalTables {
		if err := findDamage(ctx, db, "PRAGMA quick_check('"+table+"')"); err != nil {
			return err
		}
	}
	return nil
}

// findDamage runs a check of SQLite and returns what it finds first.
func findDamage(ctx context.Context, db *sql.DB, check string) error {
	var found string
	if err := db.QueryRowContext(ctx, check).Scan(&found); err != nil {
		return damage(err)
	}
	if found != "ok" {
		return fmt.Errorf("%w: %s", ErrDamaged, strings.Join(strings.Fields(found), " "))
	}
	return nil
}

// damage says of an error of SQLite that it means damage, where it does.
func damage(err error) error {
	if isDamage(err) && !errors.Is(err, ErrLog) {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}

func headerOf(file string) (header, error) {
	f, err := os.Open(file)
	if err != nil {
		return header{}, err
	}
	defer f.Close()
	h, err := readHeader(f)
	if err != nil {
		return header{}, fmt.Errorf("%s: %w", file, err)
	}
	return h, nil
}

// sizeOf returns the size of a file in bytes, 0 when there is none.
func sizeOf(file string) (int64, error) {
	info, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if !info.Mode().IsRegular() {
		return 0, fmt.Errorf("%s is not a regular file", file)
	}
	return info.Size(), nil
}
