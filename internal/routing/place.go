package routing

import "cmp"

// Before reports whether a task is offered before another one of equal profile priority: the better contact priority
// first, then the older, then the smaller id.
func (w Waiting) Before(v Waiting) bool {
	return cmp.Or(cmp.Compare(w.Priority, v.Priority), w.Rank.Compare(v.Rank), cmp.Compare(w.Contact, v.Contact)) < 0
}
