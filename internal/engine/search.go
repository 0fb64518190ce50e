package engine

import (
	"context"
	"slices"
	"time"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
)

// Moment is a time in the life of a contact that contacts are searched and sorted by.
type Moment string

// The moments.
const (
	Initiation   Moment = "INITIATION"
	Scheduled    Moment = "SCHEDULED"
	Enqueue      Moment = "ENQUEUE"
	AgentConnect Moment = "AGENT_CONNECT"
	Disconnect   Moment = "DISCONNECT"
	Expiry       Moment = "EXPIRY" // only to sort by
)

// ByMethod sorts by how the contact came to be.
const ByMethod Moment = "METHOD"

// Match says how many of several criteria must hold.
type Match string

// The matches.
const (
	MatchAny   Match = "ANY"
	MatchAll   Match = "ALL"
	MatchExact Match = "EXACT" // of names: one of the texts is the whole name; otherwise as MatchAll
	MatchNone  Match = "NONE"
)

// Search says which contacts are wanted, and in which order. All its criteria must hold; one that is left out asks
// for nothing.
type Search struct {
	During TimeRange

	Name       Names
	Agents     []string // users it was connected to, ids
	Queues     []string // ids
	Methods    []contact.Method
	Channels   []contact.Channel
	Times      Times
	Attributes Pairs
	Segments   Pairs
	// Groups are hierarchy groups, by their level: the agent who had it was in one of those of each level that has any.
	Groups    [directory.MaxLevels][]string
	Preferred []Users // each has users whom its routing criteria prefer
	Tags      [][]Tag // all tags of one of the lists

	By         Moment // ties, and contacts that have no such time, are in the order of their ids
	Descending bool
}

// TimeRange asks for contacts with a moment between two times, both included, to the millisecond.
type TimeRange struct {
	Moment   Moment
	From, To time.Time
}

// Names compares the words of names, whatever their case, with those of texts: a name has a text when it has its
// words one after the other.
type Names struct {
	Match Match
	Texts []string // each has a word
}

// Times are more conditions on times.
type Times struct {
	Match Match
	Of    []TimeCondition
}

// TimeCondition asks for a moment in a range, or for its absence.
type TimeCondition struct {
	TimeRange
	Missing bool // there must be no such time
}

// Pairs asks for attributes. The case of values does not count.
type Pairs struct {
	Match Match
	Of    []Pair
}

// Pair asks for an attribute that has one of some values.
type Pair struct {
	Key    string
	Values []string
}

// Tag asks for a tag, with a value or with any.
type Tag struct {
	Key   string
	Value *string
}

// Users asks for users, by their ids.
type Users struct {
	Match Match
	IDs   []string
}

// Place is a contact's place in the order of a search. Which of At and Text counts depends on the order.
type Place struct {
	At   int64
	Text string
	ID   string
}

// Found is one page of what a search has found.
type Found struct {
	Contacts []*contact.Contact
	Next     *Place // of the last contact of the page; nil when there are no more
}

// SearchContacts returns a page of the contacts that are wanted: those after a place, nil for the first, at most
// limit. Ids of queues and agents may be ARNs; one that does not exist is not found anywhere.
// It fails with [fault.NotFound] for an unknown instance and for ARNs of another.
func (e *Engine) SearchContacts(ctx context.Context, instance string, s Search, after *Place, limit int) (Found, error) {
	t, s, err := e.searched(instance, s)
	if err != nil {
		return Found{}, err
	}
	return e.store.SearchContacts(ctx, t.ID, s, after, limit)
}

// CountContacts tells how many contacts are wanted: exactly while they are few, see [Reader].
// It fails as [Engine.SearchContacts] does.
func (e *Engine) CountContacts(ctx context.Context, instance string, s Search) (int, error) {
	t, s, err := e.searched(instance, s)
	if err != nil {
		return 0, err
	}
	return e.store.CountContacts(ctx, t.ID, s)
}

// searched finds the instance, and makes ids of the ARNs in a search.
func (e *Engine) searched(instance string, s Search) (*tenant, Search, error) {
	t, err := e.tenant(instance)
	if err != nil {
		return nil, s, err
	}
	if s.Queues, err = t.ids(s.Queues, arn.Queue, arn.AgentQueue); err != nil {
		return nil, s, err
	}
	for i := range s.Groups {
		if s.Groups[i], err = t.ids(s.Groups[i], arn.HierarchyGroup); err != nil {
			return nil, s, err
		}
	}
	s.Preferred = slices.Clone(s.Preferred)
	for i := range s.Preferred {
		if s.Preferred[i].IDs, err = t.ids(s.Preferred[i].IDs, arn.User); err != nil {
			return nil, s, err
		}
	}
	s.Agents, err = t.ids(s.Agents, arn.User)
	return t, s, err
}

// ids makes ids of ARNs, which may be of any of some kinds.
func (t *tenant) ids(idsOrARNs []string, kinds ...arn.Kind) ([]string, error) {
	ids := make([]string, len(idsOrARNs))
	for i, idOrARN := range idsOrARNs {
		var err error
		for _, kind := range kinds {
			if ids[i], err = t.Resolve(kind, idOrARN); err == nil {
				break
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// AssociatedContacts returns the contacts of the tree of links that a contact belongs to, itself included, oldest
// first: those whose id comes after one, at most limit. It fails with [fault.NotFound].
func (e *Engine) AssociatedContacts(ctx context.Context, instance, idOrARN, after string, limit int) ([]*contact.Contact, error) {
	c, _, err := e.Contact(ctx, instance, idOrARN)
	if err != nil {
		return nil, err
	}
	t, err := e.tenant(instance)
	if err != nil {
		return nil, err
	}
	return e.store.Associated(ctx, t.ID, c.Association, after, limit)
}
