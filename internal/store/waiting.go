package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/metric"
	"github.com/tasklane/tasklane/internal/routing"
)

// WaitingIn counts what waits in some queues. A queue in which nothing waits is not among them.
func (s *Store) WaitingIn(ctx context.Context, instance string, queues []string) (map[string]metric.Waiting, error) {
	all := make(map[string]metric.Waiting, len(queues))
	for part := range slices.Chunk(queues, queuesAtOnce) {
		var q query
		q.add(`SELECT queue_id, count(*), min(enqueued_at) FROM contact WHERE instance_id = `).arg(instance).
			add(` AND state = 'QUEUED' AND ended_at IS NULL AND queue_id IN `).list(part)
		q.add(` GROUP BY queue_id`)
		err := s.query(ctx, &q, func(row scanner) error {
			var queue string
			var w metric.Waiting
			var oldest int64
			err := row.Scan(&queue, &w.Count, &oldest)
			w.Oldest = fromMicros(oldest)
			all[queue] = w
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("count what waits in %d queues: %w", len(queues), err)
		}
	}
	return all, nil
}

// WaitingInstances reads in which instances something waits.
func (s *Store) WaitingInstances(ctx context.Context) ([]string, error) {
	all, err := s.ids(ctx, `
		SELECT i.id FROM instance i WHERE EXISTS (
		  SELECT 1 FROM contact c WHERE c.instance_id = i.id AND c.state = 'QUEUED' AND c.ended_at IS NULL)`)
	if err != nil {
		return nil, fmt.Errorf("read where something waits: %w", err)
	}
	return all, nil
}

// queuesAtOnce bounds the queues that one statement names.
const queuesAtOnce = 500

// EachWaiting calls fn for every contact that waits in a queue, in any order.
func (s *Store) EachWaiting(ctx context.Context, instance, queue string, fn func(routing.Waiting)) error {
	err := s.eachOf(ctx, instance, func(row scanner) error {
		w := routing.Waiting{Queue: queue}
		var body []byte
		if err := row.Scan(&w.Contact, &body); err != nil {
			return err
		}
		var place struct {
			Priority contact.Priority `json:"priority"`
			Rank     int64            `json:"rank"`
		}
		if err := json.Unmarshal(body, &place); err != nil {
			return undecodable(engine.ContactTable, w.Contact, err)
		}
		w.Priority, w.Rank = place.Priority, fromMicros(place.Rank)
		fn(w)
		return nil
	}, `SELECT id, body FROM contact WHERE instance_id = $1 AND state = 'QUEUED' AND queue_id = $2 AND ended_at IS NULL`,
		instance, queue)
	if err != nil {
		return fmt.Errorf("read what waits in queue %s: %w", queue, err)
	}
	return nil
}

// QueuedSince reads the ids of the contacts that wait and were put into their queue at a time or later.
func (s *Store) QueuedSince(ctx context.Context, instance string, since time.Time) ([]string, error) {
	ids, err := s.ids(ctx, `
		SELECT id FROM contact WHERE instance_id = $1 AND enqueued_at >= $2 AND state = 'QUEUED' ORDER BY enqueued_at`,
		instance, micros(since))
	if err != nil {
		return nil, fmt.Errorf("read what was queued since %v: %w", since, err)
	}
	return ids, nil
}

// Answered counts, by queue, the contacts that agents have accepted since a time. It looks at limit of them, the newest,
// and returns the time of the first one that it has looked at, or since when it has looked at all.
func (s *Store) Answered(ctx context.Context, instance string, since time.Time, limit int) (map[string]int, time.Time, error) {
	counts, total := map[string]int{}, 0
	from := since
	var first int64
	err := s.each(ctx, func(row scanner) error {
		var queue string
		var n int
		var oldest int64
		err := row.Scan(&queue, &n, &oldest)
		counts[queue] = n
		if total == 0 || oldest < first {
			first = oldest
		}
		total += n
		return err
	}, `
		SELECT queue_id, count(*), min(connected_at) FROM (
		  SELECT queue_id, connected_at FROM contact
		  WHERE instance_id = $1 AND connected_at >= $2 AND queue_id IS NOT NULL
		  ORDER BY connected_at DESC LIMIT $3) AS answered
		GROUP BY queue_id`, instance, micros(since), limit)
	if err != nil {
		return nil, from, fmt.Errorf("count what agents have accepted: %w", err)
	}
	if total == limit {
		from = fromMicros(first)
	}
	return counts, from, nil
}
