package rehearse

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

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
			return l.mistake("%q is no thing that there is: such lines begin with queue, hours, profile, status, agent, attribute, proficiency, quickconnect, quota, flow, module, settings, function, draws or clock", l.text)
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
		if p.started() {
			p.tick()
		}
		p.step(l.text, p.engine.Now())
		err := p.do(ctx, l)
		if f, refused := errors.AsType[*fault.Error](err); refused {
			p.refused(f)
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
		return p.startTasks(ctx, l)
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
		return p.queueIs(ctx, l)
	case first == "hours" && l.word(2) == "is":
		return p.hoursAre(ctx, l)
	case first == "profile" && l.word(2) == "is":
		return p.replaceProfile(ctx, l)
	case first == "show":
		return p.show(ctx, l)
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
