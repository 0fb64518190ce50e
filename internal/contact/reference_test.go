package contact

import (
	"strings"
	"testing"
	"time"
)

// places are references of type STRING, in this order.
func places(names ...string) References {
	out := References{}
	for i, name := range names {
		out[name] = Reference{Type: ReferenceString, Value: name, Place: int64(10 * (i + 1))}
	}
	return out
}

func TestReferencesAreInTheirOrder(t *testing.T) {
	unplaced := References{"zebra": {}, "ant": {}}
	mixed := places("second")
	mixed["none"], mixed["again"] = Reference{}, Reference{Place: 10}
	for _, tt := range []struct {
		name string
		all  References
		want string
	}{
		{"as given", places("Order", "Amount", "Zone"), "Order Amount Zone"},
		{"by name without places", unplaced, "ant zebra"},
		{"by name at equal places, those without one last", mixed, "again second none"},
		{"none", nil, ""},
	} {
		if got := strings.Join(tt.all.Ordered(), " "); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := places("a").InOrder(nil)["a"].Place; got != 0 {
		t.Errorf("a reference that is not in the list has place %d, want none", got)
	}
	if got := References(nil).InOrder([]string{"a"}); got != nil {
		t.Errorf("InOrder of no references = %v", got)
	}
	if got := strings.Join(unplaced.InOrder([]string{"zebra", "ant"}).Ordered(), " "); got != "zebra ant" {
		t.Errorf("InOrder: %q", got)
	}
}

func TestChangedReferencesKeepTheirPlaces(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	for _, tt := range []struct {
		name   string
		before References
		edit   Edit
		want   string
	}{
		{"a new one comes last", places("Order", "Amount"), Edit{References: places("Aisle")}, "Order Amount Aisle"},
		{"new ones in their order", places("b"), Edit{References: places("z", "a")}, "b z a"},
		{"one that is replaced", places("Order", "Amount", "Zone"), Edit{References: places("Zone", "Order")}, "Order Amount Zone"},
		{"one that goes", places("Order", "Amount", "Zone"), Edit{Removed: []string{"Amount"}, References: places("Best")}, "Order Zone Best"},
		{"without places before", References{"b": {Type: ReferenceString, Value: "1"}}, Edit{References: places("a")}, "b a"},
	} {
		c := &Contact{References: tt.before}
		if _, err := c.Edit(tt.edit, now); err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		c.Attach("aa.pdf", Reference{Value: "file"}, now)
		if got := strings.Join(c.References.Ordered(), " "); got != tt.want+" aa.pdf" {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want+" aa.pdf")
		}
	}
}

// A reference that is replaced keeps its place, and so do the others; a new one makes all places anew.
func TestReplacedReferenceKeepsItsPlace(t *testing.T) {
	before := places("Order", "Amount")
	for _, tt := range []struct {
		name string
		more References
		want map[string]int64
	}{
		{"replaced", References{"Amount": {Type: ReferenceNumber, Value: "1", Place: 7}}, map[string]int64{"Order": 10, "Amount": 20}},
		{"new", References{"Zone": {Type: ReferenceString, Value: "1"}}, map[string]int64{"Order": 1, "Amount": 2, "Zone": 3}},
	} {
		for name, ref := range before.with(tt.more) {
			if ref.Place != tt.want[name] {
				t.Errorf("%s: %s has place %d, want %d", tt.name, name, ref.Place, tt.want[name])
			}
		}
	}
}
