// Package disktest makes disks fail at a chosen write or sync, for tests.
//
// [Watch] does it to the SQLite databases of a directory: a layer over SQLite's own file system functions, registered as
// the default of the test's process, counts what changes the disk and lets it fail. [WithoutSync] does it to what the test's
// program writes by itself: on Linux, the kernel refuses each sync of one thread.
package disktest

import (
	"strings"
	"sync"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// Faults says which operations on a disk fail. An operation is a write, a sync, a truncation, a deletion, or the creation
// or the growth of a file. The zero value lets all of them succeed.
type Faults struct {
	mu      sync.Mutex // guards what follows
	first   int        // the number of the first operation that fails, from 1; 0: none does
	lasting bool
	count   int
	failed  int
}

// Set starts to count: operation number n fails, from 1, and with lasting set all that follow it, too. With n = 0 none
// does: the disk works.
func (f *Faults) Set(n int, lasting bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.first, f.lasting, f.count, f.failed = n, lasting, 0, 0
}

// Failed returns how many operations have failed since Set.
func (f *Faults) Failed() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.failed
}

// Count returns how many operations there were since Set.
func (f *Faults) Count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.count
}

// fails counts an operation and reports whether it fails.
func (f *Faults) fails() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count++
	if f.first == 0 || f.count < f.first || f.count > f.first && !f.lasting {
		return false
	}
	f.failed++
	return true
}

// layer is what stands between SQLite and its file system functions. All of it belongs to the process.
var layer struct {
	once sync.Once
	vfs  sqlite3.Tsqlite3_vfs // as it was

	mu      sync.Mutex // guards what follows
	watched map[string]*Faults
	files   map[uintptr]openFile
	methods map[uintptr]uintptr // the same with ours among them, in memory of SQLite's, by what they were
}

// openFile is a file that SQLite has open, with its methods as they were.
type openFile struct {
	*Faults
	sqlite3.Tsqlite3_io_methods
}

// Watch returns what decides which operations on SQLite databases in a directory fail. Databases that are open already are
// not watched.
func Watch(dir string) *Faults {
	layer.once.Do(register)
	layer.mu.Lock()
	defer layer.mu.Unlock()
	f := &Faults{}
	layer.watched[dir+"/"] = f
	return f
}

// register puts the layer before the default file system functions of SQLite.
func register() {
	layer.watched, layer.files, layer.methods = map[string]*Faults{}, map[uintptr]openFile{}, map[uintptr]uintptr{}
	tls := libc.NewTLS()
	defer tls.Close()
	was := sqlite3.Xsqlite3_vfs_find(tls, 0)
	if was == 0 {
		panic("SQLite has no file system functions")
	}
	layer.vfs = *(*sqlite3.Tsqlite3_vfs)(pointer(was))
	ours := layer.vfs
	ours.FpNext = 0
	ours.FzName = text(tls, "disktest")
	ours.FxOpen, ours.FxDelete = address(open), address(remove)
	if rc := sqlite3.Xsqlite3_vfs_register(tls, kept(tls, ours), 1); rc != sqlite3.SQLITE_OK {
		panic("SQLite does not take other file system functions")
	}
}

func open(tls *libc.TLS, vfs, name, file uintptr, flags int32, outFlags uintptr) int32 {
	f := watched(name)
	if f != nil && flags&sqlite3.SQLITE_OPEN_CREATE != 0 && f.fails() {
		(*sqlite3.Tsqlite3_file)(pointer(file)).FpMethods = 0 // there is nothing to close
		return sqlite3.SQLITE_CANTOPEN
	}
	rc := function[func(*libc.TLS, uintptr, uintptr, uintptr, int32, uintptr) int32](layer.vfs.FxOpen)(tls, vfs, name, file, flags, outFlags)
	if f == nil || rc != sqlite3.SQLITE_OK {
		return rc
	}
	layer.mu.Lock()
	defer layer.mu.Unlock()
	opened := (*sqlite3.Tsqlite3_file)(pointer(file))
	was := opened.FpMethods // those of a log and of a database differ
	methods := *(*sqlite3.Tsqlite3_io_methods)(pointer(was))
	if layer.methods[was] == 0 {
		own := methods
		own.FxClose, own.FxWrite, own.FxTruncate = address(closeFile), address(write), address(truncate)
		own.FxSync, own.FxShmMap = address(syncFile), address(shmMap)
		layer.methods[was] = kept(tls, own)
	}
	opened.FpMethods = layer.methods[was]
	layer.files[file] = openFile{f, methods}
	return rc
}

// watched finds the faults of a file by its name, a C string; 0 is a temporary file.
func watched(name uintptr) *Faults {
	if name == 0 {
		return nil
	}
	path := libc.GoString(name)
	layer.mu.Lock()
	defer layer.mu.Unlock()
	for dir, f := range layer.watched {
		if strings.HasPrefix(path, dir) {
			return f
		}
	}
	return nil
}

func fileAt(file uintptr) openFile {
	layer.mu.Lock()
	defer layer.mu.Unlock()
	return layer.files[file]
}

func closeFile(tls *libc.TLS, file uintptr) int32 {
	layer.mu.Lock()
	f := layer.files[file]
	delete(layer.files, file)
	layer.mu.Unlock()
	return function[func(*libc.TLS, uintptr) int32](f.FxClose)(tls, file)
}

// write fails as on a disk that is full: a part may have been written.
func write(tls *libc.TLS, file, from uintptr, n int32, offset int64) int32 {
	f := fileAt(file)
	failing := f.fails()
	if failing {
		n /= 2
	}
	rc := function[func(*libc.TLS, uintptr, uintptr, int32, int64) int32](f.FxWrite)(tls, file, from, n, offset)
	if failing {
		return sqlite3.SQLITE_FULL
	}
	return rc
}

func truncate(tls *libc.TLS, file uintptr, size int64) int32 {
	f := fileAt(file)
	if f.fails() {
		return sqlite3.SQLITE_IOERR_TRUNCATE
	}
	return function[func(*libc.TLS, uintptr, int64) int32](f.FxTruncate)(tls, file, size)
}

func syncFile(tls *libc.TLS, file uintptr, flags int32) int32 {
	f := fileAt(file)
	if f.fails() {
		return sqlite3.SQLITE_IOERR_FSYNC
	}
	return function[func(*libc.TLS, uintptr, int32) int32](f.FxSync)(tls, file, flags)
}

func shmMap(tls *libc.TLS, file uintptr, page, size, extend int32, to uintptr) int32 {
	f := fileAt(file)
	if extend != 0 && f.fails() {
		return sqlite3.SQLITE_IOERR_SHMSIZE
	}
	return function[func(*libc.TLS, uintptr, int32, int32, int32, uintptr) int32](f.FxShmMap)(tls, file, page, size, extend, to)
}

func remove(tls *libc.TLS, vfs, name uintptr, syncDir int32) int32 {
	if f := watched(name); f != nil && f.fails() {
		return sqlite3.SQLITE_IOERR_DELETE
	}
	return function[func(*libc.TLS, uintptr, uintptr, int32) int32](layer.vfs.FxDelete)(tls, vfs, name, syncDir)
}

// address is that of a function as SQLite, which was translated from C, keeps it in a structure: the word that a Go
// function value is.
func address[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&f)) }

// function is the reverse of address.
func function[F any](address uintptr) F { return *(*F)(unsafe.Pointer(&address)) }

// pointer makes a pointer to memory that SQLite has allocated, which Go does not move.
func pointer(at uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&at)) }

// kept copies a value to memory of SQLite's, which stays.
func kept[T any](tls *libc.TLS, v T) uintptr {
	at := libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(v)))
	if at == 0 {
		panic("out of memory")
	}
	*(*T)(pointer(at)) = v
	return at
}

func text(tls *libc.TLS, s string) uintptr {
	at := libc.Xmalloc(tls, libc.Tsize_t(len(s)+1))
	if at == 0 {
		panic("out of memory")
	}
	copy(unsafe.Slice((*byte)(pointer(at)), len(s)+1), s+"\x00")
	return at
}
