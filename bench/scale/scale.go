// Package scale measures offers in a large contact centre: 10,000 agents of 200 routing profiles, each with 50 of
// 1,000 queues, and half of the tasks with routing criteria.
package scale

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/tasklane/tasklane/bench/offer"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/dispatch"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/flow"
	"github.com/tasklane/tasklane/internal/routing"
	"github.com/tasklane/tasklane/internal/store"
)

const (
	agents        = 10_000
	queues        = 1000
	profiles      = 200
	profileQueues = 50
	languages     = 30 // values of the predefined attribute that criteria ask for
	atOnce        = 10_000
)

// BarMillis is what 99 of 100 offers take at most from the commit of the task, at half the best rate.
const BarMillis = 20

// Result is what was measured.
type Result struct {
	AtOnce offer.Run `json:"atOnce"` // tasks that were all started as fast as the machine can
	Half   offer.Run `json:"half"`   // tasks that were started at half that rate
	Kept   bool      `json:"kept"`
}

// Measure makes the contact centre in a SQLite database in dir and starts tasks in it: first as fast as the machine
// can, then for so long at half that rate.
func Measure(ctx context.Context, dir string, each time.Duration) (r Result, err error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return r, err
	}
	st, err := store.Open(ctx, store.Options{Dir: dir})
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, st.Close(), os.RemoveAll(dir)) }()
	e, err := engine.New(engine.Options{Store: st, OfferTimeout: time.Hour, Quotas: map[string]int{
		engine.QuotaActiveTasks: 0, engine.QuotaUsers: 0, engine.QuotaQueues: 0, engine.QuotaProfiles: 0,
	}})
	if err != nil {
		return r, err
	}
	w := offer.NewWatch(e)
	d := dispatch.New(dispatch.Options{Engine: e, Store: st, Node: "bench"})
	c, err := build(ctx, e)
	if err != nil {
		return r, err
	}
	stop, err := offer.Own(ctx, d, c.instance)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	if r.AtOnce, err = w.Run(ctx, atOnce, 1e9, c.task); err != nil {
		return r, err
	}
	rate := r.AtOnce.OffersPerSecond / 2
	if r.Half, err = w.Run(ctx, int(rate*each.Seconds()), rate, c.task); err != nil {
		return r, err
	}
	r.Kept = r.Half.CommitToOffer.P99 <= BarMillis
	return r, nil
}

// centre is the contact centre.
type centre struct {
	instance  string
	queues    []string
	plain     string // flow that sends a task to the queue that its attribute names
	demanding string // the same, for agents who know a language well
	profiles  []string
}

// task is the ith task.
func (c *centre) task(i int) engine.StartTask {
	in := engine.StartTask{Flow: c.plain, Name: fmt.Sprint("Call back ", i), Attributes: map[string]string{
		"queue": c.queues[i*7%queues], "language": language(i),
	}}
	if i%2 == 1 {
		in.Flow = c.demanding
	}
	return in
}

func language(i int) string { return fmt.Sprint("language-", i%languages) }

func build(ctx context.Context, e *engine.Engine) (*centre, error) {
	stock, err := offer.Bootstrap(ctx, e)
	if err != nil {
		return nil, err
	}
	c := &centre{instance: e.Instances()[0].ID}
	like, err := e.Queue(c.instance, stock.Queue)
	if err != nil {
		return nil, err
	}
	for i := range queues {
		q, err := e.CreateQueue(ctx, c.instance, routing.Queue{Name: fmt.Sprint("queue-", i), Hours: like.Value.Hours})
		if err != nil {
			return nil, err
		}
		c.queues = append(c.queues, q.ID)
	}
	spoken := routing.PredefinedAttribute{Name: "Language"}
	for i := range languages {
		spoken.Values = append(spoken.Values, language(i))
	}
	if err := e.CreatePredefinedAttribute(ctx, c.instance, spoken); err != nil {
		return nil, err
	}
	for i := range profiles {
		p, err := e.CreateRoutingProfile(ctx, c.instance,
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
	ids, err := offer.Hire(ctx, e, stock, agents, func(i int, u *directory.User) {
		u.RoutingProfile = c.profiles[i%profiles]
		for k := range 3 {
			u.Proficiencies = append(u.Proficiencies, directory.Proficiency{
				Name: spoken.Name, Value: language(i/profiles + 10*k), Level: float64(1 + (i/7+k)%5),
			})
		}
	})
	if err != nil {
		return nil, err
	}
	return c, offer.Available(ctx, e, ids)
}

// rows are the queues of a profile: each queue is in ten profiles, and half of those wait before they are offered it.
func (c *centre) rows(profile int) (rows []routing.Row) {
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

const criteria = `{"Identifier":"criteria","Type":"UpdateContactRoutingCriteria","Parameters":{"RoutingCriteria":{"Steps":[` +
	`{"Expression":{"AttributeCondition":{"Name":"Language","Value":"$.Attributes.language","ProficiencyLevel":3,` +
	`"ComparisonOperator":"NumberGreaterOrEqualTo"}}}]}},"Transitions":{"NextAction":"go",` +
	`"Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},`

// flow makes a flow that sends a task to the queue of its attribute, after one action more if there is one.
func (c *centre) flow(ctx context.Context, e *engine.Engine, name, action string) (string, error) {
	next := "go"
	if action != "" {
		next = "criteria"
	}
	text := strings.NewReplacer("NEXT", next, "ACTION", action).Replace(`{"Version":"2019-10-30","StartAction":"queue","Actions":[` +
		`{"Identifier":"queue","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"$.Attributes.queue"},` +
		`"Transitions":{"NextAction":"NEXT","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},ACTION` +
		`{"Identifier":"go","Type":"TransferContactToQueue","Parameters":{},"Transitions":{"NextAction":"end","Errors":[` +
		`{"NextAction":"end","ErrorType":"NoMatchingError"},{"NextAction":"end","ErrorType":"QueueAtCapacity"}]}},` +
		`{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`)
	f, err := e.CreateFlow(ctx, c.instance, engine.Flow{Name: name, Type: flow.TypeContactFlow, Saved: text}, true)
	return f.ID, err
}
