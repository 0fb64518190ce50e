package dispatch

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/flow"
	"github.com/tasklane/tasklane/internal/routing"
)

// toAgent is a flow that takes a task to the queue of the agent in its attribute who. It notes the queue it has
// chosen, and the branch it takes when something fails.
const toAgent = `{"Version":"2019-10-30","StartAction":"choose","Actions":[
  {"Identifier":"choose","Type":"UpdateContactTargetQueue","Parameters":{"AgentId":"$.Attributes.who"},
   "Transitions":{"NextAction":"note","Errors":[{"ErrorType":"NoMatchingError","NextAction":"unknown"}]}},
  {"Identifier":"note","Type":"UpdateContactAttributes","Parameters":{"Attributes":{"arn":"$.Queue.ARN","name":"$.Queue.Name","agent":"$.Agent.UserName"}},
   "Transitions":{"NextAction":"queue","Errors":[{"ErrorType":"NoMatchingError","NextAction":"end"}]}},
  {"Identifier":"queue","Type":"TransferContactToQueue","Parameters":{},
   "Transitions":{"NextAction":"end","Errors":[{"ErrorType":"QueueAtCapacity","NextAction":"full"},{"ErrorType":"NoMatchingError","NextAction":"lost"}]}},
  {"Identifier":"unknown","Type":"UpdateContactAttributes","Parameters":{"Attributes":{"branch":"unknown"}},
   "Transitions":{"NextAction":"end","Errors":[{"ErrorType":"NoMatchingError","NextAction":"end"}]}},
  {"Identifier":"full","Type":"UpdateContactAttributes","Parameters":{"Attributes":{"branch":"full"}},
   "Transitions":{"NextAction":"end","Errors":[{"ErrorType":"NoMatchingError","NextAction":"end"}]}},
  {"Identifier":"lost","Type":"UpdateContactAttributes","Parameters":{"Attributes":{"branch":"lost"}},
   "Transitions":{"NextAction":"end","Errors":[{"ErrorType":"NoMatchingError","NextAction":"end"}]}},
  {"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

// publish makes a flow and returns its id.
func (w *world) publish(name, content string) string {
	w.Helper()
	f, err := w.engine.CreateFlow(w.Context(), instance, engine.Flow{Name: name, Type: flow.TypeContactFlow, Saved: content}, true)
	if err != nil {
		w.Fatal(err)
	}
	return f.ID
}

// sender returns what starts tasks for an agent, who is named as a flow may name them.
func (w *world) sender() func(name, who string) string {
	w.Helper()
	id := w.publish("To an agent", toAgent)
	return func(name, who string) string {
		w.Helper()
		return w.start(name, func(in *engine.StartTask) {
			in.Flow, in.Attributes = id, map[string]string{"who": who}
		})
	}
}

func (w *world) attribute(id, name string) string {
	w.Helper()
	_, attributes, err := w.engine.Contact(w.Context(), instance, id)
	w.must(err)
	return attributes[name]
}

// command runs a command on the store itself.
func (w *world) command(fn func(engine.Tx)) {
	w.Helper()
	w.must(w.store.Update(w.Context(), instance, func(tx engine.Tx) error {
		fn(tx)
		return nil
	}))
}

// busy makes an agent with one slot and no queue but these, and returns them.
func (w *world) busy(name string, queues ...string) string {
	w.Helper()
	p := routing.Profile{Slots: 1, DefaultOutbound: w.stock.Queue}
	for _, q := range queues {
		p.Queues = append(p.Queues, routing.ProfileQueue{Queue: q, Priority: 1})
	}
	body, err := json.Marshal(p)
	w.must(err)
	profile := uuid.NewString()
	w.command(func(tx engine.Tx) {
		tx.PutResource(engine.Resource{Kind: arn.RoutingProfile, ID: profile, Name: "of " + name, Body: body})
	})
	like, err := w.engine.User(instance, w.stock.Agent)
	w.must(err)
	u, err := w.engine.CreateUser(w.Context(), instance, directory.User{
		Username: name, RoutingProfile: profile, SecurityProfiles: like.Value.SecurityProfiles,
	})
	w.must(err)
	return u.ID
}

// work accepts and finishes a task.
func (w *world) work(id, user string) {
	w.Helper()
	w.want(id, contact.Connecting, user)
	w.must(w.engine.Accept(w.Context(), instance, id, user))
	w.must(w.engine.End(w.Context(), instance, id, user))
	w.must(w.engine.Clear(w.Context(), instance, id, user))
	w.want(id, contact.Ended, user)
}

func TestTaskInAnAgentsQueueGoesToThemAloneAndFirst(t *testing.T) {
	run(t, func(w *world) {
		send, cid := w.sender(), w.busy("cid", w.stock.Queue)
		older := w.start("older")
		time.Sleep(time.Minute)
		own := send("for cid", cid)
		w.want(own, contact.Queued, "")
		if got := w.contact(own).Queue; got != cid {
			w.Errorf("it is in queue %s, want cid's", got)
		}
		w.choose(cid, "Available")
		w.want(own, contact.Connecting, cid)
		w.want(older, contact.Queued, "")
		w.choose(w.stock.Agent, "Available")
		w.want(older, contact.Connecting, w.stock.Agent)
		w.work(own, cid)
		w.choose(cid, "Offline")
		again := send("for cid again", cid)
		time.Sleep(time.Hour) // ann is free all the time
		w.want(again, contact.Queued, "")
	})
}

func TestAgentWhoServesNoQueueHasTheirOwn(t *testing.T) {
	run(t, func(w *world) {
		send, cid := w.sender(), w.busy("cid")
		w.choose(cid, "Available")
		other := w.start("for anybody")
		w.work(send("for cid", cid), cid)
		w.want(other, contact.Queued, "")
	})
}

func TestFlowNamesAnAgentByIDARNOrLogin(t *testing.T) {
	run(t, func(w *world) {
		send := w.sender()
		u, err := w.engine.User(instance, w.stock.Agent)
		w.must(err)
		queue := strings.Replace(u.ARN, "/agent/", "/queue/agent/", 1)
		for _, who := range []string{u.ID, u.ARN, "ann", queue} {
			id := send("for ann", who)
			w.want(id, contact.Queued, "")
			if c := w.contact(id); c.Queue != u.ID {
				w.Errorf("AgentId %s: in queue %q, want ann's", who, c.Queue)
			}
			if got := w.attribute(id, "arn"); got != queue {
				w.Errorf("$.Queue.ARN = %q, want %q", got, queue)
			}
			if name, agent := w.attribute(id, "name"), w.attribute(id, "agent"); name != "" || agent != "" {
				w.Errorf("$.Queue.Name = %q, $.Agent.UserName = %q, want none in a flow of this type", name, agent)
			}
		}
		handOn := w.publish("Hand on", strings.Replace(toAgent, `"AgentId":"$.Attributes.who"`, `"QueueId":"$.Attributes.who"`, 1))
		for who, queued := range map[string]bool{queue: true, u.ID: false, w.stock.Queue: true} {
			id := w.start("handed on", func(in *engine.StartTask) { in.Flow, in.Attributes = handOn, map[string]string{"who": who} })
			synctest.Wait()
			if got := w.contact(id).Queue != ""; got != queued {
				w.Errorf("QueueId %s: queued is %t, want %t", who, got, queued)
			}
		}
		other := strings.Replace(u.ARN, instance, uuid.NewString(), 1)
		for _, who := range []string{"nobody", uuid.NewString(), other, ""} {
			id := send("for nobody", who)
			w.want(id, contact.Ended, "")
			if got := w.attribute(id, "branch"); got != "unknown" {
				w.Errorf("AgentId %q: branch %q, want unknown", who, got)
			}
		}
	})
}

func TestTransferFlowsGoToThePresetTarget(t *testing.T) {
	run(t, func(w *world) {
		flows, err := w.engine.Flows(instance)
		w.must(err)
		byName := map[string]string{}
		for _, f := range flows {
			byName[f.Name] = f.ID
		}
		own, err := w.engine.CreateFlow(w.Context(), instance, engine.Flow{
			Name: "Note the agent", Type: flow.TypeAgentTransfer,
			Saved: strings.Replace(toAgent, `"StartAction":"choose"`, `"StartAction":"note"`, 1),
		}, true)
		w.must(err)
		byName[own.Name] = own.ID
		gone := w.busy("gone")
		w.command(func(tx engine.Tx) {
			u, err := w.engine.User(instance, gone)
			w.must(err)
			tx.DeleteResource(u.Resource)
		})
		tests := []struct {
			flow, target string
			want         contact.State
		}{
			{"Default agent transfer", w.stock.Agent, contact.Queued},
			{"Default queue transfer", w.stock.Queue, contact.Queued},
			{"Note the agent", w.stock.Agent, contact.Queued},
			{"Note the agent", w.stock.Queue, contact.Queued},
			{"Default agent transfer", gone, contact.Ended},
			{"Default queue transfer", "", contact.Ended},
		}
		for _, tt := range tests {
			at := w.engine.Now().Add(time.Second)
			id := contact.NewID(at)
			w.command(func(tx engine.Tx) {
				c := &contact.Contact{ID: id, Flow: byName[tt.flow], Target: tt.target, ScheduledFor: at}
				events := c.Begin(tx.Now())
				tx.PutContact(c)
				tx.PutChain(&contact.Chain{ID: id})
				tx.Emit(id, events...)
				tx.SetTimer(engine.Timer{Kind: engine.TimerStart, Contact: id, Due: at})
			})
			time.Sleep(2 * time.Second)
			w.want(id, tt.want, "")
			if c := w.contact(id); tt.want == contact.Queued && c.Queue != tt.target {
				w.Errorf("%s: in queue %s, want %s", tt.flow, c.Queue, tt.target)
			}
			if name := w.attribute(id, "agent"); (name == "ann") != (tt.flow == own.Name && tt.target == w.stock.Agent) {
				w.Errorf("%s to %s: $.Agent.UserName is %q", tt.flow, tt.target, name)
			}
		}
	})
}

func TestQuickConnectAndTransferReachAnAgentsQueue(t *testing.T) {
	run(t, func(w *world) {
		id := w.start("for ann", func(in *engine.StartTask) { in.Flow, in.QuickConnect = "", w.stock.UserConnect })
		w.want(id, contact.Queued, "")
		if c := w.contact(id); c.Queue != w.stock.Agent {
			w.Errorf("the quick connect led to %s, want ann's queue", c.Queue)
		}
		cid := w.busy("cid")
		next, err := w.engine.Transfer(w.Context(), instance, engine.TransferTask{Contact: id, Flow: w.contact(id).Flow, User: cid})
		w.must(err)
		w.want(id, contact.Ended, "")
		w.want(next, contact.Queued, "")
		w.choose(w.stock.Agent, "Available")
		w.want(next, contact.Queued, "")
		w.choose(cid, "Available")
		w.work(next, cid)
	})
}

func TestPriorityAndAgeOrderWhatWaits(t *testing.T) {
	run(t, func(w *world) {
		cid := w.busy("cid", w.stock.Queue)
		update := func(id string, d engine.RoutingData) {
			w.Helper()
			w.must(w.engine.UpdateRouting(w.Context(), instance, id, d))
		}
		age := func(d time.Duration) engine.RoutingData { return engine.RoutingData{Adjustment: &d} }
		best, worse := contact.Priority(1), contact.Priority(6)
		var ids []string
		for _, name := range []string{"younger", "first", "last", "older", "urgent", "later"} {
			in := func(in *engine.StartTask) {
				if name == "later" {
					in.ScheduledFor = w.engine.Now().Add(time.Minute)
				}
			}
			ids = append(ids, w.start(name, in))
			time.Sleep(time.Second)
		}
		younger, first, last, older, urgent, later := ids[0], ids[1], ids[2], ids[3], ids[4], ids[5]
		update(younger, age(-time.Minute)) // 1 min after it came, it is new
		update(older, age(time.Hour))
		update(older, age(2*time.Second)) // takes the place of the hour: level with first, which has the smaller id
		update(older, age(3*time.Second))
		update(urgent, engine.RoutingData{Priority: &best})
		update(last, engine.RoutingData{Priority: &worse})
		update(later, age(24*time.Hour)) // kept until it is queued
		time.Sleep(2 * time.Minute)
		w.want(later, contact.Queued, "")
		w.choose(cid, "Available")
		for _, id := range []string{urgent, later, older, first, younger, last} {
			w.work(id, cid)
		}
	})
}

func TestNewPlaceCountsWhenATaskThatRingsComesBack(t *testing.T) {
	run(t, func(w *world) {
		cid := w.busy("cid", w.stock.Queue)
		w.choose(cid, "Available")
		one := w.start("one")
		w.want(one, contact.Connecting, cid)
		time.Sleep(time.Second)
		two := w.start("two")
		age := -time.Hour
		w.must(w.engine.UpdateRouting(w.Context(), instance, one, engine.RoutingData{Adjustment: &age}))
		w.want(one, contact.Connecting, cid)
		time.Sleep(time.Minute)
		w.want(one, contact.Queued, "") // missed
		bob := w.busy("bob", w.stock.Queue)
		w.choose(bob, "Available")
		w.want(two, contact.Connecting, bob)
		w.want(one, contact.Queued, "")
	})
}
