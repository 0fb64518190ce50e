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

const (
	// maxScheduleAhead is how far ahead a task may be scheduled: 6 days, inclusive
	// (https://docs.aws.amazon.com/connect/latest/APIReference/API_StartTaskContact.html).
	maxScheduleAhead = 6 * 24 * time.Hour
	// tokenLife is how long an idempotency token is remembered: 7 days, as Amazon Connect states for the
	// sibling operations of StartTaskContact.
	tokenLife = 7 * 24 * time.Hour

	opStartTask = "StartTaskContact"
)

// StartTask is what a new task is made of.
type StartTask struct {
	Flow         string // id or ARN of the flow to run
	Name         string
	Description  string
	References   contact.References
	Attributes   map[string]string
	Token        string    // idempotency token; empty: none
	ScheduledFor time.Time // zero: at once
	Previous     string    // joins this contact's chain and shares its attributes
	Related      string    // copies this contact's attributes
}

// StartTask makes a task and runs its flow as far as it goes, in one commit. It returns the contact's id; a
// repeated token returns the id of the first call.
//
// It fails with [fault.NotFound] for an unknown instance, flow or linked contact, [fault.Unusable] for members
// that do not go together, a flow that cannot be run or a token used with other parameters, [fault.Invalid]
// for a time, attribute or reference that is refused, and [fault.Quota] when the chain or the instance is full.
func (e *Engine) StartTask(ctx context.Context, instance string, in StartTask) (string, error) {
	t, err := e.tenant(instance)
	if err != nil {
		return "", err
	}
	digest, err := in.digest()
	if err != nil {
		return "", err
	}
	s := starting{e: e, t: t, in: in, digest: digest, room: place{of: &t.open}}
	err = e.store.Update(ctx, t.ID, s.run)
	if err != nil || !s.started {
		s.room.giveBack()
	}
	if err != nil {
		return "", err
	}
	return s.id, nil
}

// starting is one StartTask under way.
type starting struct {
	e      *Engine
	t      *tenant
	in     StartTask
	digest string
	room   place

	runs    int
	id      string
	started bool
}

// run is the command. Its first run does not look the token up, for it is hardly ever known: claiming it finds
// that out in the same commit. When somebody else has it the command runs again; and before a request is
// refused, the token is looked up, because an earlier answer counts more.
func (s *starting) run(tx Tx) error {
	s.runs++
	s.started = false
	if s.runs > 1 {
		if known, err := s.answered(tx); known || err != nil {
			return err
		}
	}
	err := s.start(tx)
	if err != nil && s.runs == 1 {
		if known, lookup := s.answered(tx); known || lookup != nil {
			return lookup
		}
	}
	return err
}

// answered tells whether the token was used before, and takes its answer.
func (s *starting) answered(tx Tx) (bool, error) {
	seen, err := tokenSeen(tx, opStartTask, s.in.Token, s.digest)
	s.id = seen
	return seen != "", err
}

func (s *starting) start(tx Tx) error {
	c, chain, err := s.t.newTask(tx, s.in)
	if err != nil {
		return err
	}
	if err := s.room.take(s.e.quotas[QuotaActiveTasks]); err != nil {
		return err
	}
	s.id, s.started = c.ID, true
	events := c.Begin(tx.Now())
	if c.State == contact.Scheduled {
		tx.SetTimer(Timer{Kind: TimerStart, Contact: c.ID, Due: c.ScheduledFor})
	} else {
		events = append(events, s.t.run(tx, c, chain)...)
	}
	if c.Open() {
		tx.SetTimer(Timer{Kind: TimerExpiry, Contact: c.ID, Due: c.Expires})
	}
	if s.in.Token != "" {
		tx.PutToken(Token{
			Operation: opStartTask, Token: s.in.Token, Digest: s.digest, Result: c.ID, Expires: tx.Now().Add(tokenLife),
		})
	}
	tx.PutContact(c)
	tx.PutChain(chain)
	tx.Emit(c.ID, events...)
	return nil
}

// digest identifies the parameters of a request but for its token.
func (in StartTask) digest() (string, error) {
	in.Token = ""
	text, err := json.Marshal(in)
	if err != nil {
		return "", fmt.Errorf("encode request: %w", err)
	}
	sum := sha256.Sum256(text)
	return base64.RawStdEncoding.EncodeToString(sum[:]), nil
}

// tokenSeen returns the result of the request that used the token first, or "" when there was none.
// It fails with [fault.Reused] when that request had other parameters.
func tokenSeen(tx Tx, operation, token, digest string) (string, error) {
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

// newTask checks the request in the order of task-api.md §2.9 and makes the contact with its chain.
func (t *tenant) newTask(tx Tx, in StartTask) (*contact.Contact, *contact.Chain, error) {
	if in.Previous != "" && in.Related != "" {
		return nil, nil, fault.New(fault.Unusable, "Specify only one of PreviousContactId and RelatedContactId")
	}
	if in.Flow == "" {
		return nil, nil, fault.New(fault.Unusable, "One of ContactFlowId, QuickConnectId or TaskTemplateId is required")
	}
	c := &contact.Contact{
		ID: contact.NewID(tx.Now()), Name: in.Name, Description: in.Description, References: in.References,
	}
	chain, err := t.link(tx, c, in)
	if err != nil {
		return nil, nil, err
	}
	flow, err := t.startFlow(in.Flow)
	if err != nil {
		return nil, nil, err
	}
	c.Flow = flow
	if c.ScheduledFor, err = schedule(in.ScheduledFor, tx.Now()); err != nil {
		return nil, nil, err
	}
	if err := contact.CheckKeys(in.Attributes); err != nil {
		return nil, nil, err
	}
	if err := chain.Merge(in.Attributes); err != nil {
		return nil, nil, err
	}
	if err := in.References.Check(); err != nil {
		return nil, nil, err
	}
	if c.Previous != "" {
		if err := chain.Join(); err != nil {
			return nil, nil, err
		}
	}
	return c, chain, nil
}

// link finds the contact that the new one follows or relates to, and the chain it belongs to.
func (t *tenant) link(tx Tx, c *contact.Contact, in StartTask) (*contact.Chain, error) {
	own := &contact.Chain{ID: c.ID}
	switch {
	case in.Previous != "":
		previous, err := t.linked(tx, in.Previous)
		if err != nil {
			return nil, err
		}
		c.Previous, c.Initial, c.Association = previous.ID, previous.Chain(), previous.Association
		return tx.Chain(previous.Chain())
	case in.Related != "":
		related, err := t.linked(tx, in.Related)
		if err != nil {
			return nil, err
		}
		c.Related, c.Association = related.ID, related.Association
		theirs, err := tx.Chain(related.Chain())
		if err != nil {
			return nil, err
		}
		own.Attributes = theirs.Attributes
	}
	return own, nil
}

// schedule returns when the task starts; the zero time means at once. Amazon Connect counts whole seconds, so
// the second that has just begun is not yet past.
func schedule(at, now time.Time) (time.Time, error) {
	switch {
	case at.IsZero():
		return at, nil
	case at.Before(now.Truncate(time.Second)):
		return at, fault.New(fault.Invalid, "ScheduledTime cannot be in the past")
	case at.After(now.Add(maxScheduleAhead)):
		return at, fault.New(fault.Invalid, "ScheduledTime must be within 6 days")
	}
	return at, nil
}
