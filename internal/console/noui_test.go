//go:build !ui

package console

import (
	"strings"
	"testing"
)

func TestPlainBuildHasNoUI(t *testing.T) {
	t.Parallel()
	if w := get(Handler(Options{}), "/ccp-v2/", ""); w.Code != 501 || !strings.Contains(w.Body.String(), "built without the UI") {
		t.Errorf("GET /ccp-v2/ = %d %q, want 501 and why", w.Code, w.Body)
	}
}
