//go:build ui

package console

import (
	"embed"
	"io/fs"
)

//go:embed dist
var dist embed.FS

func built() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the name is a constant
	}
	return files
}
