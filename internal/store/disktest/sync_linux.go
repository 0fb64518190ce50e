package disktest

import (
	"runtime"
	"syscall"
	"testing"
	"unsafe"
)

// instruction is one of a filter of system calls; see seccomp(2).
type instruction struct {
	code      uint16
	whenTrue  uint8
	whenFalse uint8
	argument  uint32
}

const (
	noNewPrivileges = 38 // of prctl(2)
	setSeccomp      = 22
	filterMode      = 2

	load      = 0x20 // a word of the call; the first is its number
	jumpEqual = 0x15
	decide    = 0x06
	allow     = 0x7fff0000
	failWith  = 0x00050000
)

// WithoutSync runs fn on a thread on which every fsync fails with EIO, as on a disk that loses what is written. The test is
// skipped where the kernel does not do that.
func WithoutSync(t *testing.T, fn func()) {
	t.Helper()
	filter := []instruction{
		{code: load},
		{code: jumpEqual, whenTrue: 0, whenFalse: 1, argument: syscall.SYS_FSYNC},
		{code: decide, argument: failWith | uint32(syscall.EIO)},
		{code: decide, argument: allow},
	}
	program := struct {
		n     uint16
		first *instruction
	}{uint16(len(filter)), &filter[0]}
	done := make(chan syscall.Errno)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with this goroutine
		_, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, noNewPrivileges, 1, 0, 0, 0, 0)
		if errno == 0 {
			_, _, errno = syscall.RawSyscall6(syscall.SYS_PRCTL, setSeccomp, filterMode, uintptr(unsafe.Pointer(&program)), 0, 0, 0)
		}
		if errno == 0 {
			fn()
		}
		done <- errno
	}()
	if errno := <-done; errno != 0 {
		t.Skipf("skipped: the kernel filters no system calls here: %v", errno)
	}
}
