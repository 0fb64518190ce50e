package rehearse

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/tasklane/tasklane/internal/fault"
)

// resolve replaces in a document what the script has named by the ids that were given to it: whole texts within
// Parameters, where a module may have a version or an alias behind it. A text that is no document stays as it is.
func (p *stage) resolve(content string) string {
	d := json.NewDecoder(strings.NewReader(content))
	d.UseNumber()
	var top map[string]any
	if err := d.Decode(&top); err != nil {
		return content
	}
	actions, _ := top["Actions"].([]any)
	for _, a := range actions {
		if action, ok := a.(map[string]any); ok {
			action["Parameters"] = p.resolveIn(action["Parameters"])
			if action["Parameters"] == nil {
				delete(action, "Parameters")
			}
		}
	}
	text, err := json.Marshal(top)
	if err != nil {
		return content
	}
	return string(text)
}

// resolveAnswer replaces the same names in the answer of a function, if it is a JSON object.
func (p *stage) resolveAnswer(answer string) string {
	d := json.NewDecoder(strings.NewReader(answer))
	d.UseNumber()
	var v map[string]any
	if err := d.Decode(&v); err != nil || v == nil || d.More() {
		return answer
	}
	text, err := json.Marshal(p.resolveIn(v))
	if err != nil {
		return answer
	}
	return string(text)
}

func (p *stage) resolveIn(v any) any {
	switch v := v.(type) {
	case string:
		name, version, _ := strings.Cut(v, ":")
		if id := p.ids[v]; id != "" {
			return id
		}
		if id := p.ids[name]; id != "" && version != "" {
			return id + ":" + version
		}
	case []any:
		for i := range v {
			v[i] = p.resolveIn(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = p.resolveIn(v[key])
		}
	}
	return v
}

// why is what is to be said of an error: the problems of a flow, each with a line of its own.
func why(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		if len(f.Problems) > 0 {
			return strings.Join(f.Problems, "; ")
		}
		return f.Message
	}
	return err.Error()
}
