package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tasklane/tasklane/internal/engine"
)

// Token reads an idempotency token; nil when it is not known or no longer remembered.
func (s *Store) Token(ctx context.Context, instance, operation, token string) (*engine.Token, error) {
	t := engine.Token{Operation: operation, Token: token}
	var expires int64
	err := s.row(ctx, `
		SELECT digest, result, expires_at FROM token
		WHERE instance_id = $1 AND operation = $2 AND token = $3 AND expires_at > $4`,
		instance, operation, token, micros(s.Now())).Scan(&t.Digest, &t.Result, &expires)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // the contract of engine.Store
	}
	if err != nil {
		return nil, fmt.Errorf("read token: %w", err)
	}
	t.Expires = fromMicros(expires)
	return &t, nil
}

// A token that was no longer remembered when it is claimed again makes room for the new claim.
var putToken = &target{guarded: true, contended: true, text: `
	INSERT INTO token (instance_id, operation, token, digest, result, claimed_at, expires_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7)
	ON CONFLICT (instance_id, operation, token) DO UPDATE SET
	  digest = excluded.digest, result = excluded.result, claimed_at = excluded.claimed_at,
	  expires_at = excluded.expires_at
	WHERE token.expires_at <= excluded.claimed_at`}

// PutToken claims a token; see [engine.Tx].
func (t *tx) PutToken(token engine.Token) {
	t.write(putToken, token.Operation+"/"+token.Token, cmp.Or(token.Account, t.instance), token.Operation, token.Token, token.Digest,
		token.Result, micros(t.Now()), micros(token.Expires))
}
