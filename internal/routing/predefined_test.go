package routing

import (
	"testing"

	"github.com/tasklane/tasklane/internal/fault"
)

func TestPredefinedAttributeIsChecked(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		give PredefinedAttribute
		ok   bool
	}{
		{"no values", PredefinedAttribute{Name: "tier"}, true},
		{"values", PredefinedAttribute{Name: "tier", Values: []string{"gold", "silver"}}, true},
		{"Amazon's name", PredefinedAttribute{Name: "aws:tier"}, false},
		{"Connect's name", PredefinedAttribute{Name: "connect:Language"}, false},
		{"Connect's name in another case", PredefinedAttribute{Name: "Connect:Language"}, false},
		{"a prefix further on", PredefinedAttribute{Name: "my aws:tier"}, true},
		{"a value twice", PredefinedAttribute{Name: "tier", Values: []string{"gold", "gold"}}, false},
		{"a value in two cases", PredefinedAttribute{Name: "tier", Values: []string{"gold", "silver", "Gold"}}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.give.Check()
			if tt.ok && err != nil || !tt.ok && !fault.Is(err, fault.Invalid) {
				t.Errorf("Check() = %v, want ok: %t", err, tt.ok)
			}
		})
	}
}

func TestOnlyEnforcedValuesAreRefused(t *testing.T) {
	t.Parallel()
	free := PredefinedAttribute{Values: []string{"gold"}}
	strict := PredefinedAttribute{Values: []string{"gold"}, Enforced: true}
	for value, want := range map[string]bool{"gold": true, "Gold": false, "lead": false, "": false} {
		if !free.Allows(value) {
			t.Errorf("Allows(%q) without enforcement = false", value)
		}
		if got := strict.Allows(value); got != want {
			t.Errorf("Allows(%q) with enforcement = %t, want %t", value, got, want)
		}
	}
}
