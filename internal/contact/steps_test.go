package contact

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tasklane/tasklane/internal/fault"
)

// speaks asks for a level of a language.
func speaks(language string, least, most float64) Expression {
	return Expression{Attribute: &Condition{Name: "Lang", Value: language, Min: least, Max: most}}
}

// widening are criteria of three steps: for 30 s, for 20 s, and for ever.
func widening() *Criteria {
	return &Criteria{Steps: []Step{
		{Expression: speaks("French", 5, 0), Expiry: 30 * time.Second, Status: StepInactive},
		{Expression: speaks("French", 3, 0), Expiry: 20 * time.Second, Status: StepInactive},
		{Expression: speaks("French", 1, 0), Status: StepInactive},
	}}
}

// routed is a task that waits, with criteria, since the start.
func routed(t *testing.T, criteria *Criteria) *Contact {
	t.Helper()
	c := &Contact{ID: "c-1", Target: "q-1"}
	c.Begin(start)
	if criteria != nil {
		mustDo(t)(c.SetCriteria(criteria, start))
	}
	mustDo(t)(c.Enqueue(start))
	return c
}

func statuses(c *Criteria) (all []StepStatus) {
	for _, s := range c.Steps {
		all = append(all, s.Status)
	}
	return all
}

// tellsStep fails unless the events are the one of a step that has another status, or none.
func tellsStep(t *testing.T, what string, events []Event, some bool) {
	t.Helper()
	var want []Event
	if some {
		want = []Event{{Type: EventDataUpdated, Updated: []string{stepChanged}}}
	}
	for i := range events {
		events[i].At = time.Time{}
	}
	if diff := cmp.Diff(want, events, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s: events (-want +got):\n%s", what, diff)
	}
}

func TestStepsFollowEachOther(t *testing.T) {
	c := routed(t, widening())
	handedOut := c.Criteria
	if f := c.Filter(); f != nil {
		t.Errorf("before the first step the task is for %+v, want any agent", f)
	}
	tellsStep(t, "Activate", c.Activate(false, start), true)
	tellsStep(t, "Activate once more", c.Activate(false, after(time.Second)), false)
	if diff := cmp.Diff(widening().Steps, handedOut.Steps); diff != "" {
		t.Errorf("criteria that were handed out have changed (-want +got):\n%s", diff)
	}
	for i, want := range []struct {
		statuses []StepStatus
		least    float64
		due      time.Duration // 0: never
	}{
		{[]StepStatus{StepActive, StepInactive, StepInactive}, 5, 30 * time.Second},
		{[]StepStatus{StepExpired, StepActive, StepInactive}, 3, 50 * time.Second},
		{[]StepStatus{StepExpired, StepExpired, StepActive}, 1, 0},
	} {
		stamp, due := c.Criteria.Stamp(i), time.Time{}
		if want.due != 0 {
			due = after(want.due)
		}
		if got := statuses(c.Criteria); !slices.Equal(got, want.statuses) || c.Criteria.Active() != i {
			t.Fatalf("step %d: steps are %v and %d is active, want %v", i, got, c.Criteria.Active(), want.statuses)
		}
		if f := c.Filter(); f == nil || f.Attribute.Min != want.least {
			t.Errorf("step %d: the task is for %+v, want level %g", i, f, want.least)
		}
		if got := c.StepDue(stamp); !got.Equal(due) || !c.StepDue(stamp+1).IsZero() {
			t.Errorf("step %d is due at %v, want %v; and the next at %v, want never", i, got, due, c.StepDue(stamp+1))
		}
		tellsStep(t, "a late timer", c.StepExpired(stamp+1, start), false)
		tellsStep(t, "StepExpired", c.StepExpired(stamp, after(want.due)), true)
	}
	if got := statuses(c.Criteria); c.Filter() != nil || !slices.Equal(got, []StepStatus{StepExpired, StepExpired, StepExpired}) {
		t.Errorf("after the last step the task is for %+v, steps %v; want any agent", c.Filter(), got)
	}
	tellsStep(t, "StepExpired of none", c.StepExpired(c.Criteria.Stamp(-1), start), false)
	if due := c.StepDue(c.Criteria.Stamp(-1)); !due.IsZero() {
		t.Errorf("no step is due at %v", due)
	}
}

func TestCriteriaBeginWhereTaskWaits(t *testing.T) {
	inFlow := &Contact{ID: "c-1", Criteria: widening(), State: InFlow}
	tellsStep(t, "Activate in its flow", inFlow.Activate(false, start), false)
	tellsStep(t, "Activate without criteria", routed(t, nil).Activate(false, start), false)
	own := routed(t, widening())
	tellsStep(t, "Activate in an agent's own queue", own.Activate(true, start), false)
	if own.Filter() != nil || !own.Criteria.Activated.Equal(start) {
		t.Errorf("in an agent's own queue the task is for %+v, and its criteria began at %v", own.Filter(), own.Criteria.Activated)
	}
	if none := (*Criteria)(nil); none.Active() != -1 {
		t.Errorf("of no criteria step %d is active", none.Active())
	}
}

// Steps are numbered through all criteria that a task has had: a timer of earlier ones does not fit.
func TestStampsOfCriteriaDiffer(t *testing.T) {
	c := routed(t, widening())
	seen := map[int]bool{}
	for i := range 3 {
		for step := range maxSteps {
			if stamp := c.Criteria.Stamp(step); seen[stamp] || stamp < 0 {
				t.Errorf("criteria %d, step %d: stamp %d has been given", i, step, stamp)
			} else {
				seen[stamp] = true
			}
		}
		mustDo(t)(c.SetCriteria(widening(), start))
		if c.Criteria.Index != i+1 {
			t.Errorf("criteria %d have index %d", i+1, c.Criteria.Index)
		}
	}
	if _, err := c.SetCriteria(nil, start); !fault.Is(err, fault.Invalid) || c.Criteria == nil {
		t.Errorf("SetCriteria of none = %v, want it refused", err)
	}
	if first := routed(t, widening()); first.Criteria.Index != 0 {
		t.Errorf("the first criteria have index %d", first.Criteria.Index)
	}
}

// The step under which the task was offered has led to the agent, not the one that became active while it rang.
func TestAcceptJoinsTheStepOfTheOffer(t *testing.T) {
	for _, tt := range []struct {
		name    string
		expired int // steps before the offer
		ringing bool
		want    []StepStatus
	}{
		{"the first", 0, false, []StepStatus{StepJoined, StepInactive, StepInactive}},
		{"the second", 1, false, []StepStatus{StepExpired, StepJoined, StepInactive}},
		{"the first, and the second became active", 0, true, []StepStatus{StepJoined, StepInactive, StepInactive}},
		{"none, as all have expired", 3, false, []StepStatus{StepExpired, StepExpired, StepExpired}},
	} {
		c := routed(t, widening())
		c.Activate(false, start)
		for i := range tt.expired {
			c.StepExpired(c.Criteria.Stamp(i), start)
		}
		mustDo(t)(c.Offer("ann", start))
		if tt.ringing {
			c.StepExpired(c.Criteria.Stamp(tt.expired), after(time.Second))
		}
		events, err := c.Accept("ann", nil, after(time.Minute))
		if err != nil || len(events) == 0 {
			t.Fatalf("%s: Accept = %v, %v", tt.name, events, err)
		}
		tellsStep(t, tt.name, events[1:], tt.expired < 3)
		if got := statuses(c.Criteria); !slices.Equal(got, tt.want) || c.Filter() != nil {
			t.Errorf("%s: steps are %v, and the task is for %+v; want %v and nobody else", tt.name, got, c.Filter(), tt.want)
		}
	}
}

// A step that has led to nobody is told of as the task leaves its queue, and no step is due then.
func TestActiveStepEndsWithTheWait(t *testing.T) {
	for name, tt := range map[string]struct {
		leave func(*Contact) ([]Event, error)
		want  StepStatus
	}{
		"paused":  {func(c *Contact) ([]Event, error) { return c.Pause(0, start) }, StepInactive},
		"stopped": {func(c *Contact) ([]Event, error) { return c.Disconnect(ReasonAPI, start) }, StepDeactivated},
	} {
		c := routed(t, widening())
		c.Activate(false, start)
		events, err := tt.leave(c)
		if err != nil || !slices.ContainsFunc(events, func(e Event) bool { return slices.Contains(e.Updated, stepChanged) }) {
			t.Errorf("%s: %v, %v; want the step among the events", name, types(events), err)
		}
		if s := c.Criteria.Steps[0]; s.Status != tt.want || !s.Expires.IsZero() || c.Filter() != nil {
			t.Errorf("%s: the step is %+v, want it %s without an end", name, s, tt.want)
		}
		plain := routed(t, nil)
		if events, _ := tt.leave(plain); slices.ContainsFunc(events, func(e Event) bool { return e.Updated != nil }) {
			t.Errorf("%s without criteria: %v", name, types(events))
		}
	}
}

func TestWhoMeetsAnExpression(t *testing.T) {
	skills := map[string]float64{"French": 3}
	level := func(name, value string) (float64, bool) {
		n, has := skills[value]
		return n, has && name == "Lang"
	}
	named := Expression{Attribute: &Condition{AgentIDs: []string{"bob", "ann"}}}
	others := Expression{Attribute: &Condition{AgentIDs: []string{"bob"}}}
	yes, no := speaks("French", 3, 0), speaks("French", 4, 0)
	not := func(e Expression) Expression { return Expression{Not: e.Attribute} }
	for name, tt := range map[string]struct {
		e       Expression
		met     bool
		prefers bool
	}{
		"the least level":             {yes, true, false},
		"more than the level":         {speaks("French", 2, 0), true, false},
		"a higher level":              {no, false, false},
		"up to the level":             {speaks("French", 1, 3), true, false},
		"up to a lower level":         {speaks("French", 1, 2.5), false, false},
		"another skill":               {speaks("German", 1, 0), false, false},
		"another attribute":           {Expression{Attribute: &Condition{Name: "Product", Value: "French", Min: 1}}, false, false},
		"named":                       {named, true, true},
		"another is named":            {others, false, true},
		"not named":                   {not(named), false, true},
		"anybody but another":         {not(others), true, true},
		"no such level":               {not(no), true, false},
		"both":                        {Expression{And: []Expression{yes, not(no)}}, true, false},
		"one of both":                 {Expression{And: []Expression{yes, no}}, false, false},
		"either":                      {Expression{Or: []Expression{no, yes}}, true, false},
		"neither":                     {Expression{Or: []Expression{no, others}}, false, true},
		"either, one of them is both": {Expression{Or: []Expression{no, {And: []Expression{yes, named}}}}, true, true},
	} {
		if got := tt.e.Met("ann", level); got != tt.met {
			t.Errorf("%s: Met = %t, want %t", name, got, tt.met)
		}
		if got := tt.e.Prefers(); got != tt.prefers {
			t.Errorf("%s: Prefers = %t, want %t", name, got, tt.prefers)
		}
	}
}

func TestWhatCriteriaName(t *testing.T) {
	criteria := &Criteria{Steps: []Step{
		{Expression: Expression{Or: []Expression{
			speaks("French", 1, 0), {And: []Expression{{Attribute: &Condition{Name: "Product", Value: "Card"}}, {Not: &Condition{Name: "Area", Value: "North"}}}},
		}}},
		{Expression: Expression{Attribute: &Condition{AgentIDs: []string{"ann", "bob"}}}},
		{Expression: Expression{Not: &Condition{AgentIDs: []string{"cal"}}}},
	}}
	if diff := cmp.Diff(map[string]bool{"Lang": true, "Product": true, "Area": true}, criteria.Names()); diff != "" {
		t.Errorf("Names (-want +got):\n%s", diff)
	}
	if got := criteria.Preferred(); !slices.Equal(got, []string{"ann", "bob"}) {
		t.Errorf("Preferred = %v", got)
	}
	if got := criteria.Agents(); !slices.Equal(got, []string{"ann", "bob", "cal"}) {
		t.Errorf("Agents = %v", got)
	}
	if none := (*Criteria)(nil); len(none.Names()) != 0 || none.Agents() != nil {
		t.Errorf("no criteria name %v and %v", none.Names(), none.Agents())
	}
}
