package contact

import (
	"strings"
	"testing"

	"github.com/tasklane/tasklane/internal/fault"
)

func TestMerge(t *testing.T) {
	c := &Chain{Attributes: map[string]string{"a": "1", "b": "2"}}
	if err := c.Merge(map[string]string{"b": "3", "c": ""}); err != nil {
		t.Fatal(err)
	}
	if c.Attributes["a"] != "1" || c.Attributes["b"] != "3" || len(c.Attributes) != 3 {
		t.Errorf("Attributes = %v, want a=1 b=3 c=", c.Attributes)
	}
}

func TestAttributesAreBounded(t *testing.T) {
	full := strings.Repeat("ä", (MaxAttributeBytes-1)/2) + "x" // one byte for the key
	c := &Chain{}
	if err := c.Merge(map[string]string{"k": full[:len(full)-1]}); err != nil {
		t.Errorf("Merge of %d bytes: %v", len(full), err)
	}
	if err := c.Merge(map[string]string{"k": full}); err != nil {
		t.Errorf("Merge of %d bytes: %v", MaxAttributeBytes, err)
	}
	before := c.Attributes["k"]
	if err := c.Merge(map[string]string{"k": full + "y"}); !fault.Is(err, fault.Invalid) || c.Attributes["k"] != before {
		t.Errorf("Merge of one byte more = %v, want it refused and nothing changed", err)
	}
}

func TestCheckKeys(t *testing.T) {
	for key, ok := range map[string]bool{"a-Z_9": true, "a b": false, "ä": false, "a.b": false, "": false} {
		if err := CheckKeys(map[string]string{key: "v"}); (err == nil) != ok {
			t.Errorf("CheckKeys(%q) = %v, want ok %t", key, err, ok)
		}
	}
}

func TestThirteenthLinkIsRefused(t *testing.T) {
	c := &Chain{}
	for range 12 {
		if err := c.Join(12); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Join(12); !fault.Is(err, fault.Quota) || c.Linked != 12 {
		t.Errorf("Join = %v with %d linked, want a quota fault and 12", err, c.Linked)
	}
}

func TestThirteenthTransferIsRefused(t *testing.T) {
	c := &Chain{}
	for range 12 {
		if err := c.Transfer(12); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Transfer(12); !fault.Is(err, fault.Quota) || c.Transfers != 12 {
		t.Errorf("Transfer = %v after %d, want a quota fault and 12", err, c.Transfers)
	}
	if err := c.Transfer(0); err != nil || c.Transfers != 13 {
		t.Errorf("Transfer without a limit = %v after %d, want 13", err, c.Transfers)
	}
	if err := c.Join(0); err != nil || c.Linked != 1 {
		t.Errorf("Join without a limit = %v with %d linked, want 1", err, c.Linked)
	}
}

func TestReferencesCheck(t *testing.T) {
	tests := []struct {
		name string
		refs References
		ok   bool
	}{
		{"none", nil, true},
		{"each type", References{
			"u": {Type: ReferenceURL, Value: "https://example.com"}, "n": {Type: ReferenceNumber, Value: "42.5"}, "s": {Type: ReferenceString, Value: "x"},
			"d": {Type: ReferenceDate, Value: "1795440509"}, "e": {Type: ReferenceEmail, Value: "a@example.com"},
		}, true},
		{"attachment", References{"a": {Type: "ATTACHMENT", Value: "x"}}, false},
		{"no value", References{"a": {Type: ReferenceString, Value: ""}}, false},
		{"date in words", References{"a": {Type: ReferenceDate, Value: "tomorrow"}}, false},
		{"full", References{"k": {Type: ReferenceString, Value: strings.Repeat("x", MaxReferenceBytes-1)}}, true},
		{"one byte more", References{"k": {Type: ReferenceString, Value: strings.Repeat("x", MaxReferenceBytes)}}, false},
	}
	for _, tt := range tests {
		if err := tt.refs.Check(); (err == nil) != tt.ok || err != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: Check = %v, want ok %t", tt.name, err, tt.ok)
		}
	}
}
