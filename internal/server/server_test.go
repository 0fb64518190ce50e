package server

import "testing"

func TestReachable(t *testing.T) {
	for address, want := range map[string]string{
		"127.0.0.1:8484": "127.0.0.1:8484", "0.0.0.0:8484": "127.0.0.1:8484", "[::]:8484": "127.0.0.1:8484",
		"[::1]:8484": "[::1]:8484", "192.0.2.1:80": "192.0.2.1:80",
	} {
		if got := reachable(address); got != want {
			t.Errorf("reachable(%s) = %s, want %s", address, got, want)
		}
	}
}
