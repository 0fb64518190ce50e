// Package flow is the flow language of Amazon Connect, version 2019-10-30, as a task contact sees it.
//
// A flow comes in three forms, and a run of it is a state that moves:
//
//	content ──Parse, Check──► Document ──Compile──► Program
//	(text)                    (as written)          (indices, parsed references)
//
// [Publish] does it all for a flow that is being published, [Load] for one that was published before, and [Draft]
// says whether a text may be kept as a draft. The content itself stays with the caller, byte for byte.
//
// [Runner.Step] is pure: it runs one action and says in an [Effect] what the caller must carry out. The caller does
// so, commits it together with the new [State], and comes back with the [Result]:
//
//	  ┌──────────────────────────────────────────────┐
//	  ▼            ┌─► None: no more to it ───────────┤
//	State ──Step───┼─► SetTargetQueue, … ──► Result ──┘
//	               └─► Disconnect, End, Transferred, Unhandled: the run is over
//
// An effect that takes time (a wait, a call of a function) is a result that comes later: the State is stored
// meanwhile. Modules are documents that a run goes into and comes back from; the stack of them is part of the State.
//
// What the end of a document means for the contact depends on why the document ran (inbound flow, queue flow,
// whisper, …). That is the caller's knowledge; this package only says how the document ended.
package flow

import (
	"fmt"

	"github.com/tasklane/tasklane/internal/fault"
)

// Type is the type of a flow, fixed when the flow is created.
type Type string

// The flow types (API_CreateContactFlow).
const (
	TypeContactFlow     Type = "CONTACT_FLOW"
	TypeCustomerQueue   Type = "CUSTOMER_QUEUE"
	TypeCustomerHold    Type = "CUSTOMER_HOLD"
	TypeCustomerWhisper Type = "CUSTOMER_WHISPER"
	TypeAgentHold       Type = "AGENT_HOLD"
	TypeAgentWhisper    Type = "AGENT_WHISPER"
	TypeOutboundWhisper Type = "OUTBOUND_WHISPER"
	TypeAgentTransfer   Type = "AGENT_TRANSFER"
	TypeQueueTransfer   Type = "QUEUE_TRANSFER"
	TypeCampaign        Type = "CAMPAIGN"
)

// AllTypes are the types that a document can be checked as.
var AllTypes = []Type{
	TypeContactFlow, TypeCustomerQueue, TypeCustomerHold, TypeCustomerWhisper, TypeAgentHold, TypeAgentWhisper,
	TypeOutboundWhisper, TypeAgentTransfer, TypeQueueTransfer, TypeCampaign, TypeModule,
}

// Publish reads and checks the content of a flow that is being published and makes it ready to run.
// Resources may be nil; see [Check]. It fails with [fault.BadFlow].
func Publish(content string, t Type, r Resources) (*Program, error) {
	doc, problems := Parse(content)
	if len(problems) == 0 {
		problems = Check(doc, t, r)
	}
	if len(problems) > 0 {
		return nil, refuse(problems)
	}
	return Compile(doc), nil
}

// Load makes the content of a published flow ready to run. It does not check again: a flow that was published
// keeps running when a later version of Tasklane checks more.
func Load(content string) (*Program, error) {
	doc, problems := Parse(content)
	if len(problems) > 0 {
		return nil, fmt.Errorf("load flow: %s", problems[0].Message)
	}
	return Compile(doc), nil
}

// Draft reports whether content may be kept as a draft, which need be no more than a JSON object.
// It fails with [fault.BadFlow].
func Draft(content string) error {
	if _, err := decodeObject(content); err != nil {
		return refuse([]Problem{badFormat(err)})
	}
	return nil
}

// refuse is the fault that carries the problems.
func refuse(problems []Problem) error {
	f := fault.New(fault.BadFlow, "The flow has %d problems", len(problems))
	for _, p := range problems[:min(len(problems), maxProblems)] {
		f.Problems = append(f.Problems, p.String())
	}
	return f
}
