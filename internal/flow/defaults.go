package flow

import (
	_ "embed" // the contents below
	"strings"
)

// Default is a flow that a new instance has from the start.
type Default struct {
	Name        string
	Type        Type
	Description string
	Content     string
}

var (
	//go:embed defaults/end.json
	endContent string

	//go:embed defaults/transfer.json
	transferContent string

	//go:embed defaults/sample-task.json
	sampleTaskContent string
)

// Defaults are the flows of a new instance, named as Amazon Connect names its own. Theirs play prompts and music,
// which a task cannot hear; ours do nothing, or put the contact into the queue that a transfer has preset. queue is
// the ARN or id of the queue that the sample flow uses.
func Defaults(queue string) []Default {
	return []Default{
		{"Default agent hold", TypeAgentHold, "Does nothing: tasks are not put on hold", endContent},
		{"Default agent transfer", TypeAgentTransfer, "Puts the task into the queue of the agent it is transferred to", transferContent},
		{DefaultAgentWhisper, TypeAgentWhisper, "Connects the agent at once", endContent},
		{"Default customer hold", TypeCustomerHold, "Does nothing: tasks are not put on hold", endContent},
		{DefaultCustomerQueue, TypeCustomerQueue, "Lets the task wait in its queue", endContent},
		{"Default customer whisper", TypeCustomerWhisper, "Does nothing: a task has no customer to whisper to", endContent},
		{"Default outbound", TypeOutboundWhisper, "Does nothing: a task has no customer to whisper to", endContent},
		{"Default queue transfer", TypeQueueTransfer, "Puts the task into the queue it is transferred to", transferContent},
		{
			SampleTaskFlow, TypeContactFlow, "Puts the task into one queue",
			strings.ReplaceAll(sampleTaskContent, "{{queue}}", queue),
		},
	}
}

// Names of default flows: the one that takes a task to a queue, and those that run at an event for which a task has
// none of its own.
const (
	SampleTaskFlow       = "Sample task flow"
	DefaultCustomerQueue = "Default customer queue"
	DefaultAgentWhisper  = "Default agent whisper"
)
