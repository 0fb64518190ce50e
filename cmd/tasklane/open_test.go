package main

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// A server that lets everybody do everything says so when others than its machine can reach it.
func TestServerThatIsOpenToOthersWarns(t *testing.T) {
	program, err := built()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		want bool
	}{
		{[]string{"dev", "--listen", "0.0.0.0:0"}, true},
		{[]string{"dev", "--listen", "127.0.0.1:0"}, false},
		{[]string{"serve", "--auth", "off", "--listen", "0.0.0.0:0"}, true},
		{[]string{"serve", "--development-endpoints", "--listen", "[::]:0"}, true},
		{[]string{"serve", "--listen", "0.0.0.0:0"}, false},
	} {
		name := strings.Join(tt.args, " ")
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command(program, append(tt.args, "--data", t.TempDir())...)
			stderr, err := cmd.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			warned, lines := false, bufio.NewScanner(stderr)
			for lines.Scan() && lines.Text() != "Ready." {
				warned = warned || strings.Contains(lines.Text(), "everybody who reaches this server can read, change and reset everything")
			}
			_ = cmd.Process.Signal(os.Interrupt)
			for lines.Scan() { // until it has ended
			}
			if err := cmd.Wait(); err != nil {
				t.Fatal(err)
			}
			if warned != tt.want {
				t.Errorf("tasklane %s warns: %t, want %t", name, warned, tt.want)
			}
		})
	}
}
