package console

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// started is the file in the directory of a build whose time says when a server with that build last started.
const started = "started"

// keepBuild writes the assets of a build into a directory of its own in dir, and returns those of the build that ran
// there before it: a page which was opened before an upgrade asks for them. Older builds are removed. What it returns is
// of use also with an error.
func keepBuild(dir string, assets map[string]asset) (previous map[string]asset, err error) {
	id := buildID(assets)
	last, err := keepOnlyLast(dir, id)
	if err != nil {
		return nil, err
	}
	if last != "" {
		previous, err = loadAssets(os.DirFS(last))
	}
	return previous, errors.Join(err, writeBuild(dir, id, assets))
}

// buildID names a build by its assets, whose names change with what they hold.
func buildID(assets map[string]asset) string {
	sum := sha256.Sum256([]byte(strings.Join(slices.Sorted(maps.Keys(assets)), "\n")))
	return hex.EncodeToString(sum[:8])
}

// keepOnlyLast removes all builds but this one and the one that was started last before it, which it returns.
func keepOnlyLast(dir, this string) (last string, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	var others []string
	times := map[string]time.Time{} // without one: not written to its end
	for _, entry := range entries {
		if entry.Name() == this {
			continue
		}
		other := filepath.Join(dir, entry.Name())
		others = append(others, other)
		if info, err := os.Stat(filepath.Join(other, started)); err == nil {
			times[other] = info.ModTime()
		}
	}
	for other, t := range times {
		if last == "" || t.After(times[last]) {
			last = other
		}
	}
	for _, other := range slices.DeleteFunc(others, func(o string) bool { return o == last }) {
		err = errors.Join(err, os.RemoveAll(other))
	}
	return last, err
}

// writeBuild writes the assets of a build, and then that it has started.
func writeBuild(dir, id string, assets map[string]asset) error {
	own := filepath.Join(dir, id)
	mark := filepath.Join(own, started)
	if _, err := os.Stat(mark); errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(filepath.Join(own, "assets"), 0o700); err != nil {
			return err
		}
		for name, a := range assets {
			if err := os.WriteFile(filepath.Join(own, "assets", name), a.data, 0o600); err != nil {
				return err
			}
		}
	}
	return os.WriteFile(mark, nil, 0o600)
}
