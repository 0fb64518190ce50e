package console

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

// types are fixed here, because mime.TypeByExtension depends on the machine's own table.
var types = map[string]string{
	".js":    "text/javascript; charset=utf-8",
	".css":   "text/css; charset=utf-8",
	".svg":   "image/svg+xml",
	".woff2": "font/woff2",
}

// asset is a file whose name changes with its content.
type asset struct {
	contentType string
	data        []byte
	zipped      func() []byte // compressed at the first request; nil when that would gain nothing
}

// assets serves assets by their names.
func assets(known map[string]asset) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a, ok := known[r.PathValue("name")]
		if !ok {
			// A page may ask for a file of a newer build, where servers are upgraded one after another: a cached answer
			// would outlive that.
			w.Header().Set("Cache-Control", "no-store")
			http.Error(w, "no such asset", http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", a.contentType)
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		data := a.data
		if a.zipped != nil {
			w.Header().Set("Vary", "Accept-Encoding")
			if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
				w.Header().Set("Content-Encoding", "gzip")
				data = a.zipped()
			}
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
	}
}

// loadAssets reads the assets of a build, by name.
func loadAssets(files fs.FS) (map[string]asset, error) {
	names, err := fs.Glob(files, "assets/*")
	if err != nil {
		return nil, err
	}
	known := make(map[string]asset, len(names))
	for _, name := range names {
		ext := path.Ext(name)
		a := asset{contentType: types[ext]}
		if a.contentType == "" {
			return nil, fmt.Errorf("console: no content type for %s", name)
		}
		if a.data, err = fs.ReadFile(files, name); err != nil {
			return nil, err
		}
		if ext != ".woff2" {
			a.zipped = sync.OnceValue(func() []byte { return compress(a.data) })
		}
		known[path.Base(name)] = a
	}
	return known, nil
}

func compress(data []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(data) // a bytes.Buffer takes everything
	_ = z.Close()
	return b.Bytes()
}
