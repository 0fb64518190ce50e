package engine

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
)

// tokenLife is how long an idempotency token is remembered: 7 days, as Amazon Connect states for the sibling
// operations of StartTaskContact.
const tokenLife = 7 * 24 * time.Hour

// beginning is a command under way that makes one contact.
type beginning struct {
	e         *Engine
	t         *tenant
	operation string
	token     string    // idempotency token; empty: none
	digest    string    // of the request
	by        *handling // the contact whose flow asks for it; nil: none does

	tx   Tx // of the present run, as room
	room *rooms
	runs int
	id   string // the answer: the id of the contact
}

// begin runs a command that makes one contact, at most once for each token, and returns the contact's id. fn must
// end with [beginning.start] or startWith, after it has taken room.
func (e *Engine) begin(ctx context.Context, t *tenant, operation, token string, request any, fn func(*beginning) error) (string, error) {
	digest, err := digest(request)
	if err != nil {
		return "", err
	}
	if token != "" {
		done, err := t.turns.take(ctx, operation+" "+token)
		if err != nil {
			return "", err
		}
		defer done()
	}
	s := beginning{e: e, t: t, operation: operation, token: token, digest: digest}
	err = e.update(ctx, t, func(tx Tx, room *rooms) error {
		s.tx, s.room = tx, room
		return s.run(fn)
	})
	if err != nil {
		return e.earlier(ctx, t.ID, Token{Operation: operation, Token: token, Digest: digest}, err)
	}
	return s.id, nil
}

// run is the command. Its first run does not look the token up, for it is hardly ever known: claiming it finds
// that out in the same commit. When somebody else has it the command runs again.
func (s *beginning) run(fn func(*beginning) error) error {
	s.runs++
	if s.runs > 1 {
		if known, err := s.answered(); known || err != nil {
			return err
		}
	}
	return fn(s)
}

// answered reports whether the token was used before, and takes its answer.
func (s *beginning) answered() (bool, error) {
	seen, err := tokenSeen(s.tx, s.operation, s.token, s.digest)
	s.id = seen
	return seen != "", err
}

// start begins the life of a new contact and writes it: its flow runs as far as it goes, or waits for its time.
func (s *beginning) start(h *handling) error {
	return s.startWith(h, func() error {
		if h.c.State == contact.Scheduled {
			s.tx.SetTimer(startTimer(h.c))
			return nil
		}
		return h.inbound()
	})
}

// startWith begins the life of a new contact, does with it what it is for, and writes it.
func (s *beginning) startWith(h *handling, first func() error) error {
	c := h.c
	s.id = c.ID
	if err := h.happened(c.Begin(s.tx.Now()), nil); err != nil {
		return err
	}
	if err := first(); err != nil {
		return err
	}
	if err := h.runDue(); err != nil {
		return err
	}
	if !c.Disconnecting() {
		s.tx.SetTimer(expiryTimer(c))
	}
	if s.token != "" {
		s.tx.PutToken(Token{
			Operation: s.operation, Token: s.token, Digest: s.digest, Result: c.ID, Expires: s.tx.Now().Add(tokenLife),
		})
	}
	return h.put()
}

// digest identifies the parameters of a request. What does not count has the JSON tag "-".
func digest(request any) (string, error) {
	text, err := json.Marshal(request)
	if err != nil {
		return "", fmt.Errorf("encode request: %w", err)
	}
	sum := sha256.Sum256(text)
	return base64.RawStdEncoding.EncodeToString(sum[:]), nil
}

// tokenSeen returns the result of the request that used the token first, or "" when there was none.
// It fails with [fault.Reused] when that request had other parameters.
func tokenSeen(tx interface {
	Token(operation, token string) (*Token, error)
}, operation, token, digest string,
) (string, error) {
	if token == "" {
		return "", nil
	}
	seen, err := tx.Token(operation, token)
	if err != nil || seen == nil {
		return "", err
	}
	if seen.Digest != digest {
		return "", fault.New(fault.Reused, "ClientToken was already used with different parameters")
	}
	return seen.Result, nil
}
