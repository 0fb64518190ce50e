package engine

import (
	"encoding/json"
	"fmt"
	"maps"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/flow"
)

// defaultLanguage is the LanguageCode of a task nobody set one for.
const defaultLanguage = "en-US"

// functionEvent is what a function is called with (AG connect-lambda-functions). Members that a task has no value
// for are null.
type functionEvent struct {
	Details struct {
		ContactData functionContact
		Parameters  map[string]any
	}
	Name string
}

type functionContact struct {
	Attributes        map[string]string
	AwsRegion         string
	Channel           string
	ContactID         string  `json:"ContactId"`
	CustomerEndpoint  *string // of voice
	CustomerID        *string `json:"CustomerId"`
	Description       *string
	InitialContactID  string `json:"InitialContactId"`
	InitiationMethod  contact.Method
	InstanceARN       string
	LanguageCode      string
	MediaStreams      struct{ Customer struct{ Audio struct{} } } // an empty object where nothing streamed
	Name              string
	PreviousContactID string `json:"PreviousContactId"`
	Queue             *functionQueue
	References        map[string]functionReference
	RelatedContactID  *string `json:"RelatedContactId"`
	SegmentAttributes map[string]functionAttribute
	SystemEndpoint    *string
	Tags              map[string]string
}

type functionQueue struct {
	ARN              string
	Name             *string
	OutboundCallerID *string `json:"OutboundCallerId"`
}

type functionReference struct {
	Type  contact.ReferenceType
	Value string
}

// event is the event that a function is called with.
func (r *flowRun) event(e flow.Invoke) ([]byte, error) {
	chain, err := r.attributes()
	if err != nil {
		return nil, err
	}
	event := functionEvent{Name: "ContactFlowEvent"}
	event.Details.Parameters = e.Params
	event.Details.ContactData = functionContact{
		Attributes: chain.Attributes, AwsRegion: r.t.Region, Channel: "TASK",
		ContactID: r.c.ID, InitialContactID: r.c.Chain(), PreviousContactID: r.plain("PreviousContactId"),
		RelatedContactID: orNull(r.c.Related), CustomerID: orNull(r.c.Customer),
		Name: r.c.Name, Description: orNull(r.c.Description), InitiationMethod: r.c.Method,
		InstanceARN: r.t.String(), LanguageCode: r.plain("LanguageCode"), Queue: r.eventQueue(),
		References: map[string]functionReference{}, SegmentAttributes: map[string]functionAttribute{}, Tags: r.tags(),
	}
	if event.Details.ContactData.Attributes == nil {
		event.Details.ContactData.Attributes = map[string]string{}
	}
	for name, ref := range r.c.References {
		event.Details.ContactData.References[name] = functionReference{ref.Type, ref.Value}
	}
	for name, v := range r.segment() {
		event.Details.ContactData.SegmentAttributes[name] = newFunctionAttribute(v)
	}
	body, err := json.Marshal(event)
	if err != nil {
		return nil, fmt.Errorf("encode event of function %s: %w", e.Function, err)
	}
	return body, nil
}

// eventQueue is the target queue; nil: none yet.
func (r *flowRun) eventQueue() *functionQueue {
	q, err := r.t.queue(r.c.Target)
	if err != nil {
		return nil
	}
	return &functionQueue{ARN: q.ARN, Name: orNull(q.Name)}
}

// tags are the contact's, with that of the system.
func (r *flowRun) tags() map[string]string {
	all := map[string]string{"aws:connect:instanceId": r.t.ID}
	maps.Copy(all, r.c.Tags)
	return all
}

// functionAttribute is a segment attribute as functions get it: all members, null but for the one that it has.
type functionAttribute struct {
	ValueArn     *string
	ValueInteger *json.Number
	ValueList    []any
	ValueMap     map[string]functionAttribute
	ValueString  *string
}

func newFunctionAttribute(v any) functionAttribute {
	switch v := v.(type) {
	case map[string]any:
		inner := map[string]functionAttribute{}
		for name, v := range v {
			inner[name] = newFunctionAttribute(v)
		}
		return functionAttribute{ValueMap: inner}
	case json.Number:
		return functionAttribute{ValueInteger: &v}
	case string:
		return functionAttribute{ValueString: &v}
	}
	return functionAttribute{}
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
