package console

import (
	"bytes"
	"compress/gzip"
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

func assets(files fs.FS) http.HandlerFunc {
	known := loadAssets(files)
	return func(w http.ResponseWriter, r *http.Request) {
		a, ok := known[r.PathValue("name")]
		if !ok {
			// An old page may ask for a file of an earlier build; a cached answer would outlive the next one.
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

func loadAssets(files fs.FS) map[string]asset {
	names, err := fs.Glob(files, "assets/*")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	known := make(map[string]asset, len(names))
	for _, name := range names {
		ext := path.Ext(name)
		a := asset{contentType: types[ext], data: mustRead(files, name)}
		if a.contentType == "" {
			panic("console: no content type for " + name)
		}
		if ext != ".woff2" {
			a.zipped = sync.OnceValue(func() []byte { return compress(a.data) })
		}
		known[path.Base(name)] = a
	}
	return known
}

func compress(data []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(data) // a bytes.Buffer takes everything
	_ = z.Close()
	return b.Bytes()
}
