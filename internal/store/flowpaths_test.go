package store

import (
	"fmt"

	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/flow"
)

// waiting is a flow of which the first action takes time, and the others make a task and queue this one. Its events
// have flows that make tasks, too.
const waiting = `{"Version":"2019-10-30","StartAction":"hook","Actions":[
 {"Identifier":"hook","Type":"UpdateContactEventHooks","Parameters":{"EventHooks":{"CustomerRemaining":%[3]q}},"Transitions":{"NextAction":"first","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
 {"Identifier":"first","Type":%[1]q,"Parameters":%[2]s,"Transitions":{"NextAction":"new","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}],"Conditions":%[5]s}},
 {"Identifier":"new","Type":"CreateTask","Parameters":{"Name":"of $.Name","ContactFlowId":%[3]q},"Transitions":{"NextAction":"set","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
 {"Identifier":"set","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":%[4]q},"Transitions":{"NextAction":"go","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
 {"Identifier":"go","Type":"TransferContactToQueue","Parameters":{},"Transitions":{"NextAction":"end","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"},{"NextAction":"end","ErrorType":"QueueAtCapacity"}]}},
 {"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

const calls = `{"LambdaFunctionARN":"arn:aws:lambda:us-east-1:000000000000:function:f","InvocationTimeLimitSeconds":"3"}`

// suspended starts a task whose flow waits, and tells what it waits for.
func (s *stage) suspended(action, parameters, conditions string) (id string, call engine.Call) {
	s.t.Helper()
	content := fmt.Sprintf(waiting, action, parameters, s.stock.Flow, s.stock.Queue, conditions)
	f, err := s.engine.CreateFlow(s.t.Context(), instance, engine.Flow{Name: s.name(), Type: flow.TypeContactFlow, Saved: content}, true)
	s.must(err)
	s.engine.Watch(func(c engine.Commit) {
		if len(c.Calls) > 0 {
			call = c.Calls[0]
		}
	})
	id = s.task(func(in *engine.StartTask) { in.Flow = f.ID })
	return id, call
}

var flowPaths = []path{
	{"EndCall", func(s *stage) func() error {
		_, call := s.suspended("InvokeLambdaFunction", calls, "[]")
		return func() error { return s.engine.EndCall(s.t.Context(), call, []byte(`{"a":"b"}`), nil) }
	}},
	{"Fire: a wait that is over", func(s *stage) func() error {
		id, _ := s.suspended("Wait", `{"TimeLimitSeconds":"60"}`,
			`[{"NextAction":"new","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}}]`)
		return s.timer(engine.TimerWait, id)
	}},
	{"Fire: an answer that did not come", func(s *stage) func() error {
		id, _ := s.suspended("InvokeLambdaFunction", calls, "[]")
		return s.timer(engine.TimerCall, id)
	}},
	{"Stop: with a disconnect flow", func(s *stage) func() error {
		id, _ := s.suspended("Wait", `{"TimeLimitSeconds":"60"}`,
			`[{"NextAction":"new","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}}]`)
		return func() error { return s.engine.Stop(s.t.Context(), instance, id) }
	}},
}
