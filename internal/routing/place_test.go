package routing

import "testing"

// The order in which a task's place is told is the order in which the board offers.
func TestPlaceIsByPriorityThenRankThenID(t *testing.T) {
	t.Parallel()
	order := []Waiting{
		{Contact: "c-9", Priority: 1, Rank: after(9)},
		{Contact: "c-8", Priority: 2, Rank: after(1)},
		{Contact: "c-1", Priority: 2, Rank: after(2)},
		{Contact: "c-2", Priority: 2, Rank: after(2)},
	}
	for i, v := range order {
		for j, w := range order {
			if got := v.Before(w); got != (i < j) {
				t.Errorf("%+v before %+v: %t, want %t", v, w, got, i < j)
			}
		}
	}
	b := NewBoard()
	b.SetProfile(&Profile{ID: "p", Queues: []ProfileQueue{{Queue: "q", Priority: 1}}})
	for i := range order {
		order[i].Queue = "q"
	}
	for _, i := range []int{2, 0, 3, 1} {
		b.Wait(order[i])
	}
	for _, w := range order {
		b.Sit(Seat{Agent: "ann", Profile: "p"})
		if o, ok := b.Next(); !ok || o.Contact != w.Contact {
			t.Errorf("Next = %v, %t; want %s", o, ok, w.Contact)
		}
	}
}
