package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestUI tells the agent's story in a real browser: once against the built program, once against a server that
// breaks as a real one does not let us break it.
func TestUI(t *testing.T) {
	if _, err := os.Stat("../../web/node_modules"); err != nil {
		need(t, "chromium", "the packages of the pages are not installed: run `make prepare`, with Node.js 20 or later")
	}
	if _, err := os.Stat("../../internal/console/dist/index.html"); err != nil {
		need(t, "chromium", "the pages are not built: run `make prepare`, with Node.js 20 or later")
	}
	for _, program := range []string{"chromium", "openssl"} {
		if _, err := exec.LookPath(program); err != nil {
			need(t, "chromium", program+" is not installed")
		}
	}
	b, dir := start(t, "dev")
	program, err := built()
	if err != nil {
		t.Fatal(err)
	}
	for name, env := range map[string][]string{
		"program": {
			"TASKLANE_URL=" + b.Endpoint, "TASKLANE_BOOTSTRAP=" + filepath.Join(dir, "bootstrap.json"), "TASKLANE_PROGRAM=" + program,
		},
		"trouble": nil,
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), "npm", "run", "--silent", "e2e")
			cmd.Dir, cmd.Env = "../../web", append(os.Environ(), env...)
			out, err := cmd.CombinedOutput()
			t.Logf("%s", out)
			if err != nil {
				t.Error(err)
			}
		})
	}
}
