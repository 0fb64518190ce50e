package directory

import "maps"

// Identity is how the users of an instance are managed.
type Identity string

// The ways to manage users. Those that are not managed here have no password: an identity provider vouches for them.
const (
	ManagedHere       Identity = "CONNECT_MANAGED"
	SAML              Identity = "SAML"
	ExistingDirectory Identity = "EXISTING_DIRECTORY"
)

// The attributes of an instance that something depends on; see [Settings.Attribute].
const (
	InboundCalls  = "INBOUND_CALLS"
	OutboundCalls = "OUTBOUND_CALLS"
	FlowLogs      = "CONTACTFLOW_LOGS"
)

// onFromTheStart are the attributes that are on until somebody switches them off. All but that of flow logs are so at
// Amazon Connect (https://docs.aws.amazon.com/connect/latest/adminguide/update-instance-settings.html).
var onFromTheStart = map[string]bool{
	FlowLogs: true, "CONTACT_LENS": true, "AUTO_RESOLVE_BEST_VOICES": true, "EARLY_MEDIA": true,
}

// Settings are what can be changed of an instance itself, and how its users are managed. The zero value is that of an
// instance of which nothing was said.
type Settings struct {
	NoFlowLogs bool              `json:"noFlowLogs,omitempty"` // flows write no flow logs, whatever they say
	Identity   Identity          `json:"identity,omitempty"`   // empty: [ManagedHere]
	Directory  string            `json:"directory,omitempty"`  // of [ExistingDirectory]
	Attributes map[string]bool   `json:"attributes,omitempty"` // that were switched, but for [FlowLogs]
	Tags       map[string]string `json:"tags,omitempty"`
}

// HasPasswords reports whether users of the instance sign in with passwords.
func (s Settings) HasPasswords() bool { return s.Identity == "" || s.Identity == ManagedHere }

// Attribute reports whether an attribute of the instance is on, by the name that the API gives it.
func (s Settings) Attribute(name string) bool {
	if name == FlowLogs {
		return !s.NoFlowLogs
	}
	if on, said := s.Attributes[name]; said {
		return on
	}
	return onFromTheStart[name]
}

// SetAttribute switches an attribute. It does not change in place what s shares with its copies.
func (s *Settings) SetAttribute(name string, on bool) {
	if name == FlowLogs {
		s.NoFlowLogs = !on
		return
	}
	s.Attributes = maps.Clone(s.Attributes)
	if s.Attributes == nil {
		s.Attributes = map[string]bool{}
	}
	s.Attributes[name] = on
}
