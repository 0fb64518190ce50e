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
