package flow

import (
	"strconv"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
)

var queueOrAgent = []string{"QueueId", "AgentId"}

// queueActions decide where a contact waits, and how.
var queueActions = map[string]behaviour{
	"UpdateContactTargetQueue": {run: func(_ *view, _ *instruction, given Inputs) outcome {
		return toQueue(given, func(queue, agent string) Effect { return SetTargetQueue{queue, agent} })
	}},
	"TransferContactToQueue": {success: transfers, run: always(Enqueue{})},
	"DequeueContactAndTransferToQueue": {success: transfers, run: func(_ *view, _ *instruction, given Inputs) outcome {
		return toQueue(given, func(queue, agent string) Effect { return Requeue{queue, agent} })
	}},
	"TransferContactToAgent": {success: transfers, run: always(Enqueue{OwnOnly: true})},
	"RouteContactToAgent": {run: func(_ *view, _ *instruction, given Inputs) outcome {
		return needs(given.text("AgentId"), func(id string) Effect { return Interrupt{id} })
	}},
	"UpdateContactRoutingBehavior": {run: runRouting},
	"UpdateContactRoutingCriteria": {run: func(_ *view, _ *instruction, given Inputs) outcome {
		v, _ := given.get("RoutingCriteria")
		return outcome{effect: SetCriteria{v}}
	}},
}

func toQueue(given Inputs, effect func(queue, agent string) Effect) outcome {
	queue, agent := given.text("QueueId"), given.text("AgentId")
	if queue == "" && agent == "" {
		return outcome{failure: NoMatchingError}
	}
	return outcome{effect: effect(queue, agent)}
}

// runRouting changes priority or age. The action cannot fail: a value that makes no sense is ignored.
func runRouting(_ *view, _ *instruction, given Inputs) outcome {
	e := SetRouting{priority(given.text("QueuePriority")), adjustment(given.text("QueueTimeAdjustmentSeconds"))}
	if e == (SetRouting{}) {
		return outcome{}
	}
	return outcome{effect: e}
}

// priority reads a QueuePriority; nil when it is none.
func priority(s string) *contact.Priority {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 {
		return nil
	}
	p := contact.Priority(n)
	return &p
}

// adjustment reads a number of seconds, positive or negative; nil when it is none.
func adjustment(s string) *time.Duration {
	n, err := strconv.ParseInt(s, 10, 64)
	if most := int64(time.Duration(1<<63-1) / time.Second); err != nil || n > most || n < -most {
		return nil
	}
	d := time.Duration(n) * time.Second
	return &d
}

// number reads a whole number within bounds.
func number(s string, least, most int) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= least && n <= most
}

func upper(s string) string { return strings.ToUpper(s) }

// channelWord reports whether a text names a channel, in any case.
func channelWord(s string) bool {
	switch upper(s) {
	case "VOICE", "CHAT", "TASK", "EMAIL":
		return true
	}
	return false
}
