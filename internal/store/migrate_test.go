package store_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/store"
	"github.com/tasklane/tasklane/internal/store/pgtest"
)

// TestContactsOfEarlierVersionsAreFound brings a database of the first version up to date, with contacts in it, and
// then has the version before this one write beside it.
func TestContactsOfEarlierVersionsAreFound(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		db := connect(t, "sqlite", filepath.Join(dir, "tasklane.db"))
		upgrade(t, goose.DialectSQLite3, db, store.Options{Dir: dir})
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		url := pgtest.URL(t)
		upgrade(t, goose.DialectPostgres, connect(t, "pgx", url), store.Options{Database: url})
	})
}

func connect(t *testing.T, driver, source string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

const upgraded = "11111111-1111-4111-8111-111111111111" // an instance

func upgrade(t *testing.T, dialect goose.Dialect, db *sql.DB, opts store.Options) {
	exec := func(text string, args ...any) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), text, args...); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	now := time.Now().Add(-time.Hour).UTC()
	old := func(i int) (id string) {
		at := now.Add(time.Duration(i) * time.Second)
		id = contact.NewID(at)
		body := fmt.Sprintf(`{"association":%q,"method":"API","name":"Refund %d","priority":5,"expires":%d,"enqueued":%d,"updated":1}`,
			id, i, at.Add(time.Hour).UnixMicro(), at.UnixMicro())
		exec(`INSERT INTO contact (instance_id, id, version, state, queue_id, initiated_at, body) VALUES ($1, $2, 1, 'QUEUED', 'q', $3, $4)`,
			upgraded, id, at.UnixMicro(), body)
		exec(`INSERT INTO chain (instance_id, id, version, linked, attributes) VALUES ($1, $2, 1, 0, '{"tier":"gold"}')`, upgraded, id)
		return id
	}
	migrateTo(t, dialect, db, 1)
	exec(`INSERT INTO instance (id, account, region, alias, created_at) VALUES ($1, 'a', 'r', 'x', 1)`, upgraded)
	exec(`INSERT INTO timer (instance_id, id, kind, contact_id, agent_id, stamp, due_at) VALUES ($1, 't', 'EXPIRY', 'c', '', 0, 7)`, upgraded)
	const n = 450 // more than two commits index
	var ids []string
	for i := range n {
		ids = append(ids, old(i))
	}
	migrateTo(t, dialect, db, 9)
	// Indexed by a version that knew of no preferred agents.
	exec(`UPDATE contact SET indexed = version, body = REPLACE(body, '"priority":5', $1) WHERE id = $2`,
		`"priority":5,"criteria":{"steps":[{"expression":{"attribute":{"agentIds":["ann"]}},"status":"ACTIVE"}]}`, ids[2])

	s := open(t, opts)
	if next, err := s.NextTimer(t.Context(), upgraded); next.UnixMicro() != 7 || err != nil {
		t.Errorf("NextTimer = %v, %v: the timer was not carried over", next, err)
	}
	if c, err := s.Contact(t.Context(), upgraded, ids[0]); err != nil || c.Life != contact.DefaultLife {
		t.Errorf("an old contact lives %v, %v; want %v", c.Life, err, contact.DefaultLife)
	}
	search := engine.Search{
		During:     engine.TimeRange{Moment: engine.Enqueue, From: now, To: now.Add(time.Hour)},
		By:         engine.Expiry,
		Name:       engine.Names{Match: engine.MatchAll, Texts: []string{"refund"}},
		Attributes: engine.Pairs{Match: engine.MatchAny, Of: []engine.Pair{{Key: "tier", Values: []string{"gold"}}}},
	}
	finds := func(want int) {
		t.Helper()
		found, err := s.SearchContacts(t.Context(), upgraded, search, nil, 1000)
		if err != nil || len(found.Contacts) != want || found.Contacts[0].ID != ids[0] {
			t.Errorf("found %d contacts, %v, want %d, the first %s", len(found.Contacts), err, want, ids[0])
		}
	}
	finds(n)
	preferred := engine.Search{During: search.During, Preferred: []engine.Users{{Match: engine.MatchAny, IDs: []string{"ann"}}}}
	if found, err := s.SearchContacts(t.Context(), upgraded, preferred, nil, 10); err != nil || len(found.Contacts) != 1 || found.Contacts[0].ID != ids[2] {
		t.Errorf("%d contacts prefer ann, %v, want 1", len(found.Contacts), err)
	}
	old(n) // beside
	exec(`UPDATE contact SET version = version + 1, body = REPLACE(body, 'Refund', 'Other') WHERE id = $1`, ids[1])
	if _, err := s.Forget(t.Context(), upgraded, s.Now()); err != nil {
		t.Fatal(err)
	}
	finds(n)
}

// migrateTo brings the schema to a version.
func migrateTo(t *testing.T, dialect goose.Dialect, db *sql.DB, version int64) {
	t.Helper()
	p, err := goose.NewProvider(dialect, db, os.DirFS("migrations"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
}
