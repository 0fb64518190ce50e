package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"
)

// Health is how writing goes.
type Health struct {
	// Written is when the last commit succeeded, by the clock of the machine; the zero time: none has yet.
	Written time.Time
	// Problem is why the database does not take commits, in words for whoever runs it; empty when the last commit
	// succeeded.
	Problem string
	// Failed is how many commits have failed, those that lost against others left out.
	Failed int64
	// Commits is how many have succeeded, and Commands how many commands were in them. Took is how long all attempts took
	// together. Lost is how many commands have lost against another one.
	Commits, Commands, Lost int64
	Took                    time.Duration
	// Queued is how many commands wait for the writer.
	Queued int
}

// health follows the commits of a writer.
type health struct {
	now func() time.Time

	mu sync.Mutex // guards what follows
	Health
}

// took notes how long an attempt to commit took.
func (h *health) took(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.Took += d
}

// note takes the outcome of a commit of some commands in. One that only its command is to blame for says nothing of the
// database.
func (h *health) note(commands int, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case err == nil:
		h.Commits++
		h.Commands += int64(commands)
		h.Written, h.Problem = h.now(), ""
	case errors.Is(err, errLost):
		h.Lost += int64(commands)
	default:
		h.Failed++
		if errors.Is(err, errUnknown) || unavailable(err) != "" {
			h.Problem = problem(err)
		}
	}
}

// Health returns how writing goes.
func (s *Store) Health() Health {
	h := s.writer.health
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.Health
	now.Queued = len(s.writer.queue)
	return now
}

// provenFor is how long a commit proves that the database can be written.
const provenFor = 2 * time.Second

// ProblemError is why the database cannot be written. Its text is for whoever runs it, and names no host and no user.
type ProblemError struct{ Problem string }

// Error returns the text.
func (p *ProblemError) Error() string { return p.Problem }

// CheckWrite returns nil when the database can be written, as a commit of the last two seconds has proved; without one
// it writes a row of its own. It fails with a [*ProblemError]. When ctx ends first, the write has not been answered.
func (s *Store) CheckWrite(ctx context.Context) error {
	if h := s.Health(); h.Problem == "" && s.machine().Sub(h.Written) < provenFor {
		return nil
	}
	// One write for all who ask meanwhile; it has the bounds of every command.
	written := s.probing.DoChan("", func() (any, error) {
		return nil, s.put(context.WithoutCancel(ctx), putSetting, "probe", strconv.FormatInt(micros(s.Now()), 10))
	})
	select {
	case result := <-written:
		if result.Err == nil {
			return nil
		}
		return &ProblemError{problem(result.Err)}
	case <-ctx.Done():
		if h := s.Health(); h.Problem != "" {
			return &ProblemError{h.Problem}
		}
		return &ProblemError{fmt.Sprintf("%s: a write has no outcome yet", reasonTimeout)}
	}
}
