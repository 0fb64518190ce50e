package metric_test

import (
	"testing"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/metric"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) // a Monday

func after(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }

// records are four tasks: one that was handled, one that was abandoned, one that was transferred out of its queue, and
// one that was never queued.
var records = []*contact.Contact{
	{
		Method: contact.MethodAPI, Reason: contact.ReasonAgent, Initiated: noon, ConnectedToSystem: noon, Enqueued: after(2), ConnectedToAgent: after(12),
		Disconnected: after(112), ACWStart: after(112), ACWEnd: after(142), AgentPausedFor: 40 * time.Second, Agent: "ann",
	},
	{Method: contact.MethodAPI, Reason: contact.ReasonAPI, Initiated: noon, ConnectedToSystem: noon, Enqueued: after(4), Disconnected: after(34)},
	{Method: contact.MethodTransfer, Reason: contact.ReasonOther, Initiated: noon, ConnectedToSystem: noon, Enqueued: after(6), Disconnected: after(26), Next: "n"},
	{Method: contact.MethodAPI, Reason: contact.ReasonFlow, Initiated: noon, ConnectedToSystem: noon, Disconnected: after(8)},
}

func TestHistoricalFormulas(t *testing.T) {
	x := func(seconds int, inclusive bool) metric.Threshold {
		return metric.Threshold{Within: time.Duration(seconds) * time.Second, Inclusive: inclusive}
	}
	byAPI := func(c *contact.Contact) bool { return c.Method == contact.MethodAPI }
	tests := []struct {
		w    metric.Wanted
		want float64
	}{
		{metric.Wanted{Name: "CONTACTS_CREATED"}, 4},
		{metric.Wanted{Name: "CONTACTS_CREATED", Only: byAPI}, 3},
		{metric.Wanted{Name: "CONTACTS_QUEUED"}, 3},
		{metric.Wanted{Name: "CONTACTS_HANDLED"}, 1},
		{metric.Wanted{Name: "CONTACTS_ABANDONED"}, 1},
		{metric.Wanted{Name: "CONTACTS_TRANSFERRED_OUT"}, 1},
		{metric.Wanted{Name: "CONTACTS_TRANSFERRED_OUT_FROM_QUEUE"}, 1},
		{metric.Wanted{Name: "CONTACTS_TRANSFERRED_OUT_BY_AGENT"}, 0},
		{metric.Wanted{Name: "CONTACTS_TRANSFERRED_OUT_EXTERNAL"}, 0},
		{metric.Wanted{Name: "SUM_CONTACTS_ANSWERED_IN_X", Threshold: x(10, false)}, 0},
		{metric.Wanted{Name: "SUM_CONTACTS_ANSWERED_IN_X", Threshold: x(10, true)}, 1},
		{metric.Wanted{Name: "SUM_CONTACTS_ABANDONED_IN_X", Threshold: x(31, false)}, 1},
		{metric.Wanted{Name: "CONTACTS_REMOVED_FROM_QUEUE_IN_X", Threshold: x(20, true)}, 2},
		{metric.Wanted{Name: "CONTACTS_RESOLVED_IN_X", Threshold: x(30, true)}, 2},
		{metric.Wanted{Name: "SERVICE_LEVEL", Threshold: x(20, true)}, 200. / 3},
		{metric.Wanted{Name: "ABANDONMENT_RATE"}, 100. / 3},
		{metric.Wanted{Name: "AVG_QUEUE_ANSWER_TIME"}, 10},
		{metric.Wanted{Name: "AVG_ABANDON_TIME"}, 30},
		{metric.Wanted{Name: "MAX_QUEUED_TIME"}, 30},
		{metric.Wanted{Name: "AVG_CONTACT_DURATION"}, (112 + 34 + 26 + 8) / 4.},
		{metric.Wanted{Name: "AVG_RESOLUTION_TIME"}, (142 + 34 + 26 + 8) / 4.},
		{metric.Wanted{Name: "SUM_HANDLE_TIME"}, 130},
		{metric.Wanted{Name: "AVG_HANDLE_TIME"}, 130},
		{metric.Wanted{Name: "AVG_ACTIVE_TIME"}, 90},
		{metric.Wanted{Name: "AVG_AGENT_PAUSE_TIME"}, 40},
		{metric.Wanted{Name: "SUM_INTERACTION_TIME"}, 60},
		{metric.Wanted{Name: "AVG_AFTER_CONTACT_WORK_TIME"}, 30},
		{metric.Wanted{Name: "SUM_CONTACT_FLOW_TIME"}, 2 + 4 + 6 + 8},
		{metric.Wanted{Name: "AVG_HOLD_TIME"}, 0},
	}
	for _, tt := range tests {
		var tally metric.Tally
		for _, c := range records {
			tally.Add(tt.w, c)
		}
		if v, ok := tally.Value(tt.w.Name); v != tt.want || !ok {
			t.Errorf("%s %v = %g, %t, want %g", tt.w.Name, tt.w.Threshold, v, ok, tt.want)
		}
	}
	for name, want := range map[metric.Name]bool{"CONTACTS_QUEUED": true, "AVG_HANDLE_TIME": false, "SERVICE_LEVEL": false, "MAX_QUEUED_TIME": false} {
		if _, ok := new(metric.Tally).Value(name); ok != want {
			t.Errorf("%s of nothing has a value: %t, want %t", name, ok, want)
		}
	}
}

func TestHistoricalMetricsAreChecked(t *testing.T) {
	some := &metric.Threshold{Within: time.Second}
	for _, tt := range []struct {
		name metric.Name
		x    *metric.Threshold
		kind fault.Kind
	}{
		{"SERVICE_LEVEL", nil, fault.Invalid}, {"CONTACTS_QUEUED", some, fault.Invalid}, {"AGENT_OCCUPANCY", nil, fault.Unsupported},
	} {
		if err := metric.CheckHistory(tt.name, tt.x); !fault.Is(err, tt.kind) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if err := metric.CheckHistory("SERVICE_LEVEL", some); err != nil {
		t.Error(err)
	}
}

func TestIntervals(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 29, 1, 40, 10, 0, time.UTC) // 3:40 on the Sunday on which the clock skips 2 o'clock
	whole := metric.Span{Start: at.Add(-30 * 24 * time.Hour), End: at.Add(24 * time.Hour), Zone: berlin}
	utc := func(day, hour, minute int) time.Time { return time.Date(2026, 3, day, hour, minute, 0, 0, time.UTC) }
	for _, tt := range []struct {
		period   metric.Period
		from, to time.Time
	}{
		{metric.QuarterHour, utc(29, 1, 30), utc(29, 1, 45)},
		{metric.HalfHour, utc(29, 1, 30), utc(29, 2, 0)},
		{metric.Hour, utc(29, 1, 0), utc(29, 2, 0)},
		{metric.Day, utc(28, 23, 0), utc(29, 22, 0)},
		{metric.Week, utc(22, 23, 0), utc(29, 22, 0)},
		{metric.Total, whole.Start, whole.End},
	} {
		s := whole
		s.Period = tt.period
		if from, to := s.Interval(at); !from.Equal(tt.from) || !to.Equal(tt.to) {
			t.Errorf("%s: %v to %v, want %v to %v", tt.period, from, to, tt.from, tt.to)
		}
	}
	narrow := metric.Span{Start: at.Add(-time.Minute), End: at.Add(time.Minute), Period: metric.Day, Zone: berlin}
	if from, to := narrow.Interval(at); !from.Equal(narrow.Start) || !to.Equal(narrow.End) {
		t.Errorf("an interval reaches out of its span: %v to %v", from, to)
	}
}

func TestSpansThatAreRefused(t *testing.T) {
	now := after(0)
	for name, s := range map[string]metric.Span{
		"empty":         {Start: now, End: now, Period: metric.Total},
		"future":        {Start: now, End: now.Add(time.Second), Period: metric.Total},
		"many hours":    {Start: now.Add(-73 * time.Hour), End: now, Period: metric.Hour},
		"too many days": {Start: now.Add(-36 * 24 * time.Hour), End: now, Period: metric.Day},
	} {
		if err := s.Check(now); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := (metric.Span{Start: now.Add(-35 * 24 * time.Hour), End: now, Period: metric.Week}).Check(now); err != nil {
		t.Error(err)
	}
}
