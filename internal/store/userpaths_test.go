package store

import (
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/routing"
)

func (s *stage) newProfile(name string) (engine.Entry[routing.Profile], error) {
	return s.engine.CreateRoutingProfile(s.t.Context(), instance, routing.Profile{Name: name, DefaultOutbound: s.stock.Queue},
		[]routing.Concurrency{{Channel: routing.Task, Slots: 3}}, engine.ProfileQueues{Offered: s.stockRow(1)})
}

// stockRow is the stock queue with a priority.
func (s *stage) stockRow(priority int) []routing.Row {
	return []routing.Row{{Channel: routing.Task, ProfileQueue: routing.ProfileQueue{Queue: s.stock.Queue, Priority: priority}}}
}

// onProfile is a command on a new routing profile, which has the stock queue.
func onProfile(do func(s *stage, id string) error) func(*stage) func() error {
	return func(s *stage) func() error {
		id := made(s, s.newProfile)
		return func() error { return do(s, id) }
	}
}

var userPaths = []path{
	{"CreateRoutingProfile", making((*stage).newProfile)},
	{"RenameRoutingProfile", onProfile(func(s *stage, id string) error {
		name := s.name()
		return s.engine.RenameRoutingProfile(s.t.Context(), instance, id, &name, nil)
	})},
	{"SetConcurrency", onProfile(func(s *stage, id string) error {
		return s.engine.SetConcurrency(s.t.Context(), instance, id, []routing.Concurrency{{Channel: routing.Task, Slots: 7}})
	})},
	{"SetDefaultOutbound", func(s *stage) func() error {
		id, queue := made(s, s.newProfile), made(s, s.newQueue)
		return func() error { return s.engine.SetDefaultOutbound(s.t.Context(), instance, id, queue) }
	}},
	{"SetAvailabilityTimer", onProfile(func(s *stage, id string) error {
		return s.engine.SetAvailabilityTimer(s.t.Context(), instance, id, routing.TimerInbound)
	})},
	{"AssociateProfileQueues", onProfile(func(s *stage, id string) error {
		return s.engine.AssociateProfileQueues(s.t.Context(), instance, id, engine.ProfileQueues{Manual: s.stockRow(0)})
	})},
	{"UpdateProfileQueues", onProfile(func(s *stage, id string) error {
		return s.engine.UpdateProfileQueues(s.t.Context(), instance, id, s.stockRow(9))
	})},
	{"DisassociateProfileQueues", onProfile(func(s *stage, id string) error {
		return s.engine.DisassociateProfileQueues(s.t.Context(), instance, id, engine.ProfileQueues{Offered: s.stockRow(0)})
	})},
	{"DeleteRoutingProfile", onProfile(func(s *stage, id string) error {
		return s.engine.DeleteRoutingProfile(s.t.Context(), instance, id)
	})},
}
