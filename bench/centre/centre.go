// Package centre makes a large contact centre: 1,000 queues, agents of 200 routing profiles with 50 of the queues
// each, and tasks of which half have routing criteria.
package centre

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tasklane/tasklane/bench/offer"
	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/flow"
	"github.com/tasklane/tasklane/internal/routing"
)

const (
	queues        = 1000
	profiles      = 200
	profileQueues = 50
	languages     = 30 // values of the predefined attribute that criteria ask for
	level         = 3  // that they ask for, at least
)

// Centre is the contact centre.
type Centre struct {
	Instance string
	Agents   []string // ids; they are Offline

	queues    []string
	plain     string // flow that sends a task to the queue that its attribute names
	demanding string // the same, for agents who know a language well
	profiles  []string
}

// Task is the ith task.
func (c *Centre) Task(i int) engine.StartTask {
	in := engine.StartTask{Flow: c.plain, Name: fmt.Sprint("Call back ", i), Attributes: map[string]string{
		"queue": c.queue(i), "language": language(i),
	}}
	if i%2 == 1 {
		in.Flow = c.demanding
	}
	return in
}

// Waiting is the ith task as it is when it waits in its queue since a time.
func (c *Centre) Waiting(i int, since time.Time) *contact.Contact {
	in := c.Task(i)
	w := &contact.Contact{ID: contact.NewID(since), Name: in.Name, Flow: in.Flow, Target: c.queue(i)}
	if i%2 == 1 {
		w.Criteria = &contact.Criteria{Steps: []contact.Step{{Status: contact.StepInactive, Expression: contact.Expression{
			Attribute: &contact.Condition{Name: spoken, Value: language(i), Min: level},
		}}}}
	}
	return w
}

// queue is that of the ith task.
func (c *Centre) queue(i int) string { return c.queues[i*7%queues] }

// spoken is the predefined attribute that criteria ask for.
const spoken = "Language"

func language(i int) string { return fmt.Sprint("language-", i%languages) }

// Build makes a contact centre with so many agents in an engine that has nothing yet.
func Build(ctx context.Context, e *engine.Engine, agents int) (*Centre, error) {
	stock, err := offer.Bootstrap(ctx, e)
	if err != nil {
		return nil, err
	}
	c := &Centre{Instance: e.Instances()[0].ID}
	like, err := e.Queue(c.Instance, stock.Queue)
	if err != nil {
		return nil, err
	}
	for i := range queues {
		q, err := e.CreateQueue(ctx, c.Instance, routing.Queue{Name: fmt.Sprint("queue-", i), Hours: like.Value.Hours})
		if err != nil {
			return nil, err
		}
		c.queues = append(c.queues, q.ID)
	}
	attribute := routing.PredefinedAttribute{Name: spoken}
	for i := range languages {
		attribute.Values = append(attribute.Values, language(i))
	}
	if err := e.CreatePredefinedAttribute(ctx, c.Instance, attribute); err != nil {
		return nil, err
	}
	for i := range profiles {
		p, err := e.CreateRoutingProfile(ctx, c.Instance,
			routing.Profile{Name: fmt.Sprint("profile-", i), Description: "Measured", DefaultOutbound: stock.Queue},
			[]routing.Concurrency{{Channel: routing.Task, Slots: offer.Slots}}, engine.ProfileQueues{Offered: c.rows(i)})
		if err != nil {
			return nil, err
		}
		c.profiles = append(c.profiles, p.ID)
	}
	if c.plain, err = c.flow(ctx, e, "plain", ""); err != nil {
		return nil, err
	}
	if c.demanding, err = c.flow(ctx, e, "demanding", criteria); err != nil {
		return nil, err
	}
	c.Agents, err = offer.Hire(ctx, e, stock, agents, func(i int, u *directory.User) {
		u.RoutingProfile = c.profiles[i%profiles]
		for k := range 3 {
			u.Proficiencies = append(u.Proficiencies, directory.Proficiency{
				Name: spoken, Value: language(i/profiles + 10*k), Level: float64(1 + (i/7+k)%5),
			})
		}
	})
	return c, err
}

// rows are the queues of a profile: each queue is in ten profiles, and half of those wait before they are offered it.
func (c *Centre) rows(profile int) (rows []routing.Row) {
	for k := range profileQueues {
		row := routing.Row{Channel: routing.Task, ProfileQueue: routing.ProfileQueue{
			Queue: c.queues[(profile*queues/profiles+k)%queues], Priority: 1 + k%3,
		}}
		if (k/5)%2 == 1 {
			row.Delay = 30 * time.Second
		}
		rows = append(rows, row)
	}
	return rows
}

// criteria are what [Centre.Waiting] has, as an action.
const criteria = `{"Identifier":"criteria","Type":"UpdateContactRoutingCriteria","Parameters":{"RoutingCriteria":{"Steps":[` +
	`{"Expression":{"AttributeCondition":{"Name":"Language","Value":"$.Attributes.language","ProficiencyLevel":LEVEL,` +
	`"ComparisonOperator":"NumberGreaterOrEqualTo"}}}]}},"Transitions":{"NextAction":"go",` +
	`"Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},`

// flow makes a flow that sends a task to the queue of its attribute, after one action more if there is one.
func (c *Centre) flow(ctx context.Context, e *engine.Engine, name, action string) (string, error) {
	next := "go"
	if action != "" {
		next = "criteria"
	}
	text := strings.NewReplacer("NEXT", next, "ACTION", strings.Replace(action, "LEVEL", strconv.Itoa(level), 1)).Replace(`{"Version":"2019-10-30","StartAction":"queue","Actions":[` +
		`{"Identifier":"queue","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"$.Attributes.queue"},` +
		`"Transitions":{"NextAction":"NEXT","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},ACTION` +
		`{"Identifier":"go","Type":"TransferContactToQueue","Parameters":{},"Transitions":{"NextAction":"end","Errors":[` +
		`{"NextAction":"end","ErrorType":"NoMatchingError"},{"NextAction":"end","ErrorType":"QueueAtCapacity"}]}},` +
		`{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`)
	f, err := e.CreateFlow(ctx, c.Instance, engine.Flow{Name: name, Type: flow.TypeContactFlow, Saved: text}, true)
	return f.ID, err
}
