package engine_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/flow"
	"github.com/tasklane/tasklane/internal/routing"
	"github.com/tasklane/tasklane/internal/store"
	"github.com/tasklane/tasklane/internal/template"
)

const instance = "11111111-1111-4111-8111-111111111111"

// most are the quotas of the histories: small, so that they are met.
var most = map[string]int{
	engine.QuotaActiveTasks: 12, engine.QuotaLinked: 2, engine.QuotaTransfers: 2, engine.QuotaReschedules: 2, engine.QuotaPauses: 2,
}

// acwLimit bounds the after-contact work of one of the users.
const acwLimit = time.Minute

// place is where histories happen, one after the other: each begins with an empty database.
type place struct {
	store  *store.Store
	engine *engine.Engine
	other  *engine.Engine // knows only what it has read from the store
	now    *history

	queue, template, selfTemplate string
	quickConnects                 []string
	users                         []string
	limited                       string // the user whose after-contact work is bounded
	flows                         []string
	status                        []string
}

func open(t *testing.T) *place {
	t.Helper()
	st, err := store.Open(t.Context(), store.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	p := &place{store: st}
	for _, e := range []**engine.Engine{&p.engine, &p.other} {
		if *e, err = engine.New(engine.Options{Store: st, Quotas: most}); err != nil {
			t.Fatal(err)
		}
	}
	p.engine.Watch(func(c engine.Commit) {
		if p.now != nil && !c.Reset {
			p.now.committed(c)
		}
	})
	return p
}

// begin empties the database and makes what the commands need.
func (p *place) begin(t *rapid.T) *history {
	p.now = nil
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx := t.Context()
	must(p.store.Reset(ctx))
	stock, err := p.engine.Bootstrap(ctx, engine.First{
		Instance: directory.Instance{Instance: arn.Instance{Region: "us-east-1", Account: "000000000000", ID: instance}, Alias: "tasklane"},
		NewID:    func(arn.Kind, string) string { return uuid.NewString() },
		Admin:    directory.User{Username: "ann"}, Agent: directory.User{Username: "bob"},
	})
	must(err)
	p.queue, p.template, p.quickConnects = stock.Queue, stock.Template, []string{stock.QueueConnect, stock.UserConnect}
	p.flows = []string{stock.Flow, stock.Flow, stock.Flow}
	for i, content := range flowTexts {
		f, err := p.engine.CreateFlow(ctx, instance, engine.Flow{
			Name: fmt.Sprint("flow ", i), Type: flow.TypeContactFlow, Saved: fmt.Sprintf(content, stock.Queue),
		}, true)
		must(err)
		p.flows = append(p.flows, f.ID)
	}
	narrow, selfTemplate := uuid.NewString(), uuid.NewString()
	must(p.store.Update(ctx, instance, func(tx engine.Tx) error {
		tx.PutResource(resource(t, arn.RoutingProfile, narrow, "Narrow", routing.Profile{Slots: 2}))
		tx.PutResource(resource(t, arn.TaskTemplate, selfTemplate, "Mine", template.Template{
			Active: true, SelfAssignFlow: p.flowNamed(t, "Default agent transfer"),
			Fields: []template.Field{{Name: "Name", Type: template.FieldName}},
		}))
		return nil
	}))
	p.selfTemplate = selfTemplate
	eve, err := p.engine.CreateUser(ctx, instance, directory.User{Username: "eve", RoutingProfile: narrow, AfterContactWork: acwLimit})
	must(err)
	p.users, p.limited = []string{stock.Admin, stock.Agent, eve.ID}, eve.ID
	must(p.engine.CreatePredefinedAttribute(ctx, instance, routing.PredefinedAttribute{Name: "tier", Values: []string{"gold"}, Enforced: true}))
	p.status = p.status[:0]
	_, err = p.engine.CreateAgentStatus(ctx, instance, agent.Status{Name: "Lunch"})
	must(err)
	statuses, err := p.engine.AgentStatuses(instance)
	must(err)
	for _, s := range statuses {
		p.status = append(p.status, s.ID)
		if s.Value.Type != agent.Routable {
			continue
		}
		p.status = append(p.status, s.ID, s.ID) // as a rule somebody is there to work
		for _, user := range p.users {
			must(p.engine.SetStatus(ctx, instance, user, s.ID))
		}
	}
	p.now = &history{
		place: p, ctx: ctx, known: map[string]contact.Contact{}, attributes: map[string]map[string]string{},
	}
	return p.now
}

func resource(t *rapid.T, kind arn.Kind, id, name string, v any) engine.Resource {
	body, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return engine.Resource{Kind: kind, ID: id, Name: name, Body: body}
}

func (p *place) flowNamed(t *rapid.T, name string) string {
	flows, err := p.engine.Flows(instance)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range flows {
		if f.Name == name {
			return f.ID
		}
	}
	t.Fatalf("no flow is named %s", name)
	return ""
}

// flowTexts are flows that note something and end, that write to the related contact and go to a queue, and that
// disconnect. Attributes that flows set begin with "flow".
var flowTexts = []string{
	`{"Version":"2019-10-30","StartAction":"a","Metadata":{"queue":"%s"},"Actions":[
	  {"Identifier":"a","Type":"UpdateContactAttributes","Parameters":{"Attributes":{"flow":"was here"}},
	   "Transitions":{"NextAction":"z","Errors":[{"NextAction":"z","ErrorType":"NoMatchingError"}],"Conditions":[]}},
	  {"Identifier":"z","Type":"EndFlowExecution","Parameters":{},"Transitions":{}}]}`,
	`{"Version":"2019-10-30","StartAction":"a","Metadata":{},"Actions":[
	  {"Identifier":"a","Type":"UpdateContactAttributes","Parameters":{"TargetContact":"Related","Attributes":{"flow-related":"yes"}},
	   "Transitions":{"NextAction":"b","Errors":[{"NextAction":"b","ErrorType":"NoMatchingError"}],"Conditions":[]}},
	  {"Identifier":"b","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"%s"},
	   "Transitions":{"NextAction":"c","Errors":[{"NextAction":"z","ErrorType":"NoMatchingError"}],"Conditions":[]}},
	  {"Identifier":"c","Type":"TransferContactToQueue","Parameters":{},
	   "Transitions":{"NextAction":"z","Errors":[{"NextAction":"z","ErrorType":"QueueAtCapacity"},
	    {"NextAction":"z","ErrorType":"NoMatchingError"}],"Conditions":[]}},
	  {"Identifier":"z","Type":"EndFlowExecution","Parameters":{},"Transitions":{}}]}`,
	`{"Version":"2019-10-30","StartAction":"z","Metadata":{"queue":"%s"},"Actions":[
	  {"Identifier":"z","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`,
}
