package rehearse

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/flow"
	"github.com/tasklane/tasklane/internal/hours"
	"github.com/tasklane/tasklane/internal/routing"
)

// prepare does what a line says that there is, and reports whether it says such a thing.
func (p *stage) prepare(ctx context.Context, l line) (bool, error) {
	switch first := l.words[0].text; {
	case first == "queue" && len(l.words) >= 3 && l.word(2) != "is":
		return true, p.addQueue(ctx, l)
	case first == "hours" && l.word(2) != "is":
		return true, p.addHours(ctx, l)
	case first == "profile" && l.word(2) != "is":
		return true, p.addProfile(ctx, l)
	case first == "agent" && (len(l.words) == 2 || slices.Contains(agentWords, l.word(2))):
		return true, p.addAgent(ctx, l)
	case first == "status":
		return true, p.addStatus(ctx, l)
	case first == "quickconnect":
		return true, p.addQuickConnect(ctx, l)
	case first == "quota":
		return true, p.setQuota(ctx, l)
	case first == "attribute" && len(l.words) >= 3:
		return true, p.addAttribute(ctx, l)
	case first == "proficiency":
		return true, p.addProficiency(ctx, l)
	case first == "flow":
		return true, p.addFlow(ctx, l)
	case first == "module":
		return true, p.addModule(ctx, l)
	case first == "settings" && len(l.words) >= 3:
		p.contracts[l.word(1)] = l.words[2].rest
		return true, nil
	case first == "function":
		return true, p.setFunction(l)
	case first == "draws":
		return true, p.setDraws(l)
	case first == "clock":
		return true, p.setClock(l)
	}
	return false, nil
}

// name takes note of the id of something that the script has named.
func (p *stage) name(l line, id string) error {
	name := l.word(1)
	if p.ids[name] != "" {
		return l.mistake("%s is there already", name)
	}
	p.ids[name], p.kinds[name] = id, l.word(0)
	p.called(id, name)
	return nil
}

// named is the id of what the script has named as a thing of some kind.
func (p *stage) named(l line, kind, name string) (string, error) {
	if p.kinds[name] != kind {
		return "", l.mistake("there is no %s %s", kind, name)
	}
	return p.ids[name], nil
}

func (p *stage) addQueue(ctx context.Context, l line) error {
	open, err := p.engine.AllHours(instance)
	if err != nil {
		return err
	}
	q := routing.Queue{Name: l.word(2), Hours: open[0].ID}
	disabled := false
	for t := l.from(3); t.more(); {
		switch w := t.next(); w {
		case "disabled":
			disabled = true
		case "max":
			n, err := t.number(w, 0, mostContacts)
			if err != nil {
				return err
			}
			q.MaxContacts = &n
		case "hours":
			if q.Hours, err = p.named(l, w, t.next()); err != nil {
				return err
			}
		default:
			return l.mistake("a queue is not %q: say max N, hours ID or disabled", w)
		}
	}
	made, err := p.engine.CreateQueue(ctx, instance, q)
	if err != nil {
		return l.mistake("%s", why(err))
	}
	p.queues = append(p.queues, routing.ProfileQueue{Queue: made.ID, Priority: 1})
	if disabled {
		if err := p.engine.DisableQueue(ctx, instance, made.ID, true); err != nil {
			return err
		}
	}
	return p.name(l, made.ID)
}

func (p *stage) addHours(ctx context.Context, l line) error {
	h := hours.Hours{Name: l.word(1)}
	var err error
	if h.Periods, err = l.periods(2); err != nil {
		return err
	}
	if h.TimeZone, err = hours.NewZone("UTC"); err != nil {
		return err
	}
	made, err := p.engine.CreateHours(ctx, instance, h)
	if err != nil {
		return l.mistake("%v", err)
	}
	return p.name(l, made.ID)
}

// periods are open, shut or FROM-TO.
func (l line) periods(at int) ([]hours.Period, error) {
	all := hours.AlwaysOpen()
	from, to, spans := strings.Cut(l.word(at), "-")
	switch {
	case l.is(at, "open"):
		return all, nil
	case l.is(at, "shut"):
		return []hours.Period{}, nil
	case spans && len(l.words) == at+1:
		start, wrongStart := time.Parse("15:04", from)
		end, wrongEnd := time.Parse("15:04", to)
		if wrongStart == nil && wrongEnd == nil {
			for i := range all {
				all[i].Start, all[i].End = start.Hour()*60+start.Minute(), end.Hour()*60+end.Minute()
			}
			return all, nil
		}
	}
	return nil, l.mistake("hours are open or shut, or from one time to another, as in 09:00-17:00")
}

func (p *stage) addAttribute(ctx context.Context, l line) error {
	err := p.engine.CreatePredefinedAttribute(ctx, instance, routing.PredefinedAttribute{Name: l.word(1), Values: l.after(2)})
	if err != nil {
		return l.mistake("%s", why(err))
	}
	return nil
}

// addProficiency says how well an agent does something.
func (p *stage) addProficiency(ctx context.Context, l line) error {
	if len(l.words) != 5 {
		return l.mistake("a proficiency is: proficiency LOGIN NAME VALUE LEVEL")
	}
	level, err := strconv.ParseFloat(l.word(4), 64)
	if err != nil {
		return l.mistake("a level is a number from 1 to 5")
	}
	user, err := p.named(l, "agent", l.word(1))
	if err != nil {
		return err
	}
	added := []directory.Proficiency{{Name: l.word(2), Value: l.word(3), Level: level}}
	if err := p.engine.AddProficiencies(ctx, instance, user, added); err != nil {
		return l.mistake("%s", why(err))
	}
	return nil
}

// draft is a flow or a module that has an id, and no content yet: it may name what the script has later.
type draft struct {
	line
	id      string
	module  bool
	content string
}

func (p *stage) addFlow(ctx context.Context, l line) error {
	t := flow.Type(strings.ToUpper(l.word(2)))
	if len(l.words) < 3 || len(l.words) > 4 || !slices.Contains(flow.AllTypes, t) || t == flow.TypeModule {
		return l.mistake("a flow is: flow ID TYPE [FILE], with a type such as CONTACT_FLOW")
	}
	content, err := p.content(l, 3)
	if err != nil {
		return err
	}
	made, err := p.engine.CreateFlow(ctx, instance, engine.Flow{Name: l.word(1), Type: t, Saved: "{}"}, false)
	if err != nil {
		return l.mistake("%s", why(err))
	}
	p.drafts = append(p.drafts, draft{l, made.ID, false, content})
	return p.name(l, made.ID)
}

// emptyModule is a module that does nothing.
const emptyModule = `{"Version":"2019-10-30","StartAction":"end","Settings":{},"Actions":[{"Identifier":"end","Type":"EndFlowModuleExecution","Transitions":{}}]}`

func (p *stage) addModule(ctx context.Context, l line) error {
	if len(l.words) < 2 || len(l.words) > 3 {
		return l.mistake("a module is: module ID [FILE]")
	}
	content, err := p.content(l, 2)
	if err != nil {
		return err
	}
	id, err := p.engine.CreateModule(ctx, instance, engine.Module{Name: l.word(1), Saved: engine.ModuleText{Content: emptyModule}}, "")
	if err != nil {
		return l.mistake("%s", why(err))
	}
	p.drafts = append(p.drafts, draft{l, id, true, content})
	return p.name(l, id)
}

// publish gives the flows and modules their contents: modules first, because what calls them must keep to their
// contracts.
func (p *stage) publish(ctx context.Context) error {
	slices.SortStableFunc(p.drafts, func(a, b draft) int {
		switch {
		case a.module == b.module:
			return 0
		case a.module:
			return -1
		default:
			return 1
		}
	})
	for _, d := range p.drafts {
		content, err := p.resolve(d.content), error(nil)
		if settings := p.contracts[d.word(1)]; d.module {
			err = p.engine.UpdateModuleContent(ctx, instance, d.id, &content, &settings)
		} else {
			err = p.engine.UpdateFlowContent(ctx, instance, d.id, content)
		}
		if err != nil {
			return d.mistake("%s %s cannot be published: %s", d.word(0), d.word(1), why(err))
		}
	}
	p.drafts = nil
	return nil
}

// content is what follows a line, or what is in the file that it names: also what DescribeContactFlow answers.
func (p *stage) content(l line, file int) (string, error) {
	if len(l.words) <= file {
		return l.body, nil
	}
	text, err := os.ReadFile(filepath.Join(p.base, l.word(file)))
	if err != nil {
		return "", l.mistake("%v", err)
	}
	content, _ := flow.Described(string(text))
	return content, nil
}

func (p *stage) setFunction(l line) error {
	switch {
	case len(l.words) >= 4 && l.word(2) == "answers":
		p.functions[l.word(1)] = function{answer: l.words[3].rest}
	case len(l.words) >= 4 && l.word(2) == "fails":
		p.functions[l.word(1)] = function{fails: l.words[3].rest}
	default:
		return l.mistake("a function is: function ARN answers JSON, or function ARN fails WHY")
	}
	return nil
}

func (p *stage) setDraws(l line) error {
	var draws []int
	for _, w := range l.after(1) {
		n, err := strconv.Atoi(w)
		if err != nil || n < 1 || n > 100 {
			return l.mistake("%s is no number from 1 to 100", w)
		}
		draws = append(draws, n)
	}
	p.mu.Lock()
	p.draws = draws
	p.mu.Unlock()
	return nil
}

func (p *stage) setClock(l line) error {
	at, err := time.Parse(time.RFC3339, l.word(1))
	if err != nil || p.started() {
		return l.mistake("clock takes a time such as 2026-01-05T09:00:00Z, before anything happens")
	}
	p.mu.Lock()
	p.clock = at.UTC()
	p.mu.Unlock()
	return nil
}
