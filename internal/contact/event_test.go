package contact

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestChangesAreToldByTheirWords has CONTACT_DATA_UPDATED name only what Amazon Connect has a word for, another event
// everything else, and neither come when nothing has changed.
func TestChangesAreToldByTheirWords(t *testing.T) {
	t.Parallel()
	updated := func(what ...string) Event { return Event{Type: EventDataUpdated, Updated: what} }
	edited := func(what ...string) Event { return Event{Type: EventEdited, Updated: what} }
	edit := func(e Edit) func(*Contact) ([]Event, error) {
		return func(c *Contact) ([]Event, error) { return c.Edit(e, start) }
	}
	note := References{"note": {Type: ReferenceString, Value: "n"}}
	for _, tt := range []struct {
		name string
		do   func(*Contact) ([]Event, error)
		want []Event
	}{
		{"name", edit(Edit{Name: new("other")}), []Event{edited("Name")}},
		{"description", edit(Edit{Description: new("d")}), []Event{edited("Description")}},
		{"reference", edit(Edit{References: References{"other": {Type: ReferenceString, Value: "n"}}}), []Event{edited("References")}},
		{"segment attribute", edit(Edit{Segment: map[string]string{"tier": "gold"}}), []Event{updated("SegmentAttributes")}},
		{"life", edit(Edit{Life: time.Hour}), []Event{updated("SegmentAttributes")}},
		{"two kinds", edit(Edit{Name: new("other"), Segment: map[string]string{"tier": "gold"}}), []Event{updated("SegmentAttributes"), edited("Name")}},
		{"nothing new", edit(Edit{Name: new("task"), Description: new(""), References: note, Segment: map[string]string{"tier": "silver"}, Life: DefaultLife}), nil},
		{"tags", func(c *Contact) ([]Event, error) { return c.Tag(map[string]string{"team": "B"}, start) }, []Event{updated("Tags")}},
		{"the tags it has", func(c *Contact) ([]Event, error) { return c.Tag(map[string]string{"team": "A"}, start) }, nil},
		{"schedule", func(c *Contact) ([]Event, error) { return c.Reschedule(start.Add(2*time.Hour), 0, start) }, []Event{updated("ScheduledTimestamp")}},
		{"the schedule it has", func(c *Contact) ([]Event, error) { return c.Reschedule(start.Add(time.Hour), 0, start) }, nil},
		{"template", func(c *Contact) ([]Event, error) { return c.ChangeTemplate("t-1", 1, 0, start) }, []Event{edited("TaskTemplateInfo")}},
		{"priority", func(c *Contact) ([]Event, error) { return c.Prioritize(1, start) }, []Event{edited("QueuePriority")}},
		{"the priority it has", func(c *Contact) ([]Event, error) { return c.Prioritize(DefaultPriority, start) }, nil},
		{"age", func(c *Contact) ([]Event, error) { return c.Adjust(time.Minute, start) }, []Event{edited("QueueTimeAdjustmentSeconds")}},
		{"the age it has", func(c *Contact) ([]Event, error) { return c.Adjust(0, start) }, nil},
		{"routing criteria", func(c *Contact) ([]Event, error) { return c.SetCriteria(&Criteria{Steps: []Step{{}}}, start) }, []Event{edited("RoutingCriteria")}},
		{"file", func(c *Contact) ([]Event, error) { return c.Attach("f.txt", Reference{Value: "f-1"}, start), nil }, []Event{edited("References")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := &Contact{
				ID: "c", Name: "task", References: note, Tags: map[string]string{"team": "A"}, Segment: map[string]string{"tier": "silver"},
				ScheduledFor: start.Add(time.Hour),
			}
			c.Begin(start)
			got, err := tt.do(c)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got, cmpopts.IgnoreFields(Event{}, "At")); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
		})
	}
}

// TestOnlyFirstSegmentsAreConnectedToTheSystem: of a segment that another has led to, Amazon Connect tells neither the
// event nor the time.
func TestOnlyFirstSegmentsAreConnectedToTheSystem(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		method    Method
		connected bool
	}{
		{"", true}, {MethodAPI, true}, {MethodTransfer, false}, {MethodQueueTransfer, false}, {MethodDisconnect, false},
	} {
		c := &Contact{ID: "c", Method: tt.method}
		events := c.Begin(start)
		if told := len(events) == 2 && events[1].Type == EventConnectedToSystem; told != tt.connected || c.ConnectedToSystem.IsZero() == tt.connected {
			t.Errorf("method %q: events %v, connected at %v", tt.method, events, c.ConnectedToSystem)
		}
		if c.State != InFlow || !c.InFlowFrom().Equal(start) {
			t.Errorf("method %q: %s from %v, want it in its flow from %v", tt.method, c.State, c.InFlowFrom(), start)
		}
	}
	scheduled := &Contact{ID: "c", ScheduledFor: start.Add(time.Hour)}
	if scheduled.Begin(start); !scheduled.InFlowFrom().IsZero() {
		t.Errorf("a scheduled task is in its flow from %v", scheduled.InFlowFrom())
	}
}
