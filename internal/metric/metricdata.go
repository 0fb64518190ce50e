package metric

import (
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
)

// Statistic is how GetMetricData, the first operation for historical metrics, says that contacts make one value.
type Statistic string

// The statistics.
const (
	Sum     Statistic = "SUM"
	Max     Statistic = "MAX"
	Average Statistic = "AVG"
)

// Data is a metric of GetMetricData, and the historical metric of GetMetricDataV2 with the same number.
type Data struct {
	Of        Name
	Unit      Unit
	Statistic Statistic

	methods string // how the contacts began, separated by blanks; empty: in whatever way
	reason  contact.Reason
}

// data are the metrics of https://docs.aws.amazon.com/connect/latest/APIReference/API_GetMetricData.html. Tasks are
// consulted about and put on hold by nobody, so that those numbers are 0.
var data = map[Name]Data{
	"ABANDON_TIME":                        {Of: "AVG_ABANDON_TIME", Unit: Seconds, Statistic: Average},
	"AFTER_CONTACT_WORK_TIME":             {Of: "AVG_AFTER_CONTACT_WORK_TIME", Unit: Seconds, Statistic: Average},
	"API_CONTACTS_HANDLED":                {Of: "CONTACTS_HANDLED", Unit: Count, Statistic: Sum, methods: "API"},
	"CALLBACK_CONTACTS_HANDLED":           {Of: "CONTACTS_HANDLED", Unit: Count, Statistic: Sum, methods: "CALLBACK"},
	"CONTACTS_ABANDONED":                  {Of: "CONTACTS_ABANDONED", Unit: Count, Statistic: Sum},
	"CONTACTS_AGENT_HUNG_UP_FIRST":        {Of: "CONTACTS_HANDLED", Unit: Count, Statistic: Sum, reason: contact.ReasonAgent},
	"CONTACTS_CONSULTED":                  {Of: "CONTACTS_PUT_ON_HOLD", Unit: Count, Statistic: Sum},
	"CONTACTS_HANDLED":                    {Of: "CONTACTS_HANDLED", Unit: Count, Statistic: Sum},
	"CONTACTS_HANDLED_INCOMING":           {Of: "CONTACTS_HANDLED", Unit: Count, Statistic: Sum, methods: "INBOUND TRANSFER QUEUE_TRANSFER"},
	"CONTACTS_HANDLED_OUTBOUND":           {Of: "CONTACTS_HANDLED", Unit: Count, Statistic: Sum, methods: "OUTBOUND"},
	"CONTACTS_HOLD_ABANDONS":              {Of: "CONTACTS_HOLD_ABANDONS", Unit: Count, Statistic: Sum},
	"CONTACTS_MISSED":                     {Of: "AGENT_NON_RESPONSE", Unit: Count, Statistic: Sum},
	"CONTACTS_QUEUED":                     {Of: "CONTACTS_QUEUED", Unit: Count, Statistic: Sum},
	"CONTACTS_TRANSFERRED_IN":             {Of: "CONTACTS_QUEUED", Unit: Count, Statistic: Sum, methods: "TRANSFER QUEUE_TRANSFER"},
	"CONTACTS_TRANSFERRED_IN_FROM_QUEUE":  {Of: "CONTACTS_QUEUED", Unit: Count, Statistic: Sum, methods: "QUEUE_TRANSFER"},
	"CONTACTS_TRANSFERRED_OUT":            {Of: "CONTACTS_TRANSFERRED_OUT", Unit: Count, Statistic: Sum},
	"CONTACTS_TRANSFERRED_OUT_FROM_QUEUE": {Of: "CONTACTS_TRANSFERRED_OUT_FROM_QUEUE", Unit: Count, Statistic: Sum},
	"HANDLE_TIME":                         {Of: "AVG_HANDLE_TIME", Unit: Seconds, Statistic: Average},
	"HOLD_TIME":                           {Of: "AVG_HOLD_TIME", Unit: Seconds, Statistic: Average},
	"INTERACTION_AND_HOLD_TIME":           {Of: "AVG_INTERACTION_AND_HOLD_TIME", Unit: Seconds, Statistic: Average},
	"INTERACTION_TIME":                    {Of: "AVG_INTERACTION_TIME", Unit: Seconds, Statistic: Average},
	"OCCUPANCY":                           {Of: "AGENT_OCCUPANCY", Unit: Percent, Statistic: Average},
	"QUEUED_TIME":                         {Of: "MAX_QUEUED_TIME", Unit: Seconds, Statistic: Max},
	"QUEUE_ANSWER_TIME":                   {Of: "AVG_QUEUE_ANSWER_TIME", Unit: Seconds, Statistic: Average},
	"SERVICE_LEVEL":                       {Of: "SERVICE_LEVEL", Unit: Percent, Statistic: Average},
}

// FindData finds a metric of GetMetricData. Unit and statistic may be empty. It fails with [fault.Invalid] for a metric
// that there is not, and for another unit or statistic than it has.
func FindData(n Name, u Unit, s Statistic) (Data, error) {
	d, ok := data[n]
	switch {
	case !ok:
		return d, fault.New(fault.Invalid, "there is no metric %q", n)
	case u != "" && u != d.Unit:
		return d, fault.New(fault.Invalid, "Unit of %s must be %s", n, d.Unit)
	case s != "" && s != d.Statistic:
		return d, fault.New(fault.Invalid, "Statistic of %s must be %s", n, d.Statistic)
	}
	return d, nil
}

// Wanted is the historical metric that is added up; a threshold is for SERVICE_LEVEL.
func (d Data) Wanted(t Threshold) Wanted {
	w := Wanted{Name: d.Of, Threshold: t}
	if d.methods == "" && d.reason == "" {
		return w
	}
	methods := map[contact.Method]bool{}
	for m := range strings.FieldsSeq(d.methods) {
		methods[contact.Method(m)] = true
	}
	w.Only = func(c *contact.Contact) bool {
		return (d.methods == "" || methods[c.Method]) && (d.reason == "" || d.reason == c.Reason)
	}
	return w
}

// dataStep is what times of GetMetricData are multiples of, and dataSpan how far back it looks.
const (
	dataStep = 5 * time.Minute
	dataSpan = day
)

// DataSpan is a span that GetMetricData can be asked for at a time. It fails with [fault.Invalid].
func DataSpan(start, end, now time.Time) (Span, error) {
	s := Span{Start: start, End: end, Period: Total, Zone: time.UTC}
	switch {
	case !start.Equal(start.Truncate(dataStep)):
		return s, fault.New(fault.Invalid, "StartTime must be a multiple of 5 minutes")
	case !end.Equal(end.Truncate(dataStep)):
		return s, fault.New(fault.Invalid, "EndTime must be a multiple of 5 minutes")
	case start.Before(now.Add(-dataSpan)):
		return s, fault.New(fault.Invalid, "StartTime must not be earlier than 24 hours ago")
	case end.Sub(start) >= dataSpan:
		return s, fault.New(fault.Invalid, "The time between StartTime and EndTime must be less than 24 hours")
	}
	return s, nil
}
