package contact

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestWords(t *testing.T) {
	tests := []struct {
		text   string
		want   []string
		phrase string
	}{
		{"Refund for order A-1009", []string{"refund", "for", "order", "a", "1009"}, " refund for order a 1009 "},
		{"  ÜBER\tŁódź, 東京! ", []string{"über", "łódź", "東京"}, " über łódź 東京 "},
		{"cafe\u0301 100%", []string{"cafe\u0301", "100"}, " cafe\u0301 100 "},
		{"?! -- %_", nil, " "},
		{"", nil, " "},
	}
	for _, tt := range tests {
		got := Words(tt.text)
		if len(got) != len(tt.want) || len(got) > 0 && !cmp.Equal(got, tt.want) {
			t.Errorf("Words(%q) = %q, want %q", tt.text, got, tt.want)
		}
		if got := Phrase(tt.text); got != tt.phrase {
			t.Errorf("Phrase(%q) = %q, want %q", tt.text, got, tt.phrase)
		}
	}
}

func TestTerms(t *testing.T) {
	long := strings.Repeat("x", 129)
	c := &Contact{
		Name: "Call call back " + long, External: true,
		Segment: map[string]string{"tier": "Gold", long: "v", "long": long},
		Tags:    map[string]string{"team": "A"},
	}
	want := []string{"kteam", "s15:connect:Subtypeconnect:externaltask", "s4:tiergold", "t4:teamA", "wback", "wcall"}
	if diff := cmp.Diff(want, c.Terms()); diff != "" {
		t.Errorf("Terms of a contact (-want +got):\n%s", diff)
	}
	chain := &Chain{Attributes: map[string]string{"tier": "Gold", "empty": "", long: "v", "long": long}}
	if diff := cmp.Diff([]string{"a4:tiergold", "a5:empty"}, chain.Terms()); diff != "" {
		t.Errorf("Terms of a chain (-want +got):\n%s", diff)
	}
}

// TestMostContactsAreToldByTheLackOfATerm has a task of the usual subtype lack what every other contact has.
func TestMostContactsAreToldByTheLackOfATerm(t *testing.T) {
	subtype, hasSubtype := SegmentTerms(SegmentSubtype, SubtypeTask)
	channel, hasChannel := ChannelTerm(Task)
	if hasSubtype || hasChannel {
		t.Fatalf("terms %q and %q are had, want them lacking", subtype, channel)
	}
	lacks := func(c *Contact, terms ...string) bool {
		return !slices.ContainsFunc(c.Terms(), func(term string) bool { return slices.Contains(terms, term) })
	}
	for _, tt := range []struct {
		c               Contact
		subtype         string
		isPlain, isTask bool
		has             []string
	}{
		{Contact{}, SubtypeTask, true, true, nil},
		{Contact{Channel: Task, External: true}, SubtypeExternalTask, false, true, nil},
		{Contact{Channel: Voice, External: true, Method: MethodTransfer}, SubtypeExternalAudio, false, false, []string{"h", "hVOICE"}},
		{Contact{Channel: Chat, External: true}, "connect:Chat", false, false, []string{"h", "hCHAT"}},
	} {
		if got := tt.c.Subtype(); got != tt.subtype {
			t.Errorf("%+v: subtype %s, want %s", tt.c, got, tt.subtype)
		}
		if lacks(&tt.c, subtype...) != tt.isPlain || lacks(&tt.c, channel) != tt.isTask {
			t.Errorf("%s: terms %q", tt.subtype, tt.c.Terms())
		}
		for _, term := range tt.has {
			if !slices.Contains(tt.c.Terms(), term) {
				t.Errorf("%s: terms %q lack %s", tt.subtype, tt.c.Terms(), term)
			}
		}
		if own, has := SegmentTerms(SegmentSubtype, tt.subtype); has && !slices.Contains(tt.c.Terms(), own[0]) {
			t.Errorf("%s: terms %q lack %q", tt.subtype, tt.c.Terms(), own)
		}
	}
}

// TestTermsAreOfOnePair: no two attributes share a term.
func TestTermsAreOfOnePair(t *testing.T) {
	text := rapid.StringMatching(`[0-9:a]{0,4}`)
	rapid.Check(t, func(t *rapid.T) {
		k1, v1, k2, v2 := text.Draw(t, "k1"), text.Draw(t, "v1"), text.Draw(t, "k2"), text.Draw(t, "v2")
		if (AttributeTerm(k1, v1) == AttributeTerm(k2, v2)) != (k1 == k2 && v1 == v2) {
			t.Errorf("%q=%q and %q=%q have the terms %q and %q", k1, v1, k2, v2, AttributeTerm(k1, v1), AttributeTerm(k2, v2))
		}
	})
}

func TestIDsOfATimeLieBetweenItsBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.UnixMicro(rapid.Int64Range(1_000_000, 250_000_000_000_000_000).Draw(t, "time")) // to the year 9892
		id := NewID(at)
		if id < FirstID(at) || id > LastID(at) || id <= LastID(at.Add(-time.Millisecond)) || id >= FirstID(at.Add(time.Millisecond)) {
			t.Errorf("NewID = %s, bounds %s and %s", id, FirstID(at), LastID(at))
		}
	})
	if got := FirstID(time.Unix(-5, 0)); got != "00000000-0000-0000-0000-000000000000" {
		t.Errorf("FirstID before 1970 = %s", got)
	}
}

// What is as long as a search can ask for has a term, in characters and not in bytes; what is longer has none.
func TestTermsAreAsLongAsSearchesCanAskFor(t *testing.T) {
	t.Parallel()
	chars := func(n int) string { return strings.Repeat("ä", n) }
	segment := func(key, value int) []string {
		return (&Contact{Segment: map[string]string{chars(key): chars(value)}}).Terms()
	}
	attribute := func(key, value int) []string {
		return (&Chain{Attributes: map[string]string{chars(key): chars(value)}}).Terms()
	}
	for _, tt := range []struct {
		name string
		got  []string
		want int
	}{
		{"a word of 128", (&Contact{Name: chars(128)}).Terms(), 1},
		{"a word of 129", (&Contact{Name: chars(129)}).Terms(), 0},
		{"a segment attribute of 64 and 128", segment(64, 128), 1},
		{"a segment attribute of 65", segment(65, 1), 0},
		{"a segment attribute with a value of 129", segment(1, 129), 0},
		{"an attribute of 100 and 100", attribute(100, 100), 1},
		{"an attribute of 101", attribute(101, 1), 0},
		{"an attribute with a value of 101", attribute(1, 101), 0},
		{"tags without a name, two terms each", (&Contact{Tags: map[string]string{"a": "1", "b": "2"}}).Terms(), 4},
	} {
		if len(tt.got) != tt.want {
			t.Errorf("%s: terms %q, want %d", tt.name, tt.got, tt.want)
		}
	}
}

func TestTermsOfPreferredAgentsAndGroups(t *testing.T) {
	t.Parallel()
	c := &Contact{
		Hierarchy: []string{"g-1", "g-2"},
		Criteria:  &Criteria{Steps: []Step{{Expression: Expression{Attribute: &Condition{AgentIDs: []string{"ann"}}}}}},
	}
	if diff := cmp.Diff([]string{"g1:1g-1", "g1:2g-2", "pann"}, c.Terms()); diff != "" || GroupTerm(2, "g-2") != "g1:2g-2" || PreferredTerm("ann") != "pann" {
		t.Errorf("Terms (-want +got):\n%s", diff)
	}
}
