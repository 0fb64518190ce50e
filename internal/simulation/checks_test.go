package simulation

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
	"github.com/tasklane/tasklane/internal/metric"
	"github.com/tasklane/tasklane/internal/routing"
)

// seen is what the database holds, as of the last commit.
type seen struct {
	contacts   map[string]*contact.Contact
	order      []string // of contacts, as they were first seen
	agents     map[string]*agent.Agent
	agentOrder []string
	resources  map[arn.Kind]map[string]engine.Resource
	profiles   map[string]*routing.Profile
	users      map[string]*directory.User
	slots      map[string][]slotsSince // by user, the newest last
	timersSeen []engine.Timer
	timerIDs   map[string]bool
	lastCommit int
	stamp      int64 // sum of the versions of all resources, and their number
	limits     map[string]time.Time
	tokens     map[string][]*call
	acked      map[string]bool
}

// slotsSince is how many tasks a user might have from a time on.
type slotsSince struct {
	slots agent.Slots
	at    time.Time
}

func newSeen() seen {
	return seen{
		contacts: map[string]*contact.Contact{}, agents: map[string]*agent.Agent{}, slots: map[string][]slotsSince{}, timerIDs: map[string]bool{},
		tokens: map[string][]*call{}, acked: map[string]bool{},
	}
}

// ids are those of all objects of a kind, in their order.
func (w *world) ids(kind arn.Kind) []string { return slices.Sorted(maps.Keys(w.resources[kind])) }

// named is the id of an object.
func (w *world) named(kind arn.Kind, name string) string {
	for id, r := range w.resources[kind] {
		if r.Name == name {
			return id
		}
	}
	w.t.Fatalf("there is no %s named %q", kind.Noun(), name)
	return ""
}

// committed looks at what the database holds, when there was a commit, and holds it against what must be.
func (w *world) committed() {
	if w.database.commits == w.lastCommit && w.resources != nil {
		return
	}
	w.lastCommit = w.database.commits
	w.lookAtResources()
	agents := w.lookAtAgents()
	changed := w.lookAtContacts()
	if len(agents)+len(changed) > 0 {
		w.checkHands()
	}
	for _, c := range changed {
		w.checkTimersOf(c)
		w.checkEvents(c)
	}
}

// version reads a column of versions.
func versions(w *world, text string) (ids []string, of map[string]int64) {
	of = map[string]int64{}
	found, err := w.database.look(text, instance)
	w.must(err)
	for _, row := range found {
		id := row[0].(string)
		ids = append(ids, id)
		of[id] = row[1].(int64)
	}
	return ids, of
}

func (w *world) lookAtContacts() (changed []*contact.Contact) {
	ids, of := versions(w, `SELECT id, version FROM contact WHERE instance_id = ? ORDER BY id`)
	for _, id := range w.order {
		if of[id] == 0 {
			w.fail("lost", "%s is gone", id)
		}
	}
	for _, id := range ids {
		was := w.contacts[id]
		if w.spoilt[id] || was != nil && was.Version == of[id] {
			continue
		}
		now, err := w.auditor.Contact(background, instance, id)
		w.must(err)
		if was == nil {
			w.order = append(w.order, id)
			w.tell("    %s is new: %s%s", w.name("t", id), now.State, w.about(now))
		} else {
			w.tell("    %s: %s -> %s%s", id, was.State, now.State, w.about(now))
			w.checkMove(was, now)
		}
		w.contacts[id] = now
		w.moved(was, now)
		changed = append(changed, now)
	}
	return changed
}

// about is what of a task is worth telling.
func (w *world) about(c *contact.Contact) (text string) {
	if c.Queue != "" {
		text += " in " + c.Queue
	}
	if c.Agent != "" {
		text += " with " + c.Agent
	}
	return fmt.Sprint(text, " v", c.Version)
}

func (w *world) lookAtAgents() (changed []string) {
	ids, of := versions(w, `SELECT id, version FROM agent WHERE instance_id = ? ORDER BY id`)
	for _, id := range ids {
		was := w.agents[id]
		if w.spoilt[id] || was != nil && was.Version == of[id] {
			continue
		}
		now, err := w.auditor.Agent(background, instance, id)
		w.must(err)
		if was == nil {
			w.agentOrder = append(w.agentOrder, id)
		}
		w.checkOffer(was, now)
		w.agents[id] = now
		changed = append(changed, id)
	}
	return changed
}

func (w *world) lookAtResources() {
	found, err := w.database.look(`SELECT count(*), coalesce(sum(version), 0) FROM resource WHERE instance_id = ?`, instance)
	w.must(err)
	stamp := found[0][0].(int64)*1_000_000 + found[0][1].(int64)
	if stamp == w.stamp {
		return
	}
	w.stamp = stamp
	all, err := w.auditor.Resources(background, instance, time.Time{})
	w.must(err)
	first := w.resources == nil
	before := w.resources
	w.resources = map[arn.Kind]map[string]engine.Resource{}
	for _, r := range all {
		if w.resources[r.Kind] == nil {
			w.resources[r.Kind] = map[string]engine.Resource{}
		}
		w.resources[r.Kind][r.ID] = r
	}
	w.profiles, w.users = map[string]*routing.Profile{}, map[string]*directory.User{}
	for _, id := range w.ids(arn.RoutingProfile) {
		w.profiles[id] = decode[routing.Profile](w, w.resources[arn.RoutingProfile][id])
	}
	for _, id := range w.ids(arn.User) {
		w.users[id] = decode[directory.User](w, w.resources[arn.User][id])
		p := w.profiles[w.users[id].RoutingProfile]
		if all := w.slots[id]; p != nil && (len(all) == 0 || all[len(all)-1].slots != p.Slots) {
			w.slots[id] = append(all, slotsSince{p.Slots, w.now()})
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(w.resources)) {
		for _, id := range w.ids(kind) {
			r := w.resources[kind][id]
			w.name(string(shortKinds[kind]), id)
			if old, ok := before[kind][id]; !first && (!ok || old.Version != r.Version) {
				w.tell("    %s %q (%s) is version %d", kind.Noun(), r.Name, id, r.Version)
			}
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(before)) {
		for _, id := range slices.Sorted(maps.Keys(before[kind])) {
			if _, still := w.resources[kind][id]; !still {
				w.tell("    %s %q (%s) is gone", kind.Noun(), before[kind][id].Name, id)
			}
		}
	}
	w.checkReferences()
}

// shortKinds are what short names begin with.
var shortKinds = map[arn.Kind]string{
	arn.Queue: "q", arn.RoutingProfile: "p", arn.User: "a", arn.Flow: "f", arn.AgentStatus: "s", arn.Hours: "h", arn.QuickConnect: "k",
	arn.SecurityProfile: "sp", arn.TaskTemplate: "tt", arn.PredefinedAttribute: "pa", arn.StorageConfig: "st",
}

func decode[T any](w *world, r engine.Resource) *T {
	v := new(T)
	w.must(json.Unmarshal(r.Body, v))
	return v
}

// checkReferences: what a resource names is there.
func (w *world) checkReferences() {
	there := func(kind arn.Kind, id string) bool {
		_, ok := w.resources[kind][id]
		return ok
	}
	needs := func(by string, kind arn.Kind, id string) {
		if !there(kind, id) {
			w.fail("references", "%s names the %s %s, which does not exist", by, kind.Noun(), id)
		}
	}
	for _, id := range w.ids(arn.RoutingProfile) {
		p := w.profiles[id]
		needs("profile "+id, arn.Queue, p.DefaultOutbound)
		for _, r := range slices.Concat(p.Rows(), p.ManualRows()) {
			needs("profile "+id, arn.Queue, r.Queue)
		}
	}
	for _, id := range w.ids(arn.User) {
		needs("user "+id, arn.RoutingProfile, w.users[id].RoutingProfile)
		for _, sp := range w.users[id].SecurityProfiles {
			needs("user "+id, arn.SecurityProfile, sp)
		}
	}
	for _, id := range w.ids(arn.Queue) {
		needs("queue "+id, arn.Hours, decode[routing.Queue](w, w.resources[arn.Queue][id]).Hours)
	}
	for _, id := range w.ids(arn.QuickConnect) {
		// One to a user stays when the user is deleted, and leads nowhere (DeleteUser).
		if d := decode[routing.QuickConnect](w, w.resources[arn.QuickConnect][id]); d.Type == routing.QuickConnectQueue {
			needs("quick connect "+id, arn.Queue, d.Target)
		}
	}
}

// checkMove: a task that is over stays so, and none begins anew.
func (w *world) checkMove(was, now *contact.Contact) {
	illegal := now.Version < was.Version
	switch was.State {
	case contact.Ended:
		illegal = illegal || now.State != contact.Ended
	case contact.ACW:
		illegal = illegal || now.State != contact.Ended && now.State != contact.ACW
	case contact.Connected:
		illegal = illegal || now.State == contact.Queued || now.State == contact.Connecting || now.State == contact.InFlow
	default: // it may go anywhere but back to its schedule
	}
	if now.State == contact.Scheduled && was.State != contact.Scheduled {
		illegal = true
	}
	if illegal {
		w.fail("move", "%s went from %s (version %d) to %s (version %d)", was.ID, was.State, was.Version, now.State, now.Version)
	}
	if was.State == contact.Connecting && now.State == contact.Queued && was.Attempt == now.Attempt && was.Adjustment == now.Adjustment &&
		!now.Rank.Equal(was.Rank) {
		w.fail("V7", "the rank of %s is %v after an offer, and was %v", now.ID, now.Rank, was.Rank)
	}
}

// known is how long ago a node may not yet know of what another has changed, when nothing is wrong.
const known = refreshEvery + 2*slice + time.Second

// checkOffer: what rings at an agent that did not before may do so.
func (w *world) checkOffer(was, now *agent.Agent) {
	if was == nil {
		return
	}
	for _, leg := range now.Legs {
		if _, had := was.Leg(leg.Contact); had || leg.State != agent.Connecting || leg.Taken {
			continue
		}
		if w.users[now.ID] == nil {
			continue // deleted since, elsewhere
		}
		if most := w.mostSlots(now.ID); w.calm && w.now().Sub(w.calmSince) > known && now.Occupied() > most && !w.byHand(leg.Contact) {
			w.fail("V2", "%s has %d tasks, of at most %d, with %s", now.ID, now.Occupied(), most, leg.Contact)
		}
		if was.Next != "" && !w.byHand(leg.Contact) {
			w.fail("V8", "%s is offered %s and has a next status", now.ID, leg.Contact)
		}
	}
}

// byHand reports whether an agent may have picked a task themselves.
func (w *world) byHand(contactID string) bool {
	return slices.ContainsFunc(w.calls, func(c *call) bool { return c.name == "pick" && c.contact == contactID })
}

// mostSlots is how many tasks a user may have, or might a moment ago.
func (w *world) mostSlots(user string) agent.Slots {
	all := w.slots[user]
	most := all[len(all)-1].slots
	for i := len(all) - 1; i > 0 && w.now().Sub(all[i].at) < known; i-- {
		most = max(most, all[i-1].slots)
	}
	return most
}

// checkHands: a task that rings or is worked is in the hands of one agent, the one that it says (V1).
func (w *world) checkHands() {
	with := map[string][]string{}
	for _, id := range w.agentOrder {
		for _, leg := range w.agents[id].Legs {
			if leg.State == agent.Connecting || leg.State == agent.Connected || leg.State == agent.Paused {
				with[leg.Contact] = append(with[leg.Contact], id)
			}
		}
	}
	for _, id := range w.order {
		c := w.contacts[id]
		if w.spoilt[id] || w.spoilt[c.Agent] || slices.ContainsFunc(with[id], func(by string) bool { return w.spoilt[by] }) {
			continue
		}
		var want []string
		if c.State == contact.Connecting || c.State == contact.Connected || c.State == contact.Paused && c.PausedFrom == contact.Connected {
			want = []string{c.Agent}
		}
		if !slices.Equal(with[id], want) {
			w.fail("V1", "%s is %s with %s, and in the hands of %v", id, c.State, c.Agent, with[id])
		}
	}
}

// checkTimersOf: what is to happen by itself has a timer, and what is over has none.
func (w *world) checkTimersOf(c *contact.Contact) {
	found, err := w.database.look(`
		SELECT id, kind, agent_id, stamp, due_at FROM timer WHERE instance_id = ? AND contact_id = ? ORDER BY id`, instance, c.ID)
	w.must(err)
	timers := map[string]bool{}
	for _, row := range found {
		t := engine.Timer{
			Kind: engine.TimerKind(row[1].(string)), Contact: c.ID, Agent: row[2].(string), Stamp: int(row[3].(int64)),
			Due: time.UnixMicro(row[4].(int64)).UTC(),
		}
		timers[t.ID()] = true
		if key := fmt.Sprint(t.ID(), t.Due.UnixMicro()); !w.timerIDs[key] { // one that is set again is due at another time
			w.timerIDs[key] = true
			w.timersSeen = append(w.timersSeen, t)
		}
	}
	needs := func(t engine.Timer, want bool) {
		if timers[t.ID()] != want {
			w.fail("timers", "%s is %s: timer %s there: %v, want %v", c.ID, c.State, t.ID(), !want, want)
		}
	}
	needs(engine.Timer{Kind: engine.TimerExpiry, Contact: c.ID}, !c.Disconnecting())
	needs(engine.Timer{Kind: engine.TimerStart, Contact: c.ID}, c.State == contact.Scheduled)
	if c.State == contact.Connecting {
		needs(engine.Timer{Kind: engine.TimerOffer, Contact: c.ID, Stamp: c.Attempt}, true)
	}
}

// checkEvents: a task begins once and first, ends once, and each offer ends in one way (V9).
func (w *world) checkEvents(c *contact.Contact) {
	events, err := w.auditor.Events(background, instance, c.ID)
	w.must(err)
	if len(events) == 0 || events[0].Type != contact.EventInitiated {
		w.fail("events", "the first event of %s is not INITIATED: %v", c.ID, events)
		return
	}
	count := map[contact.EventType]int{}
	ringing := ""
	var since time.Time
	for _, e := range events {
		count[e.Type]++
		if e.Type == contact.EventMissed && e.At.Sub(since) < offerTimeout-w.apart() {
			w.fail("early", "%s rang at %s for %v, and rings for %v", c.ID, e.Agent, e.At.Sub(since), offerTimeout)
		}
		switch e.Type {
		case contact.EventOffered:
			if ringing != "" {
				w.fail("V9", "%s is offered to %s while it rings at %s", c.ID, e.Agent, ringing)
			}
			ringing, since = e.Agent, e.At
		case contact.EventConnectedToAgent, contact.EventMissed, contact.EventRejected:
			if ringing != e.Agent && count[contact.EventOffered] > 0 && e.Type != contact.EventConnectedToAgent {
				w.fail("V9", "%s of %s by %s while it rings at %q", e.Type, c.ID, e.Agent, ringing)
			}
			ringing = ""
		case contact.EventPaused, contact.EventDisconnected, contact.EventWithdrawn:
			ringing = ""
		default: // no end of an offer
		}
	}
	for _, once := range []contact.EventType{contact.EventInitiated, contact.EventDisconnected, contact.EventCompleted, contact.EventConnectedToAgent} {
		if count[once] > 1 {
			w.fail("events", "%s has %d events %s", c.ID, count[once], once)
		}
	}
	over := c.State == contact.Ended || c.State == contact.ACW
	if over != (count[contact.EventDisconnected] == 1) {
		w.fail("events", "%s is %s and has %d events DISCONNECTED", c.ID, c.State, count[contact.EventDisconnected])
	}
}

// apart is how far the clocks of two nodes are apart.
func (w *world) apart() time.Duration { return slices.Max(w.plan.Skews) - slices.Min(w.plan.Skews) }

// answered notes what a caller was told.
func (w *world) answered(c *call) {
	if fault.Is(c.err, fault.Contended) {
		w.fail("contended", "c%d %s has lost 30 times against others", c.number, c.name)
	}
	if c.err == nil && c.result != "" && (c.name == "start" || c.name == "external" || c.name == "transfer" || c.name == "transfer in hand") {
		w.acked[c.result] = true
		if w.contacts[c.result] == nil {
			w.fail("lost", "c%d was told of a task that does not exist: %s", c.number, c.result)
		}
	}
}

// sameToken notes that two calls have the same token.
func (w *world) sameToken(a, b *call) {
	root := a
	if a.root != nil {
		root = a.root
	}
	b.root = root
}

// checkTokens: calls with the same token were told of the same task.
func (w *world) checkTokens() {
	for _, c := range w.calls {
		if r := c.root; r != nil && c.err == nil && r.err == nil && c.over && r.over && c.result != r.result {
			w.fail("tokens", "c%d and c%d have the same token and were told of %s and %s", r.number, c.number, r.result, c.result)
		}
	}
}

// settleWithin is how long it may take, when no harm is done any more, until all that can happen has.
const settleWithin = 22 * time.Second

// finish ends all harm, lets all come to rest and checks what there is then.
func (w *world) finish() {
	w.calm, w.calmSince = true, w.now()
	w.relieve()
	for _, n := range w.nodes {
		n.frozenUntil, n.cutUntil, n.muteUntil, n.nextCommit, n.crashAfter = time.Time{}, time.Time{}, time.Time{}, proceed, 0
	}
	w.restart(planned{})
	w.tell("no harm is done from now on")
	w.elapse(3 * time.Second)
	w.readyAll()
	w.elapse(settleWithin)
	for _, c := range w.calls {
		if !c.over {
			w.fail("progress", "c%d %s has no outcome", c.number, c.name)
		}
	}
	if w.failed() {
		return
	}
	w.checkRest()
	w.checkTokens()
	w.checkLinear()
}

// readyAll has every agent close what they need not work on any more, and be available.
func (w *world) readyAll() {
	n := w.alive()
	if len(n) == 0 {
		w.fail("start", "no node is up %v after all harm has ended", 3*time.Second)
		return
	}
	for _, id := range w.ids(arn.User) {
		w.setStatus(n[0], id, w.named(arn.AgentStatus, "Available"))
	}
}

// checkRest holds what all has come to rest with against what must be.
func (w *world) checkRest() {
	w.checkOffered()
	w.checkOverdue()
	w.checkPanels()
	w.checkCounts()
	holders := 0
	for _, n := range w.nodes {
		if n.dispatcher != nil && n.dispatcher.Holds(instance) {
			holders++
		}
	}
	if holders != 1 {
		w.fail("owner", "%d nodes own the instance", holders)
	}
}

// checkOffered: no task waits that could be offered (V3).
func (w *world) checkOffered() {
	now := w.now()
	for _, c := range w.in(contact.Queued) {
		if w.spoilt[c.ID] {
			continue
		}
		for _, id := range w.agentOrder {
			if w.fits(w.agents[id], c, now.Add(-6*time.Second)) {
				w.fail("V3", "%s waits in %s, and %s is free for it", c.ID, c.Queue, id)
			}
		}
	}
}

// fits reports whether the router may offer a task to an agent, as it could have for a while.
func (w *world) fits(a *agent.Agent, c *contact.Contact, since time.Time) bool {
	u := w.users[a.ID]
	if u == nil || w.spoilt[a.ID] || len(u.SecurityProfiles) == 0 || c.Updated.After(since) {
		return false
	}
	p := w.profiles[u.RoutingProfile]
	if p == nil || !a.Ready() || a.Occupied() >= p.Slots || a.StatusSince.After(since) {
		return false
	}
	for _, leg := range a.Legs {
		if leg.Contact == c.ID || leg.Since.After(since) {
			return false
		}
	}
	for _, d := range a.Declined {
		if d.Contact == c.ID && d.Until.After(since) {
			return false
		}
	}
	sees := c.Queue == a.ID || slices.ContainsFunc(p.Queues, func(q routing.ProfileQueue) bool {
		return q.Queue == c.Queue && !c.Enqueued.Add(q.Delay).After(since)
	})
	if !sees || c.Criteria == nil {
		return sees
	}
	for i := range c.Criteria.Steps {
		if s := &c.Criteria.Steps[i]; s.Status == contact.StepActive {
			return slices.ContainsFunc(u.Proficiencies, func(p directory.Proficiency) bool {
				return s.Expression.Attribute != nil && p.Level >= s.Expression.Attribute.Min
			})
		}
	}
	return true
}

// overdue is how late a timer may be when all is well, apart from the clocks.
const overdue = 4 * time.Second

// checkOverdue: no timer is overdue.
func (w *world) checkOverdue() {
	late := overdue
	for _, n := range w.nodes {
		late = max(late, overdue-n.skew)
	}
	due, err := w.auditor.DueTimers(background, instance, w.now().Add(-late), 10000)
	w.must(err)
	for _, t := range due {
		if !w.spoilt[t.Contact] && !w.spoilt[t.Agent] && (w.contacts[t.Contact] == nil || !w.spoilt[w.contacts[t.Contact].Agent]) {
			w.fail("overdue", "timer %s is due since %v", t.ID(), w.now().Sub(t.Due))
		}
	}
}

// checkCounts: what is counted is as many as there are (V6), and the memory of every node is what the database says.
func (w *world) checkCounts() {
	open, waiting := 0, map[string]int{}
	found, err := w.database.look(`SELECT state, queue_id FROM contact WHERE instance_id = ?`, instance)
	w.must(err)
	for _, row := range found {
		if row[0] != string(contact.Ended) {
			open++
		}
		if row[0] == string(contact.Queued) {
			waiting[row[1].(string)]++
		}
	}
	for _, n := range w.alive() {
		if got := n.engine.ActiveTasks(); got != open {
			w.fail("counters", "%s counts %d active tasks, and there are %d", n.name, got, open)
		}
		w.checkMemory(n)
	}
	for _, q := range w.ids(arn.Queue) {
		got, err := w.auditor.CountWaiting(background, instance, q, 1000)
		w.must(err)
		if got != waiting[q] {
			w.fail("V6", "%d tasks are counted in %s, and %d wait", got, q, waiting[q])
		}
	}
	w.checkMetrics(waiting)
}

// checkMemory: a node remembers the configuration that the database holds.
func (w *world) checkMemory(n *node) {
	for _, of := range []struct {
		kind arn.Kind
		has  map[string]int64
	}{
		{arn.Queue, entries(n.engine.Queues(instance))},
		{arn.RoutingProfile, entries(n.engine.RoutingProfiles(instance))},
		{arn.User, entries(n.engine.Users(instance))},
		{arn.QuickConnect, entries(n.engine.QuickConnects(instance))},
		{arn.AgentStatus, entries(n.engine.AgentStatuses(instance))},
	} {
		want := map[string]int64{}
		for id, r := range w.resources[of.kind] {
			want[id] = r.Version
		}
		if !maps.Equal(of.has, want) {
			w.fail("memory", "%s remembers of kind %s %v, and there are %v", n.name, of.kind.Noun(), of.has, want)
		}
	}
}

func entries[T any](all []engine.Entry[T], err error) map[string]int64 {
	of := map[string]int64{}
	if err != nil {
		return of
	}
	for _, e := range all {
		of[e.ID] = e.Version
	}
	return of
}

// checkMetrics: the real-time metrics are what a naive count gives.
func (w *world) checkMetrics(waiting map[string]int) {
	queues := w.ids(arn.Queue)
	for _, n := range w.alive() {
		w.call(n, "metrics", "", "", func(ctx context.Context, e *engine.Engine) (string, error) {
			_, rows, err := e.CurrentMetrics(ctx, instance, metric.Question{
				Metrics: []metric.Name{metric.ContactsInQueue}, By: []metric.Grouping{metric.ByQueue}, Queues: queues,
			})
			for _, r := range rows {
				if r.Waiting.Count != waiting[r.Queue.ID] {
					w.fail("metrics", "%s counts %d in %s, and %d wait", n.name, r.Waiting.Count, r.Queue.ID, waiting[r.Queue.ID])
				}
			}
			return "", err
		})
		w.rest(mostSteps)
	}
}
