package directory

import "time"

// Ticket lets its holder do one thing, once, for a session. The store keeps only a hash of it.
type Ticket struct {
	Hash    string
	Purpose Purpose // what it lets its holder do, and nothing else
	Session string  // TokenHash of the session that it is for
	Expires time.Time
}

// Purpose is what a ticket lets its holder do.
type Purpose string

// The purposes of tickets.
const (
	OpenSocket Purpose = "SOCKET"    // open a socket of the session
	HandOver   Purpose = "HAND_OVER" // share the session with a frame whose cookies the browser keeps apart
	SignIn     Purpose = "SIGN_IN"   // share the session with a browser that opens a URL
)
