package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
)

var addSetting = &target{guarded: true, text: `
	INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`}

// Secret returns a random text of 256 bits that all servers of the database share under a name, and keep. Who
// asks for it first makes it.
func (s *Store) Secret(ctx context.Context, name string) (string, error) {
	name = "secret/" + name
	for range 2 {
		var value string
		err := s.row(ctx, `SELECT value FROM setting WHERE name = $1`, name).Scan(&value)
		if err == nil {
			return value, nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return "", fmt.Errorf("read %s: %w", name, err)
		}
		// Somebody else may be faster; then theirs is read.
		if err := s.put(ctx, addSetting, name, rand.Text()+rand.Text()); err != nil && !errors.Is(err, errLost) {
			return "", fmt.Errorf("write %s: %w", name, err)
		}
	}
	return "", fmt.Errorf("read %s: it was removed again", name)
}
