package dispatch

import (
	"flag"
	"os"
	"testing"
)

// A history takes long, so 15 of them must do unless -rapid.checks asks for another number.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "15"); err != nil {
		panic(err)
	}
	flag.Parse() // of the command line, which counts more
	os.Exit(m.Run())
}
