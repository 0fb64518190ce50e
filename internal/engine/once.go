package engine

import (
	"context"
	"errors"

	"github.com/tasklane/tasklane/internal/fault"
)

// once runs a command that does what a request asks for, or finds what its first run has done when its idempotency
// token is known. Without a token it does it. The request's parameters are given without the token.
// It fails as do does, and with [fault.Reused] when the token was used with other parameters.
func (e *Engine) once(ctx context.Context, t *tenant, operation, token string, request any, do func(Tx) (result string, err error)) (string, error) {
	digest, err := digest(request)
	if err != nil {
		return "", err
	}
	claim := Token{Operation: operation, Token: token, Digest: digest}
	err = e.configure(ctx, t, func(tx Tx) error {
		seen, err := tokenSeen(tx, operation, token, digest)
		if claim.Result = seen; seen != "" || err != nil {
			return err
		}
		if claim.Result, err = do(tx); err != nil || token == "" {
			return err
		}
		claim.Expires = tx.Now().Add(tokenLife)
		tx.PutToken(claim)
		return nil
	})
	if err != nil {
		return e.earlier(ctx, t.ID, claim, err)
	}
	return claim.Result, nil
}

// earlier is called before a request is refused: when its token has been claimed meanwhile, the same request was
// carried out at the same time, and that answer counts. The command that is refused must not look itself, because
// what it has buffered by then would be written. Tokens are those of an instance, or of an account.
func (e *Engine) earlier(ctx context.Context, of string, claim Token, refusal error) (string, error) {
	if _, refused := errors.AsType[*fault.Error](refusal); !refused {
		return "", refusal
	}
	seen, err := tokenSeen(reading{ctx, e.store, of}, claim.Operation, claim.Token, claim.Digest)
	if seen == "" && err == nil {
		return "", refusal
	}
	return seen, err
}
