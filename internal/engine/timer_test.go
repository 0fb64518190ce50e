package engine

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tasklane/tasklane/internal/contact"
)

// Every kind of timer that the database takes has a rule, and the other way round.
func TestTimerKindsHaveRules(t *testing.T) {
	files, err := filepath.Glob("../store/migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("migrations: %v, %v", files, err)
	}
	var newest string
	check := regexp.MustCompile(`kind\s+TEXT\s+NOT NULL CHECK \(kind IN \(([^)]*)\)\),\s+contact_id`)
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range check.FindAllStringSubmatch(string(text), -1) {
			newest = m[1]
		}
	}
	kinds := strings.Split(strings.ReplaceAll(newest, "'", ""), ", ")
	for _, kind := range kinds {
		if timerRules[TimerKind(kind)].fire == nil {
			t.Errorf("the database takes timers of kind %q, which have no rule", kind)
		}
	}
	if len(kinds) != len(timerRules) {
		t.Errorf("the database takes %d kinds of timer, %d have a rule", len(kinds), len(timerRules))
	}
}

// A run of a kind that only a newer version knows is an error of its contact, and no panic.
func TestUnknownKindOfRunIsAnError(t *testing.T) {
	h := &handling{c: &contact.Contact{}}
	if _, err := h.holds("HOLOGRAM"); err == nil {
		t.Error("holds of an unknown kind = nil error")
	}
}
