package engine

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/metric"
)

// kinds are the dimensions whose values are configuration, by id or ARN.
var kinds = map[metric.Dimension]arn.Kind{
	metric.DimensionQueue: arn.Queue, metric.DimensionProfile: arn.RoutingProfile, metric.DimensionAgent: arn.User,
	metric.HierarchyDimensions[0]: arn.HierarchyGroup, metric.HierarchyDimensions[1]: arn.HierarchyGroup,
	metric.HierarchyDimensions[2]: arn.HierarchyGroup, metric.HierarchyDimensions[3]: arn.HierarchyGroup,
	metric.HierarchyDimensions[4]: arn.HierarchyGroup,
}

// History asks for historical metrics.
type History struct {
	Span    metric.Span
	Filters map[metric.Dimension][]string // values of one dimension are alternatives, dimensions must all hold
	By      []metric.Dimension
	Metrics []metric.Wanted
}

// HistoryRow is one row of historical metrics.
type HistoryRow struct {
	From, To time.Time
	Values   []string // as By; ids of configuration
	ARNs     []string // as By; empty where there is none
	Tallies  []metric.Tally
}

// Key tells a row from the others of its answer, and orders them: by time, then by value.
func (r HistoryRow) Key() string {
	return r.From.UTC().Format(time.RFC3339Nano) + "/" + strings.Join(r.Values, "/")
}

// HistoricalMetrics adds up what has happened to contacts in a span. A group that has had contacts in it has a row for
// every interval, others have none, and what waits in queues that agents own is left out. It fails with [fault.NotFound] for an id that does not exist, and with
// [fault.Invalid] for a span that cannot be asked for.
func (e *Engine) HistoricalMetrics(ctx context.Context, instance string, h History) ([]HistoryRow, error) {
	t, err := e.tenant(instance)
	if err != nil {
		return nil, err
	}
	if err := h.Span.Check(e.Now()); err != nil {
		return nil, err
	}
	filters, err := t.historyFilters(h.Filters)
	if err != nil {
		return nil, err
	}
	rows := map[string]*HistoryRow{}
	moments := map[metric.Moment]bool{}
	for _, w := range h.Metrics {
		if metric.Counted(w.Name) {
			moments[metric.MomentOf(w.Name)] = true
		}
	}
	for m := range moments {
		err := e.store.ContactsDuring(ctx, t.ID, m, h.Span.Start, h.Span.End, func(c *contact.Contact) {
			if t.counts(c, filters) {
				h.add(t, rows, m, c)
			}
		})
		if err != nil {
			return nil, err
		}
	}
	h.complete(rows)
	all := slices.Collect(maps.Values(rows))
	slices.SortFunc(all, func(x, y *HistoryRow) int { return cmp.Compare(x.Key(), y.Key()) })
	out := make([]HistoryRow, len(all))
	for i, r := range all {
		out[i] = *r
	}
	return out, nil
}

// historyFilters finds what the filters name.
func (t *tenant) historyFilters(filters map[metric.Dimension][]string) (map[metric.Dimension]map[string]bool, error) {
	found := map[metric.Dimension]map[string]bool{}
	for d, values := range filters {
		if kind, ok := kinds[d]; ok {
			ids, err := t.resolveAll(kind, values)
			if kind == arn.Queue && fault.Is(err, fault.NotFound) && slices.ContainsFunc(values, t.isAgentQueue) {
				return nil, fault.New(fault.Invalid, "Filters %s: an agent's own queue is not supported", d)
			}
			if err != nil {
				return nil, fault.In("Filters "+string(d), err)
			}
			found[d] = ids
			continue
		}
		found[d] = map[string]bool{}
		for _, v := range values {
			found[d][v] = true
		}
	}
	return found, nil
}

// counts reports whether a contact is one that the filters want.
func (t *tenant) counts(c *contact.Contact, filters map[metric.Dimension]map[string]bool) bool {
	if _, own := t.catalog.get(arn.User, c.Queue); own {
		return false
	}
	for d, values := range filters {
		if !values[t.dimension(c, d)] {
			return false
		}
	}
	return true
}

// dimension is a contact's value of a dimension; empty: it has none. The routing profile is the one that its agent has
// now (docs/divergences.md).
func (t *tenant) dimension(c *contact.Contact, d metric.Dimension) string {
	connected := ""
	if !c.ConnectedToAgent.IsZero() {
		connected = c.Agent
	}
	switch d {
	case metric.DimensionQueue:
		return c.Queue
	case metric.DimensionChannel:
		return string(c.On())
	case metric.DimensionSubtype:
		return c.Subtype()
	case metric.DimensionMethod:
		return string(c.Method)
	case metric.DimensionReason:
		return string(c.Reason)
	case metric.DimensionAgent:
		return connected
	case metric.DimensionProfile:
		if o, ok := t.catalog.get(arn.User, connected); ok {
			return o.value.(*directory.User).RoutingProfile
		}
	}
	if level := slices.Index(metric.HierarchyDimensions[:], d); level >= 0 && level < len(c.Hierarchy) {
		return c.Hierarchy[level]
	}
	return ""
}

// add takes a contact into the row it belongs to; one that lacks a value of a grouping belongs to none.
func (h *History) add(t *tenant, rows map[string]*HistoryRow, m metric.Moment, c *contact.Contact) {
	r := HistoryRow{}
	r.From, r.To = h.Span.Interval(m.Of(c))
	for _, d := range h.By {
		v := t.dimension(c, d)
		if v == "" {
			return
		}
		named := ""
		if kind, ok := kinds[d]; ok {
			named = t.Of(kind, v)
		}
		r.Values, r.ARNs = append(r.Values, v), append(r.ARNs, named)
	}
	row := h.row(rows, r)
	for i, w := range h.Metrics {
		if metric.MomentOf(w.Name) == m {
			row.Tallies[i].Add(w, c)
		}
	}
}

// row finds the row with the same interval and values, and makes it where there is none.
func (h *History) row(rows map[string]*HistoryRow, r HistoryRow) *HistoryRow {
	key := r.Key()
	row := rows[key]
	if row == nil {
		r.Tallies = make([]metric.Tally, len(h.Metrics))
		row = &r
		rows[key] = row
	}
	return row
}

// complete adds the rows of the intervals in which a group had no contacts: half-hours of a day are 48 rows
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_GetMetricDataV2.html).
func (h *History) complete(rows map[string]*HistoryRow) {
	groups := map[string]*HistoryRow{}
	for _, r := range rows {
		groups[strings.Join(r.Values, "/")] = r
	}
	for _, r := range groups {
		for from, to := range h.Span.Intervals() {
			h.row(rows, HistoryRow{From: from, To: to, Values: r.Values, ARNs: r.ARNs})
		}
	}
}
