package metric

import "github.com/tasklane/tasklane/internal/agent"

// Agents counts agents by what they are doing. Those of different routing profiles are counted apart and then added.
type Agents struct {
	Online           int // any status but offline
	Staffed          int // online, and the status is not a custom one
	Available        int // routable, with no task at all
	NonProductive    int // a custom status
	OnContact        int // work a task, have one paused, or are in after-contact work
	Error            int // have a task that they missed or declined
	AfterContactWork int // tasks in after-contact work, whatever the name of the metric says
	SlotsActive      int // taken by tasks that are worked, paused or in after-contact work
	SlotsAvailable   int // that the router may fill now

	// What flows ask for is defined otherwise
	// (https://docs.aws.amazon.com/connect/latest/adminguide/check-staffing.html). These count those who are online.
	Free      int // could be offered a task now
	Busy      int // a task rings at them, or they have one in hand
	WrappedUp int // are in after-contact work
	Missed    int // have a task that they missed
	AtWork    int // free, busy or in after-contact work: what a flow calls staffed
}

// hand is what one agent has in hand.
type hand struct{ ringing, working, paused, after, missed, rejected int }

func handOf(a *agent.Agent) (h hand) {
	for _, l := range a.Legs {
		switch l.State {
		case agent.Connecting:
			h.ringing++
		case agent.Connected:
			h.working++
		case agent.Paused:
			h.paused++
		case agent.Ended:
			h.after++
		case agent.Missed:
			h.missed++
		case agent.Rejected:
			h.rejected++
		}
	}
	return h
}

func (h hand) active() int { return h.working + h.paused + h.after }

// Active is how many slots of an agent count as taken: by tasks that are worked, paused or in after-contact work
// (https://docs.aws.amazon.com/connect/latest/adminguide/metrics-definitions.html).
func Active(a *agent.Agent) int { return handOf(a).active() }

// Open is how many tasks the router may offer to an agent who has these slots. One who has missed a task gets none,
// but the slots count as available, as they do in Amazon Connect.
func Open(a *agent.Agent, slots agent.Slots) int {
	if a.Type != agent.Routable || a.Next != "" {
		return 0
	}
	return int(max(0, slots-a.Occupied()))
}

// Add counts one more agent, who has these slots.
func (n *Agents) Add(a *agent.Agent, slots agent.Slots) {
	h := handOf(a)
	n.AfterContactWork += h.after
	n.SlotsActive += h.active()
	n.SlotsAvailable += Open(a, slots)
	count(&n.OnContact, h.active() > 0)
	count(&n.Error, h.missed+h.rejected > 0)
	if a.Type == agent.Offline {
		return
	}
	n.Online++
	count(&n.Staffed, a.Type != agent.Custom)
	count(&n.NonProductive, a.Type == agent.Custom)
	count(&n.Available, a.Type == agent.Routable && len(a.Legs) == 0)
	n.addForFlows(a, h, slots)
}

func (n *Agents) addForFlows(a *agent.Agent, h hand, slots agent.Slots) {
	free := a.Ready() && a.Occupied() < slots
	busy := h.ringing+h.working+h.paused > 0
	count(&n.Free, free)
	count(&n.Busy, busy)
	count(&n.WrappedUp, h.after > 0)
	count(&n.Missed, h.missed > 0)
	count(&n.AtWork, free || busy || h.after > 0)
}

func count(n *int, is bool) {
	if is {
		*n++
	}
}

// Plus adds up agents who were counted apart.
func (n Agents) Plus(m Agents) Agents {
	return Agents{
		Online: n.Online + m.Online, Staffed: n.Staffed + m.Staffed, Available: n.Available + m.Available,
		NonProductive: n.NonProductive + m.NonProductive, OnContact: n.OnContact + m.OnContact, Error: n.Error + m.Error,
		AfterContactWork: n.AfterContactWork + m.AfterContactWork,
		SlotsActive:      n.SlotsActive + m.SlotsActive, SlotsAvailable: n.SlotsAvailable + m.SlotsAvailable,
		Free: n.Free + m.Free, Busy: n.Busy + m.Busy, WrappedUp: n.WrappedUp + m.WrappedUp, Missed: n.Missed + m.Missed,
		AtWork: n.AtWork + m.AtWork,
	}
}
