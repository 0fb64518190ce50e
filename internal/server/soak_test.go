//go:build unix

package server_test

import (
	"math/rand/v2"
	"os"
	"syscall"
	"testing"
	"time"
)

// soakVariable says for how long TestSoak goes on, as a duration such as 2h.
const soakVariable = "TASKLANE_TEST_SOAK"

// TestSoak is a siege that goes on for as long as it is asked to: load through the API, agents at their panels, and servers that
// are killed, stopped in the midst of their work, or restarted, one or all of them. The database is watched all the
// while, and in the end every task that was acknowledged is compared with it.
func TestSoak(t *testing.T) {
	asked := os.Getenv(soakVariable)
	if asked == "" {
		t.Skipf("skipped: it takes as long as %s says; make soak", soakVariable)
	}
	lasts, err := time.ParseDuration(asked)
	if err != nil {
		t.Fatalf("%s: %v", soakVariable, err)
	}
	s := newSiege(t)
	s.pause = 400 * time.Millisecond // so that agents keep up
	end := time.Now().Add(lasts)
	s.run(func() {
		done := map[string]int{}
		for time.Now().Before(end) && !t.Failed() {
			time.Sleep(time.Duration(1000+rand.IntN(4000)) * time.Millisecond) // something is under way
			victims := []*node{s.nodes[rand.IntN(len(s.nodes))]}
			if rand.IntN(5) == 0 {
				victims = s.nodes
			}
			switch rand.IntN(3) {
			case 0:
				s.restart(victims, (*node).kill)
				done["killed"] += len(victims)
			case 1:
				s.restart(victims, s.terminate)
				done["restarted"] += len(victims)
			default:
				s.stopOwner()
				done["stopped for a while"]++
			}
		}
		t.Logf("servers: %v", done)
	})
}

// terminate ends a server as its supervisor does.
func (s *siege) terminate(n *node) {
	s.Helper()
	n.signal(syscall.SIGTERM)
	if err := n.process.Wait(); err != nil {
		s.Errorf("a server that was told to end: %v", err)
	}
	n.process = nil
}
