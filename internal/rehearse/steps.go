package rehearse

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
)

// perform does what the lines say, and tells what came of it.
func (p *stage) perform(ctx context.Context, setup, steps []line) error {
	for _, l := range setup {
		done, err := p.prepare(ctx, l)
		if err != nil {
			return err
		}
		if !done {
			return l.mistake("%q is no thing that there is: such lines begin with queue, hours, agent, attribute, flow, module, settings, function, draws or clock", l.text)
		}
	}
	for _, l := range steps {
		if done, err := p.prepare(ctx, l); err != nil || done {
			if err != nil {
				return err
			}
			continue
		}
		if err := p.publish(ctx); err != nil {
			return err
		}
		p.step(l.text, p.engine.Now())
		err := p.do(ctx, l)
		if _, refused := errors.AsType[*fault.Error](err); refused {
			p.refused(err)
		} else if err != nil {
			return err
		}
		if err := p.settle(ctx); err != nil {
			return err
		}
		if err := p.tell(ctx); err != nil {
			return err
		}
	}
	if err := p.publish(ctx); err != nil {
		return err
	}
	return p.ends(ctx)
}

// do does one step. What the engine refuses comes back as a fault.
func (p *stage) do(ctx context.Context, l line) error {
	switch first := l.words[0].text; {
	case first == "start":
		return p.startTask(ctx, l)
	case l.is(1, "*", "pass") || l.is(1, "*", "passes"):
		d, err := l.duration()
		if err != nil {
			return err
		}
		return p.pass(ctx, d)
	case l.is(0, "restart"):
		return p.restart(ctx)
	case first == "agent" && len(l.words) >= 3:
		return p.agentDoes(ctx, l)
	case first == "queue" && l.is(2, "is", "*"):
		return p.switchQueue(ctx, l)
	case first == "contact":
		return p.contactIs(ctx, l)
	}
	return l.mistake("%q is nothing that can happen; see the documentation of scenarios", l.text)
}

// duration is how long passes.
func (l line) duration() (time.Duration, error) {
	units := map[string]time.Duration{"second": time.Second, "minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}
	n, err := strconv.Atoi(l.word(0))
	unit, known := units[strings.TrimSuffix(l.word(1), "s")]
	if err != nil || n < 1 || !known || n > int(10*365*24*time.Hour/unit) {
		return 0, l.mistake("time is: N seconds, minutes, hours or days pass")
	}
	return time.Duration(n) * unit, nil
}

// startTask starts a task.
func (p *stage) startTask(ctx context.Context, l line) error {
	in := engine.StartTask{Name: "Task", Attributes: map[string]string{}, References: contact.References{}}
	tags := map[string]string{}
	for _, w := range l.after(1) {
		key, value, ok := strings.Cut(w, "=")
		if !ok {
			return l.mistake("%q is no KEY=VALUE", w)
		}
		switch kind, name, dotted := strings.Cut(key, "."); {
		case key == "flow":
			if in.Flow = p.ids[value]; in.Flow == "" {
				return l.mistake("there is no flow %s", value)
			}
		case key == "name":
			in.Name = value
		case key == "description":
			in.Description = value
		case key == "delay":
			n, err := strconv.Atoi(value)
			if err != nil || n < 1 {
				return l.mistake("delay=%s is no number of seconds", value)
			}
			in.ScheduledFor = p.engine.Now().Add(time.Duration(n) * time.Second)
		case kind == "ref" && dotted:
			in.References[name] = contact.Reference{Type: contact.ReferenceURL, Value: value}
		case kind == "tag" && dotted:
			tags[name] = value
		default:
			in.Attributes[key] = p.value(value)
		}
	}
	if in.Flow == "" {
		return l.mistake("a task starts in a flow: flow=ID")
	}
	id, err := p.engine.StartTask(ctx, instance, in)
	if err != nil || len(tags) == 0 {
		return err
	}
	return p.engine.Tag(ctx, instance, id, tags)
}

// value is the value of an attribute: the id of what the script has named, else what is written.
func (p *stage) value(s string) string {
	if id := p.ids[s]; id != "" {
		return id
	}
	return s
}

// contact is the one that a line means: by its number, or else the newest.
func (p *stage) contact(l line, at int) (id string, next int, err error) {
	if at >= len(l.words) || l.word(at) != "contact" {
		if len(p.contacts) == 0 {
			return "", at, l.mistake("there is no contact yet")
		}
		return p.contacts[len(p.contacts)-1], at, nil
	}
	n, err := strconv.Atoi(l.word(at + 1))
	if err != nil {
		id, _, err = p.contact(l, len(l.words))
		return id, at + 1, err
	}
	if n < 1 || n > len(p.contacts) {
		return "", at, l.mistake("there is no contact %d", n)
	}
	return p.contacts[n-1], at + 2, nil
}

// agentDoes has an agent do something.
func (p *stage) agentDoes(ctx context.Context, l line) error {
	user := p.ids[l.word(1)]
	if user == "" {
		return l.mistake("there is no agent %s", l.word(1))
	}
	if l.word(2) == "is" {
		return p.setStatus(ctx, l, user)
	}
	id, end, err := p.contact(l, 3)
	if err != nil {
		return err
	}
	deeds := map[string]func(ctx context.Context, instance, contact, user string) error{
		"accepts": p.engine.Accept, "declines": p.engine.Reject, "ends": p.engine.End, "closes": p.engine.Clear,
	}
	do := deeds[l.word(2)]
	if do == nil || end != len(l.words) {
		return l.mistake("an agent accepts, declines, ends or closes a contact, or is in a status")
	}
	return do(ctx, instance, id, user)
}

func (p *stage) setStatus(ctx context.Context, l line, user string) error {
	all, err := p.engine.AgentStatuses(instance)
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.Name == strings.Join(l.after(3), " ") {
			return p.engine.SetStatus(ctx, instance, user, s.ID)
		}
	}
	return l.mistake("there is no status %s", strings.Join(l.after(3), " "))
}

func (p *stage) switchQueue(ctx context.Context, l line) error {
	id := p.ids[l.word(1)]
	if id == "" || !slices.Contains([]string{"enabled", "disabled"}, l.word(3)) {
		return l.mistake("a queue that there is can be enabled or disabled")
	}
	return p.engine.DisableQueue(ctx, instance, id, l.word(3) == "disabled")
}

// contactIs does something to a contact, as the API does.
func (p *stage) contactIs(ctx context.Context, l line) error {
	id, at, err := p.contact(l, 0)
	if err != nil {
		return err
	}
	in := engine.Pausing{Contact: id}
	if l.is(at, "is", "*", "with", "*") {
		if in.Flow = p.ids[l.word(at+3)]; in.Flow == "" {
			return l.mistake("there is no flow %s", l.word(at+3))
		}
		l.words = l.words[:at+2]
	}
	switch {
	case l.is(at, "is", "paused"):
		return p.engine.Pause(ctx, instance, in)
	case l.is(at, "is", "resumed"):
		return p.engine.Resume(ctx, instance, in)
	case l.is(at, "is", "stopped") && in.Flow == "":
		return p.engine.Stop(ctx, instance, id)
	case l.word(at) == "gets" && len(l.words) > at+1:
		attributes := map[string]string{}
		for _, w := range l.after(at + 1) {
			key, value, ok := strings.Cut(w, "=")
			if !ok {
				return l.mistake("%q is no KEY=VALUE", w)
			}
			attributes[key] = p.value(value)
		}
		return p.engine.UpdateAttributes(ctx, instance, id, attributes)
	}
	return l.mistake("a contact is paused, resumed or stopped, or gets attributes")
}
