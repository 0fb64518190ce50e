//go:build !unix

package store

import "os"

// lock does nothing where the system has no flock: there the operator must not start two servers on one
// directory.
func lock(*os.File) error { return nil }

// inUse reports whether an error of [lock] says that another process has the file: there is no such error.
func inUse(error) bool { return false }
