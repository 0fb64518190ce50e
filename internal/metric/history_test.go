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
		{"SERVICE_LEVEL", nil, fault.Invalid}, {"CONTACTS_IN_QUEUE", some, fault.Invalid},
	} {
		if err := metric.CheckHistory(tt.name, tt.x, nil, nil, nil); !fault.Is(err, tt.kind) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	for _, name := range []metric.Name{"SERVICE_LEVEL", "CONTACTS_QUEUED", "AGENT_OCCUPANCY"} { // of the last two it has no effect
		if err := metric.CheckHistory(name, some, nil, nil, nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestHistoricalMetricsHaveTheirDimensions compares with the numbers counted in the reference: of the metrics that are
// counted here 20 pairs with a grouping by queue, channel, routing profile, agent or level are not valid, no grouping by
// how a contact began or ended is, and 11 filters of a metric's own are.
func TestHistoricalMetricsHaveTheirDimensions(t *testing.T) {
	groupings := []metric.Dimension{
		metric.DimensionQueue, metric.DimensionChannel, metric.DimensionProfile, metric.DimensionAgent, metric.HierarchyDimensions[0],
	}
	counted, groups, ends, own, filters := 0, 0, 0, 0, 0
	for _, name := range metric.HistoricalNames() {
		if !metric.Counted(name) {
			continue
		}
		counted++
		some := &metric.Threshold{Within: time.Second}
		refused := func(groupings, filters, own []metric.Dimension) bool {
			return fault.Is(metric.CheckHistory(name, some, groupings, filters, own), fault.Invalid)
		}
		for _, d := range groupings {
			count(&groups, refused([]metric.Dimension{d}, nil, nil))
			count(&filters, refused(nil, []metric.Dimension{d}, nil))
		}
		for _, d := range []metric.Dimension{metric.DimensionMethod, metric.DimensionReason} {
			count(&ends, refused([]metric.Dimension{d}, nil, nil))
			count(&own, !refused(nil, nil, []metric.Dimension{d}))
		}
	}
	if counted != 39 || groups != 20 || filters != 20 || ends != 78 || own != 11 {
		t.Errorf("%d metrics, %d groupings, %d filters, %d groupings by beginning or end refused, %d own filters taken; want 39, 20, 20, 78, 11",
			counted, groups, filters, ends, own)
	}
	if n := len(metric.HistoricalNames()); n != 149 {
		t.Errorf("%d metrics, want 149", n)
	}
}

func count(n *int, is bool) {
	if is {
		*n++
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
		"three days":    {Start: now.Add(-72 * time.Hour), End: now, Period: metric.Hour},
		"too many days": {Start: now.Add(-36 * 24 * time.Hour), End: now, Period: metric.Day},
		"35 days":       {Start: now.Add(-35 * 24 * time.Hour), End: now, Period: metric.Week},
	} {
		if err := s.Check(now); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, s := range []metric.Span{
		{Start: now.Add(-72*time.Hour + time.Second), End: now, Period: metric.Hour},
		{Start: now.Add(-35*24*time.Hour + time.Second), End: now, Period: metric.Week},
	} {
		if err := s.Check(now); err != nil {
			t.Error(err)
		}
	}
}

// TestIntervalsCoverTheirSpan has each interval begin where the one before ends, also where the clock is put forward
// at midnight (Cairo, Santiago) or back (Azores).
func TestIntervalsCoverTheirSpan(t *testing.T) {
	for _, tt := range []struct {
		zone   string
		from   time.Time
		days   int
		period metric.Period
		want   int
	}{
		{"UTC", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), 1, metric.HalfHour, 48},
		{"UTC", time.Date(2026, 1, 1, 0, 10, 0, 0, time.UTC), 1, metric.HalfHour, 49},
		{"UTC", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), 2, metric.QuarterHour, 192},
		{"Asia/Kathmandu", time.Date(2026, 1, 1, 18, 15, 0, 0, time.UTC), 1, metric.Hour, 24},
		{"Africa/Cairo", time.Date(2026, 4, 20, 22, 0, 0, 0, time.UTC), 10, metric.Day, 11},
		{"America/Santiago", time.Date(2026, 9, 1, 4, 0, 0, 0, time.UTC), 30, metric.Day, 31},
		{"Atlantic/Azores", time.Date(2026, 10, 20, 0, 0, 0, 0, time.UTC), 10, metric.Day, 10},
		{"Europe/Berlin", time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), 34, metric.Week, 6},
		{"Europe/Berlin", time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), 34, metric.Total, 1},
	} {
		zone, err := time.LoadLocation(tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		s := metric.Span{Start: tt.from, End: tt.from.AddDate(0, 0, tt.days), Period: tt.period, Zone: zone}
		n, at := 0, s.Start
		for from, to := range s.Intervals() {
			n++
			if !from.Equal(at) || !to.After(from) || to.After(s.End) {
				t.Fatalf("%s %s: interval %d is %v to %v, want from %v", tt.zone, tt.period, n, from, to, at)
			}
			at = to
		}
		if n != tt.want || !at.Equal(s.End) {
			t.Errorf("%s %s: %d intervals up to %v, want %d up to %v", tt.zone, tt.period, n, at, tt.want, s.End)
		}
	}
}
