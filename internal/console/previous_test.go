package console

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"
)

// version is a build with the common pages and one asset of its own.
func version(asset string) fstest.MapFS {
	return fstest.MapFS{
		"index.html":      {Data: []byte("the console")},
		"login.html":      {Data: []byte("the sign-in page")},
		"ccp.html":        {Data: []byte("the agent panel")},
		"assets/same.css": {Data: []byte("in " + asset)},
		"assets/" + asset: {Data: []byte(asset)},
	}
}

// served starts a server with a build, an hour after the one before, and returns which assets it serves.
func served(t *testing.T, dir, asset string) map[string]string {
	t.Helper()
	h := newHandler(version(asset), Options{Builds: dir})
	marks, err := filepath.Glob(filepath.Join(dir, "*", started))
	if err != nil {
		t.Fatal(err)
	}
	for _, mark := range marks {
		info, err := os.Stat(mark)
		if err != nil {
			t.Fatal(err)
		}
		then := info.ModTime().Add(-time.Hour)
		if err := os.Chtimes(mark, then, then); err != nil {
			t.Fatal(err)
		}
	}
	got := map[string]string{}
	for _, name := range []string{"same.css", "one.js", "two.js", "three.js"} {
		if w := get(h, "/assets/"+name, ""); w.Code == 200 {
			got[name] = w.Body.String()
		}
	}
	return got
}

func TestAssetsOfTheBuildBefore(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "pages")
	for _, step := range []struct{ start, before, gone string }{
		{"one.js", "", "two.js"},
		{"one.js", "", "two.js"}, // a restart
		{"two.js", "one.js", "three.js"},
		{"two.js", "one.js", "three.js"},
		{"one.js", "two.js", "three.js"}, // back
		{"three.js", "one.js", "two.js"},
	} {
		got := served(t, dir, step.start)
		if got[step.start] != step.start || got["same.css"] != "in "+step.start {
			t.Errorf("%s does not serve its own assets: %v", step.start, got)
		}
		if step.before != "" && got[step.before] != step.before {
			t.Errorf("%s does not serve %s, of the build before it: %v", step.start, step.before, got)
		}
		if _, ok := got[step.gone]; ok {
			t.Errorf("%s serves %s, which is not of the build before it", step.start, step.gone)
		}
	}
}

// A build that was not written to its end, as when the disk was full, is not served, and written again.
func TestAssetsOfABuildThatWasNotWritten(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "pages")
	served(t, dir, "one.js")
	marks, err := filepath.Glob(filepath.Join(dir, "*", started))
	if err != nil || len(marks) != 1 {
		t.Fatalf("marks %v, %v", marks, err)
	}
	if err := os.Remove(marks[0]); err != nil {
		t.Fatal(err)
	}
	if got := served(t, dir, "two.js"); got["one.js"] != "" {
		t.Errorf("serves an incomplete build: %v", got)
	}
}

// A directory that cannot be written stops nobody.
func TestAssetsWithoutADirectory(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "pages")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := served(t, file, "one.js"); got["one.js"] != "one.js" {
		t.Errorf("serves %v without its directory", got)
	}
}
