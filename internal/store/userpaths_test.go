package store

import (
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/directory"
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

// onUser is a command on a new user.
func onUser(do func(s *stage, id string) error) func(*stage) func() error {
	return func(s *stage) func() error {
		id := s.agent()
		return func() error { return do(s, id) }
	}
}

// deleting is the deletion of the agent who has a task.
func deleting(state agent.LegState) func(*stage) func() error {
	return func(s *stage) func() error {
		h := s.held(state)
		return func() error { return s.engine.DeleteUser(s.t.Context(), instance, h.agent) }
	}
}

// skilled is a user with a proficiency.
func skilled(s *stage) (user string, skill []directory.Proficiency) {
	user, skill = s.agent(), []directory.Proficiency{{Name: predefined(s), Value: "gold", Level: 2}}
	s.must(s.engine.AddProficiencies(s.t.Context(), instance, user, skill))
	return user, skill
}

func (s *stage) newSecurityProfile(name string) (engine.Entry[directory.SecurityProfile], error) {
	return s.engine.CreateSecurityProfile(s.t.Context(), instance, directory.SecurityProfile{Name: name})
}

func (s *stage) newGroup(name string) (engine.Entry[directory.Group], error) {
	s.must(s.engine.SetHierarchy(s.t.Context(), instance, [directory.MaxLevels]string{"Region"}))
	return s.engine.CreateHierarchyGroup(s.t.Context(), instance, directory.Group{Name: name})
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
	{"Identify", onUser(func(s *stage, id string) error {
		name := s.name()
		return s.engine.Identify(s.t.Context(), instance, id, engine.Identity{FirstName: &name})
	})},
	{"SetPhone", onUser(func(s *stage, id string) error {
		return s.engine.SetPhone(s.t.Context(), instance, id, directory.Phone{AfterContactWork: time.Hour})
	})},
	{"Configure", onUser(func(s *stage, id string) error {
		return s.engine.Configure(s.t.Context(), instance, id, map[string]directory.Setting{"VOICE": {AutoAccept: new(true)}})
	})},
	{"SetRoutingProfile", func(s *stage) func() error {
		id, profile := s.agent(), made(s, s.newProfile)
		return func() error { return s.engine.SetRoutingProfile(s.t.Context(), instance, id, profile) }
	}},
	{"SetSecurityProfiles", func(s *stage) func() error {
		id, profile := s.agent(), made(s, s.newSecurityProfile)
		return func() error { return s.engine.SetSecurityProfiles(s.t.Context(), instance, id, []string{profile}) }
	}},
	{"SetHierarchyGroup", func(s *stage) func() error {
		id, group := s.agent(), made(s, s.newGroup)
		return func() error { return s.engine.SetHierarchyGroup(s.t.Context(), instance, id, group) }
	}},
	{"DeleteUser", onUser(func(s *stage, id string) error { return s.engine.DeleteUser(s.t.Context(), instance, id) })},
	{"DeleteUser: while a task rings", deleting(agent.Connecting)},
	{"DeleteUser: with a task in hand", deleting(agent.Connected)},
	{"DeleteUser: in after-contact work", deleting(agent.Ended)},
	{"AddProficiencies", func(s *stage) func() error {
		id, skill := s.agent(), []directory.Proficiency{{Name: predefined(s), Value: "gold", Level: 3.5}}
		return func() error { return s.engine.AddProficiencies(s.t.Context(), instance, id, skill) }
	}},
	{"UpdateProficiencies", func(s *stage) func() error {
		id, skill := skilled(s)
		skill = []directory.Proficiency{{Name: skill[0].Name, Value: skill[0].Value, Level: 5}}
		return func() error { return s.engine.UpdateProficiencies(s.t.Context(), instance, id, skill) }
	}},
	{"DropProficiencies", func(s *stage) func() error {
		id, skill := skilled(s)
		return func() error { return s.engine.DropProficiencies(s.t.Context(), instance, id, skill) }
	}},
	{"CreateSecurityProfile", making((*stage).newSecurityProfile)},
	{"UpdateSecurityProfile", func(s *stage) func() error {
		id := made(s, s.newSecurityProfile)
		return func() error {
			return s.engine.UpdateSecurityProfile(s.t.Context(), instance, id, engine.SecurityProfileUpdate{Permissions: []string{directory.BasicAgentAccess}})
		}
	}},
	{"DeleteSecurityProfile", func(s *stage) func() error {
		id := made(s, s.newSecurityProfile)
		return func() error { return s.engine.DeleteSecurityProfile(s.t.Context(), instance, id) }
	}},
	{"CreateInstance", func(s *stage) func() error {
		in := engine.NewInstance{Region: "us-east-1", Account: "000000000000", Alias: "copy" + strings.ReplaceAll(s.name(), " ", ""), Identity: directory.SAML, Token: s.name()}
		return func() error {
			_, err := s.engine.CreateInstance(s.t.Context(), in)
			return err
		}
	}},
	{"DeleteInstance", func(s *stage) func() error {
		in := engine.NewInstance{Region: "us-east-1", Account: "000000000000", Alias: "gone" + strings.ReplaceAll(s.name(), " ", ""), Identity: directory.SAML}
		made, err := s.engine.CreateInstance(s.t.Context(), in)
		s.must(err)
		return func() error { return s.engine.DeleteInstance(s.t.Context(), made.ID) }
	}},
	{"SetAttribute", func(s *stage) func() error {
		return func() error { return s.engine.SetAttribute(s.t.Context(), instance, directory.InboundCalls, true) }
	}},
	{"SetHierarchy", func(s *stage) func() error {
		name := s.name()
		return func() error {
			return s.engine.SetHierarchy(s.t.Context(), instance, [directory.MaxLevels]string{"Region", name})
		}
	}},
	{"CreateHierarchyGroup", func(s *stage) func() error {
		s.must(s.engine.SetHierarchy(s.t.Context(), instance, [directory.MaxLevels]string{"Region"}))
		g := directory.Group{Name: s.name()}
		return func() error {
			_, err := s.engine.CreateHierarchyGroup(s.t.Context(), instance, g)
			return err
		}
	}},
	{"RenameHierarchyGroup", func(s *stage) func() error {
		id, name := made(s, s.newGroup), s.name()
		return func() error { return s.engine.RenameHierarchyGroup(s.t.Context(), instance, id, name) }
	}},
	{"DeleteHierarchyGroup", func(s *stage) func() error {
		id := made(s, s.newGroup)
		return func() error { return s.engine.DeleteHierarchyGroup(s.t.Context(), instance, id) }
	}},
	{"TagResource", func(s *stage) func() error {
		q, err := s.newQueue(s.name())
		s.must(err)
		return func() error { return s.engine.TagResource(s.t.Context(), q.ARN, map[string]string{"team": "a"}) }
	}},
	{"UntagResource", func(s *stage) func() error {
		q, err := s.newQueue(s.name())
		s.must(err)
		s.must(s.engine.TagResource(s.t.Context(), q.ARN, map[string]string{"team": "a"}))
		return func() error { return s.engine.UntagResource(s.t.Context(), q.ARN, []string{"team"}) }
	}},
	{"Offer: that is accepted by itself", func(s *stage) func() error {
		o := engine.Offering{Contact: s.task(), Agent: s.agent()}
		s.must(s.engine.Configure(s.t.Context(), instance, o.Agent, map[string]directory.Setting{directory.TaskChannel: {AutoAccept: new(true)}}))
		return func() error { return s.engine.Offer(s.t.Context(), instance, o) }
	}},
}
