package flow

import "slices"

// Branch is a way from an action to another one, as a drawing shows it.
type Branch struct {
	From, To string // Identifiers
	Name     string // what it is taken for; empty: it is the only way on
	Failure  bool   // taken when the action fails
}

// Branches are the ways of a document that can be taken, by action in the order of the document. A NextAction that is
// only the console's mirror of another branch is none. Where a branch leads to no action it is left out.
func (d *Document) Branches() []Branch {
	var all []Branch
	there := map[string]bool{}
	for _, a := range d.Actions {
		there[a.Identifier] = true
	}
	for i := range d.Actions {
		for _, b := range d.Actions[i].branches() {
			if there[b.To] {
				all = append(all, b)
			}
		}
	}
	return all
}

func (a *Action) branches() []Branch {
	if a.Transitions == nil {
		return nil
	}
	kind := typeOf(a.Type)
	if kind == nil {
		kind = &unknownType
	}
	var all []Branch
	for _, c := range a.Transitions.Conditions {
		all = append(all, Branch{From: a.Identifier, To: c.NextAction, Name: kind.conditionName(c)})
	}
	if a.follows(kind) {
		name := ""
		if len(a.Transitions.Conditions)+len(a.Transitions.Errors) > 0 {
			name = "Success"
		}
		if kind.decides {
			name = "Otherwise"
		}
		all = append(all, Branch{From: a.Identifier, To: a.Transitions.NextAction, Name: name})
	}
	for _, e := range a.Transitions.Errors {
		all = append(all, Branch{From: a.Identifier, To: e.NextAction, Name: string(e.ErrorType), Failure: e.ErrorType != NoMatchingCondition})
	}
	return all
}

// follows reports whether the action can go to its NextAction.
func (a *Action) follows(kind *actionType) bool {
	if a.Transitions.NextAction == "" || kind.terminal || kind.noNext || kind.success == transfers || kind.success == jumps {
		return false
	}
	caught := slices.ContainsFunc(a.Transitions.Errors, func(e ErrorBranch) bool {
		return e.ErrorType == NoMatchingCondition || e.ErrorType == NoMatchingError
	})
	return !kind.decides || !caught && len(kind.results) == 0
}

// signs are how conditions are written in a drawing.
var signs = map[string]string{
	"Equals": "= ", "TextStartsWith": "starts with ", "TextEndsWith": "ends with ", "TextContains": "contains ",
	"NumberGreaterThan": "> ", "NumberGreaterOrEqualTo": "≥ ", "NumberLessThan": "< ", "NumberLessOrEqualTo": "≤ ",
	"KeyExists": "has ",
}

// conditionName is what a condition is taken for; the word alone when the action has words of its own.
func (t *actionType) conditionName(c ConditionBranch) string {
	operand := ""
	if len(c.Operands) > 0 {
		operand, _ = c.Operands[0].(string)
	}
	if c.Operator == "Equals" && (len(t.results) > 0 || t.success == enters) {
		return operand
	}
	if sign, ok := signs[c.Operator]; ok {
		return sign + operand
	}
	return c.Operator + " " + operand
}
