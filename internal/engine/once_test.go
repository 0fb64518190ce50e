package engine_test

import (
	"testing"

	"github.com/tasklane/tasklane/internal/engine"
	"github.com/tasklane/tasklane/internal/fault"
)

// A token stands for one request: the same one again is answered as before, another one is refused.
func TestTokenStandsForOneRequest(t *testing.T) {
	t.Parallel()
	w := begin(t)
	start := func(token, name, description string) (string, error) {
		return w.engine.StartTask(w.Context(), instance, engine.StartTask{Flow: w.stock.Flow, Token: token, Name: name, Description: description})
	}
	first, err := start("token-1", "call back", "")
	w.must(err)
	again, err := start("token-1", "call back", "")
	if err != nil || again != first {
		t.Errorf("the same request again: %s, %v; want %s", again, err, first)
	}
	if other, err := start("token-1", "call back", "soon"); !fault.Is(err, fault.Reused) || other != "" {
		t.Errorf("another request with the token: %s, %v; want it refused", other, err)
	}
	for _, token := range []string{"token-2", ""} {
		if other, err := start(token, "call back", ""); err != nil || other == first {
			t.Errorf("the request with token %q: %s, %v; want another task", token, other, err)
		}
	}
}
