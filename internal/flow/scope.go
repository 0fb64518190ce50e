package flow

// Scope is everything that the references of a flow can see. Whoever runs the flow keeps it up to date as it
// carries out effects; [Step] only asks.
//
// A task has values at
//
//	ContactId, InitialContactId, PreviousContactId, Name, Description, Channel, InitiationMethod, InstanceARN, AwsRegion
//	Attributes <key>
//	Queue Name, Queue ARN           (of the target queue, once there is one)
//	References <key> Value, References <key> Type
type Scope interface {
	// Lookup is the value at a path, as text, and whether there is one: $.Attributes.tier is asked for as
	// ["Attributes", "tier"]. An object has no text, and an unknown root no values: some exist on other
	// channels only.
	Lookup(path []string) (string, bool)
}

// containers are the roots that hold other values and have none of their own (AG connect-attrib-list).
var containers = map[string]bool{
	"Agent": true, "Attributes": true, "Case": true, "Customer": true, "CustomerEndpoint": true, "DataTables": true,
	"Email": true, "External": true, "FlowAttributes": true, "LambdaInvocation": true, "Lex": true, "Loop": true,
	"Media": true, "MediaStreams": true, "Metrics": true, "Modules": true, "Queue": true, "References": true,
	"SegmentAttributes": true, "SystemEndpoint": true, "Tags": true, "Task": true, "Views": true, "Wisdom": true,
}
