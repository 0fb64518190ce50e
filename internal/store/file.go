package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/tasklane/tasklane/internal/attachment"
	"github.com/tasklane/tasklane/internal/engine"
)

// fileBody is the part of a file that no query looks at.
type fileBody struct {
	Name    string             `json:"name"`
	Reason  string             `json:"reason,omitempty"`
	Created int64              `json:"created"`
	Creator attachment.Creator `json:"creator,omitzero"`
	Tags    map[string]string  `json:"tags,omitempty"`
	Source  string             `json:"source,omitempty"`
	Fetches int                `json:"fetches,omitempty"`
}

func scanFile(row scanner) (*attachment.File, error) {
	var f attachment.File
	var due sql.NullInt64
	var text []byte
	if err := row.Scan(&f.ID, &f.Version, &f.Contact, &f.State, &f.Size, &due, &text); err != nil {
		return nil, scanFailed(engine.FileTable, f.ID, err)
	}
	var body fileBody
	if err := json.Unmarshal(text, &body); err != nil {
		return nil, undecodable(engine.FileTable, f.ID, err)
	}
	f.Due, f.Created = fromMicros(due.Int64), fromMicros(body.Created)
	f.Name, f.Reason, f.Creator, f.Tags = body.Name, body.Reason, body.Creator, body.Tags
	f.Source, f.Fetches = body.Source, body.Fetches
	return &f, nil
}

// selectFile is what scanFile reads of one attached file.
const selectFile = `
	SELECT id, version, contact_id, state, size, due_at, body
	FROM file WHERE instance_id = $1 AND id = $2`

// File reads one attached file.
func (s *Store) File(ctx context.Context, instance, id string) (*attachment.File, error) {
	f, err := scanFile(s.row(ctx, selectFile, instance, id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, missing("attached file", id)
	}
	if err != nil {
		return nil, fmt.Errorf("read file %s: %w", id, err)
	}
	return f, nil
}

// Files reads the files of a contact, by id.
func (s *Store) Files(ctx context.Context, instance, contact string) ([]*attachment.File, error) {
	return s.files(ctx, instance, `
		SELECT id, version, contact_id, state, size, due_at, body
		FROM file WHERE instance_id = $1 AND contact_id = $2 ORDER BY id`, instance, contact)
}

// DueFiles reads files with which something is to be done, soonest first.
func (s *Store) DueFiles(ctx context.Context, instance string, at time.Time, limit int) ([]*attachment.File, error) {
	return s.files(ctx, instance, `
		SELECT id, version, contact_id, state, size, due_at, body
		FROM file WHERE instance_id = $1 AND due_at <= $2 ORDER BY due_at, id LIMIT $3`, instance, micros(at), limit)
}

func (s *Store) files(ctx context.Context, instance, text string, args ...any) ([]*attachment.File, error) {
	all, err := collectOf(ctx, s, instance, scanFile, text, args...)
	if err != nil {
		return nil, fmt.Errorf("read files: %w", err)
	}
	return all, nil
}

// NextFiles reads when something is next to be done with a file of each instance in which something is.
func (s *Store) NextFiles(ctx context.Context) (map[string]time.Time, error) {
	next, err := s.times(ctx, `
		SELECT i.id, (SELECT MIN(f.due_at) FROM file f WHERE f.instance_id = i.id AND f.due_at IS NOT NULL) FROM instance i`)
	if err != nil {
		return nil, fmt.Errorf("read next files: %w", err)
	}
	return next, nil
}

var putFile = &target{guarded: true, contended: true, text: `
	INSERT INTO file (instance_id, id, version, contact_id, state, size, due_at, body)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
	ON CONFLICT (instance_id, id) DO UPDATE SET
	  version = excluded.version, state = excluded.state, size = excluded.size, due_at = excluded.due_at,
	  body = excluded.body
	WHERE file.version = excluded.version - 1`}

// PutFile writes a file that is new or has not changed since it was read.
func (t *tx) PutFile(f *attachment.File) {
	body, err := json.Marshal(fileBody{
		Name: f.Name, Reason: f.Reason, Created: micros(f.Created), Creator: f.Creator, Tags: f.Tags,
		Source: f.Source, Fetches: f.Fetches,
	})
	if err != nil {
		t.fail(fmt.Errorf("encode file %s: %w", f.ID, err))
		return
	}
	due := sql.NullInt64{Int64: micros(f.Due), Valid: !f.Due.IsZero()}
	t.write(putFile, f.ID, t.instance, f.ID, f.Version+1, f.Contact, string(f.State), f.Size, due, string(body))
	if due.Valid {
		t.commit.FileDue = true
	}
}

var dropFile = &target{text: `DELETE FROM file WHERE (instance_id, id) IN (VALUES ($1, $2))`}

// DropFile removes the row of a file; it need not exist.
func (t *tx) DropFile(id string) { t.write(dropFile, id, t.instance, id) }
