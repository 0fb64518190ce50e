package rehearse

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/routing"
)

// contact is the one that a line means: by its number, or else the newest.
func (p *stage) contact(t *tail) (string, error) {
	if len(p.contacts) == 0 {
		return "", t.mistake("there is no contact yet")
	}
	if !t.skip("contact") {
		return p.contacts[len(p.contacts)-1], nil
	}
	n, numbered := t.isNumber()
	switch {
	case !numbered:
		return p.contacts[len(p.contacts)-1], nil
	case n < 1 || n > len(p.contacts):
		return "", t.mistake("there is no contact %d", n)
	}
	t.at++
	return p.contacts[n-1], nil
}

// agentDoes has an agent do something, or something be done to them.
func (p *stage) agentDoes(ctx context.Context, l line) error {
	user, err := p.named(l, "agent", l.word(1))
	if err != nil {
		return err
	}
	t := l.from(3)
	switch l.word(2) {
	case "is":
		if l.is(3, "deleted") {
			return p.engine.DeleteUser(ctx, instance, user)
		}
		return p.setStatus(ctx, l, user)
	case "gets":
		return p.changeAgent(ctx, user, t)
	case "transfers":
		return p.transferInHand(ctx, user, t)
	}
	deeds := map[string]func(ctx context.Context, instance, contact, user string) error{
		"accepts": p.engine.Accept, "declines": p.engine.Reject, "ends": p.engine.End, "closes": p.engine.Clear,
		"pauses": p.engine.PauseInHand, "resumes": p.engine.ResumeInHand, "picks": p.engine.Associate,
	}
	do := deeds[l.word(2)]
	if do == nil {
		return l.mistake("%q is nothing that an agent does: an agent accepts, declines, ends, closes, pauses, resumes, picks or transfers a contact, gets something, or is in a status", l.word(2))
	}
	id, err := t.last(p.contact(t))
	if err != nil {
		return err
	}
	return do(ctx, instance, id, user)
}

// transferInHand has an agent transfer a contact by a quick connect.
func (p *stage) transferInHand(ctx context.Context, user string, t *tail) error {
	id, err := p.contact(t)
	if err != nil {
		return err
	}
	if !t.skip("by") {
		return t.mistake("an agent transfers a contact by a quick connect")
	}
	to, err := t.last(p.named(t.line, "quickconnect", t.next()))
	if err != nil {
		return err
	}
	_, err = p.engine.TransferInHand(ctx, instance, id, user, to)
	return err
}

func (p *stage) setStatus(ctx context.Context, l line, user string) error {
	all, err := p.engine.AgentStatuses(instance)
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.Name == strings.Join(l.after(3), " ") {
			return p.engine.SetStatus(ctx, instance, user, s.ID)
		}
	}
	return l.mistake("there is no status %s", strings.Join(l.after(3), " "))
}

// queueIs changes or deletes a queue.
func (p *stage) queueIs(ctx context.Context, l line) error {
	id, err := p.named(l, "queue", l.word(1))
	if err != nil {
		return l.mistake("a queue that there is can be enabled, disabled or deleted: %q is none", l.word(1))
	}
	switch w := l.word(3); w {
	case "enabled", "disabled":
		return p.engine.DisableQueue(ctx, instance, id, w == "disabled")
	case "deleted":
		return p.engine.DeleteQueue(ctx, instance, id)
	default:
		return l.mistake("a queue is enabled, disabled or deleted, not %q", w)
	}
}

// hoursAre changes hours of operation.
func (p *stage) hoursAre(ctx context.Context, l line) error {
	id, err := p.named(l, "hours", l.word(1))
	if err != nil {
		return err
	}
	periods, err := l.periods(3)
	if err != nil {
		return err
	}
	return p.engine.UpdateHours(ctx, instance, id, engine.HoursUpdate{Periods: periods})
}

// contactIs does something to a contact, as the API does.
func (p *stage) contactIs(ctx context.Context, l line) error {
	t := l.from(0)
	id, err := p.contact(t)
	if err != nil {
		return err
	}
	if t.skip("gets") && t.more() {
		return p.addAttributes(ctx, id, t)
	}
	deeds := map[string]func(context.Context, string, *tail) error{
		"paused": p.pause, "resumed": p.resume, "stopped": p.stopContact, "dismissed": p.dismiss, "transferred": p.transfer, "given": p.give,
	}
	if t.skip("is") {
		if do := deeds[t.next()]; do != nil {
			return do(ctx, id, t)
		}
	}
	return l.mistake("a contact is paused, resumed, stopped, transferred, dismissed or given something, or gets attributes: %q says none of that", l.text)
}

func (p *stage) addAttributes(ctx context.Context, id string, t *tail) error {
	attributes := map[string]string{}
	for t.more() {
		w := t.next()
		key, value, ok := strings.Cut(w, "=")
		if !ok {
			return t.mistake("%q is no KEY=VALUE", w)
		}
		attributes[key] = p.value(value)
	}
	return p.engine.UpdateAttributes(ctx, instance, id, attributes)
}

func (p *stage) pause(ctx context.Context, id string, t *tail) error {
	in, err := p.pausing(id, t)
	if err != nil {
		return err
	}
	return p.engine.Pause(ctx, instance, in)
}

func (p *stage) resume(ctx context.Context, id string, t *tail) error {
	in, err := p.pausing(id, t)
	if err != nil {
		return err
	}
	return p.engine.Resume(ctx, instance, in)
}

func (p *stage) pausing(id string, t *tail) (in engine.Pausing, err error) {
	in.Contact = id
	if t.skip("with") {
		if in.Flow, err = p.named(t.line, "flow", t.next()); err != nil {
			return in, err
		}
	}
	return in, t.end()
}

func (p *stage) stopContact(ctx context.Context, id string, t *tail) error {
	if err := t.end(); err != nil {
		return err
	}
	return p.engine.Stop(ctx, instance, id)
}

// dismiss takes a contact that is over for an agent off their hands, as a supervisor does.
func (p *stage) dismiss(ctx context.Context, id string, t *tail) error {
	if !t.skip("from") {
		return t.mistake("a contact is dismissed from an agent")
	}
	user, err := t.last(p.named(t.line, "agent", t.next()))
	if err != nil {
		return err
	}
	return p.engine.Dismiss(ctx, instance, user, id)
}

func (p *stage) transfer(ctx context.Context, id string, t *tail) error {
	if !t.skip("to") {
		return t.mistake("a contact is transferred to queue ID or to agent LOGIN")
	}
	to, err := p.destination(t)
	if err == nil {
		err = t.end()
	}
	if err != nil {
		return err
	}
	in := engine.TransferTask{Contact: id, Flow: to.Flow, Queue: to.Target}
	if to.Type == routing.QuickConnectUser {
		in.Queue, in.User = "", to.Target
	}
	_, err = p.engine.Transfer(ctx, instance, in)
	return err
}

// give changes what orders a contact among others, and for whom it is.
func (p *stage) give(ctx context.Context, id string, t *tail) error {
	var d engine.RoutingData
	for t.more() {
		var err error
		switch w := t.next(); w {
		case "priority":
			var n int
			n, err = t.number(w, 1, mostContacts)
			d.Priority = new(contact.Priority(n))
		case "age":
			var n int
			n, err = t.number(w, -mostWork, mostWork)
			d.Adjustment = new(time.Duration(n) * time.Second)
		case "criteria":
			d.Criteria, err = p.criteria(t)
		default:
			err = t.mistake("a contact is given priority N, age SECONDS or criteria JSON, not %q", w)
		}
		if err != nil {
			return err
		}
	}
	return p.engine.UpdateRouting(ctx, instance, id, d)
}

// criteria are all the rest of the line.
func (p *stage) criteria(t *tail) (*contact.Criteria, error) {
	var v any
	if t.more() {
		if err := json.Unmarshal([]byte(t.words[t.at].rest), &v); err != nil {
			return nil, t.mistake("%q is no JSON: %v", t.words[t.at].rest, err)
		}
	}
	t.at = len(t.words)
	return contact.ReadCriteria(p.resolveIn(v))
}
