package hours

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The program has to know zones on a machine that does not, where no test runs.
func TestZonesAreInTheProgram(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "github.com/tasklane/tasklane/cmd/tasklane").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	if !slices.Contains(strings.Fields(string(out)), "time/tzdata") {
		t.Error("cmd/tasklane does not hold package time/tzdata")
	}
}
