package rehearse

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/routing"
)

// Bounds of what a script may say of staff and queues; see routing.md §2.1 and §3.5.
const (
	mostSlots    = 10
	mostPriority = 99
	mostDelay    = 9999 // seconds
	mostWork     = 2_000_000
	mostContacts = 1_000_000
)

// addProfile makes a routing profile.
func (p *stage) addProfile(ctx context.Context, l line) error {
	profile, err := p.profile(l.from(2))
	if err != nil {
		return err
	}
	r := engine.Resource{Kind: arn.RoutingProfile, ID: uuid.NewString(), Name: l.word(1)}
	if err := p.name(l, r.ID); err != nil {
		return err
	}
	return p.putProfile(ctx, r, profile)
}

// replaceProfile gives a routing profile all that a line says of it, and nothing else.
func (p *stage) replaceProfile(ctx context.Context, l line) error {
	id, err := p.named(l, "profile", l.word(1))
	if err != nil {
		return err
	}
	profile, err := p.profile(l.from(3))
	if err != nil {
		return err
	}
	was, err := p.engine.RoutingProfile(instance, id)
	if err != nil {
		return err
	}
	return p.putProfile(ctx, was.Resource, profile)
}

// profile reads what a routing profile has.
func (p *stage) profile(t *tail) (routing.Profile, error) {
	profile := routing.Profile{Slots: mostSlots}
	for t.more() {
		var err error
		switch w := t.next(); w {
		case "slots":
			var n int
			n, err = t.number(w, 0, mostSlots)
			profile.Slots = agent.Slots(n)
		case "timer":
			profile.Timer, err = t.timer()
		case "queue":
			err = p.offered(t, &profile)
		case "manual":
			var id string
			id, err = p.named(t.line, "queue", t.next())
			profile.Manual = append(profile.Manual, id)
		default:
			err = t.mistake("a routing profile has no %q: say slots N, timer activity or inbound, queue ID [priority N] [delay SECONDS], or manual ID", w)
		}
		if err != nil {
			return profile, err
		}
	}
	return profile, nil
}

func (t *tail) timer() (routing.Timer, error) {
	switch w := t.next(); w {
	case "activity":
		return routing.TimerActivity, nil
	case "inbound":
		return routing.TimerInbound, nil
	default:
		return "", t.mistake("a timer is activity or inbound, not %q", w)
	}
}

// offered reads a queue whose tasks are offered to the agents of a profile.
func (p *stage) offered(t *tail, profile *routing.Profile) error {
	id, err := p.named(t.line, "queue", t.next())
	if err != nil {
		return err
	}
	q := routing.ProfileQueue{Queue: id, Priority: 1}
	if t.skip("priority") {
		if q.Priority, err = t.number("priority", 1, mostPriority); err != nil {
			return err
		}
	}
	if t.skip("delay") {
		seconds, err := t.number("delay", 0, mostDelay)
		if err != nil {
			return err
		}
		q.Delay = time.Duration(seconds) * time.Second
	}
	for _, other := range profile.Queues {
		if other.Queue == id {
			return t.mistake("queue %q is there twice", p.names[id])
		}
	}
	profile.Queues = append(profile.Queues, q)
	return nil
}

// agentWords say how an agent is. All but the first also say what becomes of one who works.
var agentWords = []string{"slots", "profile", "security", "acw", "auto-accept"}

// traits are how an agent is, as far as a line says.
type traits struct {
	slots    int
	profile  string
	security []string
	directory.Setting
}

func (p *stage) traits(t *tail) (traits, error) {
	tr := traits{slots: mostSlots}
	for t.more() {
		var err error
		switch w := t.next(); w {
		case "slots":
			tr.slots, err = t.number(w, 1, mostSlots)
		case "profile":
			tr.profile, err = p.named(t.line, w, t.next())
		case "security":
			var id string
			id, err = p.security(t)
			tr.security = append(tr.security, id)
		case "acw":
			var n int
			n, err = t.number(w, 0, mostWork)
			limit := time.Duration(n) * time.Second
			tr.AfterContactWork = &limit
		case "auto-accept":
			tr.AutoAccept = new(true)
		default:
			err = t.mistake("an agent has no %q: say slots N, profile ID, security NAME, acw SECONDS or auto-accept", w)
		}
		if err != nil {
			return tr, err
		}
	}
	return tr, nil
}

// security is the id of a security profile that every instance has.
func (p *stage) security(t *tail) (string, error) {
	name := t.next()
	all, err := p.engine.SecurityProfiles(instance)
	if err != nil {
		return "", err
	}
	for _, s := range all {
		if s.Name == name {
			return s.ID, nil
		}
	}
	return "", t.mistake("there is no security profile %q", name)
}

// addAgent makes an agent. Without a routing profile the queues that they serve are those that the script has named
// before.
func (p *stage) addAgent(ctx context.Context, l line) error {
	tr, err := p.traits(l.from(2))
	if err != nil {
		return err
	}
	login := l.word(1)
	if tr.profile == "" {
		r := engine.Resource{Kind: arn.RoutingProfile, ID: uuid.NewString(), Name: "Profile of " + login}
		if err := p.putProfile(ctx, r, routing.Profile{Slots: agent.Slots(tr.slots), Queues: p.queues}); err != nil {
			return err
		}
		tr.profile = r.ID
	}
	if len(tr.security) == 0 {
		tr.security = []string{stockID(arn.SecurityProfile, "Agent")}
	}
	u := directory.User{
		Username: login, FirstName: login, LastName: "Agent", RoutingProfile: tr.profile, SecurityProfiles: tr.security,
	}
	u.Set(map[string]directory.Setting{directory.TaskChannel: tr.Setting})
	made, err := p.engine.CreateUser(ctx, instance, u)
	if err != nil {
		return l.mistake("%v", err)
	}
	return p.name(l, made.ID)
}

// changeAgent changes how an agent is.
func (p *stage) changeAgent(ctx context.Context, user string, t *tail) error {
	if !t.more() || t.word(t.at) == "slots" {
		return t.mistake("an agent gets profile ID, security NAME, acw SECONDS or auto-accept")
	}
	tr, err := p.traits(t)
	if err != nil {
		return err
	}
	if tr.profile != "" {
		if err := p.engine.SetRoutingProfile(ctx, instance, user, tr.profile); err != nil {
			return err
		}
	}
	if len(tr.security) > 0 {
		if err := p.engine.SetSecurityProfiles(ctx, instance, user, tr.security); err != nil {
			return err
		}
	}
	return p.engine.Configure(ctx, instance, user, map[string]directory.Setting{directory.TaskChannel: tr.Setting})
}

// addStatus makes a status that agents can choose, such as Break.
func (p *stage) addStatus(ctx context.Context, l line) error {
	if len(l.words) != 2 {
		return l.mistake("a status is: status NAME")
	}
	if _, err := p.engine.CreateAgentStatus(ctx, instance, agent.Status{Name: l.word(1), Type: agent.Custom}); err != nil {
		return l.mistake("%s", why(err))
	}
	return nil
}

// setQuota changes a quota, with which the program starts again: it is one of its settings.
func (p *stage) setQuota(ctx context.Context, l line) error {
	t := l.from(1)
	name := t.next()
	if _, known := engine.DefaultQuotas()[name]; !known {
		return l.mistake("there is no quota %q", name)
	}
	n, err := t.number("quota", 0, mostContacts)
	if err != nil {
		return err
	}
	if err := t.end(); err != nil {
		return err
	}
	p.quotas[name] = n
	return p.restart(ctx)
}

// addQuickConnect makes a quick connect.
func (p *stage) addQuickConnect(ctx context.Context, l line) error {
	t := l.from(2)
	to, err := p.destination(t)
	if err == nil {
		err = t.end()
	}
	if err != nil {
		return err
	}
	made, err := p.engine.CreateQuickConnect(ctx, instance, routing.QuickConnect{Name: l.word(1), Destination: to})
	if err != nil {
		return l.mistake("%s", why(err))
	}
	return p.name(l, made.ID)
}

// destination reads where a task is to go, and with which flow; else with the one that every instance has for that.
func (p *stage) destination(t *tail) (to routing.Destination, err error) {
	switch kind := t.next(); kind {
	case "queue":
		to.Type, to.Flow = routing.QuickConnectQueue, stockID(arn.Flow, "Default queue transfer")
		to.Target, err = p.named(t.line, kind, t.next())
	case "agent":
		to.Type, to.Flow = routing.QuickConnectUser, stockID(arn.Flow, "Default agent transfer")
		to.Target, err = p.named(t.line, kind, t.next())
	default:
		err = t.mistake("a task goes to queue ID or agent LOGIN, not to %q", kind)
	}
	if err == nil && t.skip("with") {
		to.Flow, err = p.named(t.line, "flow", t.next())
	}
	return to, err
}
