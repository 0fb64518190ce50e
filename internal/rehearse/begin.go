package rehearse

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/flow"
)

// mostAtOnce bounds how many tasks one line starts.
const mostAtOnce = 1000

// startTasks starts a task, or several one after the other.
func (p *stage) startTasks(ctx context.Context, l line) error {
	t := l.from(1)
	times := 1
	if _, several := t.isNumber(); several {
		var err error
		if times, err = t.number("start", 1, mostAtOnce); err != nil {
			return err
		}
	}
	in := engine.StartTask{Name: "Task", Attributes: map[string]string{}, References: contact.References{}}
	if err := p.startsAt(ctx, t, &in); err != nil {
		return err
	}
	tags := map[string]string{}
	for t.more() {
		if err := p.says(t, &in, tags); err != nil {
			return err
		}
	}
	if in.Flow == "" && in.QuickConnect == "" {
		return l.mistake("a task starts in a flow (flow=ID), in a queue (in ID), for an agent (for LOGIN) or by a quick connect (by ID)")
	}
	return p.startAll(ctx, in, tags, times)
}

func (p *stage) startAll(ctx context.Context, in engine.StartTask, tags map[string]string, times int) error {
	for i := range times {
		if i > 0 {
			if err := p.settle(ctx); err != nil {
				return err
			}
			p.tick()
		}
		id, err := p.engine.StartTask(ctx, instance, in)
		if err == nil && len(tags) > 0 {
			err = p.tag(ctx, id, tags)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// tag gives tags to a task, after all that follows from its beginning.
func (p *stage) tag(ctx context.Context, id string, tags map[string]string) error {
	if err := p.settle(ctx); err != nil {
		return err
	}
	return p.engine.Tag(ctx, instance, id, tags)
}

// startsAt reads where a task starts, if that is no flow.
func (p *stage) startsAt(ctx context.Context, t *tail, in *engine.StartTask) (err error) {
	switch {
	case t.skip("in"):
		in.Flow, err = p.straightTo(ctx, t, "queue", "QueueId")
	case t.skip("for"):
		in.Flow, err = p.straightTo(ctx, t, "agent", "AgentId")
	case t.skip("by"):
		in.QuickConnect, err = p.named(t.line, "quickconnect", t.next())
	}
	return err
}

// says reads one KEY=VALUE.
func (p *stage) says(t *tail, in *engine.StartTask, tags map[string]string) error {
	w := t.next()
	key, value, ok := strings.Cut(w, "=")
	if !ok {
		return t.mistake("%q is no KEY=VALUE", w)
	}
	var err error
	switch kind, name, dotted := strings.Cut(key, "."); {
	case key == "flow":
		if in.Flow != "" || in.QuickConnect != "" {
			return t.mistake("flow=%s: the task starts elsewhere", value)
		}
		in.Flow, err = p.named(t.line, "flow", value)
	case key == "name":
		in.Name = value
	case key == "description":
		in.Description = value
	case key == "delay":
		var d time.Duration
		d, err = t.wait(key, value, time.Second)
		in.ScheduledFor = p.engine.Now().Add(d)
	case key == "expiry":
		in.Segment.Life, err = t.wait(key, value, time.Minute)
	case kind == "ref" && dotted:
		in.References[name] = contact.Reference{Type: contact.ReferenceURL, Value: value}
	case kind == "tag" && dotted:
		tags[name] = value
	default:
		in.Attributes[key] = p.value(value)
	}
	return err
}

// wait is how long a value says.
func (l line) wait(key, value string, unit time.Duration) (time.Duration, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 {
		return 0, l.mistake("%s=%s is no number of %ss", key, value, map[time.Duration]string{time.Second: "second", time.Minute: "minute"}[unit])
	}
	return time.Duration(n) * unit, nil
}

// value is the value of an attribute: the id of what the script has named, else what is written.
func (p *stage) value(s string) string {
	if id := p.ids[s]; id != "" {
		return id
	}
	return s
}

// straightTo is the id of a flow that takes a task straight to a queue, or to the queue of an agent.
func (p *stage) straightTo(ctx context.Context, t *tail, kind, parameter string) (string, error) {
	name := t.next()
	target, err := p.named(t.line, kind, name)
	if err != nil || p.straight[target] != "" {
		return p.straight[target], err
	}
	content := fmt.Sprintf(`{"Version":"2019-10-30","StartAction":"choose","Actions":[`+
		`{"Identifier":"choose","Type":"UpdateContactTargetQueue","Parameters":{%q:%q},"Transitions":{"NextAction":"go","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},`+
		`{"Identifier":"go","Type":"TransferContactToQueue","Transitions":{"NextAction":"end","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"},{"NextAction":"end","ErrorType":"QueueAtCapacity"}]}},`+
		`{"Identifier":"end","Type":"DisconnectParticipant","Transitions":{}}]}`, parameter, target)
	made, err := p.engine.CreateFlow(ctx, instance, engine.Flow{Name: "Straight to " + name, Type: flow.TypeContactFlow, Saved: content}, true)
	if err != nil {
		return "", t.mistake("%s", why(err))
	}
	p.straight[target] = made.ID
	p.called(made.ID, "straight")
	return made.ID, nil
}

// goesWithoutSaying reports whether an action of a flow is not told: one that no author has written, unless it fails.
func (p *stage) goesWithoutSaying(a *contact.Action) bool {
	id := a.Flow[strings.LastIndexByte(a.Flow, '/')+1:]
	for _, made := range p.straight {
		if id == made {
			return a.Error == ""
		}
	}
	return false
}
