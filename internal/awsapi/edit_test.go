package awsapi_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
)

// expiryForm is how connect:ContactExpiry tells when a task expires.
const expiryForm = "2006-01-02T15:04:05.000Z"

// life is connect:ContactExpiry of so many minutes.
func life(minutes int32) types.SegmentAttributeValue {
	return types.SegmentAttributeValue{ValueMap: map[string]types.SegmentAttributeValue{"ExpiryDuration": {ValueInteger: &minutes}}}
}

// living are the segment attributes of a task that lives for so many minutes.
func living(minutes int32) map[string]types.SegmentAttributeValue {
	return map[string]types.SegmentAttributeValue{"connect:ContactExpiry": life(minutes)}
}

// expiry is when a contact says that it expires.
func expiry(c *types.Contact) string {
	return aws.ToString(c.SegmentAttributes["connect:ContactExpiry"].ValueMap["ExpiryTimeStamp"].ValueString)
}

func (x *trial) update(id string, in connect.UpdateContactInput) error {
	in.InstanceId, in.ContactId = &x.InstanceID, &id
	_, err := x.sdk.UpdateContact(x.ctx, &in)
	return err
}

func TestUpdateContact(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	id := x.start(startInput{Description: aws.String("old"), References: map[string]types.Reference{
		"Order": reference(types.ReferenceTypeUrl, "https://example.com/1"), "Note": reference(types.ReferenceTypeString, "one"),
	}})
	change := func(name string) {
		x.ok(x.update(id, connect.UpdateContactInput{Name: &name, References: map[string]types.Reference{
			"Note": reference(types.ReferenceTypeNumber, "2"), name: reference(types.ReferenceTypeDate, "1795440509"),
		}}))
		c := x.Describe(id)
		if *c.Name != name || *c.Description != "old" {
			t.Errorf("changed to %s: Name = %q, Description = %q", name, *c.Name, *c.Description)
		}
		want := map[string]string{"Order": "URL https://example.com/1", "Note": "NUMBER 2", name: "DATE 1795440509"}
		if got := x.references(id); got["Order"] != want["Order"] || got["Note"] != want["Note"] || got[name] != want[name] {
			t.Errorf("changed to %s: references = %v, want %v", name, got, want)
		}
	}
	change("live")
	x.stop(id)
	change("over")
	x.wantReason(id, "API")
	x.ok(x.update(id, connect.UpdateContactInput{Description: aws.String("")}))
	if c := x.Describe(id); aws.ToString(c.Description) != "" || *c.Name != "over" {
		t.Errorf("Description = %q, Name = %q; want the one empty and the other as it was", aws.ToString(c.Description), *c.Name)
	}
}

func TestUpdateContactThatIsRefused(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	full := map[string]types.Reference{"k": reference(types.ReferenceTypeString, strings.Repeat("x", 4000))}
	id := x.start(startInput{References: full})
	with := func(name string, r types.Reference) connect.UpdateContactInput {
		return connect.UpdateContactInput{References: map[string]types.Reference{name: r}}
	}
	segment := func(key, value string) connect.UpdateContactInput {
		return connect.UpdateContactInput{SegmentAttributes: map[string]types.SegmentAttributeValue{key: {ValueString: &value}}}
	}
	for _, tt := range []struct {
		name string
		in   connect.UpdateContactInput
		kind string
		says []string
	}{
		{"nothing", connect.UpdateContactInput{}, invalidRequest, []string{"Name", "References"}},
		{"QueueInfo", connect.UpdateContactInput{QueueInfo: &types.QueueInfoInput{Id: &x.QueueID}}, invalidRequest, []string{"QueueInfo"}},
		{"UserInfo", connect.UpdateContactInput{UserInfo: &types.UserInfo{UserId: &x.Agent.UserID}}, invalidRequest, []string{"UserInfo"}},
		{"CustomerEndpoint", connect.UpdateContactInput{CustomerEndpoint: &types.Endpoint{}}, invalidRequest, []string{"CustomerEndpoint"}},
		{"SystemEndpoint", connect.UpdateContactInput{SystemEndpoint: &types.Endpoint{}}, invalidRequest, []string{"SystemEndpoint"}},
		{"name too long", connect.UpdateContactInput{Name: aws.String(strings.Repeat("x", 1025))}, invalidParameter, []string{"'Name'"}},
		{"attachment", with("a", reference(types.ReferenceTypeAttachment, "v")), invalidParameter, []string{"References", "ATTACHMENT"}},
		{"date in words", with("a", reference(types.ReferenceTypeDate, "v")), invalidParameter, []string{"References", "epoch"}},
		{"too much together", with("a", reference(types.ReferenceTypeString, strings.Repeat("x", 96))), invalidParameter, []string{"References", "4096"}},
		{"undefined attribute", segment("tier", "gold"), invalidParameter, []string{"SegmentAttributes", "tier"}},
		{"redacted fields", segment("connect:RedactedFields", "x"), invalidParameter, []string{"connect:RedactedFields"}},
		{"creator", segment("connect:CreatedByUser", x.InstanceARN+"/agent/"+x.Agent.UserID), invalidParameter, []string{"connect:CreatedByUser"}},
		{"self", segment("connect:AssignmentType", "SELF"), invalidParameter, []string{"connect:AssignmentType"}},
		{"no life", connect.UpdateContactInput{SegmentAttributes: living(0)}, invalidParameter, []string{"connect:ContactExpiry"}},
		{"too long a life", connect.UpdateContactInput{SegmentAttributes: living(129_601)}, invalidParameter, []string{"connect:ContactExpiry"}},
	} {
		t.Run(tt.name, func(t *testing.T) { x.in(t).refused(x.update(id, tt.in), tt.kind, 400, tt.says...) })
	}
	x.ok(x.update(id, with("k", reference(types.ReferenceTypeString, strings.Repeat("y", 4095))))) // takes the place of the old one
	x.refused(x.update(unknown, connect.UpdateContactInput{Name: aws.String("n")}), notFound, 404, "contact "+unknown)
}

func TestUpdateContactAttributesThatIsRefused(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	id := x.start(startInput{Attributes: map[string]string{"a": strings.Repeat("x", 32_000)}})
	set := func(id string, attributes map[string]string) error {
		_, err := x.sdk.UpdateContactAttributes(x.ctx, &connect.UpdateContactAttributesInput{InstanceId: &x.InstanceID, InitialContactId: &id, Attributes: attributes})
		return err
	}
	x.refused(set(id, map[string]string{"b": strings.Repeat("x", 767)}), invalidParameter, 400, "Attributes", "32768")
	x.wantAttribute("b", "", id)
	x.ok(set(id, map[string]string{"b": strings.Repeat("x", 766)}))
	x.ok(set(id, map[string]string{"a": "", "b": "short"})) // an empty value is kept
	if got := x.attributes(id); len(got) != 2 || got["a"] != "" || got["b"] != "short" {
		t.Errorf("Attributes = %v, want a empty and b short", got)
	}
	x.refused(set(id, map[string]string{"a b": "v"}), invalidParameter, 400, "Attributes", "a b")
	x.refused(set(unknown, map[string]string{"a": "v"}), notFound, 404, "contact "+unknown)
	_, err := x.sdk.GetContactAttributes(x.ctx, &connect.GetContactAttributesInput{InstanceId: &x.InstanceID, InitialContactId: aws.String(unknown)})
	x.refused(err, notFound, 404, "contact "+unknown)
}

func TestChangedLife(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	longer, shorter, past := x.start(startInput{SegmentAttributes: living(60)}), x.begin(), x.begin()
	began := *x.Describe(longer).InitiationTimestamp
	x.ok(x.update(longer, connect.UpdateContactInput{SegmentAttributes: living(120)}))
	x.ok(x.update(shorter, connect.UpdateContactInput{SegmentAttributes: living(90)}))
	x.Advance(100 * time.Minute)
	x.wantReason(longer, "")
	if c := x.wantReason(shorter, "EXPIRED"); !near(c.DisconnectTimestamp, c.InitiationTimestamp.Add(90*time.Minute)) {
		t.Errorf("expired at %v, want 90 minutes after %v", c.DisconnectTimestamp, c.InitiationTimestamp)
	}
	x.ok(x.update(past, connect.UpdateContactInput{SegmentAttributes: living(90)}))
	x.Eventually("a task whose new end is past does not expire", func() bool { return x.Describe(past).DisconnectReason != nil })
	x.wantReason(past, "EXPIRED")
	x.Advance(25 * time.Minute)
	if c := x.wantReason(longer, "EXPIRED"); !near(c.DisconnectTimestamp, began.Add(120*time.Minute)) {
		t.Errorf("expired at %v, want 120 minutes after %v", c.DisconnectTimestamp, began)
	}
	x.ok(x.update(longer, connect.UpdateContactInput{SegmentAttributes: living(300)}))
	x.wantReason(longer, "EXPIRED")
}

func (x *trial) reschedule(id string, at time.Time) error {
	_, err := x.sdk.UpdateContactSchedule(x.ctx, &connect.UpdateContactScheduleInput{InstanceId: &x.InstanceID, ContactId: &id, ScheduledTime: &at})
	return err
}

func TestReschedule(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	now := x.Now().Truncate(time.Second)
	id := x.start(startInput{ScheduledTime: aws.Time(now.Add(time.Hour)), SegmentAttributes: living(60)})
	for i := range 20 {
		x.ok(x.reschedule(id, now.Add(time.Duration(i+2)*time.Hour)))
	}
	x.refused(x.reschedule(id, now.Add(time.Hour)), limitExceeded, 429, id, "20")
	at := now.Add(21 * time.Hour)
	x.AdvanceTo(at.Add(-5 * time.Second))
	if c := x.Describe(id); !near(c.ScheduledTimestamp, at) || c.ConnectedToSystemTimestamp != nil || expiry(c) != at.Add(time.Hour).Format(expiryForm) {
		t.Errorf("scheduled for %v, started at %v, expires at %s; want %v, never, and an hour later", c.ScheduledTimestamp, c.ConnectedToSystemTimestamp, expiry(c), at)
	}
	x.AdvanceTo(at)
	if c := x.Describe(id); !near(c.ConnectedToSystemTimestamp, at) || inQueue(c) != x.QueueID {
		t.Errorf("started at %v in queue %q, want %v and BasicQueue", c.ConnectedToSystemTimestamp, inQueue(c), at)
	}
	x.Advance(61 * time.Minute)
	if c := x.wantReason(id, "EXPIRED"); !near(c.DisconnectTimestamp, at.Add(time.Hour)) {
		t.Errorf("expired at %v, want %v", c.DisconnectTimestamp, at.Add(time.Hour))
	}
}

func TestRescheduleThatIsRefused(t *testing.T) {
	t.Parallel()
	s := newStates(t)
	at := s.Now().Add(2 * time.Hour)
	s.each(func(x *trial, state, id string) {
		if state == stateScheduled {
			x.refused(x.reschedule(id, x.Now().Add(-time.Hour)), invalidParameter, 400, "ScheduledTime", "past")
			x.refused(x.reschedule(id, x.Now().Add(6*24*time.Hour+time.Minute)), invalidParameter, 400, "ScheduledTime", "6 days")
			x.ok(x.reschedule(id, x.Now().Add(6*24*time.Hour)))
			return
		}
		x.refused(x.reschedule(id, at), invalidRequest, 400, id)
	})
	s.refused(s.reschedule(unknown, at), notFound, 404, "contact "+unknown)
}

func TestTagsOfContacts(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	id := x.begin()
	tag := func(tags map[string]string) error {
		_, err := x.sdk.TagContact(x.ctx, &connect.TagContactInput{InstanceId: &x.InstanceID, ContactId: &id, Tags: tags})
		return err
	}
	untag := func(keys ...string) error {
		_, err := x.sdk.UntagContact(x.ctx, &connect.UntagContactInput{InstanceId: &x.InstanceID, ContactId: &id, TagKeys: keys})
		return err
	}
	want := map[string]string{}
	for i := range 6 {
		want[fmt.Sprintf("key/%d", i)] = "v"
		x.ok(tag(map[string]string{fmt.Sprintf("key/%d", i): "v"}))
	}
	x.ok(tag(map[string]string{"key/1": "v"})) // once more
	x.refused(tag(map[string]string{"seventh": "v"}), invalidParameter, 400, "Tags", "6")
	for _, key := range []string{"aws:key", "a key", "é", ""} {
		x.refused(tag(map[string]string{key: "v"}), invalidParameter, 400, "Tags")
	}
	x.refused(tag(map[string]string{"key/1": strings.Repeat("x", 257)}), invalidParameter, 400, "Tags", "256")
	x.refused(tag(map[string]string{}), invalidParameter, 400, "Tags")
	x.ok(tag(map[string]string{"key/1": "other"}))
	x.ok(untag("key/0", "never-there"))
	x.ok(untag("key/0"))
	x.stop(id)
	x.ok(tag(map[string]string{"later": ""})) // also when it is over
	delete(want, "key/0")
	want["key/1"], want["later"] = "other", ""
	if c := x.wantReason(id, "API"); !maps.Equal(c.Tags, want) {
		t.Errorf("Tags = %v, want %v", c.Tags, want)
	}
	id = unknown
	x.refused(tag(map[string]string{"k": "v"}), notFound, 404, "contact "+unknown)
	x.refused(untag("k"), notFound, 404, "contact "+unknown)
}

// TestReferencesKeepTheOrderInWhichTheyAreGiven sends its own JSON: the SDK writes maps in any order.
func TestReferencesKeepTheOrderInWhichTheyAreGiven(t *testing.T) {
	t.Parallel()
	x := newTrial(t)
	send := func(method, path, members string) (id string) {
		body := fmt.Sprintf(`{"InstanceId":%q,%s}`, x.InstanceID, members)
		r, err := http.NewRequestWithContext(x.ctx, method, x.URL+path, strings.NewReader(body))
		x.ok(err)
		res, err := http.DefaultClient.Do(r)
		x.ok(err)
		defer res.Body.Close()
		var out struct{ ContactId, Message string } //nolint:revive // as they travel
		x.ok(json.NewDecoder(res.Body).Decode(&out))
		if res.StatusCode != http.StatusOK {
			t.Fatalf("%s %s: %s %s", method, path, res.Status, out.Message)
		}
		return out.ContactId
	}
	start := func(references string) string {
		return send(http.MethodPut, "/contact/task", fmt.Sprintf(`"ContactFlowId":%q,"Name":"n","ClientToken":"order","References":{%s}`, x.FlowID, references))
	}
	order, amount, colour := `"Order":{"Type":"STRING","Value":"1"}`, `"Amount":{"Type":"NUMBER","Value":"2"}`, `"Colour":{"Value":"red","Type":"STRING"}`
	id := start(order + "," + amount + "," + colour)
	if again := start(colour + "," + order + "," + amount); again != id {
		t.Errorf("the same request with its references in another order made task %s, want %s", again, id)
	}
	send(http.MethodPost, "/contacts/"+x.InstanceID+"/"+id, fmt.Sprintf(`"ContactId":%q,"References":{"Area":{"Type":"STRING","Value":"3"},%s}`, id, amount))
	out, err := x.sdk.ListContactReferences(x.ctx, &connect.ListContactReferencesInput{
		InstanceId: &x.InstanceID, ContactId: &id, ReferenceTypes: []types.ReferenceType{types.ReferenceTypeString, types.ReferenceTypeNumber},
	})
	x.ok(err)
	var names []string
	for _, r := range out.ReferenceSummaryList {
		switch r := r.(type) {
		case *types.ReferenceSummaryMemberString:
			names = append(names, *r.Value.Name)
		case *types.ReferenceSummaryMemberNumber:
			names = append(names, *r.Value.Name)
		}
	}
	if got := strings.Join(names, " "); got != "Order Amount Colour Area" {
		t.Errorf("references are %q, want Order Amount Colour Area", got)
	}
}
