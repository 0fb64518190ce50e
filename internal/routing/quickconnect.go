package routing

// QuickConnectType says what a quick connect leads to.
type QuickConnectType string

// The types of quick connect. Tasks can use the first two: the others lead to a telephone, and to a flow for chats
// (https://docs.aws.amazon.com/connect/latest/adminguide/quick-connects.html).
const (
	QuickConnectUser  QuickConnectType = "USER"
	QuickConnectQueue QuickConnectType = "QUEUE"
	QuickConnectPhone QuickConnectType = "PHONE_NUMBER"
	QuickConnectFlow  QuickConnectType = "FLOW"
)

// QuickConnect is a named destination that agents can choose.
type QuickConnect struct {
	ID          string `json:"-"`
	Name        string `json:"-"`
	Description string `json:"description,omitempty"`
	Destination
	Tags map[string]string `json:"tags,omitempty"`
}

// Destination is where a quick connect leads. Its type says which fields it has.
type Destination struct {
	Type   QuickConnectType `json:"type"`
	Target string           `json:"target,omitempty"` // user id or queue id, of USER and QUEUE
	Flow   string           `json:"flow,omitempty"`   // takes the contact there, of all types but PHONE_NUMBER
	Phone  string           `json:"phone,omitempty"`  // E.164, of PHONE_NUMBER
}
