package store

import (
	"strings"
	"testing"
)

// A table that has rows of instances must be emptied of those of an instance that is deleted.
func TestEveryTableOfInstancesIsDiscarded(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	tables, err := s.ids(t.Context(), `SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%instance_id%'`)
	if err != nil || len(tables) < 10 {
		t.Fatalf("tables with instance_id: %q, %v", tables, err)
	}
	for _, table := range tables {
		found := false
		for _, c := range contents {
			found = found || strings.Contains(c.to.text, "DELETE FROM "+table+" ") && strings.Contains(c.any, "FROM "+table+" ")
		}
		if !found {
			t.Errorf("table %s has rows of instances and is not among contents", table)
		}
	}
}
