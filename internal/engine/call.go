package engine

import "time"

// Call is a call of a function that a flow asks for. It is made between commits, at least once; the answer comes
// back with [Engine.EndCall].
type Call struct {
	Instance string
	Contact  string
	Slot     string // of the contact's runs, the one that waits
	Stamp    int    // of the run: the answer to an earlier call is dropped

	Function string        // ARN
	Event    []byte        // JSON
	Limit    time.Duration // for all attempts together
	Async    bool          // nobody waits for the answer
}
