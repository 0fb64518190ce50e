package flow

import (
	"maps"
	"slices"
	"strings"
)

// buildTargetQueue reads UpdateContactTargetQueue ("Set working queue").
func buildTargetQueue(a *Action) behaviour {
	queue, agent := parseValue(a.text("QueueId")), parseValue(a.text("AgentId"))
	return func(sc Scope) outcome {
		e := SetTargetQueue{Queue: queue.resolve(sc), Agent: agent.resolve(sc)}
		if e == (SetTargetQueue{}) {
			return outcome{failure: NoMatchingError}
		}
		return outcome{effect: e}
	}
}

// buildAttributes reads UpdateContactAttributes ("Set contact attributes", user defined). Where two keys become
// one, the one whose written form sorts last wins.
func buildAttributes(a *Action) behaviour {
	type attribute struct{ key, value template }
	var attributes []attribute
	written, _ := a.Parameters["Attributes"].(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(written)) {
		value, _ := written[key].(string)
		attributes = append(attributes, attribute{parseText(key), parseText(value)})
	}
	related := a.text("TargetContact") == "Related"
	return func(sc Scope) outcome {
		values := make(map[string]string, len(attributes))
		for _, at := range attributes {
			key := at.key.resolve(sc)
			if key == "" || strings.ContainsAny(key, "$.") {
				return outcome{failure: NoMatchingError}
			}
			values[key] = at.value.resolve(sc)
		}
		return outcome{effect: SetAttributes{values, related}}
	}
}

// always builds an action that has no parameters and only one thing to ask for.
func always(e Effect) func(*Action) behaviour {
	return func(*Action) behaviour {
		return func(Scope) outcome { return outcome{effect: e} }
	}
}

// text is a parameter that is a text, or nothing.
func (a *Action) text(parameter string) string {
	s, _ := a.Parameters[parameter].(string)
	return s
}
