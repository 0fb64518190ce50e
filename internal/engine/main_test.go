package engine_test

import (
	"flag"
	"os"
	"testing"
)

// A history takes long, so 50 of them must do unless -rapid.checks asks for another number.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "50"); err != nil {
		panic(err)
	}
	flag.Parse() // of the command line, which counts more
	os.Exit(m.Run())
}
