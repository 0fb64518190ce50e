package rehearse

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/metric"
)

// show tells how things stand, and changes nothing.
func (p *stage) show(ctx context.Context, l line) error {
	switch kind := l.word(1); {
	case kind == "contact":
		t := l.from(1)
		id, err := t.last(p.contact(t))
		if err != nil {
			return err
		}
		return p.showContact(ctx, id)
	case (kind == "agent" || kind == "queue") && len(l.words) == 3:
		id, err := p.named(l, kind, l.word(2))
		if err != nil {
			return err
		}
		if kind == "agent" {
			return p.showAgent(ctx, id)
		}
		return p.showQueue(ctx, id)
	default:
		return l.mistake("what can be shown is contact [N], agent LOGIN or queue ID, not %q", kind)
	}
}

// showContact tells where a contact is, and while it waits why nobody has it.
func (p *stage) showContact(ctx context.Context, id string) error {
	c, _, err := p.engine.Contact(ctx, instance, id)
	if err != nil {
		return err
	}
	p.say("%s", p.whereabouts(c))
	if c.Criteria != nil {
		p.say("steps: %s", p.steps(c.Criteria))
	}
	if c.State != contact.Queued {
		return nil
	}
	return p.showObstacles(ctx, id)
}

func (p *stage) say(format string, args ...any) {
	fmt.Fprintf(p, "  %s\n", p.told(fmt.Sprintf(format, args...)))
}

func (p *stage) whereabouts(c *contact.Contact) string {
	var b strings.Builder
	b.WriteString(string(c.State))
	if c.Reason != "" {
		fmt.Fprintf(&b, " by %s", c.Reason)
	}
	if c.Queue != "" {
		fmt.Fprintf(&b, ", queue %s since %s, priority %d", c.Queue, p.since(c.Enqueued), c.Priority)
		if !c.Rank.IsZero() && !c.Rank.Equal(c.Enqueued) {
			fmt.Fprintf(&b, ", as old as one of %s", p.since(c.Rank))
		}
	}
	if c.Agent != "" {
		fmt.Fprintf(&b, ", agent %s", c.Agent)
	}
	return b.String()
}

func (p *stage) steps(criteria *contact.Criteria) string {
	var all []string
	for _, s := range criteria.Steps {
		text := string(s.Status)
		if s.Status == contact.StepActive && !s.Expires.IsZero() {
			text += " until " + p.since(s.Expires)
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

// showObstacles tells what keeps a contact that waits from the agents whom it could be for.
func (p *stage) showObstacles(ctx context.Context, id string) error {
	why, err := p.dispatcher.WhyTask(ctx, instance, id)
	if err != nil {
		return err
	}
	if len(why.Agents) == 0 {
		p.say("no agent has its queue")
	}
	for _, a := range why.Agents {
		until := ""
		if !a.Until.IsZero() {
			until = ", until " + p.since(a.Until)
		}
		p.say("%s: %s%s", a.Name, a.Summary, until)
	}
	return nil
}

// showAgent tells what an agent is doing.
func (p *stage) showAgent(ctx context.Context, id string) error {
	d, err := p.engine.Desk(ctx, instance, id)
	if err != nil {
		return err
	}
	text := d.Status.Name
	if d.Agent.Next != "" {
		text += ", next " + d.Next.Name
	}
	text += fmt.Sprintf(", %d of %d slots", d.Agent.Occupied(), d.Profile.Value.Slots)
	var hands []string
	for _, task := range d.Tasks {
		hands = append(hands, fmt.Sprintf("%s %s", p.names[task.Task.ID], task.State))
	}
	if len(hands) > 0 {
		text += ": " + strings.Join(hands, ", ")
	}
	p.say("%s", text)
	return nil
}

// current and past are the metrics that are told of a queue.
var (
	current = []metric.Name{metric.ContactsInQueue, metric.ContactsScheduled}
	past    = []metric.Name{"CONTACTS_QUEUED_BY_ENQUEUE", "CONTACTS_HANDLED", "CONTACTS_ABANDONED", "SUM_CONTACTS_DISCONNECTED"}
)

// longestPast bounds how far back the metrics of a queue look: less than 35 days.
const longestPast = 35*24*time.Hour - time.Second

// showQueue tells the metrics of a queue: of this moment, and since the play began.
func (p *stage) showQueue(ctx context.Context, id string) error {
	now, rows, err := p.engine.CurrentMetrics(ctx, instance, metric.Question{Metrics: current, Queues: []string{id}})
	if err != nil {
		return err
	}
	var all []string
	for _, name := range current {
		n, _ := rows[0].Value(name)
		all = append(all, fmt.Sprintf("%s %g", name, n))
	}
	from := p.zero
	if now.Sub(from) > longestPast {
		from = now.Add(-longestPast)
	}
	h := engine.History{
		Span:    metric.Span{Start: from, End: now, Period: metric.Total, Zone: time.UTC},
		Filters: map[metric.Dimension][]string{metric.DimensionQueue: {id}},
	}
	for _, name := range past {
		h.Metrics = append(h.Metrics, metric.Wanted{Name: name})
	}
	sums, err := p.engine.HistoricalMetrics(ctx, instance, h)
	if err != nil {
		return err
	}
	for i, name := range past {
		n := 0.0
		if len(sums) > 0 {
			n, _ = sums[0].Tallies[i].Value(name)
		}
		all = append(all, fmt.Sprintf("%s %g", name, n))
	}
	p.say("%s", strings.Join(all, ", "))
	return nil
}
