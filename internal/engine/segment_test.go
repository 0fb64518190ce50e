package engine

import (
	"strings"
	"testing"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/fault"
)

func TestSegmentAttributesMustBePredefined(t *testing.T) {
	t.Parallel()
	c := &tenant{catalog: newCatalog()}
	for name, body := range map[string]string{
		"tier":  `{"values":["gold","silver"],"enforced":true}`,
		"order": `{"values":["none"]}`,
		"never": `{"values":null,"enforced":true}`,
	} {
		if err := c.catalog.put(Resource{Kind: arn.PredefinedAttribute, ID: "id of " + name, Name: name, Body: []byte(body)}); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name string
		give map[string]string
		says string // empty: allowed
	}{
		{"nothing", nil, ""},
		{"a listed value", map[string]string{"tier": "gold", "order": "1234"}, ""},
		{"any value where none is enforced", map[string]string{"order": ""}, ""},
		{"an unknown name", map[string]string{"tier": "gold", "colour": "red"}, "colour"},
		{"the id in place of the name", map[string]string{"id of tier": "gold"}, "id of tier"},
		{"a value that is not listed", map[string]string{"order": "1", "tier": "lead"}, `"lead" is not a value of the predefined attribute tier`},
		{"another case", map[string]string{"tier": "Gold"}, "tier"},
		{"no value is listed", map[string]string{"never": "x"}, "never"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := c.checkSegment(tt.give)
			switch {
			case tt.says == "" && err != nil:
				t.Errorf("checkSegment(%v) = %v", tt.give, err)
			case tt.says != "" && (!fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), tt.says)):
				t.Errorf("checkSegment(%v) = %v, want a fault that says %s", tt.give, err, tt.says)
			}
		})
	}
}
