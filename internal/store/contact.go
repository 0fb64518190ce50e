package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
)

// contactBody is the part of a contact that no query looks at.
type contactBody struct {
	Initial           string             `json:"initial,omitempty"`
	Previous          string             `json:"previous,omitempty"`
	Related           string             `json:"related,omitempty"`
	Association       string             `json:"association"`
	Method            contact.Method     `json:"method"`
	Channel           contact.Channel    `json:"channel,omitempty"`
	Name              string             `json:"name"`
	Description       string             `json:"description,omitempty"`
	References        contact.References `json:"references,omitempty"`
	Order             []string           `json:"order,omitempty"` // of the references, unless it is that of their names
	Segment           map[string]string  `json:"segment,omitempty"`
	Tags              map[string]string  `json:"tags,omitempty"`
	CreatedBy         string             `json:"createdBy,omitempty"`
	SelfAssigned      bool               `json:"selfAssigned,omitempty"`
	External          bool               `json:"external,omitempty"`
	Template          string             `json:"template,omitempty"`
	TemplateVersion   int64              `json:"templateVersion,omitempty"`
	TemplateChanges   int                `json:"templateChanges,omitempty"`
	Flow              string             `json:"flow,omitempty"`
	Target            string             `json:"target,omitempty"`
	Reason            contact.Reason     `json:"reason,omitempty"`
	Priority          contact.Priority   `json:"priority"`
	Attempt           int                `json:"attempt,omitempty"`
	Adjustment        time.Duration      `json:"adjustment,omitempty"`
	PausedFrom        contact.State      `json:"pausedFrom,omitempty"`
	Pauses            int                `json:"pauses,omitempty"`
	PausedFor         time.Duration      `json:"pausedFor,omitempty"`
	AgentPausedFor    time.Duration      `json:"agentPausedFor,omitempty"`
	Reschedules       int                `json:"reschedules,omitempty"`
	Next              string             `json:"next,omitempty"`
	Life              time.Duration      `json:"life,omitempty"`
	Rank              int64              `json:"rank,omitempty"`
	Expires           int64              `json:"expires,omitempty"`
	ScheduledFor      int64              `json:"scheduledFor,omitempty"`
	ConnectedToSystem int64              `json:"connectedToSystem,omitempty"`
	Enqueued          int64              `json:"enqueued,omitempty"`
	RingStart         int64              `json:"ringStart,omitempty"`
	ConnectedToAgent  int64              `json:"connectedToAgent,omitempty"`
	LastPaused        int64              `json:"lastPaused,omitempty"`
	LastResumed       int64              `json:"lastResumed,omitempty"`
	Disconnected      int64              `json:"disconnected,omitempty"`
	ACWStart          int64              `json:"acwStart,omitempty"`
	ACWEnd            int64              `json:"acwEnd,omitempty"`
	Updated           int64              `json:"updated"`
	Language          string             `json:"language,omitempty"`
	Customer          string             `json:"customer,omitempty"`
	Criteria          *contact.Criteria  `json:"criteria,omitempty"`
	Hierarchy         []string           `json:"hierarchy,omitempty"`
	Flows             contact.Flows      `json:"flows,omitzero"`
}

func packContact(c *contact.Contact) ([]byte, error) {
	return json.Marshal(contactBody{
		Initial: c.Initial, Previous: c.Previous, Related: c.Related, Association: c.Association,
		Method: c.Method, Channel: c.Channel, Name: c.Name, Description: c.Description, References: c.References, Order: ordered(c.References),
		Segment: c.Segment, Tags: c.Tags, CreatedBy: c.CreatedBy, SelfAssigned: c.SelfAssigned, External: c.External,
		Template: c.Template, TemplateVersion: c.TemplateVersion, TemplateChanges: c.TemplateChanges,
		Adjustment: c.Adjustment, PausedFrom: c.PausedFrom, Pauses: c.Pauses, PausedFor: c.PausedFor,
		AgentPausedFor: c.AgentPausedFor, Reschedules: c.Reschedules, Next: c.Next, Life: c.Life,
		LastPaused: micros(c.LastPaused), LastResumed: micros(c.LastResumed),
		Flow: c.Flow, Target: c.Target, Reason: c.Reason, Priority: c.Priority, Attempt: c.Attempt,
		Rank: micros(c.Rank), Expires: micros(c.Expires), ScheduledFor: micros(c.ScheduledFor),
		ConnectedToSystem: micros(c.ConnectedToSystem), Enqueued: micros(c.Enqueued),
		RingStart: micros(c.RingStart), ConnectedToAgent: micros(c.ConnectedToAgent),
		Disconnected: micros(c.Disconnected), ACWStart: micros(c.ACWStart), ACWEnd: micros(c.ACWEnd),
		Updated:  micros(c.Updated),
		Language: c.Language, Customer: c.Customer, Criteria: c.Criteria, Hierarchy: c.Hierarchy, Flows: c.Flows,
	})
}

// ordered is the order of references; nil where it is that of their names.
func ordered(r contact.References) []string {
	if names := r.Ordered(); !slices.IsSorted(names) {
		return names
	}
	return nil
}

func unpackContact(c *contact.Contact, text []byte) error {
	var b contactBody
	if err := json.Unmarshal(text, &b); err != nil {
		return undecodable(engine.ContactTable, c.ID, err)
	}
	c.Initial, c.Previous, c.Related, c.Association = b.Initial, b.Previous, b.Related, b.Association
	c.Method, c.Channel, c.Name, c.Description, c.References = b.Method, b.Channel, b.Name, b.Description, b.References
	if len(b.Order) > 0 {
		c.References = b.References.InOrder(b.Order)
	}
	c.Segment, c.Tags, c.CreatedBy, c.SelfAssigned, c.External = b.Segment, b.Tags, b.CreatedBy, b.SelfAssigned, b.External
	c.Template, c.TemplateVersion, c.TemplateChanges = b.Template, b.TemplateVersion, b.TemplateChanges
	c.Adjustment, c.PausedFrom, c.Pauses, c.PausedFor = b.Adjustment, b.PausedFrom, b.Pauses, b.PausedFor
	c.AgentPausedFor, c.Reschedules, c.Next = b.AgentPausedFor, b.Reschedules, b.Next
	c.Life = cmp.Or(b.Life, contact.DefaultLife) // before it was kept, there was no other
	c.LastPaused, c.LastResumed = fromMicros(b.LastPaused), fromMicros(b.LastResumed)
	c.Flow, c.Target, c.Reason, c.Priority, c.Attempt = b.Flow, b.Target, b.Reason, b.Priority, b.Attempt
	c.Rank, c.Expires, c.ScheduledFor = fromMicros(b.Rank), fromMicros(b.Expires), fromMicros(b.ScheduledFor)
	c.ConnectedToSystem, c.Enqueued = fromMicros(b.ConnectedToSystem), fromMicros(b.Enqueued)
	c.RingStart, c.ConnectedToAgent = fromMicros(b.RingStart), fromMicros(b.ConnectedToAgent)
	c.Disconnected, c.ACWStart, c.ACWEnd = fromMicros(b.Disconnected), fromMicros(b.ACWStart), fromMicros(b.ACWEnd)
	c.Updated = fromMicros(b.Updated)
	c.Language, c.Customer, c.Criteria, c.Hierarchy, c.Flows = b.Language, b.Customer, b.Criteria, b.Hierarchy, b.Flows
	if err := c.Check(); err != nil {
		return undecodable(engine.ContactTable, c.ID, err)
	}
	return nil
}

// contactRow is a contact as it stands in its table.
type contactRow struct {
	contact.Contact // but for what the body holds

	body []byte
}

func scanContactRow(row scanner) (*contactRow, error) {
	var (
		r            contactRow
		queue, agent sql.NullString
		initiated    int64
	)
	if err := row.Scan(&r.ID, &r.Version, &r.State, &queue, &agent, &initiated, &r.body); err != nil {
		return nil, scanFailed(engine.ContactTable, r.ID, err)
	}
	r.Queue, r.Agent, r.Initiated = queue.String, agent.String, fromMicros(initiated)
	return &r, nil
}

// unpack is the whole contact.
func (r *contactRow) unpack() (*contact.Contact, error) {
	return &r.Contact, unpackContact(&r.Contact, r.body)
}

func scanContact(row scanner) (*contact.Contact, error) {
	r, err := scanContactRow(row)
	if err != nil {
		return nil, err
	}
	return r.unpack()
}

// Contact reads one contact, unless it is kept no longer.
func (s *Store) Contact(ctx context.Context, instance, id string) (*contact.Contact, error) {
	c, err := s.contact(ctx, instance, id)
	if err == nil && !s.kept(c) {
		return nil, missing("contact", id)
	}
	return c, err
}

// selectContact is what scanContact reads of one contact.
const selectContact = `
	SELECT id, version, state, queue_id, agent_id, initiated_at, body
	FROM contact WHERE instance_id = $1 AND id = $2`

func (s *Store) contact(ctx context.Context, instance, id string) (*contact.Contact, error) {
	c, err := scanContact(s.row(ctx, selectContact, instance, id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, missing("contact", id)
	}
	if err != nil {
		s.note(instance, err)
		return nil, fmt.Errorf("read contact %s: %w", id, err)
	}
	return c, nil
}

// rowsAhead is how many rows are read before they are unpacked, and batchesAhead how many times that.
const (
	rowsAhead    = 256
	batchesAhead = 4
)

// Waiting reads the contacts that are queued, one after the other: there may be more than memory holds whole. While
// some are unpacked the next are read. Those that cannot be decoded, and those that are quarantined, are left out.
func (s *Store) Waiting(ctx context.Context, instance string, fn func(*contact.Contact)) error {
	read, unpacked := make(chan []*contactRow, batchesAhead), make(chan error, 1)
	go func() { unpacked <- s.unpackAll(instance, read, fn) }()
	batch := make([]*contactRow, 0, rowsAhead)
	err := s.eachOf(ctx, instance, func(row scanner) error {
		r, err := scanContactRow(row)
		if err != nil {
			return err
		}
		if batch = append(batch, r); len(batch) == rowsAhead {
			read <- batch
			batch = make([]*contactRow, 0, rowsAhead)
		}
		return nil
	}, `
		SELECT id, version, state, queue_id, agent_id, initiated_at, body
		FROM contact WHERE instance_id = $1 AND state = 'QUEUED' AND ended_at IS NULL`, instance)
	read <- batch
	close(read)
	if err = errors.Join(err, <-unpacked); err != nil {
		return fmt.Errorf("read waiting contacts: %w", err)
	}
	return nil
}

// unpackAll calls fn with all contacts that are read. After an error it only takes the others.
func (s *Store) unpackAll(instance string, read <-chan []*contactRow, fn func(*contact.Contact)) (err error) {
	for batch := range read {
		for _, r := range batch {
			if err != nil {
				break
			}
			c, broken := r.unpack()
			switch {
			case broken != nil && !s.note(instance, broken):
				err = broken
			case broken == nil && !s.leftOut(engine.Row{Instance: instance, Table: engine.ContactTable, Key: c.ID}):
				fn(c)
			}
		}
	}
	return err
}

// CountWaiting counts the contacts that are queued in a queue. It stops at limit, however many there are.
func (s *Store) CountWaiting(ctx context.Context, instance, queue string, limit int) (int, error) {
	var n int
	err := s.row(ctx, `
		SELECT count(*) FROM (
		  SELECT id FROM contact
		  WHERE instance_id = $1 AND state = 'QUEUED' AND queue_id = $2 AND ended_at IS NULL LIMIT $3) AS waiting`,
		instance, queue, limit).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count what waits in queue %s: %w", queue, err)
	}
	return n, nil
}

// WaitingIDs reads the ids of the contacts that are queued in a queue.
func (s *Store) WaitingIDs(ctx context.Context, instance, queue string) ([]string, error) {
	var ids []string
	err := s.each(ctx, func(row scanner) error {
		var id string
		err := row.Scan(&id)
		ids = append(ids, id)
		return err
	}, `
		SELECT id FROM contact WHERE instance_id = $1 AND state = 'QUEUED' AND queue_id = $2 AND ended_at IS NULL ORDER BY id`,
		instance, queue)
	if err != nil {
		return nil, fmt.Errorf("read what waits in queue %s: %w", queue, err)
	}
	return ids, nil
}

// OldestWaiting reads when the contact that has waited longest in a queue was put there; the zero time when nothing
// waits.
func (s *Store) OldestWaiting(ctx context.Context, instance, queue string) (time.Time, error) {
	var us int64
	err := s.row(ctx, `
		SELECT enqueued_at FROM contact
		WHERE instance_id = $1 AND state = 'QUEUED' AND queue_id = $2 AND ended_at IS NULL
		ORDER BY enqueued_at LIMIT 1`, instance, queue).Scan(&us)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("read what has waited longest in queue %s: %w", queue, err)
	}
	return fromMicros(us), nil
}

// LongestWaiting reads the contacts that have waited longest in a queue, at most limit, the longest first.
func (s *Store) LongestWaiting(ctx context.Context, instance, queue string, limit int) ([]*contact.Contact, error) {
	all, err := collectOf(ctx, s, instance, scanContact, `
		SELECT id, version, state, queue_id, agent_id, initiated_at, body FROM contact
		WHERE instance_id = $1 AND state = 'QUEUED' AND queue_id = $2 AND ended_at IS NULL
		ORDER BY enqueued_at, id LIMIT $3`, instance, queue, limit)
	if err != nil {
		return nil, fmt.Errorf("read what has waited longest in queue %s: %w", queue, err)
	}
	return all, nil
}

// HoldsContacts reports whether a contact is queued in a queue, or is offered out of it.
func (s *Store) HoldsContacts(ctx context.Context, instance, queue string) (bool, error) {
	var n int
	err := s.row(ctx, `
		SELECT count(*) FROM (
		  SELECT id FROM contact
		  WHERE instance_id = $1 AND state IN ('QUEUED', 'CONNECTING') AND queue_id = $2 AND ended_at IS NULL LIMIT 1) AS held`,
		instance, queue).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("look for contacts in queue %s: %w", queue, err)
	}
	return n > 0, nil
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

// AllOpen counts the contacts that have not ended, by instance.
func (s *Store) AllOpen(ctx context.Context) (map[string]int, error) {
	all := map[string]int{}
	err := s.each(ctx, func(row scanner) error {
		var instance string
		var n int
		err := row.Scan(&instance, &n)
		all[instance] = n
		return err
	}, `SELECT instance_id, count(*) FROM contact WHERE ended_at IS NULL GROUP BY instance_id`)
	if err != nil {
		return nil, fmt.Errorf("count open contacts: %w", err)
	}
	return all, nil
}

var putContact = &target{guarded: true, contended: true, text: `
	INSERT INTO contact (instance_id, id, version, state, queue_id, agent_id, initiated_at, ended_at, body,
	  indexed, initial_id, association_id, method, words, scheduled_at, enqueued_at, connected_at,
	  disconnected_at, expires_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
	ON CONFLICT (instance_id, id) DO UPDATE SET
	  version = excluded.version, state = excluded.state, queue_id = excluded.queue_id,
	  agent_id = excluded.agent_id, ended_at = excluded.ended_at, body = excluded.body,
	  indexed = excluded.indexed, initial_id = excluded.initial_id, association_id = excluded.association_id,
	  method = excluded.method, words = excluded.words, scheduled_at = excluded.scheduled_at,
	  enqueued_at = excluded.enqueued_at, connected_at = excluded.connected_at,
	  disconnected_at = excluded.disconnected_at, expires_at = excluded.expires_at
	WHERE contact.version = excluded.version - 1`}

// PutContact writes a contact that is new or has not changed since it was read.
func (t *tx) PutContact(c *contact.Contact) {
	body, err := packContact(c)
	if err != nil {
		t.fail(fmt.Errorf("encode contact %s: %w", c.ID, err))
		return
	}
	written := *c
	written.Version++
	association := c.Association
	if association == c.ID {
		association = ""
	}
	t.write(putContact, c.ID, t.instance, c.ID, written.Version, string(c.State), null(c.Queue), null(c.Agent),
		micros(c.Initiated), nullMicros(c.EndedAt()), string(body),
		written.Version, null(c.Initial), null(association), string(c.Method), contact.Phrase(c.Name),
		nullMicros(c.ScheduledFor), nullMicros(c.Enqueued), nullMicros(c.ConnectedToAgent),
		nullMicros(c.Disconnected), nullMicros(c.Expires))
	t.commit.Contacts = replace(t.commit.Contacts, &written, func(x *contact.Contact) bool { return x.ID == written.ID })
}

// Chain reads what the contacts of a chain share.
func (s *Store) Chain(ctx context.Context, instance, id string) (*contact.Chain, error) {
	c := contact.Chain{ID: id}
	var attributes []byte
	err := s.row(ctx, `
		SELECT version, linked, transfers, attributes FROM chain WHERE instance_id = $1 AND id = $2`,
		instance, id).Scan(&c.Version, &c.Linked, &c.Transfers, &attributes)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, missing("contact", id)
	}
	if err == nil {
		if err = json.Unmarshal(attributes, &c.Attributes); err != nil {
			err = undecodable(engine.ChainTable, id, err)
			s.note(instance, err)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read chain %s: %w", id, err)
	}
	return &c, nil
}

var putChain = &target{guarded: true, contended: true, text: `
	INSERT INTO chain (instance_id, id, version, linked, transfers, attributes)
	VALUES ($1, $2, $3, $4, $5, $6)
	ON CONFLICT (instance_id, id) DO UPDATE SET
	  version = excluded.version, linked = excluded.linked, transfers = excluded.transfers,
	  attributes = excluded.attributes
	WHERE chain.version = excluded.version - 1`}

// PutChain writes what the contacts of a chain share.
func (t *tx) PutChain(c *contact.Chain) {
	attributes, err := json.Marshal(c.Attributes)
	if err != nil {
		t.fail(fmt.Errorf("encode attributes of %s: %w", c.ID, err))
		return
	}
	t.write(putChain, c.ID, t.instance, c.ID, c.Version+1, c.Linked, c.Transfers, string(attributes))
	written := *c
	t.chains = replace(t.chains, &written, func(x *contact.Chain) bool { return x.ID == written.ID })
}
