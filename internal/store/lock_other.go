//go:build !unix

package store

import "os"

// lock does nothing where the system has no flock: there the operator must not start two servers on one
// directory.
func lock(*os.File) error { return nil }
