package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tasklane/tasklane/internal/engine"
)

// TestSearchesUseAnIndex: whichever way a search reads, SQLite finds its way by an index and by as much of its key as
// it could, never by going through all contacts.
func TestSearchesUseAnIndex(t *testing.T) {
	s := openSQLite(t)
	const instance = "i"
	during := engine.TimeRange{Moment: engine.Initiation, From: s.Now().Add(-time.Hour), To: s.Now().Add(time.Hour)}
	enqueued := during
	enqueued.Moment = engine.Enqueue
	gold := engine.Pairs{Match: engine.MatchAny, Of: []engine.Pair{{Key: "tier", Values: []string{"gold"}}}}
	tests := []struct {
		name string
		in   engine.Search
		want string // a step of the plan
	}{
		{"time", engine.Search{}, "contact_1 (instance_id=? AND id>? AND id<?)"},
		{"queue and time", engine.Search{Queues: []string{"q"}}, "contact_queue (instance_id=? AND queue_id=? AND id>? AND id<?)"},
		{"queue and time of enqueueing", engine.Search{During: enqueued, Queues: []string{"q"}}, "contact_enqueued (instance_id=? AND enqueued_at>? AND enqueued_at<?)"},
		{"queue, sorted by enqueueing", engine.Search{During: enqueued, Queues: []string{"q"}, By: engine.Enqueue}, "contact_queue (instance_id=? AND queue_id=? AND id>? AND id<?)"},
		{"agents", engine.Search{Agents: []string{"a", "b"}}, "contact_agent (instance_id=? AND agent_id=? AND id>? AND id<?)"},
		{"name", engine.Search{Name: engine.Names{Match: engine.MatchAll, Texts: []string{"refund"}}}, "term_1 (instance_id=? AND term=? AND contact_id>? AND contact_id<?)"},
		{"names", engine.Search{Name: engine.Names{Match: engine.MatchAny, Texts: []string{"refund", "call back"}}}, "term_1 (instance_id=? AND term=? AND contact_id>? AND contact_id<?)"},
		{"attribute", engine.Search{Attributes: gold}, "term_1 (instance_id=? AND term=? AND contact_id>? AND contact_id<?)"},
		{"attribute, sorted by expiry", engine.Search{Attributes: gold, By: engine.Expiry}, "term_1 (instance_id=? AND term=? AND contact_id>? AND contact_id<?)"},
		{"attribute and queue", engine.Search{Attributes: gold, Queues: []string{"q"}}, "term_1 (instance_id=? AND term=? AND contact_id>? AND contact_id<?)"},
		{"tags", engine.Search{Tags: [][]engine.Tag{{{Key: "a"}}, {{Key: "b"}}}}, "term_1 (instance_id=? AND term=? AND contact_id>? AND contact_id<?)"},
		{"no name", engine.Search{Name: engine.Names{Match: engine.MatchNone, Texts: []string{"refund"}}}, "contact_1 (instance_id=? AND id>? AND id<?)"},
	}
	for _, tt := range tests {
		for _, most := range []int{0, 2000} {
			s.GatherMost(most)
			if tt.in.During.Moment == "" {
				tt.in.During = during
			}
			if tt.in.By == "" {
				tt.in.By = engine.Initiation
			}
			steps, err := s.Explain(t.Context(), instance, tt.in, &engine.Place{ID: "x"})
			if err != nil {
				t.Fatalf("%s: %v", tt.name, err)
			}
			plan := strings.Join(steps, "\n")
			if !strings.Contains(plan, tt.want) || strings.Contains(plan, "SCAN contact") || strings.Contains(plan, "SCAN c") || strings.Contains(plan, "SCAN t") {
				t.Errorf("%s, gathering up to %d: want %s and no scan in\n%s", tt.name, most, tt.want, plan)
			}
			for _, step := range steps {
				if strings.Contains(step, "(instance_id=?)") {
					t.Errorf("%s, gathering up to %d: all of an instance is read in\n%s", tt.name, most, plan)
				}
			}
		}
	}
}
