package engine

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/attachment"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/flow"
	"github.com/tasklane/tasklane/internal/hours"
	"github.com/tasklane/tasklane/internal/routing"
	"github.com/tasklane/tasklane/internal/template"
)

// First is what the first instance of a server is made with. Other instances have no users.
type First struct {
	Instance  directory.Instance // without Created
	AccessKey directory.AccessKey
	NewID     func(kind arn.Kind, name string) string
	Admin     directory.User // Username, PasswordHash
	Agent     directory.User // Username, PasswordHash
}

// Stock are the ids of what a new instance has.
type Stock struct {
	Queue, Flow, Template     string
	QueueConnect, UserConnect string // quick connects
	Admin, Agent              string
}

// stockNames are the names of what [Stock] tells, but for the users.
const (
	stockQueue    = "BasicQueue" // also of the quick connect that leads to it
	stockFlow     = "Sample task flow"
	stockTemplate = "Sample task template"
)

// Stock are the ids that the stock resources will have if NewID gives the same id for a kind and a name every time.
func (f First) Stock() Stock {
	user := func(kind arn.Kind, u directory.User) string {
		if u.Username == "" {
			return ""
		}
		return f.NewID(kind, u.Username)
	}
	return Stock{
		Queue: f.NewID(arn.Queue, stockQueue), Flow: f.NewID(arn.Flow, stockFlow), Template: f.NewID(arn.TaskTemplate, stockTemplate),
		QueueConnect: f.NewID(arn.QuickConnect, stockQueue), UserConnect: user(arn.QuickConnect, f.Agent),
		Admin: user(arn.User, f.Admin), Agent: user(arn.User, f.Agent),
	}
}

// AllPermissions and the like are what the stock security profiles allow
// (https://docs.aws.amazon.com/connect/latest/adminguide/default-security-profiles.html), as far as Tasklane
// asks for a permission.
var stockProfiles = []directory.SecurityProfile{
	{Name: "Admin", Description: "Everything", Permissions: []string{
		directory.BasicAgentAccess, directory.ContactSearchView, directory.SelfAssignContacts, directory.UsersEdit,
	}},
	{Name: "Agent", Description: "Works tasks", Permissions: []string{directory.BasicAgentAccess, directory.SelfAssignContacts}},
	{Name: "CallCenterManager", Description: "Manages users, routing and metrics", Permissions: []string{
		directory.BasicAgentAccess, directory.ContactSearchView, directory.SelfAssignContacts,
	}},
	{Name: "QualityAnalyst", Description: "Looks at contacts", Permissions: []string{directory.ContactSearchView}},
}

// Bootstrap makes the first instance with its stock resources, named as Amazon Connect names them, in one
// commit, and loads it.
func (e *Engine) Bootstrap(ctx context.Context, first First) (Stock, error) {
	b := builder{first: first, t: &tenant{Instance: first.Instance, catalog: newCatalog()}}
	err := e.store.Update(ctx, first.Instance.ID, func(tx Tx) error {
		b.tx, b.err = tx, nil
		first.Instance.Created = tx.Now()
		tx.PutInstance(first.Instance)
		tx.PutAccessKey(first.AccessKey)
		b.build()
		return b.err
	})
	if err != nil {
		return Stock{}, fmt.Errorf("make the first instance: %w", err)
	}
	return b.stock, e.Load(ctx)
}

// builder writes stock resources and remembers the first error.
type builder struct {
	first First
	t     *tenant
	tx    Tx
	stock Stock
	err   error
}

func (b *builder) add(kind arn.Kind, name string, v any) string {
	id := b.first.NewID(kind, name)
	b.addAs(kind, id, name, v)
	return id
}

// addAs is add for what others had to refer to before it was written.
func (b *builder) addAs(kind arn.Kind, id, name string, v any) {
	if err := b.t.add(b.tx, kind, id, name, v, 0); err != nil && b.err == nil {
		b.err = err
	}
}

func (b *builder) build() {
	open := b.add(arn.Hours, "Basic Hours", hours.Hours{Periods: hours.AlwaysOpen()})
	b.stock.Queue = b.first.NewID(arn.Queue, stockQueue)
	profile := b.add(arn.RoutingProfile, "Basic Routing Profile", routing.Profile{
		Description: "A simple routing profile", Slots: 10, DefaultOutbound: b.stock.Queue, Default: true,
		Queues: []routing.ProfileQueue{{Queue: b.stock.Queue, Priority: 1}},
	})
	b.add(arn.AgentStatus, "Available", agent.Status{Type: agent.Routable, DisplayOrder: 1})
	b.add(arn.AgentStatus, "Offline", agent.Status{Type: agent.Offline, DisplayOrder: 2})
	security := map[string]string{}
	for _, p := range stockProfiles {
		security[p.Name] = b.add(arn.SecurityProfile, p.Name, p)
	}
	b.stock.Admin = b.user(b.first.Admin, profile, security["Admin"])
	b.stock.Agent = b.user(b.first.Agent, profile, security["Agent"])
	b.add(arn.StorageConfig, attachment.Resource, attachment.Storage{
		Bucket: "tasklane-attachments", Prefix: "connect/" + cmp.Or(b.first.Instance.Alias, b.first.Instance.ID) + "/Attachments",
	})
	b.flows()
	connects := []string{b.stock.QueueConnect}
	if b.stock.UserConnect != "" {
		connects = append(connects, b.stock.UserConnect)
	}
	slices.Sort(connects)
	b.addAs(arn.Queue, b.stock.Queue, stockQueue, routing.Queue{
		Description: "A basic queue", Hours: open, QuickConnects: connects,
	})
}

// user writes a user and returns their id; there is none without a name.
func (b *builder) user(u directory.User, profile, security string) string {
	if u.Username == "" {
		return ""
	}
	u.RoutingProfile, u.SecurityProfiles = profile, []string{security}
	return b.add(arn.User, u.Username, u)
}

// flows writes the default flows, the sample flow and what leads to them.
func (b *builder) flows() {
	ids := map[string]string{}
	for _, d := range flow.Defaults(b.t.Of(arn.Queue, b.stock.Queue)) {
		ids[d.Name] = b.add(arn.Flow, d.Name, Flow{
			Type: d.Type, Description: d.Description, Saved: d.Content, Published: d.Content,
		})
	}
	b.stock.Flow = ids[stockFlow]
	b.stock.Template = b.add(arn.TaskTemplate, stockTemplate, template.Template{
		Active: true, Flow: b.stock.Flow, Created: b.tx.Now(),
		Fields: []template.Field{
			{Name: "Task name", Type: template.FieldName}, {Name: "Description", Type: template.FieldDescription},
		},
		Required: []string{"Task name"},
	})
	b.stock.QueueConnect = b.add(arn.QuickConnect, stockQueue, routing.QuickConnect{Destination: routing.Destination{
		Type: routing.QuickConnectQueue, Target: b.stock.Queue, Flow: ids["Default queue transfer"],
	}})
	if b.stock.Agent == "" {
		return
	}
	b.stock.UserConnect = b.add(arn.QuickConnect, b.first.Agent.Username, routing.QuickConnect{Destination: routing.Destination{
		Type: routing.QuickConnectUser, Target: b.stock.Agent, Flow: ids["Default agent transfer"],
	}})
}
