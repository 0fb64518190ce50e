//go:build !ui

package console

import "io/fs"

func built() fs.FS { return nil }
