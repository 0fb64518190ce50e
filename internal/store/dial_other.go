//go:build !linux

package store

import (
	"syscall"
	"time"
)

// setUserTimeout does nothing: this system has no such bound. Timeouts of statements find out later.
func setUserTimeout(string, syscall.RawConn, time.Duration) error { return nil }
