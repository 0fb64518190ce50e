package contact

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A search finds contacts by terms: the words of their names, their tags and segment attributes, the agents whom their
// routing criteria prefer, the hierarchy groups of the agent who had them, and the attributes of their chain. A term is one string, so that one index holds all of them.
const (
	wordTerm      = "w"
	attributeTerm = "a"
	segmentTerm   = "s"
	tagTerm       = "t"
	tagKeyTerm    = "k"
	preferredTerm = "p"
	groupTerm     = "g"
	channelTerm   = "h"
)

// What is longer than a search can ask for has no term, in characters
// (https://docs.aws.amazon.com/connect/latest/APIReference/API_SearchCriteria.html).
const (
	maxWord           = 128
	maxAttributeKey   = 100
	maxAttributeValue = 100
	maxSegmentKey     = 64
	maxSegmentValue   = 128
)

// Words splits a text into the words it is found by: runs of letters, marks and digits, in lower case.
func Words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r)
	})
}

// Phrase is a text as names are compared with it: its words with one space between and around them. A name has a
// phrase when the phrase of the name contains it.
func Phrase(text string) string {
	words := Words(text)
	if len(words) == 0 {
		return " "
	}
	return " " + strings.Join(words, " ") + " "
}

// WordTerm is the term of a word of a name.
func WordTerm(word string) string { return wordTerm + word }

// AttributeTerm is the term of a user-defined attribute. The case of the value does not count.
func AttributeTerm(key, value string) string { return pair(attributeTerm, key, strings.ToLower(value)) }

// SegmentTerms are the terms of a segment attribute with a value: a contact has the value when it has them. For has
// false it has the value when it lacks all of them, as most tasks are of one subtype.
func SegmentTerms(key, value string) (terms []string, has bool) {
	if key == SegmentSubtype {
		return subtypeTerms(value)
	}
	return []string{pair(segmentTerm, key, strings.ToLower(value))}, true
}

// TagTerm is the term of a tag.
func TagTerm(key, value string) string { return pair(tagTerm, key, value) }

// TagKeyTerm is the term of a tag of whatever value.
func TagKeyTerm(key string) string { return tagKeyTerm + key }

// PreferredTerm is the term of an agent whom the routing criteria prefer.
func PreferredTerm(agent string) string { return preferredTerm + agent }

// GroupTerm is the term of a hierarchy group that the contact's agent was in, on a level from 1 on.
func GroupTerm(level int, group string) string { return pair(groupTerm, strconv.Itoa(level), group) }

// pair makes a term of which no other key and value is made.
func pair(kind, key, value string) string { return kind + strconv.Itoa(len(key)) + ":" + key + value }

// Terms are what the contact itself is found by, each once, sorted.
func (c *Contact) Terms() []string {
	words := Words(c.Name)
	terms := make([]string, 0, len(words)+len(c.Segment)+2*len(c.Tags))
	for _, w := range words {
		if utf8.RuneCountInString(w) <= maxWord {
			terms = append(terms, WordTerm(w))
		}
	}
	for k, v := range c.Segment {
		if utf8.RuneCountInString(k) <= maxSegmentKey && utf8.RuneCountInString(v) <= maxSegmentValue {
			some, _ := SegmentTerms(k, v)
			terms = append(terms, some...)
		}
	}
	if some, has := SegmentTerms(SegmentSubtype, c.Subtype()); has {
		terms = append(terms, some...)
	}
	if term, has := ChannelTerm(c.On()); has {
		terms = append(terms, channelTerm, term)
	}
	for k, v := range c.Tags {
		terms = append(terms, TagTerm(k, v), TagKeyTerm(k))
	}
	for _, agent := range c.Criteria.Preferred() {
		terms = append(terms, PreferredTerm(agent))
	}
	for i, group := range c.Hierarchy {
		terms = append(terms, GroupTerm(i+1, group))
	}
	slices.Sort(terms)
	return slices.Compact(terms)
}

// Terms are what every contact of the chain is found by, each once, sorted.
func (c *Chain) Terms() []string {
	terms := make([]string, 0, len(c.Attributes))
	for k, v := range c.Attributes {
		if utf8.RuneCountInString(k) <= maxAttributeKey && utf8.RuneCountInString(v) <= maxAttributeValue {
			terms = append(terms, AttributeTerm(k, v))
		}
	}
	slices.Sort(terms)
	return slices.Compact(terms)
}
