package rehearse

import (
	"os"
	"testing"
)

func TestX(t *testing.T) {
	text, _ := os.ReadFile("/tmp/g/q.txt")
	f, err := Parse(string(text), "/tmp/g")
	if err != nil {
		t.Fatal(err)
	}
	_, got, err := f.Play(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Log(got)
}
