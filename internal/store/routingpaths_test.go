package store

import (
	"encoding/json"
	"time"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/routing"
)

// stepwise are routing criteria with two steps for certain agents.
func stepwise() *contact.Criteria {
	e := contact.Expression{Attribute: &contact.Condition{AgentIDs: []string{"nobody"}}}
	return &contact.Criteria{Steps: []contact.Step{
		{Expression: e, Expiry: time.Minute, Status: contact.StepInactive},
		{Expression: e, Expiry: time.Minute, Status: contact.StepInactive},
	}}
}

// picky is a task that waits with routing criteria.
func (s *stage) picky() string {
	s.t.Helper()
	id := s.task()
	s.must(s.engine.UpdateRouting(s.t.Context(), instance, id, engine.RoutingData{Criteria: stepwise()}))
	return id
}

// picker is the stock agent, who may pick tasks out of the stock queue.
func (s *stage) picker() string {
	s.t.Helper()
	u, err := s.engine.User(instance, s.stock.Agent)
	s.must(err)
	p, err := s.engine.RoutingProfile(instance, u.Value.RoutingProfile)
	s.must(err)
	manual := *p.Value
	manual.Manual = []string{s.stock.Queue}
	r := p.Resource
	r.Body, err = json.Marshal(manual)
	s.must(err)
	s.must(s.store.Update(s.t.Context(), instance, func(tx engine.Tx) error {
		tx.PutResource(r)
		return nil
	}))
	s.must(s.engine.SetStatus(s.t.Context(), instance, u.ID, s.status[agent.Routable]))
	return u.ID
}

var routingPaths = []path{
	{"Associate", func(s *stage) func() error {
		id, user := s.picky(), s.picker()
		return func() error { return s.engine.Associate(s.t.Context(), instance, id, user) }
	}},
	{"EndInDeletedQueue", func(s *stage) func() error {
		like, err := s.engine.Queue(instance, s.stock.Queue)
		s.must(err)
		q, err := s.engine.CreateQueue(s.t.Context(), instance, routing.Queue{Name: "Short-lived", Hours: like.Value.Hours})
		s.must(err)
		id := s.task()
		s.must(s.store.Update(s.t.Context(), instance, func(tx engine.Tx) error {
			c, err := tx.Contact(id)
			if err != nil {
				return err
			}
			moved := *c
			moved.Queue = q.ID
			tx.PutContact(&moved)
			tx.DeleteResource(engine.Resource{Kind: arn.Queue, ID: q.ID, Version: q.Version})
			return nil
		}))
		return func() error {
			ended, err := s.engine.EndInDeletedQueue(s.t.Context(), instance, id)
			if !ended && err == nil {
				s.t.Error("the task has not ended")
			}
			return err
		}
	}},
	{"Pick", func(s *stage) func() error {
		id, user := s.picky(), s.picker()
		return func() error { return s.engine.Pick(s.t.Context(), instance, id, user) }
	}},
	{"UpdateRouting: criteria", func(s *stage) func() error {
		id, age := s.picky(), time.Minute
		return func() error {
			return s.engine.UpdateRouting(s.t.Context(), instance, id, engine.RoutingData{Criteria: stepwise(), Adjustment: &age})
		}
	}},
	{"Fire: a step of routing criteria is over", firing(engine.TimerStep, (*stage).picky)},
	{"Accept: with routing criteria", func(s *stage) func() error {
		id, user := s.picky(), s.agent()
		s.must(s.engine.Offer(s.t.Context(), instance, engine.Offering{Contact: id, Agent: user}))
		return func() error { return s.engine.Accept(s.t.Context(), instance, id, user) }
	}},
	{"Pause: with routing criteria", pausing((*stage).picky)},
	{"Stop: with routing criteria", onTask((*stage).picky, stop)},
}
