package rehearse

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tasklane/tasklane/internal/agent"
	"github.com/tasklane/tasklane/internal/arn"
	"github.com/tasklane/tasklane/internal/directory"
	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/flow"
	"github.com/tasklane/tasklane/internal/hours"
	"github.com/tasklane/tasklane/internal/routing"
)

// prepare does what a line says that there is, and tells whether it says such a thing.
func (p *stage) prepare(ctx context.Context, l line) (bool, error) {
	switch first := l.words[0].text; {
	case first == "queue" && len(l.words) >= 3 && l.word(2) != "is":
		return true, p.addQueue(ctx, l)
	case first == "hours":
		return true, p.addHours(ctx, l)
	case first == "agent" && (len(l.words) == 2 || l.is(2, "slots", "*")):
		return true, p.addAgent(ctx, l)
	case first == "attribute" && len(l.words) >= 3:
		err := p.engine.CreatePredefinedAttribute(ctx, instance, routing.PredefinedAttribute{Name: l.word(1), Values: l.after(2)})
		if err != nil {
			return true, l.mistake("%s", why(err))
		}
		return true, nil
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
	p.ids[name] = id
	p.called(id, name)
	return nil
}

func (p *stage) addQueue(ctx context.Context, l line) error {
	open, err := p.engine.AllHours(instance)
	if err != nil {
		return err
	}
	q := routing.Queue{Name: l.word(2), Hours: open[0].ID}
	disabled := false
	for rest := l.after(3); len(rest) > 0; rest = rest[1:] {
		switch {
		case rest[0] == "disabled":
			disabled = true
		case rest[0] == "max" && len(rest) > 1:
			n, err := strconv.Atoi(rest[1])
			if err != nil || n < 0 {
				return l.mistake("max %s is no number of contacts", rest[1])
			}
			q.MaxContacts, rest = &n, rest[1:]
		default:
			return l.mistake("a queue is not %q: say max N or disabled", rest[0])
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
	switch {
	case l.is(2, "open"):
		h.Periods = hours.AlwaysOpen()
	case !l.is(2, "shut"):
		return l.mistake("hours are open or shut")
	}
	var err error
	if h.TimeZone, err = hours.NewZone("UTC"); err != nil {
		return err
	}
	made, err := p.engine.CreateHours(ctx, instance, h)
	if err != nil {
		return l.mistake("%v", err)
	}
	return p.name(l, made.ID)
}

// addAgent makes an agent. The queues that they serve are those that the script has named before.
func (p *stage) addAgent(ctx context.Context, l line) error {
	slots := 10
	if len(l.words) > 2 {
		n, err := strconv.Atoi(l.word(3))
		if err != nil || n < 1 || n > 10 {
			return l.mistake("an agent has 1 to 10 slots")
		}
		slots = n
	}
	profile := uuid.NewString()
	if err := p.serve(ctx, profile, l.word(1), routing.Profile{Slots: agent.Slots(slots)}); err != nil {
		return err
	}
	made, err := p.engine.CreateUser(ctx, instance, directory.User{
		Username: l.word(1), FirstName: l.word(1), LastName: "Agent", RoutingProfile: profile,
		SecurityProfiles: []string{stockID(arn.SecurityProfile, "Agent")},
	})
	if err != nil {
		return l.mistake("%v", err)
	}
	return p.name(l, made.ID)
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
	added := []directory.Proficiency{{Name: l.word(2), Value: l.word(3), Level: level}}
	if err := p.engine.AddProficiencies(ctx, instance, p.ids[l.word(1)], added); err != nil {
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

// content is what follows a line, or what is in the file that it names.
func (p *stage) content(l line, file int) (string, error) {
	if len(l.words) <= file {
		return l.body, nil
	}
	text, err := os.ReadFile(filepath.Join(p.base, l.word(file)))
	if err != nil {
		return "", l.mistake("%v", err)
	}
	return string(text), nil
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
