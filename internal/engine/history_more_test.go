package engine_test

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
)

// errWrong is what a command answers that breaks a law.
var errWrong = errors.New("this must not be")

func (h *history) create(m move) error {
	in := engine.CreateContact{Name: "by hand", Attributes: map[string]string{"made": fmt.Sprint(m.Amount)}}
	switch m.Choice % 3 {
	case 0:
		in.Completed = true
	case 1:
		in.User = of(h.users, m.User)
	}
	if m.Yes {
		in.Related = h.task(m)
	}
	if m.Amount%3 == 0 {
		in.Life = of(spans, m.Task)
	}
	id, err := h.engine.CreateContact(h.ctx, instance, in)
	if err != nil {
		return err
	}
	h.mu.Lock()
	h.linked(id, in.Related, in.Attributes)
	h.mu.Unlock()
	return nil
}

func (h *history) transfer(m move) error {
	in := engine.TransferTask{
		Contact: h.task(m, contact.InFlow, contact.Queued, contact.Connecting, contact.Connected, contact.Paused),
		Flow:    of(h.flows, m.Choice),
	}
	switch m.Amount % 3 {
	case 0:
		in.Queue = h.queue
	case 1:
		in.User = of(h.users, m.User)
	}
	_, err := h.engine.Transfer(h.ctx, instance, in)
	return err
}

// clear clears a task in after-contact work, or whatever an agent has in hand.
func (h *history) clear(m move) error {
	id := h.task(m, contact.ACW)
	user := h.agentOf(m, id)
	if m.Yes {
		user = of(h.users, m.User)
		a, err := h.store.Agent(h.ctx, instance, user)
		if err != nil {
			return err
		}
		if a != nil && len(a.Legs) > 0 {
			id = of(a.Legs, m.Task).Contact
		}
	}
	return h.engine.Clear(h.ctx, instance, id, user)
}

func (h *history) edit(m move) error {
	edit := contact.Edit{Life: of([]time.Duration{0, 0, time.Minute, 2 * time.Hour, 90 * 24 * time.Hour, 91 * 24 * time.Hour}, m.Amount)}
	if m.Yes {
		name := fmt.Sprint("renamed ", m.Amount%10)
		edit.Name = &name
	}
	switch m.Choice % 4 {
	case 0:
		edit.References = contact.References{fmt.Sprint("ref", m.User%3): {Type: contact.ReferenceString, Value: "v"}}
	case 1:
		edit.Segment = map[string]string{"tier": "gold"}
	case 2:
		edit.Segment = map[string]string{"tier": "lead"} // which is no value of it
	}
	err := h.engine.Edit(h.ctx, instance, h.task(m), edit)
	if err == nil && (m.Choice%4 == 2 || edit.Life > contact.MaxLife) {
		return fmt.Errorf("an edit that is not allowed was made: %w", errWrong)
	}
	return err
}

func (h *history) update(m move) error {
	id := h.task(m)
	set := map[string]string{fmt.Sprint("key", m.Amount%4): fmt.Sprint("set ", m.Choice)}
	if err := h.engine.UpdateAttributes(h.ctx, instance, id, set); err != nil {
		return err
	}
	h.mu.Lock()
	h.linked(id, "", set)
	h.mu.Unlock()
	return nil
}

// wait lets time pass, in one go, and then has everything happen that is overdue. When commands meet it only looks:
// their clock stands.
func (h *history) wait(m move) error {
	all, err := h.store.DueTimers(h.ctx, instance, h.engine.Now().Add(time.Hour*24*365), 1000)
	if err != nil {
		return errors.Join(err, errWrong)
	}
	h.mu.Lock()
	h.timers = append(h.timers, all...)
	meeting := h.meeting
	h.mu.Unlock()
	if meeting {
		return nil
	}
	if err := h.store.SetOffset(h.ctx, h.store.Offset()+max(0, of(spans, m.Amount))); err != nil {
		return err
	}
	return h.fireDue()
}

// fireDue fires what is due, in order, until nothing is.
func (h *history) fireDue() error {
	for range 100 {
		due, err := h.engine.DueTimers(h.ctx, instance, 1000)
		if err != nil || len(due) == 0 {
			return err
		}
		for _, t := range due {
			if err := h.engine.Fire(h.ctx, instance, t); err != nil {
				return fmt.Errorf("Fire(%v) = %v: %w", t, err, errWrong) //nolint:errorlint // a timer must not be refused
			}
		}
	}
	return fmt.Errorf("timers are due however often they fire: %w", errWrong)
}

// late fires a timer that was seen earlier and has been due since, also when it has fired or was set anew.
func (h *history) late(m move) error {
	h.mu.Lock()
	due := slices.DeleteFunc(slices.Clone(h.timers), func(t engine.Timer) bool { return t.Due.After(h.engine.Now()) })
	h.mu.Unlock()
	if len(due) == 0 {
		return nil
	}
	t := of(due, m.Task)
	if err := h.engine.Fire(h.ctx, instance, t); err != nil {
		return fmt.Errorf("Fire(%v) = %v: %w", t, err, errWrong) //nolint:errorlint // a timer must not be refused
	}
	return nil
}
