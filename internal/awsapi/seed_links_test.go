package awsapi_test

import "github.com/aws/aws-sdk-go-v2/aws"

// follow starts a task with a PreviousContactId.
func (x *trial) follow(previous string) string {
	x.t.Helper()
	return x.start(startInput{PreviousContactId: &previous})
}

// relate starts a task with a RelatedContactId.
func (x *trial) relate(related string, attributes map[string]string) string {
	x.t.Helper()
	return x.start(startInput{RelatedContactId: &related, Attributes: attributes})
}

// s8 has a task to follow only: there are no calls and chats here.
func s8(x *trial) {
	live, ended := x.begin(), x.begin()
	x.stop(ended)
	scheduled := x.start(startInput{ScheduledTime: aws.Time(x.Now().AddDate(0, 0, 1))})
	for _, first := range []string{live, ended, scheduled, x.InstanceARN + "/contact/" + live} {
		c := x.Describe(x.follow(first))
		if want := first[len(first)-36:]; aws.ToString(c.PreviousContactId) != want || aws.ToString(c.InitialContactId) != want || c.RelatedContactId != nil {
			x.t.Errorf("after %s: previous %v, initial %v, related %v", first, aws.ToString(c.PreviousContactId), aws.ToString(c.InitialContactId), c.RelatedContactId)
		}
	}
	a := live
	b := x.follow(a)
	if c := x.Describe(x.follow(b)); *c.PreviousContactId != b || *c.InitialContactId != a || *c.ContactAssociationId != a {
		x.t.Errorf("third of a chain: previous %s, initial %s, association %s; want %s, %s, %s", *c.PreviousContactId, *c.InitialContactId, *c.ContactAssociationId, b, a, a)
	}
}

func s9(x *trial) {
	a := x.start(startInput{Attributes: map[string]string{"tier": "gold", "from": "a"}})
	b := x.start(startInput{PreviousContactId: &a, Attributes: map[string]string{"from": "b"}})
	c := x.follow(b)
	sibling := x.follow(a)
	chain := []string{a, b, c, sibling}
	x.wantAttribute("tier", "gold", chain...)
	x.wantAttribute("from", "b", chain...)
	x.stop(a)
	for i, id := range chain {
		value := string(rune('1' + i))
		x.setAttribute(id, "step", value)
		x.wantAttribute("step", value, chain...)
	}
}

func s10(x *trial) {
	a := x.begin()
	for range 12 {
		x.follow(a)
	}
}

func s11(x *trial) {
	a := x.begin()
	for range 12 {
		x.stop(x.follow(a)) // one that has ended counts
	}
	_, err := x.try(startInput{PreviousContactId: &a})
	x.refused(err, quotaExceeded, 402, "PreviousContactId", "12")
}

func s12(x *trial) {
	first := x.begin()
	last := first
	for range 12 {
		last = x.follow(last)
	}
	for _, previous := range []string{last, first} {
		_, err := x.try(startInput{PreviousContactId: &previous})
		x.refused(err, quotaExceeded, 402, "PreviousContactId", "12")
	}
	x.relate(last, nil) // is not linked to the chain
}

func s13(x *trial) {
	a := x.start(startInput{Attributes: map[string]string{"tier": "gold", "from": "a"}})
	d := x.relate(a, map[string]string{"from": "d"})
	x.wantAttribute("tier", "gold", d)
	x.wantAttribute("from", "d", d)
	x.wantAttribute("from", "a", a)
	if c := x.Describe(d); *c.RelatedContactId != a || c.PreviousContactId != nil || c.InitialContactId != nil || *c.ContactAssociationId != a {
		x.t.Errorf("related %s, previous %v, initial %v, association %s", *c.RelatedContactId, c.PreviousContactId, c.InitialContactId, *c.ContactAssociationId)
	}
}

func s14(x *trial) {
	a := x.start(startInput{Attributes: map[string]string{"tier": "gold"}})
	d := x.relate(a, nil)
	x.setAttribute(d, "tier", "silver")
	x.wantAttribute("tier", "gold", a)
	x.setAttribute(a, "tier", "bronze")
	x.wantAttribute("tier", "silver", d)
}

func s15(x *trial) {
	a := x.begin()
	b, d, e := x.follow(a), x.relate(a, nil), x.relate(a, nil)
	x.setAttribute(d, "only", "d")
	x.wantAttribute("only", "d", d)
	x.wantAttribute("only", "", a, b, e)
}

func s16(x *trial) {
	a := x.begin()
	for range 14 {
		x.relate(a, nil)
	}
}
