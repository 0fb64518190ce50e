package store

import (
	"context"
	"slices"
	"time"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
)

// path is a way to write. Its name begins with the function of the engine.
type path struct {
	name string
	// prepare makes what the command needs, and returns the command.
	prepare func(*stage) func() error
}

func starting(change func(*stage, *engine.StartTask)) func(*stage) func() error {
	return func(s *stage) func() error {
		in := engine.StartTask{Flow: s.stock.Flow, Name: s.name(), Attributes: map[string]string{"tier": "gold"}}
		change(s, &in)
		return func() error {
			_, err := s.engine.StartTask(s.t.Context(), instance, in)
			return err
		}
	}
}

func creating(change func(*stage, *engine.CreateContact)) func(*stage) func() error {
	return func(s *stage) func() error {
		in := engine.CreateContact{Name: s.name(), Token: s.name()}
		change(s, &in)
		return func() error {
			_, err := s.engine.CreateContact(s.t.Context(), instance, in)
			return err
		}
	}
}

func transferring(contactID func(*stage) string) func(*stage) func() error {
	return func(s *stage) func() error {
		in := engine.TransferTask{Contact: contactID(s), Flow: s.stock.Flow, Queue: s.stock.Queue, Token: s.name()}
		return func() error {
			_, err := s.engine.Transfer(s.t.Context(), instance, in)
			return err
		}
	}
}

// onTask is a command on one contact.
func onTask(contactID func(*stage) string, do func(context.Context, *engine.Engine, string) error) func(*stage) func() error {
	return func(s *stage) func() error {
		id := contactID(s)
		return func() error { return do(s.t.Context(), s.engine, id) }
	}
}

type handCommand = func(e *engine.Engine, ctx context.Context, instance, contactID, user string) error

// byAgent is a command of the agent who has a contact.
func byAgent(state agent.LegState, do handCommand) func(*stage) func() error {
	return func(s *stage) func() error {
		h := s.held(state)
		return func() error { return do(s.engine, s.t.Context(), instance, h.task, h.agent) }
	}
}

func pausing(h func(*stage) string) func(*stage) func() error {
	return onTask(h, func(ctx context.Context, e *engine.Engine, id string) error {
		return e.Pause(ctx, instance, engine.Pausing{Contact: id})
	})
}

func firing(kind engine.TimerKind, contactID func(*stage) string) func(*stage) func() error {
	return func(s *stage) func() error { return s.timer(kind, contactID(s)) }
}

// in has a new agent hold a task in a state, and is its id.
func in(state agent.LegState) func(*stage) string {
	return func(s *stage) string { return s.held(state).task }
}

func queued(s *stage) string { return s.task() }

func stop(ctx context.Context, e *engine.Engine, id string) error { return e.Stop(ctx, instance, id) }

// paths are all ways to write.
var paths = slices.Concat(taskPaths, flowPaths, configPaths, modulePaths, filePaths, templatePaths, userPaths, routingPaths)

var taskPaths = []path{
	{"StartTask", starting(func(*stage, *engine.StartTask) {})},
	{"StartTask: with a token", starting(func(s *stage, in *engine.StartTask) { in.Token = s.name() })},
	{"StartTask: for later", starting(func(s *stage, in *engine.StartTask) { in.ScheduledFor = s.store.Now().Add(time.Hour) })},
	{"StartTask: that joins a chain", starting(func(s *stage, in *engine.StartTask) { in.Previous = s.task() })},
	{"StartTask: that copies attributes", starting(func(s *stage, in *engine.StartTask) { in.Related = s.task() })},
	{"StartTask: to an agent", starting(func(s *stage, in *engine.StartTask) { in.Flow, in.QuickConnect = "", s.stock.UserConnect })},
	{"CreateContact", creating(func(*stage, *engine.CreateContact) {})},
	{"CreateContact: in hand", creating(func(s *stage, in *engine.CreateContact) { in.User = s.agent() })},
	{"CreateContact: done", creating(func(_ *stage, in *engine.CreateContact) { in.Completed = true })},
	{"Transfer: out of a queue", transferring(queued)},
	{"Transfer: that rings", transferring(in(agent.Connecting))},
	{"Transfer: out of hand", transferring(in(agent.Connected))},
	{"Pause: in a queue", pausing(queued)},
	{"Pause: that rings", pausing(in(agent.Connecting))},
	{"Pause: in hand", pausing(in(agent.Connected))},
	{"Resume", onTask(in(agent.Paused), func(ctx context.Context, e *engine.Engine, id string) error {
		return e.Resume(ctx, instance, engine.Pausing{Contact: id})
	})},
	{"Resume: into a queue", func(s *stage) func() error {
		id := s.task()
		s.must(s.engine.Pause(s.t.Context(), instance, engine.Pausing{Contact: id}))
		return func() error {
			return s.engine.Resume(s.t.Context(), instance, engine.Pausing{Contact: id, Flow: s.stock.Flow})
		}
	}},
	{"TransferInHand", func(s *stage) func() error {
		h := s.held(agent.Connected)
		return func() error {
			_, err := s.engine.TransferInHand(s.t.Context(), instance, h.task, h.agent, s.stock.QueueConnect)
			return err
		}
	}},
	{"PauseInHand", byAgent(agent.Connected, (*engine.Engine).PauseInHand)},
	{"ResumeInHand", byAgent(agent.Paused, (*engine.Engine).ResumeInHand)},
	{"Reschedule", onTask((*stage).later, func(ctx context.Context, e *engine.Engine, id string) error {
		return e.Reschedule(ctx, instance, id, e.Now().Add(time.Minute))
	})},
	{"Edit", onTask(queued, func(ctx context.Context, e *engine.Engine, id string) error {
		name := "renamed"
		return e.Edit(ctx, instance, id, contact.Edit{Name: &name, Life: time.Hour})
	})},
	{"Tag", onTask(queued, func(ctx context.Context, e *engine.Engine, id string) error {
		return e.Tag(ctx, instance, id, map[string]string{"team": "refunds"})
	})},
	{"Untag", func(s *stage) func() error {
		id := s.task()
		s.must(s.engine.Tag(s.t.Context(), instance, id, map[string]string{"team": "refunds"}))
		return func() error { return s.engine.Untag(s.t.Context(), instance, id, []string{"team"}) }
	}},
	{"UpdateAttributes", onTask(queued, func(ctx context.Context, e *engine.Engine, id string) error {
		return e.UpdateAttributes(ctx, instance, id, map[string]string{"tier": "silver"})
	})},
	{"SetStatus", func(s *stage) func() error {
		user := s.agent()
		return func() error { return s.engine.SetStatus(s.t.Context(), instance, user, s.status[agent.Offline]) }
	}},
	{"SetStatus: that ends after-contact work", func(s *stage) func() error {
		h := s.held(agent.Ended)
		return func() error { return s.engine.SetStatus(s.t.Context(), instance, h.agent, s.status[agent.Offline]) }
	}},
	{"Offer", func(s *stage) func() error {
		o := engine.Offering{Contact: s.task(), Agent: s.agent()}
		return func() error { return s.engine.Offer(s.t.Context(), instance, o) }
	}},
	{"Accept", byAgent(agent.Connecting, (*engine.Engine).Accept)},
	{"Reject", byAgent(agent.Connecting, (*engine.Engine).Reject)},
	{"End", byAgent(agent.Connected, (*engine.Engine).End)},
	{"Clear", byAgent(agent.Ended, (*engine.Engine).Clear)},
	{"Clear: what was declined", byAgent(agent.Rejected, (*engine.Engine).Clear)},
	{"Stop: in a queue", onTask(queued, stop)},
	{"Stop: before it begins", onTask((*stage).later, stop)},
	{"Stop: that rings", onTask(in(agent.Connecting), stop)},
	{"Stop: in hand", onTask(in(agent.Connected), stop)},
	{"Fire: its time has come", firing(engine.TimerStart, (*stage).later)},
	{"Fire: its life is over", firing(engine.TimerExpiry, func(s *stage) string {
		return s.task(func(in *engine.StartTask) { in.Segment.Life = time.Minute })
	})},
	{"Fire: nobody accepts", firing(engine.TimerOffer, in(agent.Connecting))},
	{"Fire: it was declined", firing(engine.TimerReject, in(agent.Rejected))},
	{"Fire: after-contact work is over", firing(engine.TimerACW, in(agent.Ended))},
}
