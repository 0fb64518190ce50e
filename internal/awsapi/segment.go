package awsapi

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/wire"
)

// The segment attributes of the system that a task has
// (https://docs.aws.amazon.com/connect/latest/adminguide/connect-attrib-list.html).
const (
	systemPrefix   = "connect:"
	contactExpiry  = "connect:ContactExpiry"
	createdByUser  = "connect:CreatedByUser"
	assignmentType = "connect:AssignmentType"

	expiryDuration  = "ExpiryDuration"
	expiryTimestamp = "ExpiryTimeStamp"
	self            = "SELF"
)

var segmentKey = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// segment reads the segment attributes of a new task. It fails with [fault.Invalid] for one that a caller cannot
// set, or not to this value.
func segment(in map[string]wire.SegmentAttributeValue) (engine.Segment, error) {
	var out engine.Segment
	for _, key := range slices.Sorted(maps.Keys(in)) {
		if err := readSegment(&out, key, in[key]); err != nil {
			return out, err
		}
	}
	return out, nil
}

func readSegment(out *engine.Segment, key string, v wire.SegmentAttributeValue) error {
	switch key {
	case contactExpiry:
		life, err := expiry(v)
		out.Life = life
		return err
	case createdByUser, assignmentType, engine.WorkloadType:
	default:
		if strings.HasPrefix(key, systemPrefix) || !segmentKey.MatchString(key) {
			return badSegment(key, "it cannot be set")
		}
	}
	if !only(v, v.ValueString != nil) {
		return badSegment(key, "it needs a ValueString and nothing else")
	}
	switch key {
	case createdByUser:
		if out.CreatedBy = *v.ValueString; out.CreatedBy == "" {
			return badSegment(key, "the ARN of the user is empty")
		}
	case assignmentType:
		if *v.ValueString != self {
			return badSegment(key, "the only value is "+self)
		}
		out.SelfAssign = true
	default:
		if out.Attributes == nil {
			out.Attributes = map[string]string{}
		}
		out.Attributes[key] = *v.ValueString
	}
	return nil
}

// expiry reads how long a task is to live.
func expiry(v wire.SegmentAttributeValue) (time.Duration, error) {
	minutes, ok := v.ValueMap[expiryDuration]
	for key := range v.ValueMap {
		ok = ok && key == expiryDuration
	}
	if !ok || !only(v, v.ValueMap != nil) || !only(minutes, minutes.ValueInteger != nil) {
		return 0, badSegment(contactExpiry, "it needs a ValueMap with ExpiryDuration, whose ValueInteger is in minutes")
	}
	life := lifeOf(*minutes.ValueInteger)
	return life, contact.CheckLife(life, "SegmentAttributes: "+contactExpiry)
}

// only reports whether an attribute has exactly one value, and the one that is wanted.
func only(v wire.SegmentAttributeValue, wanted bool) bool {
	given := 0
	for _, is := range []bool{v.ValueArn != nil, v.ValueInteger != nil, v.ValueList != nil, v.ValueMap != nil, v.ValueString != nil} {
		if is {
			given++
		}
	}
	return wanted && given == 1
}

// lifeOf is a number of minutes; one far out of bounds stays out of bounds.
func lifeOf(minutes int64) time.Duration {
	return time.Duration(min(max(minutes, 0), int64(contact.MaxLife/time.Minute)+1)) * time.Minute
}

func badSegment(key, why string) error {
	return fault.New(fault.Invalid, "SegmentAttributes: segment attribute %q is not valid: %s", key, why)
}

// segmentAttributes are those of a contact, the system's among them.
func segmentAttributes(i arn.Instance, c *contact.Contact) map[string]wire.SegmentAttributeValue {
	out := make(map[string]wire.SegmentAttributeValue, len(c.Segment)+4)
	text := func(s string) wire.SegmentAttributeValue { return wire.SegmentAttributeValue{ValueString: &s} }
	for key, value := range c.Segment {
		out[key] = text(value)
	}
	out[contact.SegmentSubtype] = text(c.Subtype())
	if c.On() != contact.Task {
		return out
	}
	minutes := int64(c.Life / time.Minute)
	out[contactExpiry] = wire.SegmentAttributeValue{ValueMap: map[string]wire.SegmentAttributeValue{
		expiryDuration:  {ValueInteger: &minutes},
		expiryTimestamp: text(c.Expires.Format("2006-01-02T15:04:05.000Z")),
	}}
	if c.CreatedBy != "" {
		out[createdByUser] = text(i.Of(arn.User, c.CreatedBy))
	}
	if c.SelfAssigned {
		out[assignmentType] = text(self)
	}
	return out
}
