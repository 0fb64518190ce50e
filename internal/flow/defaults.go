package flow

import (
	_ "embed" // for the documents
	"strings"
)

// Default is a flow that every new instance has.
type Default struct {
	Name        string
	Type        Type
	Description string
	Content     string
}

// The documents. What Amazon Connect's own defaults do with voice, tasks cannot do; these do what is left
// (docs/divergences.md).
var (
	//go:embed defaults/end.json
	endDocument string
	//go:embed defaults/transfer.json
	transferDocument string
	//go:embed defaults/sample.json
	sampleDocument string
)

// queuePlaceholder is where the sample flow names its queue.
const queuePlaceholder = "QUEUE_ARN"

// Defaults are the default flows of a new instance, named as Amazon Connect names them, and the sample flow,
// which puts tasks into the queue of this ARN.
func Defaults(queueARN string) []Default {
	return []Default{
		{"Default agent hold", TypeAgentHold, "Tasks cannot be put on hold", endDocument},
		{"Default agent transfer", TypeAgentTransfer, "Puts the task into the queue it is transferred to", transferDocument},
		{"Default agent whisper", TypeAgentWhisper, "Connects the agent at once", endDocument},
		{"Default customer hold", TypeCustomerHold, "Tasks cannot be put on hold", endDocument},
		{"Default customer queue", TypeCustomerQueue, "Lets the task wait", endDocument},
		{"Default customer whisper", TypeCustomerWhisper, "Tasks have nobody to whisper to", endDocument},
		{"Default outbound", TypeOutboundWhisper, "Tasks have nobody to whisper to", endDocument},
		{"Default queue transfer", TypeQueueTransfer, "Puts the task into the queue it is transferred to", transferDocument},
		{
			"Sample task flow", TypeContactFlow, "Puts the task into BasicQueue",
			strings.ReplaceAll(sampleDocument, queuePlaceholder, queueARN),
		},
	}
}
