package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
)

// storedRows are the statements that read a row as it is, by its table: each column a text.
var storedRows = map[string]struct {
	text    string
	columns []string
}{
	engine.ContactTable: {
		`SELECT version, state, queue_id, agent_id, initiated_at, body FROM contact WHERE instance_id = $1 AND id = $2`,
		[]string{"version", "state", "queue_id", "agent_id", "initiated_at", "body"},
	},
	engine.AgentTable: {
		`SELECT version, body FROM agent WHERE instance_id = $1 AND id = $2`, []string{"version", "body"},
	},
	engine.ChainTable: {
		`SELECT version, linked, transfers, attributes FROM chain WHERE instance_id = $1 AND id = $2`,
		[]string{"version", "linked", "transfers", "body"},
	},
	engine.FileTable: {
		`SELECT version, contact_id, state, size, due_at, body FROM file WHERE instance_id = $1 AND id = $2`,
		[]string{"version", "contact_id", "state", "size", "due_at", "body"},
	},
	engine.ResourceTable: {
		`SELECT name, version, modified_at, body FROM resource WHERE instance_id = $1 AND kind = $2 AND id = $3`,
		[]string{"name", "version", "modified_at", "body"},
	},
	engine.TimerTable: {
		`SELECT kind, contact_id, agent_id, stamp, due_at, failures, first_due_at FROM timer WHERE instance_id = $1 AND id = $2`,
		[]string{"kind", "contact_id", "agent_id", "stamp", "due_at", "failures", "first_due_at"},
	},
}

// Stored reads a row as it is stored: the text of each column that has a value. It fails with [fault.NotFound].
func (s *Store) Stored(ctx context.Context, r engine.Row) (map[string]string, error) {
	from, ok := storedRows[r.Table]
	if !ok {
		return nil, missing("table", r.Table)
	}
	args := []any{r.Instance, r.Key}
	if r.Table == engine.ResourceTable {
		kind, id, _ := strings.Cut(r.Key, "/")
		args = []any{r.Instance, kind, id}
	}
	values, places := make([]sql.NullString, len(from.columns)), make([]any, len(from.columns))
	for i := range values {
		places[i] = &values[i]
	}
	err := s.row(ctx, from.text, args...).Scan(places...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, missing(r.Table, r.Key)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", r, err)
	}
	stored := map[string]string{}
	for i, column := range from.columns {
		if values[i].Valid {
			stored[column] = values[i].String
		}
	}
	return stored, nil
}

// broken fails with [fault.Unusable] unless a row is quarantined or cannot be decoded: sound rows are changed by the API.
func (s *Store) broken(ctx context.Context, r engine.Row) error {
	err := s.isQuarantined(ctx, r)
	if err == nil || !fault.Is(err, fault.NotFound) {
		return err
	}
	switch err := s.decodes(ctx, r); {
	case engine.Undecodable(err):
		return nil
	case err != nil:
		return err
	}
	return fault.New(fault.Unusable, "%s is sound, and not quarantined", r)
}

// Mend replaces the body of a row that is quarantined or cannot be decoded, and takes it back. It fails with
// [fault.NotFound], with [fault.Unusable] when the row is sound, and with [fault.Invalid] when it cannot be decoded with
// that body either.
func (s *Store) Mend(ctx context.Context, r engine.Row, body []byte) error {
	if err := s.broken(ctx, r); err != nil {
		return err
	}
	return s.changeQuarantined(ctx, r, func(t *tx) error {
		err := t.mend(r, body)
		if engine.Undecodable(err) {
			return fault.New(fault.Invalid, "With that body %s cannot be decoded either: %s", r, err)
		}
		return err
	})
}

// otherBody is a row, but for its last column.
type otherBody struct {
	row  scanner
	body []byte
}

// Scan reads the row, and puts the body in the place of the last column.
func (o otherBody) Scan(places ...any) error {
	last := len(places) - 1
	*places[last].(*[]byte) = o.body
	var dropped []byte
	return o.row.Scan(append(slices.Clone(places[:last]), &dropped)...)
}

// mend writes a row with another body.
func (t *tx) mend(r engine.Row, body []byte) error {
	with := func(text string, args ...any) scanner { return otherBody{t.store.row(t.ctx, text, args...), body} }
	switch r.Table {
	case engine.ContactTable:
		c, err := scanContact(with(selectContact, r.Instance, r.Key))
		if err != nil {
			return err
		}
		return t.putAnew(c)
	case engine.AgentTable:
		a, err := scanAgent(with(selectAgent, r.Instance, r.Key))
		if err == nil {
			t.PutAgent(a)
		}
		return err
	case engine.FileTable:
		f, err := scanFile(with(selectFile, r.Instance, r.Key))
		if err == nil {
			t.PutFile(f)
		}
		return err
	case engine.ChainTable:
		return t.mendChain(r.Key, body)
	case engine.ResourceTable:
		found, err := t.store.resource(t.ctx, r)
		if err != nil {
			return err
		}
		found.Body = body
		if err := checkResource(found); err != nil {
			return err
		}
		t.PutResource(found)
		return nil
	default:
		return fault.New(fault.Invalid, "Rows of table %s have no body: drop it, or try it again", r.Table)
	}
}

// mendChain gives the contacts of a chain other attributes.
func (t *tx) mendChain(id string, body []byte) error {
	c := contact.Chain{ID: id}
	err := t.store.row(t.ctx, `SELECT version, linked, transfers FROM chain WHERE instance_id = $1 AND id = $2`, t.instance, id).
		Scan(&c.Version, &c.Linked, &c.Transfers)
	if err != nil {
		return scanFailed(engine.ChainTable, id, err)
	}
	if err := json.Unmarshal(body, &c.Attributes); err != nil {
		return undecodable(engine.ChainTable, id, err)
	}
	t.PutChain(&c)
	return nil
}

var clearAgent = &target{text: `DELETE FROM agent WHERE (instance_id, id) IN (VALUES ($1, $2))`}

// Drop removes a row that is quarantined or cannot be decoded; of a contact also its events, search terms and timers. It
// fails with [fault.NotFound], and with [fault.Unusable] when the row is sound.
func (s *Store) Drop(ctx context.Context, r engine.Row) error {
	if err := s.broken(ctx, r); err != nil {
		return err
	}
	return s.changeQuarantined(ctx, r, func(t *tx) error {
		switch r.Table {
		case engine.ContactTable:
			return t.dropContact(r.Key)
		case engine.AgentTable:
			t.write(clearAgent, r.Key, r.Instance, r.Key)
		case engine.ChainTable:
			t.write(clearChain, r.Key, r.Instance, r.Key)
		case engine.FileTable:
			t.DropFile(r.Key)
		case engine.TimerTable:
			t.ClearTimer(r.Key)
		case engine.ResourceTable:
			kind, id, _ := strings.Cut(r.Key, "/")
			t.configured()
			t.write(deleteResource, r.Key, r.Instance, kind, id)
			t.write(putTombstone, r.Key, r.Instance, kind, id, micros(t.Now()))
		default:
			return fault.New(fault.Invalid, "Rows of table %s cannot be dropped; the tables are %s", r.Table,
				strings.Join(slices.Sorted(maps.Keys(storedRows)), ", "))
		}
		return nil
	})
}

// dropContact removes a contact that cannot be read, with what belongs to it alone.
func (t *tx) dropContact(id string) error {
	t.write(clearContact, id, t.instance, id)
	t.write(clearEvents, id, t.instance, id)
	// No index helps to find what belongs to it, so that it may take long until there is a row: these reads have no bound.
	terms, err := texts(t.ctx, t.store.read, `SELECT term FROM term WHERE instance_id = $1 AND contact_id = $2`, t.instance, id)
	if err != nil {
		return err
	}
	for _, term := range terms {
		t.write(clearTerm, term, t.instance, term, id)
	}
	timers, err := texts(t.ctx, t.store.read, `SELECT id FROM timer WHERE instance_id = $1 AND contact_id = $2`, t.instance, id)
	for _, timer := range timers {
		t.ClearTimer(timer)
	}
	return err
}
