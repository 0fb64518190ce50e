package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/tasklane/tasklane/internal/attachment"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
)

// Problem is a kind of fault that was found in a database.
type Problem struct {
	What  string // in the plural, such as "contacts that cannot be decoded"
	Count int
	First string // what the first of them is
}

// StoredFile is a row of an attached file.
type StoredFile struct {
	Instance, ID string
	State        attachment.State
	Size         int64 // in bytes
}

// Report is what [Reader.Verify] found.
type Report struct {
	Rows     map[string]int // rows read, by table
	Problems []Problem
	State    State // of the database, when it can be read
	Files    []StoredFile
	// Quarantined are the rows that cannot be decoded, and those that servers leave out for other reasons.
	Quarantined []engine.Quarantined
}

// Add counts one more fault of a kind.
func (r *Report) Add(what, which string) {
	if i := slices.IndexFunc(r.Problems, func(p Problem) bool { return p.What == what }); i >= 0 {
		r.Problems[i].Count++
		return
	}
	r.Problems = append(r.Problems, Problem{What: what, Count: 1, First: which})
}

// Verify reads everything at one moment and reports what is wrong: damage of the file, rows that refer to what is not
// there, rows that cannot be decoded. It fails when the database cannot be read at all.
func (r *Reader) Verify(ctx context.Context) (*Report, error) {
	report := &Report{Rows: map[string]int{}, State: r.State}
	tx, err := r.db.BeginTx(ctx, &sql.TxOptions{Isolation: r.isolation(), ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback() //nolint:errcheck // it has only read
	v := verification{ctx, tx, report}
	if r.Engine == sqliteName {
		if err := v.damage(); err != nil {
			return nil, err
		}
	}
	tables, err := r.tables(ctx, tx)
	if err != nil {
		return nil, damage(err)
	}
	for _, c := range references {
		if slices.Contains(tables, c.table) {
			if err := v.reference(c.what, c.text); err != nil {
				return nil, err
			}
		}
	}
	for _, d := range decodings {
		if slices.Contains(tables, d.table) {
			if err := v.decode(d); err != nil {
				return nil, err
			}
		}
	}
	if slices.Contains(tables, "quarantine") {
		if err := v.quarantined(); err != nil {
			return nil, err
		}
	}
	if slices.Contains(tables, "file") {
		err = v.files()
	}
	return report, err
}

func (r *Reader) isolation() sql.IsolationLevel {
	if r.Engine == sqliteName {
		return sql.LevelDefault // a transaction of SQLite reads one moment
	}
	return sql.LevelRepeatableRead
}

// tables names the tables that are there.
func (r *Reader) tables(ctx context.Context, tx *sql.Tx) ([]string, error) {
	text := `SELECT tablename FROM pg_tables WHERE schemaname = current_schema()`
	if r.Engine == sqliteName {
		text = `SELECT name FROM sqlite_master WHERE type = 'table'`
	}
	rows, err := tx.QueryContext(ctx, text)
	if err != nil {
		return nil, err
	}
	var all []string
	err = drain(rows, func(row scanner) error {
		var name string
		err := row.Scan(&name)
		all = append(all, name)
		return err
	})
	return all, err
}

// verification is one run of [Reader.Verify].
type verification struct {
	ctx    context.Context //nolint:containedctx // it lives for one call
	tx     *sql.Tx
	report *Report
}

// damage has SQLite look at every page.
func (v verification) damage() error {
	rows, err := v.tx.QueryContext(v.ctx, "PRAGMA integrity_check(1000)")
	if err == nil {
		err = drain(rows, func(row scanner) error {
			var found string
			err := row.Scan(&found)
			if err == nil && found != "ok" {
				v.report.Add("damages of the file", found)
			}
			return err
		})
	}
	if isDamage(err) {
		v.report.Add("damages of the file", err.Error())
		return nil
	}
	return err
}

// references are the rows that refer to others which must be there. A query counts those whose others are not, and names one.
var references = []struct{ table, what, text string }{
	{"contact", "contacts of no instance", `
		SELECT count(*), min(id) FROM contact WHERE instance_id NOT IN (SELECT id FROM instance)`},
	{"resource", "resources of no instance", `
		SELECT count(*), min(id) FROM resource WHERE instance_id NOT IN (SELECT id FROM instance)`},
	{"agent", "agents of no instance", `
		SELECT count(*), min(id) FROM agent WHERE instance_id NOT IN (SELECT id FROM instance)`},
	{"contact", "contacts with an agent who has none in hand", `
		SELECT count(*), min(c.id) FROM contact AS c WHERE c.state IN ('CONNECTING', 'CONNECTED', 'ACW') AND NOT EXISTS (
		  SELECT 1 FROM agent AS a WHERE a.instance_id = c.instance_id AND a.id = c.agent_id)`},
	{"term", "contacts without attributes", `
		SELECT count(*), min(c.id) FROM contact AS c WHERE c.indexed = c.version AND NOT EXISTS (
		  SELECT 1 FROM chain AS h WHERE h.instance_id = c.instance_id
		    AND h.id = CASE WHEN c.initial_id IS NULL OR c.initial_id = '' THEN c.id ELSE c.initial_id END)`},
	{"event", "events of no contact", `
		SELECT count(*), min(e.contact_id) FROM event AS e WHERE NOT EXISTS (
		  SELECT 1 FROM contact AS c WHERE c.instance_id = e.instance_id AND c.id = e.contact_id)`},
	{"term", "search terms of no contact", `
		SELECT count(*), min(t.contact_id) FROM term AS t WHERE NOT EXISTS (
		  SELECT 1 FROM contact AS c WHERE c.instance_id = t.instance_id AND c.id = t.contact_id)`},
	{"file", "attached files of no contact", `
		SELECT count(*), min(f.id) FROM file AS f WHERE f.state <> 'DELETED' AND NOT EXISTS (
		  SELECT 1 FROM contact AS c WHERE c.instance_id = f.instance_id AND c.id = f.contact_id)`},
}

func (v verification) reference(what, text string) error {
	var n int
	var first sql.NullString
	err := v.tx.QueryRowContext(v.ctx, text).Scan(&n, &first)
	switch {
	case isDamage(err):
		v.report.Add("tables that cannot be read", err.Error())
	case err != nil:
		return fmt.Errorf("look for %s: %w", what, err)
	case n > 0:
		v.report.Problems = append(v.report.Problems, Problem{what, n, first.String})
	}
	return nil
}

// decoding reads the rows of a table as the server does. Its text gives the instance first.
type decoding struct {
	table, text string
	decode      func(scanner) error
}

// decodings read what is kept as JSON.
var decodings = []decoding{
	{"contact", `SELECT instance_id, id, version, state, queue_id, agent_id, initiated_at, body FROM contact`, func(row scanner) error {
		_, err := scanContact(row)
		return err
	}},
	{"agent", `SELECT instance_id, id, version, body FROM agent`, func(row scanner) error {
		_, err := scanAgent(row)
		return err
	}},
	{"file", `SELECT instance_id, id, version, contact_id, state, size, due_at, body FROM file`, func(row scanner) error {
		_, err := scanFile(row)
		return err
	}},
	{"timer", `SELECT instance_id, id, kind, contact_id, agent_id, stamp, due_at, failures FROM timer`, decodeTimer},
	{"chain", `SELECT instance_id, id, attributes FROM chain`, decodeInto[map[string]string]},
	{"event", `SELECT instance_id, contact_id, body FROM event`, decodeInto[[]contact.Event]},
	{"resource", `SELECT instance_id, kind, id, name, version, body FROM resource`, decodeResource},
	{"resource_version", `SELECT instance_id, kind, id, name, version, body FROM resource_version`, decodeResource},
}

// decodeInto decodes the JSON of a row of an id and a body.
func decodeInto[T any](row scanner) error {
	var id, body string
	if err := row.Scan(&id, &body); err != nil {
		return err
	}
	var into T
	if err := json.Unmarshal([]byte(body), &into); err != nil {
		return undecodable("", id, err) // the table is the caller's
	}
	return nil
}

func decodeResource(row scanner) error {
	var r engine.Resource
	if err := row.Scan(&r.Kind, &r.ID, &r.Name, &r.Version, &r.Body); err != nil {
		return undecodable(engine.ResourceTable, resourceKey(r), err)
	}
	return checkResource(r)
}

func decodeTimer(row scanner) error {
	_, err := scanTimer(row)
	return err
}

// instanceRow is a row without its first column, the instance, which it keeps.
type instanceRow struct {
	row      scanner
	instance string
}

func (w *instanceRow) Scan(places ...any) error {
	return w.row.Scan(append([]any{&w.instance}, places...)...)
}

func (v verification) decode(d decoding) error {
	rows, err := v.tx.QueryContext(v.ctx, d.text)
	if err == nil {
		err = drain(rows, func(row scanner) error {
			v.report.Rows[d.table]++
			w := &instanceRow{row: row}
			err := d.decode(w)
			if err == nil {
				return nil
			}
			v.report.Add("rows of table "+d.table+" that cannot be decoded", "instance "+w.instance+": "+err.Error())
			if broken, ok := errors.AsType[*engine.UndecodableError](err); ok {
				v.report.Quarantined = append(v.report.Quarantined, engine.Quarantined{
					Row:   engine.Row{Instance: w.instance, Table: d.table, Key: broken.Key},
					Cause: engine.CauseUndecodable, Reason: broken.Err.Error(),
				})
			}
			return nil
		})
	}
	if isDamage(err) {
		v.report.Add("tables that cannot be read", d.table+": "+err.Error())
		return nil
	}
	if err != nil {
		return fmt.Errorf("read table %s: %w", d.table, err)
	}
	return nil
}

// quarantined reports what servers leave out for another reason than that it cannot be decoded.
func (v verification) quarantined() error {
	rows, err := v.tx.QueryContext(v.ctx, selectQuarantined)
	if err == nil {
		err = drain(rows, func(row scanner) error {
			q, err := scanQuarantined(row)
			if err == nil && q.Cause != engine.CauseUndecodable {
				v.report.Add("rows that are quarantined because working on them fails", "instance "+q.Instance+": "+q.String())
				v.report.Quarantined = append(v.report.Quarantined, q)
			}
			return err
		})
	}
	if isDamage(err) {
		v.report.Add("tables that cannot be read", "quarantine: "+err.Error())
		return nil
	}
	return err
}

// files reads which attached files there must be.
func (v verification) files() error {
	rows, err := v.tx.QueryContext(v.ctx, `SELECT instance_id, id, state, size FROM file ORDER BY instance_id, id`)
	if err == nil {
		err = drain(rows, func(row scanner) error {
			var f StoredFile
			err := row.Scan(&f.Instance, &f.ID, &f.State, &f.Size)
			v.report.Files = append(v.report.Files, f)
			return err
		})
	}
	if isDamage(err) {
		return nil // which is reported already
	}
	return err
}

// Files reads the rows of attached files; none where the schema has no table for them.
func (r *Reader) Files(ctx context.Context) ([]StoredFile, error) {
	report := &Report{}
	tx, err := r.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback() //nolint:errcheck // it has only read
	tables, err := r.tables(ctx, tx)
	if err == nil && slices.Contains(tables, "file") {
		err = verification{ctx, tx, report}.files()
	}
	return report.Files, err
}
