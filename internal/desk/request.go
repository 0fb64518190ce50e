package desk

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"time"

	"github.com/tasklane/tasklane/internal/fault"
)

// request has the members of all operations that Tasklane reads; others are ignored.
type request struct {
	ContactID     string `json:"contactId"`
	ConnectionID  string `json:"connectionId"`
	TransportType string `json:"transportType"`
	NextToken     string `json:"nextToken"`
	MaxResults    int    `json:"maxResults"`
	Timeout       int    `json:"timeout"` // milliseconds
	State         struct {
		ARN string `json:"agentStateARN"`
	} `json:"state"`
	Configuration struct {
		Preferences map[string]string `json:"agentPreferences"`
	} `json:"configuration"`
	EnqueueNextState bool     `json:"enqueueNextState"`
	QueueARNs        []string `json:"queueARNs"`
	Endpoint         endpoint `json:"endpoint"`
	RefreshToken     string   `json:"refreshToken"`
	IdempotencyToken string   `json:"idempotencyToken"`
	FileID           string   `json:"fileId"`
	FileName         string   `json:"fileName"`
	FileSize         int64    `json:"fileSizeInBytes"`
	newTask
}

// newTask is what is told of a task that is to be made or changed. Members are found in any case: the companion
// library for tasks writes those of a templated task with a capital.
type newTask struct {
	Name              *string         `json:"name"`
	Description       *string         `json:"description"`
	References        givenReferences `json:"references"`
	RemoveReferences  []string        `json:"removeReferences"` // ours: names; of a change only
	PreviousContactID string          `json:"previousContactId"`
	RelatedContactID  string          `json:"relatedContactId"`
	TaskTemplateID    string          `json:"taskTemplateId"`
	QuickConnectID    string          `json:"quickConnectId"`
	ScheduledTime     moment          `json:"scheduledTime"`
	SelfAssign        bool            `json:"selfAssign"`    // ours: for a template with a self-assign flow
	ExpiryMinutes     int             `json:"expiryMinutes"` // ours: for a template with a field for it
}

// givenReferences are by name; each knows its place among them, from 1 on.
type givenReferences map[string]reference

type reference struct {
	Type  string `json:"type"`
	Value loose  `json:"value"`
	place int
}

// UnmarshalJSON reads an object with the order of its members; null is none.
func (all *givenReferences) UnmarshalJSON(text []byte) error {
	var plain map[string]reference
	if err := json.Unmarshal(text, &plain); err != nil || plain == nil {
		*all = nil
		return err
	}
	in := json.NewDecoder(bytes.NewReader(text))
	_, _ = in.Token() // it can be read, as it was above
	for i := 1; in.More(); i++ {
		name, _ := in.Token()
		ref := plain[name.(string)]
		ref.place = i
		plain[name.(string)] = ref
		_ = in.Decode(new(json.RawMessage))
	}
	*all = plain
	return nil
}

// loose is a text for which clients also send numbers and truth values.
type loose string

// UnmarshalJSON takes a text as it is, and anything else as it is written; null is the empty text.
func (l *loose) UnmarshalJSON(text []byte) error {
	*l = ""
	switch text[0] {
	case 'n':
		return nil
	case '"':
		return json.Unmarshal(text, (*string)(l))
	case '{', '[':
		return fault.New(fault.Malformed, "the value of a reference must be a text")
	}
	*l = loose(text)
	return nil
}

// moment is a time: epoch seconds, or as ISO 8601 writes it.
type moment struct{ time.Time }

// UnmarshalJSON reads a time; null and 0 are none.
func (m *moment) UnmarshalJSON(text []byte) error {
	m.Time = time.Time{}
	var s loose
	if err := s.UnmarshalJSON(text); err != nil || s == "" {
		return err
	}
	if t, err := time.Parse(time.RFC3339, string(s)); err == nil {
		m.Time = t
		return nil
	}
	seconds, err := strconv.ParseFloat(string(s), 64)
	if err != nil || math.Abs(seconds) > maxSeconds {
		return fault.New(fault.Malformed, "%s is not a time in epoch seconds", text)
	}
	if seconds != 0 {
		m.Time = time.UnixMilli(int64(math.Round(seconds * 1000))).UTC()
	}
	return nil
}

// maxSeconds is the end of the year 9999.
const maxSeconds = 253402300799
