package store

import (
	"database/sql"
	"path/filepath"
	"testing"
)

// A contact that an earlier version has written, and whose attributes cannot be decoded, keeps no server from starting: it is
// found by what else it has.
func TestStartIndexesContactsWhoseAttributesAreDamaged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := Open(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := add(t.Context(), s, "c-1"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open(sqliteName, filepath.Join(dir, databaseFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		`INSERT INTO instance (id, account, region, alias, created_at) VALUES ('i', 'a', 'r', 'x', 1)`,
		`UPDATE contact SET indexed = NULL`,
		`UPDATE chain SET attributes = 'damaged'`,
	} {
		if _, err := db.ExecContext(t.Context(), text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(t.Context(), Options{Dir: dir}); err != nil {
		t.Fatalf("Open = %v, want that it starts", err)
	}
	defer s.Close()
	if stale, err := s.stale(t.Context(), "i"); len(stale) > 0 || err != nil {
		t.Errorf("%v is not indexed, %v", stale, err)
	}
}
