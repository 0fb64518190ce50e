package rehearse

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tasklane/tasklane/internal/contact"
	"github.com/tasklane/tasklane/internal/fault"
)

// transcript is what is told of a play. Ids that are new at every play are told by the names that the script has for
// them.
type transcript struct {
	strings.Builder
	zero     time.Time // of the first step
	contacts []string  // in the order in which they began
	shown    []int     // how many events of each have been told
	names    map[string]string
}

func newTranscript() transcript { return transcript{names: map[string]string{}} }

func (t *transcript) called(id, name string) { t.names[id] = name }

func (t *transcript) started() bool { return !t.zero.IsZero() }

func (t *transcript) step(text string, now time.Time) {
	if !t.started() {
		t.zero = now
	}
	fmt.Fprintf(t, "> %s\n", text)
}

func (t *transcript) refused(err *fault.Error) {
	fmt.Fprintf(t, "  refused (%s): %s\n", err.Kind, t.told(why(err)))
}

// since is a time as it is told.
func (t *transcript) since(at time.Time) string {
	return fmt.Sprintf("%+ds", int(at.Sub(t.zero)/time.Second))
}

// told is a text in which ids are replaced by names, and ARNs of them by arn:NAME.
func (t *transcript) told(text string) string {
	for _, id := range slices.Sorted(maps.Keys(t.names)) {
		for {
			name := t.names[id]
			at := strings.Index(text, id)
			if at < 0 {
				break
			}
			from := at
			if begin := strings.LastIndex(text[:at], "arn:aws:connect:"); begin >= 0 && !strings.ContainsAny(text[begin:at], " \"") {
				from, name = begin, "arn:"+name
			}
			text = text[:from] + name + text[at+len(id):]
		}
	}
	return strings.ReplaceAll(text, "contact contact", "contact")
}

// happened is an event of a contact, by its number.
type happened struct {
	contact int
	flow    string // of the contact
	contact.Event
}

// tell tells what has happened since it was last told, in the order of time.
func (p *stage) tell(ctx context.Context) error {
	p.mu.Lock()
	begun := slices.Clone(p.begun)
	p.mu.Unlock()
	for _, id := range begun[len(p.contacts):] {
		p.contacts, p.shown = append(p.contacts, id), append(p.shown, 0)
		p.called(id, contactName(len(p.contacts)-1))
	}
	var news []happened
	for i, id := range p.contacts {
		c, _, err := p.engine.Contact(ctx, instance, id)
		if err != nil {
			return err
		}
		events, err := p.engine.Events(ctx, instance, id)
		if err != nil {
			return err
		}
		for _, e := range events[p.shown[i]:] {
			if e.Action == nil || !p.goesWithoutSaying(e.Action) {
				news = append(news, happened{i, c.Flow, e})
			}
		}
		p.shown[i] = len(events)
	}
	slices.SortStableFunc(news, func(a, b happened) int { return a.At.Compare(b.At) })
	for _, e := range news {
		who := ""
		if e.contact > 0 {
			who = contactName(e.contact) + ": "
		}
		fmt.Fprintf(p, "%s %s%s\n", p.since(e.At), who, p.told(p.describe(e)))
	}
	return nil
}

// contactName is how a contact is called.
func contactName(i int) string {
	if i == 0 {
		return "contact"
	}
	return fmt.Sprint("contact ", i+1)
}

// describe is one event.
func (p *stage) describe(e happened) string {
	if e.Action != nil {
		return p.action(e.Action, e.flow)
	}
	text := string(e.Type)
	switch {
	case e.Type == contact.EventQueued:
		text += " in " + e.Queue
	case e.Agent != "" && (e.Type == contact.EventOffered || e.Type == contact.EventConnectedToAgent || e.Type == contact.EventMissed || e.Type == contact.EventRejected):
		text += " " + e.Agent
	case e.Reason != "" && e.Type == contact.EventDisconnected:
		text += " " + string(e.Reason)
	case len(e.Updated) > 0:
		text += " " + strings.Join(e.Updated, ", ")
	}
	return text
}

// action is what a flow has done. Where the action is not in the flow that the contact began in, its name tells the
// document as well.
func (p *stage) action(a *contact.Action, home string) string {
	var b strings.Builder
	if a.Run != contact.RunInbound {
		fmt.Fprintf(&b, "%s ", strings.ToLower(string(a.Run)))
	}
	if id := a.Flow[strings.LastIndexByte(a.Flow, '/')+1:]; id != home {
		b.WriteString(id + "/")
	}
	b.WriteString(a.Identifier + " " + a.Type)
	if len(a.Inputs) > 0 {
		b.WriteString(" " + compact(a.Inputs))
	}
	if a.Result != nil {
		b.WriteString(" = " + compact(a.Result))
	}
	if a.Error != "" {
		b.WriteString(" failed: " + a.Error)
	}
	switch {
	case a.Next != "":
		fmt.Fprintf(&b, " -> %s", a.Next)
		said := strings.TrimPrefix(a.Branch, "Error ")
		if a.Branch != "NextAction" && (a.Error == "" || !strings.HasPrefix(a.Error, said)) {
			b.WriteString(" (" + a.Branch + ")")
		}
	case a.Ended != "":
		b.WriteString(": " + a.Ended)
	case a.Branch != "":
		b.WriteString(" -> " + a.Branch)
	default:
		b.WriteString(" …")
	}
	return b.String()
}

func compact(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}

// ends tells where the contacts are at the end of the play.
func (p *stage) ends(ctx context.Context) error {
	p.WriteString("=\n")
	for i, id := range p.contacts {
		c, attributes, err := p.engine.Contact(ctx, instance, id)
		if err != nil {
			return err
		}
		fmt.Fprintf(p, "%s %s", contactName(i), c.State)
		switch {
		case c.Reason != "":
			fmt.Fprintf(p, " by %s", c.Reason)
		case c.State == contact.Queued || c.State == contact.Connecting:
			fmt.Fprintf(p, " in %s, priority %d", p.told(c.Queue), c.Priority)
		case c.Agent != "":
			fmt.Fprintf(p, " with %s", p.told(c.Agent))
		}
		fmt.Fprintf(p, ", name %q", p.told(c.Name))
		for _, key := range slices.Sorted(maps.Keys(attributes)) {
			fmt.Fprintf(p, ", %s=%s", key, p.told(attributes[key]))
		}
		p.WriteString("\n")
	}
	return nil
}
