package flow

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestScanReference(t *testing.T) {
	tests := []struct {
		in   string
		want path // nil: no reference
		rest string
	}{
		{"$.Attributes.tier", path{"Attributes", "tier"}, ""},
		{"$.Attributes.sfdc-RTT_flag__c", path{"Attributes", "sfdc-RTT_flag__c"}, ""},
		{"$.Attributes.['first name']", path{"Attributes", "first name"}, ""},
		{"$.SegmentAttributes['connect:Subtype']", path{"SegmentAttributes", "connect:Subtype"}, ""},
		{`$.Tags["aws:connect:instanceId"]`, path{"Tags", "aws:connect:instanceId"}, ""},
		{"$['AwsRegion']", path{"AwsRegion"}, ""},
		{"$.External.items[0].id", path{"External", "items", "0", "id"}, ""},
		{"$.External.items.0.id", path{"External", "items", "0", "id"}, ""},
		{"$.AwsRegion:123", path{"AwsRegion"}, ":123"},
		{"$.Attributes.name.", path{"Attributes", "name"}, "."},
		{"$.Attributes.name and", path{"Attributes", "name"}, " and"},
		{"$.Attributes.name様", path{"Attributes", "name"}, "様"},
		{"$.Attributes['a]b']", path{"Attributes", "a]b"}, ""},
		{"$.Attributes['open", path{"Attributes"}, "['open"},
		{"$.Attributes['']", path{"Attributes"}, "['']"},
		{"$.Attributes[]", path{"Attributes"}, "[]"},
		{"$.Attributes.[0]", path{"Attributes"}, ".[0]"},
		{"$.Attributes[*]", path{"Attributes"}, "[*]"},
		{"$..name", nil, "$..name"},
		{"$", nil, "$"},
		{"$5", nil, "$5"},
		{"$.", nil, "$."},
		{"tier", nil, "tier"},
		{"", nil, ""},
	}
	for _, tt := range tests {
		got, n := scanReference(tt.in)
		if diff := cmp.Diff(tt.want, got); diff != "" || tt.in[n:] != tt.rest {
			t.Errorf("scanReference(%q) = %q and %q remains, want %q and %q", tt.in, got, tt.in[n:], tt.want, tt.rest)
		}
	}
}

func TestReferencesInText(t *testing.T) {
	sc := &scope{
		ContactID: "c-2", InitialContactID: "c-1", PreviousContactID: "c-0", Name: "Call back", Description: "soon",
		Channel: "TASK", InitiationMethod: "API", InstanceARN: "arn:i", Region: "eu-west-1",
		Queue:      struct{ Name, ARN string }{"Alpha", "arn:q"},
		Attributes: map[string]string{"tier": "gold", "first name": "Ann", "void": ""},
		References: map[string]struct{ Value, Type string }{"order": {Value: "https://shop/1", Type: "URL"}},
	}
	tests := []struct{ in, want string }{
		{"Hello $.Attributes.['first name'].", "Hello Ann."},
		{"[$.Attributes.tier] $.Name", "[gold] Call back"},
		{"arn:aws:lambda:$.AwsRegion:1", "arn:aws:lambda:eu-west-1:1"},
		{"$.ContactId $.InitialContactId $.PreviousContactId", "c-2 c-1 c-0"},
		{"$.Description/$.Channel/$.InitiationMethod/$.InstanceARN", "soon/TASK/API/arn:i"},
		{"$.Queue.Name=$.Queue.ARN", "Alpha=arn:q"},
		{"$.References.order.Value ($.References.order.Type)", "https://shop/1 (URL)"},
		{"<$.Attributes.Tier$.Attributes.void$.Attributes$.Queue.Size$.Queue>", "<>"},
		{"<$.References.order$.References.order.Size$.References.gone.Value$.Attributes.a.b>", "<>"},
		{"<$.Nothing$.Nothing.more$.External.a.b.c.d>", "<>"},
		{"costs $5, $.", "costs $5, $."},
		{"", ""},
	}
	for _, tt := range tests {
		if got := parseText(tt.in).text(&view{&State{}, sc}); got != tt.want {
			t.Errorf("text %q resolves to %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestValueIsOneReferenceOrLiteral(t *testing.T) {
	sc := &scope{Attributes: map[string]string{"q": "q-a"}}
	for in, want := range map[string]string{
		"$.Attributes.q":    "q-a",
		"q-$.Attributes.q":  "q-$.Attributes.q",
		"$.Attributes.q ":   "$.Attributes.q ",
		"$.Attributes.gone": "",
		"q-b":               "q-b",
	} {
		if got := parseValue(in).text(&view{&State{}, sc}); got != want {
			t.Errorf("value %q resolves to %q, want %q", in, got, want)
		}
	}
}

// The pieces of a text are the text: literals stand as written and references cover the rest.
func FuzzReferences(f *testing.F) {
	for _, s := range []string{"$.A.b", "x $['y'] $.z[0]\"", "$.['a']$.$$.b", `$["]`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		rest := s
		for _, p := range parseText(s) {
			size := len(p.text)
			if p.path != nil {
				var again path
				if again, size = scanReference(rest); !cmp.Equal(again, p.path) {
					t.Fatalf("%q: at %q stands %q, not %q", s, rest, again, p.path)
				}
			} else if !strings.HasPrefix(rest, p.text) {
				t.Fatalf("%q: at %q does not stand %q", s, rest, p.text)
			}
			rest = rest[size:]
		}
		if rest != "" {
			t.Fatalf("%q: nothing covers %q", s, rest)
		}
	})
}
