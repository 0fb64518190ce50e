package store

import (
	"context"
	"fmt"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/metric"
)

// contactsDuring are the statements that read contacts by a moment of their lives. Ids tell the time of initiation to
// the millisecond.
var contactsDuring = map[metric.Moment]string{
	metric.AtInitiation: `
		SELECT id, version, state, queue_id, agent_id, initiated_at, body FROM contact
		WHERE instance_id = $1 AND id >= $2 AND id <= $3`,
	metric.AtEnqueue: `
		SELECT id, version, state, queue_id, agent_id, initiated_at, body FROM contact
		WHERE instance_id = $1 AND enqueued_at >= $2 AND enqueued_at <= $3`,
	metric.AtConnect: `
		SELECT id, version, state, queue_id, agent_id, initiated_at, body FROM contact
		WHERE instance_id = $1 AND connected_at >= $2 AND connected_at <= $3`,
	metric.AtDisconnect: `
		SELECT id, version, state, queue_id, agent_id, initiated_at, body FROM contact
		WHERE instance_id = $1 AND disconnected_at >= $2 AND disconnected_at <= $3`,
}

// ContactsDuring calls fn with every contact that was at a moment of its life from one time on and before another.
func (s *Store) ContactsDuring(ctx context.Context, instance string, m metric.Moment, from, to time.Time, fn func(*contact.Contact)) error {
	args := []any{instance, micros(from), micros(to)}
	if m == metric.AtInitiation {
		args = []any{instance, contact.FirstID(from), contact.LastID(to)}
	}
	err := s.eachOf(ctx, instance, func(row scanner) error {
		c, err := scanContact(row)
		if err != nil {
			return err
		}
		if at := m.Of(c); s.kept(c) && !at.Before(from) && at.Before(to) {
			fn(c)
		}
		return nil
	}, contactsDuring[m], args...)
	if err != nil {
		return fmt.Errorf("read contacts from %v to %v: %w", from, to, err)
	}
	return nil
}
