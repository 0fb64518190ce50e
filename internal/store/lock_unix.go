//go:build unix

package store

import (
	"errors"
	"os"
	"syscall"
)

// lock takes the file for this process, or fails at once when another one has it.
func lock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }

// inUse reports whether an error of [lock] says that another process has the file.
func inUse(err error) bool { return errors.Is(err, syscall.EWOULDBLOCK) }
