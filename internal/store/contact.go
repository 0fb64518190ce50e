package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tasklane/tasklane/internal/contact"
)

// contactBody is the part of a contact that no query looks at.
type contactBody struct {
	Initial           string             `json:"initial,omitempty"`
	Previous          string             `json:"previous,omitempty"`
	Related           string             `json:"related,omitempty"`
	Association       string             `json:"association"`
	Method            contact.Method     `json:"method"`
	Name              string             `json:"name"`
	Description       string             `json:"description,omitempty"`
	References        contact.References `json:"references,omitempty"`
	Flow              string             `json:"flow,omitempty"`
	Target            string             `json:"target,omitempty"`
	Reason            contact.Reason     `json:"reason,omitempty"`
	Priority          contact.Priority   `json:"priority"`
	Attempt           int                `json:"attempt,omitempty"`
	Rank              int64              `json:"rank,omitempty"`
	Expires           int64              `json:"expires,omitempty"`
	ScheduledFor      int64              `json:"scheduledFor,omitempty"`
	ConnectedToSystem int64              `json:"connectedToSystem,omitempty"`
	Enqueued          int64              `json:"enqueued,omitempty"`
	RingStart         int64              `json:"ringStart,omitempty"`
	ConnectedToAgent  int64              `json:"connectedToAgent,omitempty"`
	Disconnected      int64              `json:"disconnected,omitempty"`
	ACWStart          int64              `json:"acwStart,omitempty"`
	ACWEnd            int64              `json:"acwEnd,omitempty"`
	Updated           int64              `json:"updated"`
}

func packContact(c *contact.Contact) ([]byte, error) {
	return json.Marshal(contactBody{
		Initial: c.Initial, Previous: c.Previous, Related: c.Related, Association: c.Association,
		Method: c.Method, Name: c.Name, Description: c.Description, References: c.References,
		Flow: c.Flow, Target: c.Target, Reason: c.Reason, Priority: c.Priority, Attempt: c.Attempt,
		Rank: micros(c.Rank), Expires: micros(c.Expires), ScheduledFor: micros(c.ScheduledFor),
		ConnectedToSystem: micros(c.ConnectedToSystem), Enqueued: micros(c.Enqueued),
		RingStart: micros(c.RingStart), ConnectedToAgent: micros(c.ConnectedToAgent),
		Disconnected: micros(c.Disconnected), ACWStart: micros(c.ACWStart), ACWEnd: micros(c.ACWEnd),
		Updated: micros(c.Updated),
	})
}

func unpackContact(c *contact.Contact, text []byte) error {
	var b contactBody
	if err := json.Unmarshal(text, &b); err != nil {
		return fmt.Errorf("decode contact %s: %w", c.ID, err)
	}
	c.Initial, c.Previous, c.Related, c.Association = b.Initial, b.Previous, b.Related, b.Association
	c.Method, c.Name, c.Description, c.References = b.Method, b.Name, b.Description, b.References
	c.Flow, c.Target, c.Reason, c.Priority, c.Attempt = b.Flow, b.Target, b.Reason, b.Priority, b.Attempt
	c.Rank, c.Expires, c.ScheduledFor = fromMicros(b.Rank), fromMicros(b.Expires), fromMicros(b.ScheduledFor)
	c.ConnectedToSystem, c.Enqueued = fromMicros(b.ConnectedToSystem), fromMicros(b.Enqueued)
	c.RingStart, c.ConnectedToAgent = fromMicros(b.RingStart), fromMicros(b.ConnectedToAgent)
	c.Disconnected, c.ACWStart, c.ACWEnd = fromMicros(b.Disconnected), fromMicros(b.ACWStart), fromMicros(b.ACWEnd)
	c.Updated = fromMicros(b.Updated)
	return nil
}

func scanContact(row scanner) (*contact.Contact, error) {
	var (
		c            contact.Contact
		queue, agent sql.NullString
		initiated    int64
		body         []byte
	)
	if err := row.Scan(&c.ID, &c.Version, &c.State, &queue, &agent, &initiated, &body); err != nil {
		return nil, err
	}
	c.Queue, c.Agent, c.Initiated = queue.String, agent.String, fromMicros(initiated)
	return &c, unpackContact(&c, body)
}

// Contact reads one contact.
func (s *Store) Contact(ctx context.Context, instance, id string) (*contact.Contact, error) {
	c, err := scanContact(s.row(ctx, `
		SELECT id, version, state, queue_id, agent_id, initiated_at, body
		FROM contact WHERE instance_id = $1 AND id = $2`, instance, id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, missing("contact", id)
	}
	if err != nil {
		return nil, fmt.Errorf("read contact %s: %w", id, err)
	}
	return c, nil
}

// Waiting reads the contacts that are queued.
func (s *Store) Waiting(ctx context.Context, instance string) ([]*contact.Contact, error) {
	var all []*contact.Contact
	err := s.each(ctx, func(row scanner) error {
		c, err := scanContact(row)
		all = append(all, c)
		return err
	}, `
		SELECT id, version, state, queue_id, agent_id, initiated_at, body
		FROM contact WHERE instance_id = $1 AND state = 'QUEUED' AND ended_at IS NULL`, instance)
	if err != nil {
		return nil, fmt.Errorf("read waiting contacts: %w", err)
	}
	return all, nil
}

// CountOpen counts the contacts that have not ended.
func (s *Store) CountOpen(ctx context.Context, instance string) (int, error) {
	var n int
	err := s.row(ctx, `
		SELECT count(*) FROM contact WHERE instance_id = $1 AND ended_at IS NULL`, instance).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count open contacts: %w", err)
	}
	return n, nil
}

var putContact = &target{guarded: true, text: `
	INSERT INTO contact (instance_id, id, version, state, queue_id, agent_id, initiated_at, ended_at, body)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
	ON CONFLICT (instance_id, id) DO UPDATE SET
	  version = excluded.version, state = excluded.state, queue_id = excluded.queue_id,
	  agent_id = excluded.agent_id, ended_at = excluded.ended_at, body = excluded.body
	WHERE contact.version = excluded.version - 1`}

// PutContact writes a contact that is new or has not changed since it was read.
func (t *tx) PutContact(c *contact.Contact) {
	body, err := packContact(c)
	if err != nil {
		t.fail(fmt.Errorf("encode contact %s: %w", c.ID, err))
		return
	}
	var ended sql.NullInt64
	if !c.Open() {
		ended = sql.NullInt64{Int64: micros(c.EndedAt()), Valid: true}
	}
	written := *c
	written.Version++
	t.write(putContact, c.ID, t.instance, c.ID, written.Version, string(c.State), null(c.Queue), null(c.Agent),
		micros(c.Initiated), ended, string(body))
	t.commit.Contacts = replace(t.commit.Contacts, &written, func(x *contact.Contact) bool { return x.ID == written.ID })
}

// Chain reads what the contacts of a chain share.
func (s *Store) Chain(ctx context.Context, instance, id string) (*contact.Chain, error) {
	c := contact.Chain{ID: id}
	var attributes []byte
	err := s.row(ctx, `
		SELECT version, linked, attributes FROM chain WHERE instance_id = $1 AND id = $2`,
		instance, id).Scan(&c.Version, &c.Linked, &attributes)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, missing("contact", id)
	}
	if err == nil {
		err = json.Unmarshal(attributes, &c.Attributes)
	}
	if err != nil {
		return nil, fmt.Errorf("read chain %s: %w", id, err)
	}
	return &c, nil
}

var putChain = &target{guarded: true, text: `
	INSERT INTO chain (instance_id, id, version, linked, attributes)
	VALUES ($1, $2, $3, $4, $5)
	ON CONFLICT (instance_id, id) DO UPDATE SET
	  version = excluded.version, linked = excluded.linked, attributes = excluded.attributes
	WHERE chain.version = excluded.version - 1`}

// PutChain writes what the contacts of a chain share.
func (t *tx) PutChain(c *contact.Chain) {
	attributes, err := json.Marshal(c.Attributes)
	if err != nil {
		t.fail(fmt.Errorf("encode attributes of %s: %w", c.ID, err))
		return
	}
	t.write(putChain, c.ID, t.instance, c.ID, c.Version+1, c.Linked, string(attributes))
}
