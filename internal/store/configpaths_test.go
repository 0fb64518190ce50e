package store

import (
	"context"
	"errors"
	"strings"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/flow"
	"github.com/tasklane/tasklane/internal/hours"
	"github.com/tasklane/tasklane/internal/routing"
)

// unreadable is a database that cannot be read.
func unreadable(context.Context, string) (engine.Commit, error) {
	return engine.Commit{}, errors.New("connection refused")
}

// making is a command that makes an object with a name of its own.
func making[T any](do func(s *stage, name string) (T, error)) func(*stage) func() error {
	return func(s *stage) func() error {
		name := s.name()
		return func() error {
			_, err := do(s, name)
			return err
		}
	}
}

const endFlow = `{"Version":"2019-10-30","StartAction":"z","Metadata":{},"Actions":[
	{"Identifier":"z","Type":"EndFlowExecution","Parameters":{},"Transitions":{}}]}`

func (s *stage) newFlow(name string) (engine.Entry[engine.Flow], error) {
	return s.engine.CreateFlow(s.t.Context(), instance, engine.Flow{Name: name, Type: flow.TypeContactFlow, Saved: endFlow}, true)
}

func (s *stage) newQueue(name string) (engine.Entry[routing.Queue], error) {
	basic, err := s.engine.Queue(instance, s.stock.Queue)
	s.must(err)
	return s.engine.CreateQueue(s.t.Context(), instance, routing.Queue{
		Name: name, Hours: basic.Value.Hours, QuickConnects: []string{s.stock.QueueConnect},
	})
}

func (s *stage) newQuickConnect(name string) (engine.Entry[routing.QuickConnect], error) {
	like, err := s.engine.QuickConnect(instance, s.stock.QueueConnect)
	s.must(err)
	return s.engine.CreateQuickConnect(s.t.Context(), instance, routing.QuickConnect{Name: name, Destination: like.Value.Destination})
}

// made is the id of a new object.
func made[T any](s *stage, do func(name string) (engine.Entry[T], error)) string {
	s.t.Helper()
	v, err := do(s.name())
	s.must(err)
	return v.ID
}

func predefined(s *stage) string {
	name := s.name()
	s.must(s.engine.CreatePredefinedAttribute(s.t.Context(), instance, routing.PredefinedAttribute{Name: name, Values: []string{"gold"}}))
	return name
}

func (s *stage) newFunction() string {
	return "arn:aws:lambda:us-east-1:000000000000:function:" + strings.ReplaceAll(s.name(), " ", "-")
}

func (s *stage) newOrigin() string {
	return "https://" + strings.ToLower(strings.ReplaceAll(s.name(), " ", "-")) + ".example"
}

// campaign makes a flow with a version.
func campaign(s *stage) string {
	f, err := s.engine.CreateFlow(s.t.Context(), instance, engine.Flow{Name: s.name(), Type: flow.TypeCampaign, Saved: endFlow}, true)
	s.must(err)
	_, _, err = s.engine.CreateFlowVersion(s.t.Context(), instance, f.ID, "", "")
	s.must(err)
	return f.ID
}

func (s *stage) newHours(name string) (engine.Entry[hours.Hours], error) {
	return s.engine.CreateHours(s.t.Context(), instance, hours.Hours{Name: name, Periods: hours.AlwaysOpen()})
}

func (s *stage) newOverride(of string) (string, error) {
	return s.engine.CreateOverride(s.t.Context(), instance, of, hours.Override{Name: s.name(), Type: hours.Closing})
}

// onQueue is a command on a new queue.
func onQueue(do func(s *stage, id string) error) func(*stage) func() error {
	return func(s *stage) func() error {
		id := made(s, s.newQueue)
		return func() error { return do(s, id) }
	}
}

var configPaths = []path{
	{"CreateHours", making((*stage).newHours)},
	{"UpdateHours", func(s *stage) func() error {
		id, name := made(s, s.newHours), s.name()
		return func() error {
			return s.engine.UpdateHours(s.t.Context(), instance, id, engine.HoursUpdate{Name: &name})
		}
	}},
	{"DeleteHours", func(s *stage) func() error {
		id := made(s, s.newHours)
		return func() error { return s.engine.DeleteHours(s.t.Context(), instance, id) }
	}},
	{"CreateOverride", func(s *stage) func() error {
		of := made(s, s.newHours)
		return func() error {
			_, err := s.newOverride(of)
			return err
		}
	}},
	{"UpdateOverride", func(s *stage) func() error {
		of, name := made(s, s.newHours), s.name()
		id, err := s.newOverride(of)
		s.must(err)
		return func() error {
			return s.engine.UpdateOverride(s.t.Context(), instance, of, id, engine.OverrideUpdate{Name: &name})
		}
	}},
	{"DeleteOverride", func(s *stage) func() error {
		of := made(s, s.newHours)
		id, err := s.newOverride(of)
		s.must(err)
		return func() error { return s.engine.DeleteOverride(s.t.Context(), instance, of, id) }
	}},
	{"CreateQueue", making((*stage).newQueue)},
	{"RenameQueue", onQueue(func(s *stage, id string) error {
		name := s.name()
		return s.engine.RenameQueue(s.t.Context(), instance, id, &name, nil)
	})},
	{"DisableQueue", onQueue(func(s *stage, id string) error {
		return s.engine.DisableQueue(s.t.Context(), instance, id, true)
	})},
	{"CapQueue", onQueue(func(s *stage, id string) error {
		return s.engine.CapQueue(s.t.Context(), instance, id, new(5))
	})},
	{"SetQueueHours", func(s *stage) func() error {
		id, open := made(s, s.newQueue), made(s, s.newHours)
		return func() error { return s.engine.SetQueueHours(s.t.Context(), instance, id, open) }
	}},
	{"SetQueueOutbound", onQueue(func(s *stage, id string) error {
		return s.engine.SetQueueOutbound(s.t.Context(), instance, id, routing.Outbound{CallerName: "Support"})
	})},
	{"DeleteQueue", onQueue(func(s *stage, id string) error {
		return s.engine.DeleteQueue(s.t.Context(), instance, id)
	})},
	{"ApproveOrigin", func(s *stage) func() error {
		origin := s.newOrigin()
		return func() error { return s.engine.ApproveOrigin(s.t.Context(), instance, origin, "") }
	}},
	{"DisapproveOrigin", func(s *stage) func() error {
		origin := s.newOrigin()
		s.must(s.engine.ApproveOrigin(s.t.Context(), instance, origin, ""))
		return func() error { return s.engine.DisapproveOrigin(s.t.Context(), instance, origin, "") }
	}},
	{"SetPreferences", func(s *stage) func() error {
		p := map[string]string{"LOCALE": s.name()}
		return func() error { return s.engine.SetPreferences(s.t.Context(), instance, s.stock.Agent, p) }
	}},
	{"CreateUser", making(func(s *stage, name string) (engine.Entry[directory.User], error) {
		like, err := s.engine.User(instance, s.stock.Agent)
		s.must(err)
		return s.engine.CreateUser(s.t.Context(), instance, directory.User{Username: name, RoutingProfile: like.Value.RoutingProfile})
	})},
	{"SetPassword", onUser(func(s *stage, id string) error {
		return s.engine.SetPassword(s.t.Context(), instance, id, "another hash", true)
	})},
	{"ChangePassword", onUser(func(s *stage, id string) error {
		_, err := s.engine.ChangePassword(s.t.Context(), instance, id, "", "another hash")
		return err
	})},
	{"AskForNewPassword", onUser(func(s *stage, id string) error {
		return s.engine.AskForNewPassword(s.t.Context(), instance, id)
	})},
	{"RenewHash", onUser(func(s *stage, id string) error {
		return s.engine.RenewHash(s.t.Context(), instance, id, "", "another hash")
	})},
	{"EndSessions", onUser(func(s *stage, id string) error {
		return s.engine.EndSessions(s.t.Context(), instance, id)
	})},
	{"CreateAgentStatus", making(func(s *stage, name string) (engine.Entry[agent.Status], error) {
		return s.engine.CreateAgentStatus(s.t.Context(), instance, agent.Status{Name: name})
	})},
	{"UpdateAgentStatus", func(s *stage) func() error {
		v, err := s.engine.CreateAgentStatus(s.t.Context(), instance, agent.Status{Name: s.name()})
		s.must(err)
		return func() error {
			return s.engine.UpdateAgentStatus(s.t.Context(), instance, v.ID, engine.StatusUpdate{Disabled: new(true)})
		}
	}},
	{"CreateFlow", making((*stage).newFlow)},
	{"UpdateFlowContent", func(s *stage) func() error {
		id := made(s, s.newFlow)
		return func() error { return s.engine.UpdateFlowContent(s.t.Context(), instance, id, endFlow+" ") }
	}},
	{"UpdateFlowContent: of the draft", func(s *stage) func() error {
		id := made(s, s.newFlow)
		return func() error { return s.engine.UpdateFlowContent(s.t.Context(), instance, id+":$SAVED", `{}`) }
	}},
	{"UpdateFlow", func(s *stage) func() error {
		id, archived := made(s, s.newFlow), true
		return func() error {
			return s.engine.UpdateFlow(s.t.Context(), instance, id, engine.Metadata{Archived: &archived})
		}
	}},
	{"DeleteFlow", func(s *stage) func() error {
		id := campaign(s)
		return func() error { return s.engine.DeleteFlow(s.t.Context(), instance, id) }
	}},
	{"CreateFlowVersion", func(s *stage) func() error {
		id := campaign(s)
		return func() error {
			_, _, err := s.engine.CreateFlowVersion(s.t.Context(), instance, id, "", "")
			return err
		}
	}},
	{"DeleteFlowVersion", func(s *stage) func() error {
		id := campaign(s)
		return func() error { return s.engine.DeleteFlowVersion(s.t.Context(), instance, id, 1) }
	}},
	{"CreateQuickConnect", making((*stage).newQuickConnect)},
	{"RedirectQuickConnect", func(s *stage) func() error {
		id := made(s, s.newQuickConnect)
		to, err := s.engine.QuickConnect(instance, s.stock.UserConnect)
		s.must(err)
		return func() error {
			return s.engine.RedirectQuickConnect(s.t.Context(), instance, id, to.Value.Destination)
		}
	}},
	{"RenameQuickConnect", func(s *stage) func() error {
		id, name := made(s, s.newQuickConnect), s.name()
		return func() error { return s.engine.RenameQuickConnect(s.t.Context(), instance, id, &name, nil) }
	}},
	{"DeleteQuickConnect", func(s *stage) func() error {
		id, queue := made(s, s.newQuickConnect), made(s, s.newQueue)
		s.must(s.engine.AssociateQuickConnects(s.t.Context(), instance, queue, []string{id}))
		return func() error { return s.engine.DeleteQuickConnect(s.t.Context(), instance, id) }
	}},
	{"AssociateQuickConnects", func(s *stage) func() error {
		id, queue := made(s, s.newQuickConnect), made(s, s.newQueue)
		return func() error { return s.engine.AssociateQuickConnects(s.t.Context(), instance, queue, []string{id}) }
	}},
	{"DisassociateQuickConnects", func(s *stage) func() error {
		queue := made(s, s.newQueue)
		return func() error {
			return s.engine.DisassociateQuickConnects(s.t.Context(), instance, queue, []string{s.stock.QueueConnect})
		}
	}},
	{"CreatePredefinedAttribute", func(s *stage) func() error {
		a := routing.PredefinedAttribute{Name: s.name(), Values: []string{"gold"}}
		return func() error { return s.engine.CreatePredefinedAttribute(s.t.Context(), instance, a) }
	}},
	{"UpdatePredefinedAttribute", func(s *stage) func() error {
		name := predefined(s)
		return func() error {
			return s.engine.UpdatePredefinedAttribute(s.t.Context(), instance, name, engine.PredefinedAttributeUpdate{Values: []string{"lead"}})
		}
	}},
	{"DeletePredefinedAttribute", func(s *stage) func() error {
		name := predefined(s)
		return func() error { return s.engine.DeletePredefinedAttribute(s.t.Context(), instance, name) }
	}},
	{"AssociateFunction", func(s *stage) func() error {
		f := s.newFunction()
		return func() error { return s.engine.AssociateFunction(s.t.Context(), instance, f, "token of "+f) }
	}},
	{"DisassociateFunction", func(s *stage) func() error {
		f := s.newFunction()
		s.must(s.engine.AssociateFunction(s.t.Context(), instance, f, ""))
		return func() error { return s.engine.DisassociateFunction(s.t.Context(), instance, f, "token of "+f) }
	}},
}
