package fault

import (
	"errors"
	"fmt"
	"testing"
)

func TestIsSeesThroughWrapping(t *testing.T) {
	err := fmt.Errorf("read contact: %w", New(NotFound, "contact %s does not exist", "c1"))
	if !Is(err, NotFound) || Is(err, Invalid) {
		t.Errorf("Is(%v): got NotFound=%t Invalid=%t, want true and false", err, Is(err, NotFound), Is(err, Invalid))
	}
	if Is(errors.New("plain"), NotFound) || Is(nil, NotFound) {
		t.Error("Is took an ordinary error for a fault")
	}
}

func TestEveryKindHasAName(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range Kinds() {
		if name := k.String(); name == "" || seen[name] {
			t.Errorf("kind %d is called %q", k, name)
		}
		seen[k.String()] = true
	}
}

func TestInNamesTheMember(t *testing.T) {
	plain := errors.New("plain")
	whole := &Error{Kind: NotFound, Message: "flow f does not exist", Reason: "R"}
	named, ok := errors.AsType[*Error](In("ContactFlowId", whole))
	if !ok || named.Message != "ContactFlowId: flow f does not exist" || named.Kind != NotFound || named.Reason != "R" {
		t.Errorf("In = %+v, want the same fault with the member in front", named)
	}
	if whole.Message != "flow f does not exist" {
		t.Errorf("In has changed the fault it was given: %s", whole.Message)
	}
	if got := In("ContactFlowId", plain); got.Error() != "plain" {
		t.Errorf("In has changed what is no fault: %v", got)
	}
	if got := In("ContactFlowId", nil); got != nil {
		t.Errorf("In has made a fault of nothing: %v", got)
	}
}
