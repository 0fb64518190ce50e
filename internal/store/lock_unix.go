//go:build unix

package store

import (
	"os"
	"syscall"
)

// lock takes the file for this process, or fails at once when another one has it.
func lock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }
